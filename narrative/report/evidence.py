"""The articles behind points: which stories a value rests on, and the sentences that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from narrative.records import Annotation
from narrative.report.segments import Segment, lines
from narrative.report.wording import heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pandas as pd

    from narrative.series.stories import Stories
    from narrative.store.corpus import Corpus

ARTICLES: Final = 8  # a point
SENTENCES: Final = 3  # an article
TITLE_CHARACTERS: Final = 200
OUTLET_CHARACTERS: Final = 60
SENTENCE_CHARACTERS: Final = 500

_COLUMNS = ["key", "pipeline", "article", "entities", "figures", "sentences", "narratives"]


@dataclass(frozen=True)
class Window:
    """What a point looked at: stories of one narrative told in [`start`, `end`)."""

    narrative: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Source:
    """One article as evidence; `url` only where it is one that a browser may open."""

    title: str
    outlet: str
    published: datetime | None
    url: str | None
    score: float
    sentences: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True)
class Evidence:
    """The best articles of a window, newest first, and of how many they are."""

    articles: tuple[Source, ...]
    stories: int


def evidence_of(
    corpus: Corpus, stories: Stories, windows: Sequence[Window], *, articles: int = ARTICLES
) -> list[Evidence]:
    """The evidence for every window: the stories that tell its narrative most surely, shown newest first.

    Args:
        corpus: where the annotations are.
        stories: what of them counts.
        windows: what to find.
        articles: how many to show of each.
    """
    tellings = _tellings(stories, {window.narrative for window in windows})
    chosen: list[tuple[int, pd.DataFrame]] = []
    for window in windows:
        told = tellings["placed"]
        within = tellings[(tellings["narrative"] == window.narrative) & (told >= window.start) & (told < window.end)]
        best = within.sort_values(["score", "placed", "article_id"], ascending=[False, False, True]).head(articles)
        chosen.append((len(within), best.sort_values(["placed", "score"], ascending=False)))
    read = annotations_of(corpus, {reading for _, best in chosen for reading in _readings(best)})
    return [
        Evidence(
            tuple(
                _source(read[reading], window.narrative, float(score))
                for reading, score in zip(_readings(best), best["score"], strict=True)
                if reading in read
            ),
            number,
        )
        for window, (number, best) in zip(windows, chosen, strict=True)
    ]


def web_address(url: str | None) -> str | None:
    """The address if it is one of the web, else nothing: no `javascript:`, no file, nothing that is no address."""
    if not url or not url.isprintable() or any(char in url for char in " \\\"'<>"):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _tellings(stories: Stories, narratives: set[str]) -> pd.DataFrame:
    """One row a story and narrative that it tells: narrative, score, key, article_id, placed."""
    rows = stories.narratives
    told = rows[rows["tells"].astype(bool) & rows["narrative"].isin(narratives)]
    return told.join(stories.articles[["key", "article_id", "placed"]], on="article")


def _readings(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["article_id"], rows["key"], strict=True))


def annotations_of(corpus: Corpus, readings: set[tuple[str, str]]) -> dict[tuple[str, str], Annotation]:
    """The newest reading of each of the articles, in one pass over the columns that evidence needs."""
    wanted = pa.array(sorted({key for _, key in readings}), pa.string())
    found: dict[tuple[str, str], Annotation] = {}
    if not readings:
        return found
    for part in corpus.read("annotations", _COLUMNS):
        for row in part.filter(pc.is_in(part.column("key"), wanted)).to_pylist():
            reading = row["article"]["id"], row.pop("key")
            if reading in readings:
                found[reading] = Annotation.model_validate(row)  # a later one is newer
    return found


def _source(annotation: Annotation, narrative: str, score: float) -> Source:
    article = annotation.article
    return Source(
        title=shortened(heading(article), TITLE_CHARACTERS),
        outlet=shortened(article.outlet or "unknown outlet", OUTLET_CHARACTERS),
        published=article.published,
        url=web_address(article.url),
        score=score,
        sentences=tuple(_sentences(annotation, narrative)),
    )


def source_at(annotation: Annotation, start: int, end: int) -> Source:
    """An article with the part of its text from `start` to `end`; its score is left at zero."""
    article = annotation.article
    shown = (line.segments for line in lines(annotation) if line.sentence and line.sentence.start == start)
    segments = next(shown, (Segment(article.text[start:end]),))
    return Source(
        title=shortened(heading(article), TITLE_CHARACTERS),
        outlet=shortened(article.outlet or "unknown outlet", OUTLET_CHARACTERS),
        published=article.published,
        url=web_address(article.url),
        score=0.0,
        sentences=(tuple(cut(segments)),),
    )


def _sentences(annotation: Annotation, narrative: str) -> Iterator[tuple[Segment, ...]]:
    """The sentences that show the narrative, in the order of the text; the title only stands above them."""
    spans = [span for told in annotation.narratives if told.id == narrative for span in told.evidence]
    shown = 0
    for line in lines(annotation):
        sentence = line.sentence
        if sentence is None or line.title or shown == SENTENCES:
            continue
        if any(span.start < sentence.end and sentence.start < span.end for span in spans):
            shown += 1
            yield tuple(cut(line.segments))


def cut(segments: Sequence[Segment]) -> Iterator[Segment]:
    """The segments up to the length that a page shows."""
    left = SENTENCE_CHARACTERS
    for segment in segments:
        if len(segment.text) > left:
            yield Segment(shortened(segment.text, left))
            return
        left -= len(segment.text)
        yield replace(segment, text=shortened(segment.text, len(segment.text)))


def shortened(text: str, length: int) -> str:
    """The text up to a length, without control characters and line breaks."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"
