"""Annotate what a corpus holds and its pipeline has not read yet, by whatever engine.

The engine reads batches; this process alone commits, in the order of the batches. So a kill at any moment repeats at
most the batches in flight, and a corpus gives the same rows in the same order however many processes read it.
"""

from __future__ import annotations

import signal
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from narrative.pipeline.fingerprint import pipeline_identity
from narrative.records import Article
from narrative.store.arrow import schema_of
from narrative.store.derived import update_derived
from narrative.store.meanings import not_yet_stored, stored_keys
from narrative.store.reading import READINGS, one_batch
from narrative.store.runs import recorded_run, utc_now
from narrative.store.tables import fingerprint_hash, table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from datetime import datetime

    from narrative.store.corpus import Corpus
    from narrative.store.reading import Failure, Readings
    from narrative.store.runs import Clock

BATCH_ARTICLES = 250
BATCH_CHARACTERS = 2_000_000

_ARTICLE_COLUMNS = ["key", *schema_of(Article).names]
_ARTICLES = pa.schema([table_schema("articles").field(name) for name in _ARTICLE_COLUMNS])

Version = tuple[str, str]  # article id, key


class Engine(Protocol):
    """Something that annotates batches of articles: processes, a cluster."""

    def annotate(self, batches: Iterator[pa.RecordBatch], stop: threading.Event) -> Generator[Readings, None, None]:
        """The readings of each batch, in the order of the batches.

        Args:
            batches: rows of the table `articles`, taken only as fast as they are read.
            stop: once set, no more is read; what is done already is still yielded.
        """
        ...


@dataclass(frozen=True)
class RunReport:
    """What a run did; `left` articles are still to be read because it was interrupted."""

    run: str
    annotated: int
    failed: int
    left: int
    reserved: int
    interrupted: bool
    seconds: float
    first_error: str | None

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with error rows, 130 interrupted."""
        return 130 if self.interrupted else 3 if self.failed else 0

    def lines(self) -> Iterator[str]:
        """What to tell the user."""
        pace = f" ({self.annotated / self.seconds:.1f} a second)" if self.seconds else ""
        yield f"{self.annotated:,} articles annotated in {self.seconds:.1f} s{pace}"
        if self.failed:
            yield (
                f"{self.failed:,} could not be read, listed in the table errors and left alone until --retry-errors; "
                f"the first: {self.first_error}"
            )
        if self.reserved:
            yield f"{self.reserved:,} reserve themselves against text mining and stay unread; --opted-out reads them"
        if self.interrupted:
            yield f"interrupted: {self.left:,} are left; the same command goes on from here"


def annotate_corpus(
    corpus: Corpus,
    engine: Engine,
    *,
    retry_errors: bool = False,
    opted_out: bool = False,
    settings: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
    progress: Callable[[int, int], object] | None = None,
) -> RunReport:
    """Annotate every article and revision that the present pipeline has not read.

    Args:
        corpus: where from and where to.
        engine: what reads.
        retry_errors: also take the articles that failed under this pipeline before.
        opted_out: also take the articles whose pages reserve themselves against text mining.
        settings: kept with the run.
        clock: for the run's times.
        progress: called with how many articles are done, and how many there are to do.

    Raises:
        CorpusError: the corpus can't be written to; what was committed is kept.
    """
    pipeline = pipeline_identity()
    fingerprint = fingerprint_hash(pipeline.fingerprint)
    told = {"engine": type(engine).__name__, "retry_errors": retry_errors, "opted_out": opted_out}
    told |= settings or {}
    first_error = None
    with corpus.writing(), recorded_run(corpus, "annotate", told, clock, pipeline) as run:
        update_derived(corpus)  # what a killed run left
        passed = _passed(corpus, fingerprint, retry_errors)
        reserved = set[Version]() if opted_out else _reserved(corpus) - passed
        passed |= reserved
        stored = stored_keys(corpus, pipeline.fingerprint.encoder) if pipeline.fingerprint.encoder else set()
        total = sum(rows.num_rows for rows in _waiting(corpus, ["id", "key"], passed))
        done = 0
        if progress:
            progress(done, total)
        with _interruptible() as stop, closing(engine.annotate(_batches(corpus, passed), stop)) as results:
            for readings in results:
                if readings.failures:
                    first_error = first_error or _told(readings.failures[0])
                    corpus.append("errors", _error_rows(readings.failures, run.id, clock(), fingerprint))
                if (meanings := not_yet_stored(readings.meanings, stored)).num_rows:
                    corpus.append("meanings", meanings)
                if readings.annotations.num_rows:
                    corpus.append("annotations", _annotation_rows(readings.annotations, run.id))
                run.count("annotated", readings.annotations.num_rows)
                run.count("failed", len(readings.failures))
                done += readings.annotations.num_rows + len(readings.failures)
                if progress:
                    progress(done, total)
        update_derived(corpus)
        interrupted = stop.is_set() and done < total
        run.status = "interrupted" if interrupted else "done"
    return RunReport(
        run=run.id,
        annotated=run.counts.get("annotated", 0),
        failed=run.counts.get("failed", 0),
        left=total - done,
        reserved=len(reserved),
        interrupted=interrupted,
        seconds=(clock() - run.started).total_seconds(),
        first_error=first_error,
    )


def _passed(corpus: Corpus, fingerprint: str, retry_errors: bool) -> set[Version]:
    """The versions that this pipeline has read, or failed to read."""
    passed: set[Version] = set()
    for table in ("annotations",) if retry_errors else ("annotations", "errors"):
        for rows in corpus.read(table, ["article_id", "key", "fingerprint"]):
            ours = rows.filter(pc.fill_null(pc.equal(rows.column("fingerprint"), fingerprint), False))
            passed.update(zip(ours.column("article_id").to_pylist(), ours.column("key").to_pylist(), strict=True))
    return passed


def _reserved(corpus: Corpus) -> set[Version]:
    """The versions whose pages reserve themselves against text mining."""
    reserved: set[Version] = set()
    for table in ("articles", "revisions"):
        for rows in corpus.read(table, ["id", "key", "opt_out"]):
            ours = rows.filter(rows.column("opt_out"))
            reserved.update(zip(ours.column("id").to_pylist(), ours.column("key").to_pylist(), strict=True))
    return reserved


def _waiting(corpus: Corpus, columns: list[str], passed: set[Version]) -> Iterator[pa.RecordBatch]:
    """Rows of the articles, then of the revisions, that are not in `passed`, as they were imported."""
    for table in ("articles", "revisions"):
        for rows in corpus.read(table, columns):
            versions = zip(rows.column("id").to_pylist(), rows.column("key").to_pylist(), strict=True)
            waiting = rows.filter(pa.array([version not in passed for version in versions], pa.bool_()))
            if waiting.num_rows:
                yield waiting


def _batches(corpus: Corpus, passed: set[Version]) -> Iterator[pa.RecordBatch]:
    """The waiting articles in batches that are bounded in articles and in characters."""
    parts: list[pa.RecordBatch] = []
    articles = characters = 0
    for rows in _waiting(corpus, _ARTICLE_COLUMNS, passed):
        lengths = pc.utf8_length(rows.column("text")).to_pylist()
        start = 0
        for row, length in enumerate(lengths):
            if articles and (articles == BATCH_ARTICLES or characters + length > BATCH_CHARACTERS):
                yield one_batch(pa.Table.from_batches([*parts, rows.slice(start, row - start)], _ARTICLES))
                parts, start, articles, characters = [], row, 0, 0
            articles += 1
            characters += length
        parts.append(rows.slice(start))
    if articles:
        yield one_batch(pa.Table.from_batches(parts, _ARTICLES))


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Ctrl-C sets the event, so that what is done gets committed; a second one ends at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupt(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _told(failure: Failure) -> str:
    return f"{failure.source or failure.article_id}: {failure.reason}"


def _annotation_rows(readings: pa.RecordBatch, run: str) -> pa.RecordBatch:
    runs = pa.array([run] * readings.num_rows, pa.string())
    columns = [*readings.columns, runs]
    return pa.RecordBatch.from_arrays(columns, schema=READINGS.append(table_schema("annotations").field("run")))


def _error_rows(failures: tuple[Failure, ...], run: str, at: datetime, fingerprint: str) -> pa.RecordBatch:
    rows = [
        {
            "batch": 0,
            "run": run,
            "at": at,
            "stage": "annotate",
            "source": failure.source,
            "article_id": failure.article_id,
            "key": failure.key,
            "fingerprint": fingerprint,
            "reason": failure.reason,
            "trace": failure.trace,
        }
        for failure in failures
    ]
    return pa.RecordBatch.from_pylist(rows, schema=table_schema("errors"))
