"""What a corpus holds, counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from narrative.records import Pipeline, Record
from narrative.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narrative.store.corpus import Corpus

_SHOWN = 12  # of a list that may be long


class PipelineUse(Record):
    """A pipeline, and how many annotations are its work."""

    pipeline: Pipeline
    annotations: int


class CorpusInformation(Record):
    """The contents of a corpus; an article version that is annotated under several pipelines counts once."""

    folder: str
    articles: int
    revisions: int
    annotated: int
    waiting: int
    errors: dict[str, int]  # by reason; an article that was read in a later run is none
    outlets: dict[str, int]
    languages: dict[str, int]
    depth: dict[str, int]
    published_from: datetime | None
    published_to: datetime | None
    undated: int
    pipelines: tuple[PipelineUse, ...]
    rows: dict[str, int]
    runs: int
    bytes_on_disk: int

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"corpus       {self.folder}, {self.bytes_on_disk / 1e6:,.1f} MB"
        yield f"articles     {self.articles:,}, and {self.revisions:,} revisions"
        yield f"annotated    {self.annotated:,}, waiting {self.waiting:,}"
        if self.published_from and self.published_to:
            undated = f", {self.undated:,} without a date" if self.undated else ""
            yield f"published    {self.published_from:%Y-%m-%d} to {self.published_to:%Y-%m-%d}{undated}"
        for name, counts in (("depth", self.depth), ("languages", self.languages), ("outlets", self.outlets)):
            yield f"{name:12} {_counts(counts)}"
        for use in self.pipelines:
            marks = ", ".join(f"{stage} {mark}" for stage, mark in use.pipeline.fingerprint if mark)
            yield f"pipeline     {use.pipeline.name} {use.pipeline.version} ({marks}): {use.annotations:,} annotations"
        yield f"tables       {_counts(self.rows)}"
        for reason, number in list(self.errors.items())[:_SHOWN]:
            yield f"error        {number:,} × {reason}"
        if len(self.errors) > _SHOWN:
            yield f"error        and {len(self.errors) - _SHOWN:,} more (narrative corpus export --table errors)"


def _counts(counts: dict[str, int]) -> str:
    shown = ", ".join(f"{name} {number:,}" for name, number in list(counts.items())[:_SHOWN])
    return shown + (f" and {len(counts) - _SHOWN:,} more" if len(counts) > _SHOWN else "")


def corpus_information(corpus: Corpus) -> CorpusInformation:
    """Count what there is; articles in all their versions, but for `articles` and `revisions` themselves."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("outlet", "language", "depth")}
    versions: set[tuple[str, str]] = set()
    first: datetime | None = None
    last: datetime | None = None
    undated = 0
    for table in ("articles", "revisions"):
        for part in corpus.read(table, ["id", "key", "published", *counted]):
            columns = {name: part.column(name).to_pylist() for name in part.schema.names}
            versions.update(zip(columns["id"], columns["key"], strict=True))
            for name, counter in counted.items():
                counter.update(value or "unknown" for value in columns[name])
            dates = [moment for moment in columns["published"] if moment is not None]
            undated += part.num_rows - len(dates)
            first = min(filter(None, (first, *dates)), default=None)
            last = max(filter(None, (last, *dates)), default=None)
    annotated: set[tuple[str, str]] = set()
    uses: Counter[str] = Counter()
    pipelines: dict[str, Pipeline] = {}
    for part in corpus.read("annotations", ["article_id", "key", "fingerprint", "pipeline"]):
        annotated.update(zip(part.column("article_id").to_pylist(), part.column("key").to_pylist(), strict=True))
        uses.update(part.column("fingerprint").to_pylist())
        for fingerprint, pipeline in zip(part.column("fingerprint").to_pylist(), part.column("pipeline"), strict=True):
            if fingerprint not in pipelines:
                pipelines[fingerprint] = Pipeline.model_validate(pipeline.as_py())
    return CorpusInformation(
        folder=str(corpus.folder),
        articles=corpus.count("articles"),
        revisions=corpus.count("revisions"),
        annotated=len(annotated & versions),
        waiting=len(versions - annotated),
        errors=_errors(corpus, annotated),
        outlets=dict(counted["outlet"].most_common()),
        languages=dict(counted["language"].most_common()),
        depth=dict(counted["depth"].most_common()),
        published_from=first,
        published_to=last,
        undated=undated,
        pipelines=tuple(
            PipelineUse(pipeline=pipelines[name], annotations=number) for name, number in uses.most_common()
        ),
        rows={name: corpus.count(name) for name in TABLES},
        runs=corpus.count("runs"),
        bytes_on_disk=sum(path.stat().st_size for path in corpus.folder.rglob("*") if path.is_file()),
    )


def _errors(corpus: Corpus, annotated: set[tuple[str, str]]) -> dict[str, int]:
    """By reason, the same fault of the same thing once however many runs met it."""
    faults = set()
    for part in corpus.read("errors", ["stage", "source", "article_id", "key", "reason"]):
        for row in part.to_pylist():
            if (row["article_id"], row["key"]) not in annotated:
                faults.add((row["stage"], row["source"], row["article_id"], row["key"], row["reason"]))
    return dict(Counter(fault[-1] for fault in faults).most_common())
