"""An annotated text cut at every border of a mark, so that overlapping marks can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narrative.records import Annotation, Entity, Figure, Sentence, Span


@dataclass(frozen=True)
class Segment:
    """A piece of text under one set of marks."""

    text: str
    entity: Entity | None = None
    figure: Figure | None = None
    quoted: bool = False


@dataclass(frozen=True)
class Line:
    """A sentence of the body with its stance, or a piece of boilerplate, with the white space before it."""

    before: str
    segments: tuple[Segment, ...]
    sentence: Sentence | None
    boilerplate: bool


def lines(annotation: Annotation) -> Iterator[Line]:
    """The whole text in order: `before` and the segments of every line, joined, give it back but for trailing space."""
    text = annotation.article.text
    spans: list[tuple[Span, Sentence | None]] = [(sentence, sentence) for sentence in annotation.sentences]
    spans += [(span, None) for span in annotation.article.boilerplate]
    at = 0
    for span, sentence in sorted(spans, key=lambda pair: pair[0].start):
        start = max(span.start, at)
        if span.end <= start:
            continue
        between = text[at:start]
        if between.strip():  # text that neither the body nor the boilerplate claims is shown all the same
            lead = between[: len(between) - len(between.lstrip())]
            yield Line(lead, _segments(annotation, at + len(lead), start), None, boilerplate=False)
            between = ""
        yield Line(between, _segments(annotation, start, span.end), sentence, boilerplate=sentence is None)
        at = span.end
    if text[at:].strip():
        rest = text[at:].lstrip()
        start = len(text) - len(rest)
        yield Line(text[at:start], _segments(annotation, start, len(text)), None, boilerplate=False)


def _segments(annotation: Annotation, start: int, end: int) -> tuple[Segment, ...]:
    entities = [mark for mark in annotation.entities if mark.start < end and mark.end > start]
    figures = [mark for mark in annotation.figures if mark.start < end and mark.end > start]
    quotes = [mark for mark in annotation.quotes if mark.start < end and mark.end > start]
    borders = {start, end}
    for mark in (*entities, *figures, *quotes):
        borders.update(border for border in (mark.start, mark.end) if start < border < end)
    cuts = sorted(borders)
    return tuple(
        Segment(
            annotation.article.text[left:right],
            next((mark for mark in entities if mark.start <= left and right <= mark.end), None),
            next((mark for mark in figures if mark.start <= left and right <= mark.end), None),
            any(mark.start <= left and right <= mark.end for mark in quotes),
        )
        for left, right in pairwise(cuts)
    )
