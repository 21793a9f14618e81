"""What is counted from publication: weekdays, "yesterday", "last week", "two months ago", "the end of the quarter"."""

from __future__ import annotations

import re

from narrative.pipeline.periods import calendar, trading
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.dates import of_year
from narrative.pipeline.periods.numerals import COUNTS, DIGITS, UNIT, count, unit_of
from narrative.pipeline.periods.rules import WEEKDAYS, Context, Point, points

_rule = points.rule
_WEEKDAY_NUMBERS = {name[:3]: number for number, name in enumerate(WEEKDAYS)}


@_rule(
    [*WEEKDAYS, *(name[:3] for name in WEEKDAYS), "tues", "thurs", "last", "this", "next", "the", "early", "late"],
    r"(?:(?P<which>last|this|next|this\spast|the\sprevious|the\sprior)\s)?(?:(?:early|late)\s)?(?P<name>Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:(?P<full>day)s?\b|s?\b\.?)(?!\w)",
)
def _weekday(match: re.Match[str], context: Context) -> Point | None:
    name = match["name"]
    if not name[0].isupper() or not (match["full"] or match.end() - match.start("name") > 3):
        return None  # "sun", "Sat" are words; only full names are safe
    if context.published is None:
        return Point(match.end(), None, True)
    number, which = _WEEKDAY_NUMBERS[name[:3].lower()], (match["which"] or "").lower()
    back = (context.published.weekday() - number) % 7
    if which == "next" or (context.ahead and not which):
        moved = calendar.plus_days(context.published, -back % 7 or 7)
    else:
        moved = calendar.plus_days(context.published, -(back or (7 if which and which != "this" else 0)))
    return Point(match.end(), calendar.between(moved, moved), True)


@_rule(
    ["yesterday", "today", "tonight", "tomorrow", "overnight", "this", "last"],
    r"(?P<word>yesterday|today|tonight|tomorrow|overnight|this\s(?:morning|afternoon|evening)|last\snight)\b",
)
def _near_day(match: re.Match[str], context: Context) -> Point:
    published, word = context.published, " ".join(match["word"].lower().split())
    if published is None:
        return Point(match.end(), None, True)
    first = {"yesterday": -1, "overnight": -1, "last night": -1, "tomorrow": 1}.get(word, 0)
    start = calendar.plus_days(published, first)
    return Point(match.end(), calendar.between(start, published if word == "overnight" else start), True)


@_rule(
    ["last", "previous", "prior", "this", "current", "next", "coming", "same", "the"],
    r"(?:the\s)?(?P<which>last|previous|prior|this|current|next|coming|same)\s(?P<unit>week|month|quarter|year)\b(?![\s-](?:low|high|old|end)\b)",
)
def _which_unit(match: re.Match[str], context: Context) -> Point | None:
    which, unit = match["which"].lower(), match["unit"].lower()
    if which == "same" or (which == "last" and match.group()[0] in "tT" and match.group()[:3].lower() == "the"):
        return None  # "in the last month" is a span up to publication: see spans.py
    if context.fiscal and unit in ("quarter", "year"):
        return Point(match.end(), None, unit=unit)
    if context.published is None:
        return Point(match.end(), None, True, unit)
    offset = {"last": -1, "previous": -1, "prior": -1, "next": 1, "coming": 1}.get(which, 0)
    interval = calendar.around(unit, context.published, offset)
    if which in ("this", "current") and interval and not context.ahead:
        interval = Interval(interval.start, context.published)
    return Point(match.end(), interval, True, unit)


@_rule(
    ["last", "this", "next", "the", "weekend"],
    r"(?:(?P<which>last|this|next|this\spast|the\sprevious)\s)?weekend(?:['’]s)?\b",
)
def _weekend(match: re.Match[str], context: Context) -> Point:
    if context.published is None:
        return Point(match.end(), None, True, "weekend")
    back = (context.published.weekday() - 5) % 7
    if (match["which"] or "").lower() == "next" or context.ahead:
        back = back - 7 if back else 0
    saturday = calendar.plus_days(context.published, -back)
    sunday = calendar.plus_days(saturday, 1) if saturday else None
    if sunday and saturday and saturday <= context.published < sunday:
        sunday = context.published
    return Point(match.end(), calendar.between(saturday, sunday), True, "weekend")


@_rule(
    [*COUNTS, "about", "around", "nearly", "almost", "roughly", "some"],
    rf"(?:about\s|around\s|nearly\s|almost\s|roughly\s|some\s)?(?P<count>an?|{DIGITS})\s(?P<unit>{UNIT})s?\s(?:ago|earlier)\b",
)
def _ago(match: re.Match[str], context: Context) -> Point:
    number, unit = count(match["count"]), unit_of(match["unit"])
    moved = trading.shift_by(context.published, -number, unit) if context.published and number else None
    return Point(match.end(), calendar.between(moved, moved), True, unit)


@_rule(["end", "start", "beginning", "close", "the"], r"(?:the\s)?(?P<edge>end|start|beginning|close)(?:\sof\s|[\s-])")
def _edge(match: re.Match[str], context: Context) -> Point | None:
    """The first or last day of a longer stretch; a week's end is left as the week."""
    at = match.end()
    whole = points.longest(match.string, at, context, without=_edge) or _bare_unit(match.string, at, context)
    if whole is None or whole.unit in ("day", "weekend"):
        return None
    if whole.interval is None:
        return Point(whole.end, None, whole.relative)
    first = match["edge"].lower() in ("start", "beginning")
    if whole.unit == "week" and not first:
        return whole
    full = calendar.around(whole.unit, whole.interval.start) if whole.unit in ("month", "quarter", "year") else None
    edge = whole.interval.start if first else (full or whole.interval).end
    return Point(whole.end, Interval(edge, edge), whole.relative)


@_rule(
    ["the", "week", "month", "quarter", "year"], r"(?:the\s)?(?P<unit>week|month|quarter|year)['’]s\s(?:end|close)\b"
)
def _unit_end(match: re.Match[str], context: Context) -> Point:
    whole = calendar.around(match["unit"].lower(), context.published) if context.published else None
    return Point(match.end(), whole and Interval(whole.end, whole.end), True)


@_rule(["year", "this", "last", "next"], r"(?:(?P<which>this|last|next)\s)?year[\s-]end\b(?:\s(?P<year>20\d\d)\b)?")
def _year_end(match: re.Match[str], context: Context) -> Point:
    interval, relative = of_year(match, calendar.year, context)
    if not match["year"] and not match["which"] and context.published:
        interval = calendar.year(context.published.year)
    return Point(match.end(), interval and Interval(interval.end, interval.end), relative)


_BARE_UNIT = re.compile(r"(?:the\s)?(?P<unit>week|month|quarter|year)\b", re.IGNORECASE)


def _bare_unit(text: str, at: int, context: Context) -> Point | None:
    """The week, month, quarter or year that holds the publication date, as in "the end of the year"."""
    match = _BARE_UNIT.match(text, at)
    if not match:
        return None
    unit = match["unit"].lower()
    interval = calendar.around(unit, context.published) if context.published else None
    return Point(match.end(), interval, True, unit)
