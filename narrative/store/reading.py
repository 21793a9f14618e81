"""Rows of articles → rows of annotations and meanings: what every engine runs, in whatever process.

Between processes articles and what was read of them travel as Arrow IPC bytes: the main process then passes on what it
read from the corpus, and commits what it gets, without looking into a row.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pydantic import ValidationError

from narrative.errors import InputError
from narrative.pipeline.annotate import SentenceMeanings
from narrative.records import Annotation, Article
from narrative.store.arrow import from_arrow, to_arrow
from narrative.store.meanings import MEANINGS, meaning_rows
from narrative.store.tables import READING_COLUMNS, fingerprint_hash, table_schema

# A reader gives an annotation for each article, with what its sentences mean or without.
AnnotateBatch = Callable[[Sequence[Article]], Sequence[Annotation | tuple[Annotation, SentenceMeanings | None]]]

# What a reading is without what the writer adds.
READINGS = pa.schema([field for field in table_schema("annotations") if field.name not in {"batch", "run"}])
TRACE_CHARACTERS = 4_000


@dataclass(frozen=True)
class Failure:
    """An article that could not be read."""

    article_id: str
    key: str
    source: str | None
    reason: str
    trace: str | None = None


@dataclass(frozen=True)
class Readings:
    """What came of one batch of articles: rows of `READINGS` and of `MEANINGS`, and the articles that failed."""

    annotations: pa.RecordBatch
    meanings: pa.RecordBatch
    failures: tuple[Failure, ...] = ()


def read_batch(articles: pa.RecordBatch, annotate: AnnotateBatch) -> Readings:
    """Annotate rows of the table `articles`; if that raises, one by one, so that an article costs itself alone."""
    keys = articles.column("key").to_pylist()
    try:
        return _readings(annotate(list(from_arrow(articles, Article))), keys)
    except Exception as error:  # whatever an article sets off
        if articles.num_rows == 1:
            return refused(articles, _reason(error), error)
    parts = [read_batch(articles.slice(row, 1), annotate) for row in range(articles.num_rows)]
    return join(parts)


def join(parts: Sequence[Readings]) -> Readings:
    """The parts as one, in their order."""
    annotations = pa.Table.from_batches([part.annotations for part in parts], READINGS)
    meanings = pa.Table.from_batches([part.meanings for part in parts], MEANINGS)
    failures = tuple(failure for part in parts for failure in part.failures)
    return Readings(one_batch(annotations), one_batch(meanings), failures)


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch, also if it has no rows."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def refused(article: pa.RecordBatch, reason: str, error: BaseException | None = None) -> Readings:
    """What comes of a batch of one article that can't be read."""
    row = article.select(["id", "key", "source"]).to_pylist()[0]
    trace = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:] if error else None
    failure = Failure(row["id"], row["key"], row["source"], reason, trace)
    return Readings(one_batch(READINGS.empty_table()), one_batch(MEANINGS.empty_table()), (failure,))


def _readings(read: Sequence[Annotation | tuple[Annotation, SentenceMeanings | None]], keys: list[str]) -> Readings:
    pairs = [(found, None) if isinstance(found, Annotation) else found for found in read]
    rows = _rows([annotation for annotation, _ in pairs], keys)
    encoders = (annotation.pipeline.fingerprint.encoder for annotation, _ in pairs)
    return Readings(rows, meaning_rows(keys, encoders, (meanings for _, meanings in pairs)))


def _rows(annotations: list[Annotation], keys: list[str]) -> pa.RecordBatch:
    records = to_arrow(annotations, Annotation)
    articles = [annotation.article for annotation in annotations]
    own = {
        "key": keys,
        "article_id": [article.id for article in articles],
        "revision": [article.revision for article in articles],
        "outlet": [article.outlet for article in articles],
        "published": [article.published for article in articles],
        "available": [article.available for article in articles],
        "fingerprint": [fingerprint_hash(annotation.pipeline.fingerprint) for annotation in annotations],
    }
    columns = [
        pa.array(own[field.name], field.type) if field.name in READING_COLUMNS else records.column(field.name)
        for field in READINGS
    ]
    return pa.RecordBatch.from_arrays(columns, schema=READINGS)


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return error.reason
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{error.title}.{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__}: {str(error)[:200]}"
