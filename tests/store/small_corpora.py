"""What the tests of the store make corpora of, and compare."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from narrative.store.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.store.corpus import Corpus

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
