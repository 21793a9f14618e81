"""Find the expressions of time of a text, in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from narrative.pipeline.periods.rules import Context, Point
from narrative.pipeline.periods.spans import read_span, span_words
from narrative.records import Period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from narrative.pipeline.periods.fiscal import FiscalPeriod


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """An expression of time at code points `start` to `end`.

    `period` is null where the words don't give dates: a relative expression without a publication date, a fiscal
    quarter (`fiscal` then holds what `fiscal.resolve` needs beside the company). `relative` tells whether the
    publication date was needed. `sort` is `now` for "at press time", `span` for one that ends with publication,
    `that day`, `that week` or `that month` for words that take up a day, week or month told elsewhere ("daily
    inflows"; `period` is what holds where none is told), `streak` for "the third straight week", else the
    calendar's unit.
    """

    start: int
    end: int
    period: Period | None
    relative: bool
    sort: str = "day"
    fiscal: FiscalPeriod | None = None


_OPENERS = span_words()
_LETTERS = re.compile(r"[a-z]+")
_NUMBERED = frozenset(["Q1", "Q2", "Q3", "Q4", "H1", "H2"])
_WORD = re.compile(r"[^\W_]+")
# By their first six letters.
_AHEAD = frozenset(
    "will would could might expect foreca projec predic target odds chance probab upcomi schedu slated plan plans "
    "planne until next ahead deadli expire expiri meetin cut cuts hike hikes decisi due".split()
)
_PAST = frozenset(
    "was were had since reache fell rose hit saw record posted report announ peak peaked high low lows compar "
    "releas after sold bought spent won said".split()
)
_FISCAL = re.compile(r"\bfiscal\b|\bFY\s?\d|\bFY\b|\bfinancial\syear\b", re.IGNORECASE)
# Words that look like looking ahead: they name markets, and results that were better or worse than expected.
_NOT_AHEAD = re.compile(
    r"predict\w+\s(?:market|platform|exchange|venue)s?|(?:beat|beats|beating|miss|misses|missed|missing|top|tops|topped|above|below|than"
    r"|exceed\w*)\s(?:\w+\s){0,3}(?:expect\w*|forecasts?|estimates)",
    re.IGNORECASE,
)
_STEMS = ("predict", "expect", "forecast", "estimate")
_BORDER = re.compile(r"[.!?;]\s|\n")
_BEFORE, _AFTER, _FISCAL_BEFORE = 70, 40, 200  # characters of context
_SAME_YEAR = 40  # characters from a fiscal quarter to its year
_ANCHORED = 250  # characters that an expression is remembered for


def read_periods(text: str, published: datetime | None) -> list[TimeExpression]:
    """Every expression of time, in order, without overlap.

    Args:
        text: any text.
        published: when it appeared; its UTC date resolves what is relative. None leaves that unresolved.
    """
    day = _utc_date(published) if published else None
    found: list[TimeExpression] = []
    end, anchor = 0, None
    for at in _beginnings(text):
        if at < end:
            continue
        if anchor and (at - anchor.end > _ANCHORED or text.find("\n", anchor.end, at) >= 0):
            anchor = None
        # The surroundings are costly to look at, so the rules are tried without them first.
        if not read_span(text, at, Context(day, anchor=anchor)):
            continue
        point = read_span(text, at, _context(text, at, day, anchor))
        if point and _is_meant(text, at, point):
            if found and point.fiscal:
                found[-1] = _with_year(found[-1], at, point.fiscal)
            found.append(_expression(at, point))
            end = point.end
            if point.interval and point.unit not in ("now", "span"):
                anchor = point
    return found


def _with_year(before: TimeExpression, at: int, fiscal: FiscalPeriod) -> TimeExpression:
    """A fiscal quarter with the year told just after it: "Q3 revenue for fiscal 2026"."""
    quarter = before.fiscal
    if quarter is None or not quarter.quarter or quarter.year or fiscal.quarter or at - before.end > _SAME_YEAR:
        return before
    return replace(before, fiscal=replace(quarter, year=fiscal.year))


def _utc_date(moment: datetime) -> date:
    try:
        return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
    except OverflowError:  # at the ends of the calendar
        return moment.date()


def _context(text: str, at: int, day: date | None, anchor: Point | None) -> Context:
    first, last = _window(text, at)
    around = text[first:last].lower()
    if any(stem in around for stem in _STEMS):
        around = _NOT_AHEAD.sub(" ", around)
    whole = _LETTERS.findall(around)
    words = {word[:6] for word in whole}
    start = max(0, at - _FISCAL_BEFORE)
    start = max(start, text.rfind("\n", start, at) + 1)
    line = text[start : at + _AFTER]
    fiscal = any(word in line for word in ("iscal", "ISCAL", "inancial year", "FY")) and bool(_FISCAL.search(line))
    past = not words.isdisjoint(_PAST) or any(
        word.endswith("ed") and word != "fed" and word[:6] not in _AHEAD for word in whole
    )
    ahead = not words.isdisjoint(_AHEAD)
    return Context(day, ahead and not past, past and not ahead, fiscal, anchor)


def _beginnings(text: str) -> Iterator[int]:
    for word in _WORD.finditer(text):
        piece = word.group()
        if piece[0].isdigit():
            after = text[word.end() : word.end() + 2].lstrip()[:1]
            expects = not piece.isdecimal() or after.isalpha() or after in "-–—/’'" or len(piece) == 4
            if len(piece) <= 6 and expects and not _inside_number(text, word.start()):
                yield word.start()
        elif piece[:2] in _NUMBERED or piece.lower() in _OPENERS:
            yield word.start()


def _inside_number(text: str, at: int) -> bool:
    return at > 0 and (text[at - 1] in "$€£¥₿+−" or (text[at - 1] in ".,/-:" and at > 1 and text[at - 2].isdigit()))


def _window(text: str, at: int) -> tuple[int, int]:
    """A stretch of the sentence around `at`."""
    first, last = max(0, at - _BEFORE), min(len(text), at + _AFTER)
    for border in _BORDER.finditer(text, first, last):
        if border.start() < at:
            first = border.end()
        else:
            last = border.start()
            break
    return first, last


_PREPOSITION = re.compile(
    r"\b(?:in|during|of|for|throughout|late|early|mid|to|into|and|or|since|from|by|until|till|through|than|with|between|versus|vs|entering|around|over|[-–—(])\s?(?:the\s)?(?:all\sof\s)?$",
    re.IGNORECASE,
)


def _is_meant(text: str, at: int, point: Point) -> bool:
    """Whether a bare year or an ambiguous month is a date: "in 2021" and "in May" are, "2021 tokens" is not."""
    words = text[at : point.end]
    before = text[max(0, at - 16) : at]
    if before.lower().endswith(("every ", "each ")):
        return False
    if words.isdecimal():
        return bool(_PREPOSITION.search(before)) or text[point.end : point.end + 6].startswith((" alone", "’s", "'s"))
    if words in ("May", "March", "Mar", "Sun", "Sat", "August", "April", "June", "Mar.", "Sat.", "Sun."):
        return bool(_PREPOSITION.search(before)) or (
            words in ("August", "April", "June") and not text[point.end : point.end + 2].strip().isupper()
        )
    return True


def _expression(at: int, point: Point) -> TimeExpression:
    interval = point.interval
    period = Period(start=interval.start, end=interval.end) if interval else None
    return TimeExpression(at, point.end, period, point.relative, point.unit, point.fiscal)
