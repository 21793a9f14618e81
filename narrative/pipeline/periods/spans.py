"""Expressions around a stretch of time: "since", "by", "from … to", "the quarter ended", "the week of".

As in `dates.py`, every pattern is bounded and is tried only where a word begins that can begin it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from narrative.pipeline.periods import (
    calendar,
    trailing,  # noqa: F401  adds its rules
)
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.dates import spread
from narrative.pipeline.periods.numerals import COUNTS, DIGITS, ORDINALS, count
from narrative.pipeline.periods.points import read_point
from narrative.pipeline.periods.rules import Context, Point, points, spans
from narrative.pipeline.periods.trailing import to_publication

_rule = spans.rule
_THE = re.compile(r"the\s|(?:the\s)?(?:month|week|weekend|year)\sof\s", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_HAS_SINCE = re.compile(r",?\s(?:and|which)\s(?:has|have)\b")
_JOIN = re.compile(r",?\s?(?:to|and|through|until|till|[-–—])\s?", re.IGNORECASE)


def read_span(text: str, at: int, context: Context) -> Point | None:
    """The longest expression of time that begins exactly at `at`, with a preposition that changes its meaning."""
    point, span = read_point(text, at, context), spans.longest(text, at, context)
    return span if span and (point is None or span.end > point.end) else point


def _inner(text: str, at: int, context: Context) -> Point | None:
    article = _THE.match(text, at)
    return read_point(text, at, context) or (read_point(text, article.end(), context) if article else None)


def span_words() -> frozenset[str]:
    """Every word that can begin an expression of time."""
    return spans.words | points.words


@_rule(["ever", "since"], r"(?:ever\s)?since\s(?:(?:[A-Za-z’'-]{1,20}\s){0,8}?(?:in|on)\s|(?:its|their|his|her)\s)?")
def _since(match: re.Match[str], context: Context) -> Point | None:
    begin = _inner(match.string, match.end(), replace(context, ahead=False))
    # A date with a year is no relative expression, but its end is the publication date.
    return Point(begin.end, to_publication(begin.interval, context), True) if begin else None


@_rule(["from", "between"], r"(?:(?P<open>from)|between)\s")
def _from(match: re.Match[str], context: Context) -> Point | None:
    first = _inner(match.string, match.end(), context)
    if first is None:
        return None
    join = _JOIN.match(match.string, first.end)
    second = _inner(match.string, join.end(), context) if join else None
    if second:
        start, end = first.interval, second.interval
        if start and end and _WEEKDAY.match(match.string, match.end()) and start.start > end.end:
            # "From Tuesday to Thursday", on a Tuesday.
            interval = calendar.spanning(calendar.before(start, "week"), end)
        else:
            interval = spread(first, second)
        return Point(second.end, interval, first.relative or second.relative)
    if not match["open"]:
        return first if first.unit == "months" else None  # "between January and March"
    if first.unit not in ("day", "month", "months"):
        return None
    if first.unit == "months" or (
        first.interval and first.unit == "day" and first.interval.start != first.interval.end
    ):
        return first  # "from November 13 to 18"
    return Point(first.end, to_publication(first.interval, context) or first.interval, True)


@_rule(["by", "until", "till", "through"], r"(?:by|until|till|through)\s(?:as\searly\sas\s)?")
def _by(match: re.Match[str], context: Context) -> Point | None:
    limit = _inner(match.string, match.end(), context)
    if limit is None:
        return None
    if limit.interval and context.published and limit.interval.end > context.published:
        return Point(limit.end, Interval(context.published, limit.interval.end), True)
    return Point(limit.end, limit.interval, True)


@_rule(["as"], r"as\sof\s")
def _as_of(match: re.Match[str], context: Context) -> Point | None:
    return _inner(match.string, match.end(), context)


@_rule(["began", "begun", "started"], r"(?:began|begun|started)\s(?:on|in|back\sin)\s")
def _began(match: re.Match[str], context: Context) -> Point | None:
    """What began then and "has now": since then."""
    begin = _inner(match.string, match.end(), replace(context, ahead=False))
    if begin is None or not _HAS_SINCE.match(match.string, begin.end):
        return None
    return Point(begin.end, to_publication(begin.interval, context), True)


@_rule(["so", "already"], r"(?:so\sfar|already)\s(?:in\s|(?=this))")
def _so_far(match: re.Match[str], context: Context) -> Point | None:
    whole = _inner(match.string, match.end(), context)
    return Point(whole.end, to_publication(whole.interval, context), True) if whole else None


@_rule(
    ["the", "week", "month", "quarter", "half", "year", "fiscal", "financial", *ORDINALS[:4], *COUNTS],
    r"(?:the\s)?(?P<number>one|two|three|six|nine|twelve|[1-9]|12)?\s?(?:(?:fiscal|financial)\s)?(?:(?:first|second|third|fourth)[\s-])?(?:(?:fiscal|financial|trading|reporting)\s)?"
    r"(?P<unit>week|month|quarter|half|year)s?(?:\s(?:of\s)?(?:fiscal\s)?(?:year\s)?20\d\d)?,?\s\(?(?:that\s|which\s)?(?:end(?:ed|ing|s)|to|through)\s(?:on\s|in\s)?",
)
def _ending(match: re.Match[str], context: Context) -> Point | None:
    last = read_point(match.string, match.end(), replace(context, fiscal=False))
    if last is None or last.unit not in ("day", "month"):
        return None
    if last.interval is None:
        return Point(last.end, None, last.relative)
    if context.published and last.relative and not context.ahead and last.interval.end > context.published:
        last = replace(last, interval=calendar.before(last.interval, "year"))  # what has ended lies in the past
    if last.interval is None:
        return None
    number, unit, end = count(match["number"] or "one"), match["unit"].lower(), last.interval.end
    if unit == "week" and match.group().endswith(("to ", "through ")):
        whole = calendar.week(end)  # "the week to Friday" begins on Monday
        return Point(last.end, calendar.between(whole.start if whole else None, end), last.relative, unit)
    if unit == "week":
        start = calendar.plus_days(end, 1 - 7 * number)
    else:
        months = number * {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
        after = calendar.plus_days(end, 1)
        start = calendar.plus_months(after, -months) if after else None
    return Point(last.end, calendar.between(start, end), last.relative, unit)


@_rule(["the", "week"], r"(?:the\s)?week\s(?:of|beginning|starting)\s(?:on\s)?")
def _week_of(match: re.Match[str], context: Context) -> Point | None:
    inside = read_point(match.string, match.end(), context)
    if inside is None or inside.unit != "day":
        return None
    if inside.interval is None or inside.interval.start != inside.interval.end:
        return inside
    return Point(inside.end, calendar.week(inside.interval.start), inside.relative, "week")


@_rule(
    [*ORDINALS[1:], *COUNTS],
    r"(?P<nth>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th))\s(?:straight|consecutive|successive)\sweek\b"
    rf"|(?P<count>{DIGITS})[\s-](?:straight|consecutive|successive)\sweeks\b",
)
def _straight_weeks(match: re.Match[str], context: Context) -> Point | None:
    """A streak of weekly reports: its last week, or the whole of it, ends with the last full week."""
    number = count(match["count"]) if match["count"] else 1
    if context.published is None:
        return Point(match.end(), None, True, "streak")
    last, first = calendar.week(context.published, -1), calendar.week(context.published, -number)
    return Point(match.end(), calendar.spanning(first, last), True, "streak")
