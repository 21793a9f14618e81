"""Stories written for the tests of series, and a corpus that holds them in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from narrative.keys import annotation_key
from narrative.records import (
    Annotation,
    Article,
    ArticleStance,
    Comparison,
    DateDetail,
    Dates,
    Figure,
    Fingerprint,
    Narrative,
    Period,
    Pipeline,
    Reference,
    Sentence,
    SentenceStance,
)
from narrative.store.arrow import to_arrow
from narrative.store.reading import read_batch
from narrative.store.tables import table_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from narrative.store.corpus import Corpus

START = datetime(2026, 9, 1, tzinfo=UTC)


def at(days: float) -> datetime:
    """The moment so many days after the first of September 2026."""
    return START + timedelta(days=days)


def story(
    ident: str,
    published: datetime | None,
    *,
    outlet: str | None = "Alpha",
    title: str | None = None,
    tells: dict[str, float] | Sequence[str] = (),
    rejects: Sequence[str] = (),
    available: datetime | None = None,
    ai: float | None = None,
    crypto: float | None = None,
    text: str = "Nothing of note.",
    rules: str = "r",
    **fields: object,
) -> Annotation:
    """One article as it was read."""
    told = dict.fromkeys(tells, 1.0) if not isinstance(tells, dict) else tells
    own = {name: fields.pop(name) for name in ("figures", "sentences", "comparison") if name in fields}
    backfilled = bool(fields.pop("backfilled", False))
    known = available or published
    source = "published, backfilled" if backfilled else "first_seen"
    article = Article(
        **{
            "id": ident, "title": title or f"About {ident}", "outlet": outlet, "published": published,
            "available": known, "dates": Dates(available=DateDetail(source=source) if known else None),
            "language": "en", "type": "news", "text": text, **fields,
        }
    )  # fmt: skip
    return Annotation(
        pipeline=Pipeline(name="t", version="1", fingerprint=Fingerprint(rules=rules, catalogue="c", taxonomy="t")),
        article=article,
        stance=ArticleStance(ai=stance(ai), crypto=stance(crypto)),
        narratives=(
            *(Narrative(id=name, score=score) for name, score in told.items()),
            *(Narrative(id=name, score=1.0, position="rejects") for name in rejects),
        ),
        **own,
    )


def stance(score: float | None) -> SentenceStance | None:
    """A stance of a score; its label is beside the point here."""
    return None if score is None else SentenceStance(label=0, score=score)


def sentence(text: str, part: str, **scores: float) -> Sentence:
    """The sentence `part` of a text."""
    start = text.index(part)
    return Sentence(start=start, end=start + len(part), **{camp: stance(score) for camp, score in scores.items()})


def figure(value: float, first: date, last: date | None = None, **fields: object) -> Figure:
    """A figure, by default dollars that went into the spot Bitcoin ETFs."""
    return Figure(
        **{
            "start": 0, "end": 4, "text": "Noth", "value": value, "unit": "USD", "kind": "flow", "measure": "level",
            "direction": "in", "subject": Reference(name="US spot Bitcoin ETFs", id="fund:us-spot-bitcoin-etfs"),
            "period": Period(start=first, end=last or first), "score": 1.0, **fields,
        }
    )  # fmt: skip


def compared(winner: str, *, denied: bool = False) -> Comparison:
    """A sentence that sets the camps against each other."""
    loser = "crypto" if winner == "ai" else "ai"
    return Comparison(start=0, end=4, winner=winner, loser=loser, denied=denied, score=1.0)


class HeldCorpus:
    """What series read of a corpus, in memory: the table `annotations`, one batch a list of annotations."""

    folder = Path("held")

    def __init__(self, *batches: Sequence[Annotation]) -> None:
        self._parts = [rows(batch, number) for number, batch in enumerate(batches, 1) if batch]

    def version(self, name: str) -> int | None:
        return len(self._parts)

    def last_batch(self, name: str) -> int:
        return len(self._parts)

    def count(self, name: str) -> int:
        return sum(part.num_rows for part in self._parts)

    def read(self, name: str, columns: Sequence[str] | None = None, **batches: int) -> Iterator[pa.RecordBatch]:
        for part in self._parts:
            yield part.select(list(columns or part.schema.names))


def rows(annotations: Sequence[Annotation], batch: int = 0) -> pa.RecordBatch:
    """The annotations as rows of their table."""
    articles = to_arrow([annotation.article for annotation in annotations], Article)
    keys = pa.array([annotation_key(annotation.article) for annotation in annotations], pa.string())
    readings = read_batch(articles.append_column("key", keys), lambda _: list(annotations)).annotations
    own = {"batch": pa.array([batch] * len(annotations), pa.int64()), "run": pa.array(["r"] * len(annotations))}
    schema = table_schema("annotations")
    return pa.RecordBatch.from_arrays(
        [own[name] if name in own else readings.column(name) for name in schema.names], schema=schema
    )


def write(corpus: Corpus, *batches: Sequence[Annotation]) -> Corpus:
    """Commit annotations to a corpus."""
    with corpus.writing():
        for batch in batches:
            corpus.append("annotations", rows(batch))
    return corpus


def one(points: pd.DataFrame, series: str) -> pd.DataFrame:
    """The points of one series, by the day on which their period starts."""
    found = points[points["series"] == series]
    return found.set_index(found["period_start"].dt.date.rename("day"))
