"""Small corpora for the tests of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fake_readers
import pytest
from small_corpora import NOW, write_rows

import narrative.store.engine
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.importing import import_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
