"""An annotated text cut at every border of a mark, so that overlapping marks can be shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

from narrative.records import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.records import Annotation, Entity, Figure, Sentence

Mark = TypeVar("Mark", bound=Span)


@dataclass(frozen=True)
class Segment:
    """A piece of text under one set of marks."""

    text: str
    entity: Entity | None = None
    figure: Figure | None = None
    quoted: bool = False


@dataclass(frozen=True)
class Line:
    """A sentence with its stance, or a piece of boilerplate, with the white space before it."""

    before: str
    segments: tuple[Segment, ...]
    sentence: Sentence | None = None
    boilerplate: bool = False
    title: bool = False

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(segment.text for segment in self.segments)

    @property
    def opens_paragraph(self) -> bool:
        """Whether a new paragraph begins with it."""
        return "\n" in self.before


def lines(annotation: Annotation) -> Iterator[Line]:
    """The whole text in order: `before` and the segments of every line, joined, give it back but for trailing space."""
    text = annotation.article.text
    title_end = annotation.article.title_span.end if annotation.article.title_span else 0
    cutter = _Cutter(annotation)
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
            yield Line(lead, cutter.segments(at + len(lead), start), title=start <= title_end)
            between = ""
        yield Line(between, cutter.segments(start, span.end), sentence, sentence is None, span.end <= title_end)
        at = span.end
    if text[at:].strip():
        rest = text[at:].lstrip()
        start = len(text) - len(rest)
        yield Line(text[at:start], cutter.segments(start, len(text)))


class _Marks(Generic[Mark]):
    """Marks in the order of their starts, to find those of a line without looking at all."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self._marks]
        self._reach = list(accumulate((mark.end for mark in self._marks), max))  # the furthest end so far

    def within(self, start: int, end: int) -> list[Mark]:
        near = self._marks[bisect_right(self._reach, start) : bisect_left(self._starts, end)]
        return [mark for mark in near if mark.end > start]


class _Cutter:
    """Cuts stretches of one annotation's text into segments."""

    def __init__(self, annotation: Annotation) -> None:
        self._text = annotation.article.text
        self._entities = _Marks(annotation.entities)
        self._figures = _Marks(annotation.figures)
        self._quotes = _Marks(annotation.quotes)

    def segments(self, start: int, end: int) -> tuple[Segment, ...]:
        entities, figures, quotes = (
            self._entities.within(start, end), self._figures.within(start, end), self._quotes.within(start, end),
        )  # fmt: skip
        borders = {start, end}
        for mark in (*entities, *figures, *quotes):
            borders.update(border for border in (mark.start, mark.end) if start < border < end)
        cuts = sorted(borders)
        entity_of, figure_of, quote_of = _by_piece(entities, cuts), _by_piece(figures, cuts), _by_piece(quotes, cuts)
        return tuple(
            Segment(self._text[left:right], entity_of.get(left), figure_of.get(left), left in quote_of)
            for left, right in pairwise(cuts)
        )


def _by_piece(marks: Sequence[Mark], cuts: list[int]) -> dict[int, Mark]:
    """The first mark over every piece that has one, by the piece's start."""
    found: dict[int, Mark] = {}
    for mark in marks:
        for left in cuts[bisect_left(cuts, mark.start) : bisect_left(cuts, mark.end)]:
            found.setdefault(left, mark)
    return found
