"""What ran when: every import and annotation leaves one row in `runs`."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from narrative import __version__
from narrative.errors import NarrativeError
from narrative.store.tables import fingerprint_hash, table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from narrative.records import Pipeline
    from narrative.store.corpus import Corpus

    Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock; never used to read articles, only to say when something was stored."""
    return datetime.now(UTC)


@dataclass
class Run:
    """A run under way: its id, and what it counts."""

    id: str
    started: datetime
    counts: dict[str, int] = field(default_factory=dict)
    status: str = "done"

    def count(self, what: str, number: int = 1) -> None:
        """Count."""
        self.counts[what] = self.counts.get(what, 0) + number


@contextmanager
def recorded_run(
    corpus: Corpus, command: str, settings: Mapping[str, Any], clock: Clock, pipeline: Pipeline | None = None
) -> Iterator[Run]:
    """A run that ends as a row in `runs`, whatever ends it short of a kill."""
    started = clock()
    run = Run(f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", started)
    try:
        yield run
    except BaseException as error:
        run.status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with suppress(NarrativeError):  # what failed may be the writing
            _append(corpus, run, command, settings, clock(), pipeline)
        raise
    _append(corpus, run, command, settings, clock(), pipeline)


def _append(
    corpus: Corpus, run: Run, command: str, settings: Mapping[str, Any], finished: datetime, pipeline: Pipeline | None
) -> None:
    row = {
        "batch": 0,
        "run": run.id,
        "command": command,
        "status": run.status,
        "started": run.started,
        "finished": finished,
        "wall_seconds": (finished - run.started).total_seconds(),
        "version": __version__,
        "fingerprint": fingerprint_hash(pipeline.fingerprint) if pipeline else None,
        "pipeline": pipeline.model_dump_json() if pipeline else None,
        "settings": json.dumps(settings, default=str, sort_keys=True, ensure_ascii=False),
        "counts": json.dumps(run.counts, sort_keys=True),
    }
    corpus.append("runs", pa.RecordBatch.from_pylist([row], schema=table_schema("runs")))
