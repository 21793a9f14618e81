"""Small corpora for the tests of the store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import fake_readers
import pytest

import narrative.store.engine
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.importing import import_files
from narrative.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# What differs from run to run by its nature.
OF_THE_RUN = {"run", "imported_at", "at", "started", "finished", "wall_seconds"}


def row(number: int, **fields: object) -> dict[str, object]:
    return {
        "id": f"a{number}",
        "title": f"Title {number}",
        "outlet": "The Daily Test",
        "published": "2026-02-01T10:00:00Z",
        "text": f"Bitcoin went sideways on day {number}" + "." * (number % 3),
        "language": "en",
        **fields,
    }


def write_rows(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(item) + "\n" for item in rows), "utf-8")
    return str(path)


def contents(corpus: Corpus, *, but: frozenset[str] = frozenset({"runs"})) -> dict[str, list[dict[str, object]]]:
    """Every row of every table in order, without what differs from run to run."""
    return {
        name: [
            {column: value for column, value in item.items() if column not in OF_THE_RUN}
            for part in corpus.read(name)
            for item in part.to_pylist()
        ]
        for name in TABLES
        if name not in but
    }


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Corpus]:
    """A corpus of rows."""

    def make(rows: list[dict[str, object]], name: str = "corpus") -> Corpus:
        corpus = open_corpus(tmp_path / name, create=True)
        import_files(corpus, [write_rows(tmp_path / f"{name}.jsonl", rows)], clock=lambda: NOW)
        return corpus

    return make


@pytest.fixture
def fixed_pipeline(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretend that the present pipeline is a fake one."""

    def use(rules: str) -> None:
        monkeypatch.setattr(narrative.store.engine, "pipeline_identity", lambda: fake_readers.pipeline(rules))

    use("first")
    return use
