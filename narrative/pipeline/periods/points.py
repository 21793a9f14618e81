"""What names a stretch of time by itself: dates, months, quarters, years, weekdays, "last week", "yesterday".

Each rule is a bounded pattern and a function of its match. The rules are tried only where a word begins that can begin
them, and every repetition in them is bounded, so reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from narrative.pipeline.periods import calendar
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.numerals import COUNTS, DIGITS, ORDINALS, UNIT, count, ordinal, unit_of
from narrative.pipeline.periods.rules import DIGIT, MONTHS, WEEKDAYS, Context, Point, RuleBook

if TYPE_CHECKING:
    from collections.abc import Callable

_WEEKDAY_NUMBERS = {name[:3]: number for number, name in enumerate(WEEKDAYS)}
_PARTS = {"early": 0, "mid": 1, "middle of": 1, "late": 2}
_FAR = 300  # days: a date without a year that lies further back than this is the coming one

_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)(?![\w-]*[A-Za-z])"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?![\d.,]*\d|%|:\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b(?![.,]\d|-\d\d?\b|%)"
_NEXT_YEAR = r"(?:\s?,\s?|\s)(?:of\s)?" + _YEAR
_OTHER_YEAR = r"\s(?:of\s)?(?P<which>last|this|next)\syear\b"
_PART = r"(?:(?P<part>early|mid|late|middle\sof)[\s-])?"
_LONG_DASH = r"\s?[-–—]\s?"

_RULES = RuleBook()
_rule = _RULES.rule


def read_point(text: str, at: int, context: Context) -> Point | None:
    """The longest stretch of time that begins exactly at `at`."""
    return _RULES.longest(text, at, context)


def _nearest(make: Callable[[int], Interval | None], context: Context) -> Interval | None:
    """The yearly date that is meant: the latest begun by publication, the next where the text looks ahead."""
    if context.published is None:
        return None
    year = context.published.year
    known = [interval for interval in (make(year - 1), make(year), make(year + 1)) if interval]
    past = [interval for interval in known if interval.start <= context.published]
    coming = [interval for interval in known if interval.end >= context.published]
    if coming and (context.ahead or not past or (context.published - past[-1].end).days > _FAR):
        return coming[0]
    return past[-1] if past else None


def _of_year(
    match: re.Match[str], make: Callable[[int], Interval | None], context: Context
) -> tuple[Interval | None, bool]:
    """The yearly date in the year that the text gives, or the nearest; and whether it took the publication date."""
    groups = match.groupdict()
    if groups.get("year"):
        return make(int(groups["year"])), False
    if groups.get("which"):
        offset = {"last": -1, "this": 0, "next": 1}[groups["which"].lower()]
        return (make(context.published.year + offset) if context.published else None), True
    return _nearest(make, context), True


def _part_of(interval: Interval | None, part: str | None, unit: str) -> Interval | None:
    """The early, middle or late third of a month; quarter one, two and three, or four of a year."""
    if interval is None or not part:
        return interval
    third = _PARTS[" ".join(part.lower().split())]
    year, month = interval.start.year, interval.start.month
    if unit == "month":
        first, last = ((1, 10), (11, 20), (21, interval.end.day))[third]
        return Interval(date(year, month, first), date(year, month, last))
    if unit == "year":
        return calendar.months(year, *((1, 3), (4, 9), (10, 12))[third])
    length = (interval.end - interval.start).days
    cuts = (
        interval.start,
        calendar.plus_days(interval.start, length // 3),
        calendar.plus_days(interval.start, 2 * length // 3),
    )
    return calendar.between(
        cuts[third], interval.end if third == 2 else calendar.plus_days(interval.start, (third + 1) * length // 3)
    )


@_rule([DIGIT], r"(?P<year>(?:19|20)\d\d)[-/](?P<month>0?[1-9]|1[0-2])[-/](?P<day>[0-3]?\d)(?!\d)(?:T[\d:.]{4,15}Z?)?")
def _iso(match: re.Match[str], _context: Context) -> Point:
    return Point(match.end(), calendar.day(int(match["year"]), int(match["month"]), int(match["day"])))


@_rule([DIGIT], r"(?P<first>[0-3]?\d)/(?P<second>[0-3]?\d)/(?P<year>(?:19|20)?\d\d)(?![\d/])")
def _slashed(match: re.Match[str], _context: Context) -> Point:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    year += 2000 if year < 100 else 0
    month, number = (second, first) if first > 12 else (first, second)  # American unless it can't be
    return Point(match.end(), calendar.day(year, month, number))


@_rule(MONTHS, _MONTH + r"\s" + _DAY + rf"(?:{_NEXT_YEAR}|{_OTHER_YEAR})?", 0)
@_rule([DIGIT], _DAY + r"\s(?:of\s)?" + _MONTH + rf"(?:{_NEXT_YEAR}|{_OTHER_YEAR})?", 0)
def _date(match: re.Match[str], context: Context) -> Point:
    month, number = MONTHS[match["month"].lower().rstrip(".")], int(match["day"])
    interval, relative = _of_year(match, lambda year: calendar.day(year, month, number), context)
    return Point(match.end(), interval, relative)


@_rule(
    MONTHS,
    _MONTH
    + r"\s"
    + _DAY
    + rf"(?:{_LONG_DASH}|\s(?:to|through|and)\s)(?P<last>[0-3]?\d)(?:st|nd|rd|th)?\b(?![\d.,]*\d|%)(?:{_NEXT_YEAR})?",
    0,
)
@_rule(
    [DIGIT],
    r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:"
    + _LONG_DASH
    + r"|\s(?:to|through|and)\s)(?P<last>[0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?"
    + _MONTH
    + rf"(?:{_NEXT_YEAR})?",
    0,
)
def _days(match: re.Match[str], context: Context) -> Point:
    month, first, last = MONTHS[match["month"].lower().rstrip(".")], int(match["day"]), int(match["last"])

    def make(year: int) -> Interval | None:
        start, end = calendar.day(year, month, first), calendar.day(year, month, last)
        return calendar.spanning(start, end)

    interval, relative = _of_year(match, make, context)
    return Point(match.end(), interval, relative)


@_rule([*MONTHS, *_PARTS, "middle"], _PART + _MONTH + rf"(?:{_NEXT_YEAR}|{_OTHER_YEAR})?", 0)
@_rule(["early", "mid", "late"], r"(?P<part>Early|Mid|Late)[\s-]" + _MONTH + rf"(?:{_NEXT_YEAR}|{_OTHER_YEAR})?", 0)
def _month(match: re.Match[str], context: Context) -> Point:
    number = MONTHS[match["month"].lower().rstrip(".")]
    interval, relative = _of_year(match, lambda year: calendar.month(year, number), context)
    return Point(match.end(), _part_of(interval, match["part"], "month"), relative, "month")


@_rule(["last", "this", "next"], r"(?P<which>last|this|next|this\spast)\s" + _MONTH, 0)
def _which_month(match: re.Match[str], context: Context) -> Point:
    number, which = MONTHS[match["month"].lower().rstrip(".")], match["which"].split()[-1]
    if context.published is None:
        return Point(match.end(), None, True, "month")
    year = context.published.year
    if which == "next":
        year += number <= context.published.month
    elif which in ("last", "past"):
        year -= number >= context.published.month
    return Point(match.end(), calendar.month(year, number), True, "month")


@_rule(
    MONTHS,
    _MONTH + rf"(?:{_LONG_DASH}|\s(?:to|through)\s)" + _MONTH.replace("<month>", "<last>") + rf"(?:{_NEXT_YEAR})?",
    0,
)
def _months(match: re.Match[str], context: Context) -> Point:
    first, last = MONTHS[match["month"].lower().rstrip(".")], MONTHS[match["last"].lower().rstrip(".")]
    interval, relative = _of_year(match, lambda year: calendar.months(year, first, last), context)
    return Point(match.end(), interval, relative, "months")


@_rule(
    [DIGIT, *_PARTS, "middle"],
    _PART + r"(?P<year>(?:19|20)\d\d)(?:\s?[-–—]\s?(?P<last>(?:19|20)\d\d))?\b(?![.,]\d|-\d|%|\s?[-–—/]\s?\d)",
)
def _year(match: re.Match[str], _context: Context) -> Point:
    whole = calendar.year(int(match["year"]))
    if match["last"]:
        final = calendar.year(int(match["last"]))
        return Point(match.end(), calendar.spanning(whole, final), unit="year")
    return Point(match.end(), _part_of(whole, match["part"], "year"), unit="year")


_QUARTER_YEAR = rf"(?:\s?,?\s?(?:of\s|in\s)?(?:{_YEAR}|['’](?P<short>\d\d)\b)|{_OTHER_YEAR})?"


@_rule(["q"], r"Q(?P<number>[1-4])\b" + _QUARTER_YEAR, 0)
@_rule([DIGIT], r"(?P<number>[1-4])Q(?:\s?(?P<year>20\d\d)|['’]?(?P<short>\d\d))?\b", 0)
@_rule(
    [*ORDINALS[:4], "final", "last", DIGIT, "the"],
    r"(?:the\s)?(?P<number>first|second|third|fourth|final|last|1st|2nd|3rd|4th)[\s-]quarter\b(?!\sof\sa)"
    + _QUARTER_YEAR,
)
def _quarter(match: re.Match[str], context: Context) -> Point:
    number = 4 if match["number"].lower() in ("final", "last") else ordinal(match["number"])
    return _numbered(match, context, lambda year: calendar.quarter(year, number), "quarter")


@_rule(["h"], r"H(?P<number>[12])\b" + _QUARTER_YEAR, 0)
@_rule(
    ["first", "second", "the"],
    r"(?:the\s)?(?P<number>first|second)[\s-]half\sof\s(?:the\syear|(?P<which>last|this|next)\syear|" + _YEAR + r")",
)
def _half(match: re.Match[str], context: Context) -> Point:
    number = ordinal(match["number"])
    return _numbered(match, context, lambda year: calendar.half(year, number), "half")


def _numbered(match: re.Match[str], context: Context, make: Callable[[int], Interval | None], unit: str) -> Point:
    if context.fiscal:
        return Point(match.end(), None, unit=unit)
    if match.groupdict().get("short"):
        return Point(match.end(), make(2000 + int(match["short"])), unit=unit)
    interval, relative = _of_year(match, make, context)
    return Point(match.end(), interval, relative, unit)


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
    moved = calendar.shift(context.published, -number, unit) if context.published and number else None
    return Point(match.end(), calendar.between(moved, moved), True, unit)


@_rule(["end", "start", "beginning", "close", "the"], r"(?:the\s)?(?P<edge>end|start|beginning|close)(?:\sof\s|[\s-])")
def _edge(match: re.Match[str], context: Context) -> Point | None:
    """The first or last day of a longer stretch; a week's end is left as the week."""
    at = match.end()
    whole = _RULES.longest(match.string, at, context, without=_edge) or _bare_unit(match.string, at, context)
    if whole is None or whole.unit in ("day", "weekend"):
        return None
    if whole.interval is None:
        return Point(whole.end, None, whole.relative)
    first = match["edge"].lower() in ("start", "beginning")
    if whole.unit == "week" and not first:
        return whole
    edge = whole.interval.start if first else whole.interval.end
    return Point(whole.end, Interval(edge, edge), whole.relative)


@_rule(
    ["the", "week", "month", "quarter", "year"], r"(?:the\s)?(?P<unit>week|month|quarter|year)['’]s\s(?:end|close)\b"
)
def _unit_end(match: re.Match[str], context: Context) -> Point:
    whole = calendar.around(match["unit"].lower(), context.published) if context.published else None
    return Point(match.end(), whole and Interval(whole.end, whole.end), True)


@_rule(["year", "this", "last", "next"], r"(?:(?P<which>this|last|next)\s)?year[\s-]end\b(?:\s(?P<year>20\d\d)\b)?")
def _year_end(match: re.Match[str], context: Context) -> Point:
    interval, relative = _of_year(match, calendar.year, context)
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


POINT_WORDS = _RULES.words
