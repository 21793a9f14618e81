"""Files of articles → corpus. One bad row costs that row alone; the same file twice adds nothing.

An article's first version goes to `articles`, every later version (the same id, another text, title, outlet, date or
language) to `revisions`, counted from 1. A version that is already there, in whatever file, is known and skipped.
Before they are written, new articles are told to which story they belong (`narrative.copies`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from narrative.copies.placing import StoriesOfCorpus
from narrative.errors import InputError, NarrativeError
from narrative.extract.availability import availability
from narrative.extract.moments import is_future
from narrative.keys import annotation_key
from narrative.records import Article
from narrative.store.arrow import to_arrow
from narrative.store.fields import article_from_row, check_fields
from narrative.store.rows import Row, has_rows, read_rows
from narrative.store.runs import Run, recorded_run, utc_now
from narrative.store.tables import table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from narrative.collect.registry import Registry
    from narrative.store.corpus import Corpus
    from narrative.store.fields import FieldMap
    from narrative.store.runs import Clock

COMMIT_ARTICLES = 2_000  # a commit, or
COMMIT_CHARACTERS = 16_000_000
LOOK_AHEAD = 100  # rows in one of which every mapped field must occur


@dataclass(frozen=True)
class ImportSettings:
    """How rows are read: other people's field names, the zone of times without one, an embargo on backfilled ones.

    Of WARC files only the articles of `outlets` are taken, if a registry is given.
    """

    fields: FieldMap = field(default_factory=dict)
    zone: tzinfo = UTC
    embargo: timedelta = timedelta(0)
    outlets: Registry | None = None


@dataclass(frozen=True)
class ImportReport:
    """What an import did; `undated` of the added articles have no date."""

    run: str
    added: int
    revised: int
    known: int
    failed: int
    undated: int
    first_error: str | None

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with error rows."""
        return 3 if self.failed else 0

    def lines(self) -> Iterator[str]:
        """What to tell the user."""
        yield f"{self.added:,} articles added, {self.revised:,} revisions, {self.known:,} known already"
        if self.undated:
            yield f"note: {self.undated:,} of them have no date; if one is there, name it: --map published=FIELD"
        if self.failed:
            yield f"{self.failed:,} rows left out, listed in the table errors; the first: {self.first_error}"


def import_files(
    corpus: Corpus,
    sources: Iterable[str],
    settings: ImportSettings | None = None,
    *,
    clock: Clock = utc_now,
    progress: Callable[[int], object] | None = None,
) -> ImportReport:
    """Import JSON Lines, CSV, Parquet, pages, folders of pages and WARC files.

    Args:
        corpus: where to.
        sources: files and folders.
        settings: how to read rows.
        clock: for `imported_at`, and to tell future dates.
        progress: called with the number of rows dealt with.

    Raises:
        InputError: a file can't be read at all; what came before it is kept.
        CorpusError: the corpus can't be written to.
    """
    settings = settings or ImportSettings()
    sources = [str(source) for source in sources]
    told = {
        "sources": sources,
        "map": {name: "+".join(columns) for name, columns in settings.fields.items()},
        "zone": str(settings.zone),
        "embargo_seconds": settings.embargo.total_seconds(),
        "outlets": [outlet.name for outlet in settings.outlets.outlets] if settings.outlets else None,
    }
    return import_articles(corpus, _articles(sources, settings, clock()), told, clock=clock, progress=progress)


def import_articles(
    corpus: Corpus,
    articles: Iterable[Article | InputError],
    told: Mapping[str, Any],
    *,
    command: str = "import",
    clock: Clock = utc_now,
    progress: Callable[[int], object] | None = None,
) -> ImportReport:
    """Put articles into a corpus, each as a new one or as a revision; those that it holds already are skipped.

    Args:
        corpus: where to.
        articles: what to put there, and the errors that stand in the place of others.
        told: what the run's row in `runs` says of the settings.
        command: which command that row names.
        clock: for `imported_at`.
        progress: called with the number of articles dealt with.

    Raises:
        InputError: `articles` raised it; what came before it is kept.
        CorpusError: the corpus can't be written to.
    """
    with corpus.writing(), recorded_run(corpus, command, told, clock) as run:
        intake = _Intake(corpus, run, clock)
        try:
            for done, item in enumerate(articles, 1):
                intake.take(item)
                if progress:
                    progress(done)
        except InputError:
            intake.commit()
            raise
        intake.commit()
    counts = run.counts
    return ImportReport(
        run=run.id,
        **{name: counts.get(name, 0) for name in ("added", "revised", "known", "failed", "undated")},
        first_error=intake.first_error,
    )


def _articles(sources: list[str], settings: ImportSettings, now: datetime) -> Iterator[Article | InputError]:
    for source in sources:
        path = Path(source)
        if not path.exists():
            raise InputError(source, "there is no such file or folder")
        found = _from_rows(path, settings, now) if has_rows(path) else _from_pages(source, settings, now)
        for item in found:
            yield _dated(item, now) if isinstance(item, Article) else item


def _from_rows(path: Path, settings: ImportSettings, now: datetime) -> Iterator[Article | InputError]:
    for item in _checked(read_rows(path), str(path), settings.fields):
        if isinstance(item, InputError):
            yield item
            continue
        try:
            yield article_from_row(item, settings.fields, zone=settings.zone, embargo=settings.embargo)
        except InputError as error:
            yield error


def _checked(rows: Iterator[Row | InputError], name: str, fields: FieldMap) -> Iterator[Row | InputError]:
    """Look at the first rows for fields that no row has, then let all pass."""
    ahead: list[Row | InputError] = []
    for item in rows:
        ahead.append(item)
        if len(ahead) == LOOK_AHEAD:
            break
    check_fields([row.values for row in ahead if isinstance(row, Row)], name, fields)
    yield from ahead
    yield from rows


def _from_pages(source: str, settings: ImportSettings, now: datetime) -> Iterator[Article | InputError]:
    from narrative.extract.sources import read_sources
    from narrative.store.archives import articles_from_archive, is_archive

    path = Path(source)
    archive = articles_from_archive(path, settings.outlets) if settings.outlets and is_archive(path) else None
    for item in archive or read_sources([source], now=now):
        if isinstance(item, NarrativeError):
            yield item if isinstance(item, InputError) else InputError(source, str(item))
        else:
            yield _under_embargo(item, settings.embargo)


def _under_embargo(article: Article, embargo: timedelta) -> Article:
    detail = article.dates.published
    available, known_from = availability(
        article.published,
        detail.precision if detail else "second",
        first_seen=article.first_seen,
        modified=article.modified,
        embargo=embargo,
    )
    return article.model_copy(
        update={"available": available, "dates": article.dates.model_copy(update={"available": known_from})}
    )


def _dated(article: Article, now: datetime) -> Article | InputError:
    for name in ("published", "modified", "first_seen"):
        moment = getattr(article, name)
        if moment is not None and is_future(moment, now):
            return InputError(article.source or article.id, f"{name} {moment:%Y-%m-%d %H:%M} UTC lies in the future")
    return article


class _Intake:
    """Tells new from known, and commits in batches."""

    def __init__(self, corpus: Corpus, run: Run, clock: Clock) -> None:
        self.first_error: str | None = None
        self._corpus, self._run, self._clock = corpus, run, clock
        self._stories = StoriesOfCorpus(corpus)
        self._versions: dict[str, int] = {}  # by article id
        self._known: set[tuple[str, str]] = set()
        self._new: list[Article] = []
        self._revised: list[Article] = []
        self._failed: list[InputError] = []
        self._characters = 0
        for table in ("articles", "revisions"):
            for rows in corpus.read(table, ["id", "key"]):
                for article_id, key in zip(rows.column("id").to_pylist(), rows.column("key").to_pylist(), strict=True):
                    self._note(article_id, key)

    def _note(self, article_id: str, key: str) -> int:
        revision = self._versions.get(article_id, 0)
        self._versions[article_id] = revision + 1
        self._known.add((article_id, key))
        return revision

    def take(self, item: Article | InputError) -> None:
        """Put an article or an error where it belongs."""
        if isinstance(item, InputError):
            self.first_error = self.first_error or str(item)
            self._run.count("failed")
            self._failed.append(item)
        elif (item.id, key := annotation_key(item)) in self._known:
            self._run.count("known")
        else:
            revision = self._note(item.id, key)
            self._run.count("revised" if revision else "added")
            self._run.count("undated", item.published is None)
            (self._revised if revision else self._new).append(item.model_copy(update={"revision": revision}))
            self._characters += len(item.text)
        waiting = len(self._new) + len(self._revised) + len(self._failed)
        if waiting >= COMMIT_ARTICLES or self._characters >= COMMIT_CHARACTERS:
            self.commit()

    def commit(self) -> None:
        """Write what waits; a kill between two tables leaves articles that the next import takes again or knows."""
        new = self._stories.place(self._new)
        revised = self._stories.place_revisions(self._revised, new)
        for table, articles in (("articles", new), ("revisions", revised)):
            if articles:
                self._corpus.append(table, self._rows(table, articles))
        self._new.clear()
        self._revised.clear()
        if self._failed:
            self._corpus.append("errors", self._error_rows())
            self._failed.clear()
        self._characters = 0

    def _rows(self, table: str, articles: list[Article]) -> pa.RecordBatch:
        records = to_arrow(articles, Article)
        length = len(articles)
        schema = table_schema(table)
        own: dict[str, Any] = {
            "batch": [0] * length,
            "key": [annotation_key(article) for article in articles],
            "imported_at": [self._clock()] * length,
            "run": [self._run.id] * length,
        }
        columns = [
            pa.array(own[column.name], column.type) if column.name in own else records.column(column.name)
            for column in schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _error_rows(self) -> pa.RecordBatch:
        at = self._clock()
        rows = [
            {
                "batch": 0,
                "run": self._run.id,
                "at": at,
                "stage": "import",
                "source": error.source,
                "reason": error.reason,
            }
            for error in self._failed
        ]
        return pa.RecordBatch.from_pylist(rows, schema=table_schema("errors"))
