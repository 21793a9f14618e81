"""Small annotated corpora for the tests of the report, and the points and findings that go with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from narrative.keys import annotation_key
from narrative.records import (
    Annotation,
    Article,
    Entity,
    Figure,
    Fingerprint,
    Narrative,
    Pipeline,
    Sentence,
    Span,
)
from narrative.results import Finding, Findings, Point, Power, Procedure, Rate
from narrative.store.arrow import to_arrow
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.tables import READING_COLUMNS, fingerprint_hash, table_schema

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
SENTENCES = (
    "Money left for chip makers.",
    "Funds lost $523 million on Tuesday.",
    "The weather was fine.",
    "Miners followed.",
    "So did Nvidia holders.",
)
PIPELINE = Pipeline(name="test", version="0", fingerprint=Fingerprint(rules="r", catalogue="c", taxonomy="t"))


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def annotation(number: int, moment: datetime, **fields: Any) -> Annotation:
    """An article that tells `ai-drains-crypto` in all of its sentences but the one about the weather."""
    title = fields.pop("title", f"Story {number}")
    score = fields.pop("score", 0.9)
    told = fields.pop("narratives", ("ai-drains-crypto",))
    body = " ".join(fields.pop("sentences", SENTENCES))
    text = f"{title}\n\n{body}"
    starts = [text.index(part) for part in SENTENCES if part in text]
    sentences = [Sentence(start=start, end=text.index(".", start) + 1) for start in starts]
    shown = [Span(start=one.start, end=one.end) for one in sentences if "weather" not in text[one.start : one.end]]
    article = Article(
        id=f"a{number}", title=title, title_span=Span(start=0, end=len(title)), text=text,
        **{
            "outlet": "The Daily Test", "language": "en", "published": moment, "available": moment, "type": "news",
            **fields,
        },
    )  # fmt: skip
    figures, entities = [], []
    if "$523 million" in text:
        at = text.index("$523 million")
        figures.append(
            Figure(
                start=at, end=at + 12, text="$523 million", value=523e6, unit="USD", kind="flow", measure="level",
                direction="out", score=0.9,
            )
        )  # fmt: skip
    if "Nvidia" in text:
        at = text.index("Nvidia")
        entities.append(Entity(start=at, end=at + 6, text="Nvidia", type="COMPANY", name="NVIDIA", score=0.9))
    return Annotation(
        pipeline=PIPELINE, article=article, figures=tuple(figures), entities=tuple(entities),
        sentences=(Sentence(start=0, end=len(title)), *sentences),
        narratives=tuple(Narrative(id=name, score=score, evidence=(Span(start=0, end=1), *shown)) for name in told),
    )  # fmt: skip


def corpus_of(folder: Path, annotations: list[Annotation]) -> Corpus:
    corpus = open_corpus(folder, create=True)
    if not annotations:
        return corpus
    records = to_arrow(annotations, Annotation)
    articles = [one.article for one in annotations]
    own = {
        "key": [annotation_key(article) for article in articles],
        "article_id": [article.id for article in articles],
        "revision": [article.revision for article in articles],
        "outlet": [article.outlet for article in articles],
        "published": [article.published for article in articles],
        "available": [article.available for article in articles],
        "fingerprint": [fingerprint_hash(one.pipeline.fingerprint) for one in annotations],
        "run": ["test"] * len(articles),
    }
    schema = pa.schema([field for field in table_schema("annotations") if field.name != "batch"])
    columns = [
        pa.array(own[field.name], field.type) if field.name in {*READING_COLUMNS, "run"} else records.column(field.name)
        for field in schema
    ]
    with corpus.writing():
        corpus.append("annotations", pa.RecordBatch.from_arrays(columns, schema=schema))
    return corpus


def points_of(series: dict[str, list[float | None]], **fields: Any) -> pd.DataFrame:
    """Daily points from `FIRST` on; `thin` holds the numbers of the thin days."""
    thin = fields.pop("thin", ())
    rows = [
        Point(
            time=day(number + 1), series=name, value=value, period_start=day(number), period_end=day(number + 1),
            low=None if value is None else value * 0.8, high=None if value is None else value * 1.2, articles=12,
            stories=10, outlets=2, hits=3, effective_n=70, available=day(number + 1), vintage="v1",
            flags=("thin",) if number in thin else (),
        ).model_dump()
        for name, values in series.items()
        for number, value in enumerate(values)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(Point.model_fields))
    for name in ("time", "period_start", "period_end", "available"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    for name in ("value", "low", "high"):
        frame[name] = frame[name].astype(float)
    return frame


def finding(series: str = "narrative/ai-drains-crypto/index", **fields: Any) -> Finding:
    values = {
        "asset": "BTC", "test": "lead-lag", "role": "primary", "family": "headline", "direction": "series-first",
        "lag": 2, "statistic": 2.1, "value": -0.21, "low": -0.35, "high": -0.06, "p": 0.02, "q": 0.24, "n": 160,
        "start": date(2026, 1, 5), "end": date(2026, 6, 14), "significant": False, "tried": 12,
    }  # fmt: skip
    return Finding(series=series, **{**values, **fields})


def findings_of(*found: Finding, measured: bool = True) -> Findings:
    rates: dict[str, Any] = {}
    manifest: dict[str, Any] = {}
    if measured:
        manifest["naive"] = {"tried": 12, "levels": 9, "returns": 4}
        rates = {
            "false_positive_rate": {"lead-lag": Rate(value=0.048, low=0.03, high=0.073)},
            "power": {"lead-lag": Power(effect=0.3, value=0.62, low=0.55, high=0.69)},
        }
    procedure = Procedure(max_lag=5, resamples=20_000, seed=7, alpha=0.05, family_hash="f" * 32, **rates)
    return Findings(manifest=manifest, procedure=procedure, findings=found)
