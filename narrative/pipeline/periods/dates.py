"""Dates, months and years: "November 13", "13-18 Nov 2025", "late 2025", "Christmas Day", "the first week of May".

Each rule is a bounded pattern and a function of its match. The rules are tried only where a word begins that can begin
them, and every repetition in them is bounded, so reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from narrative.pipeline.periods import calendar, trading
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.numerals import ORDINALS, ordinal
from narrative.pipeline.periods.rules import DIGIT, MONTHS, WEEKDAYS, Context, Point, points

if TYPE_CHECKING:
    from collections.abc import Callable

_PARTS = {"early": 0, "mid": 1, "middle of": 1, "late": 2}
_FAR = 300  # days: a date without a year that lies further back than this is the coming one
_NEAR = 60  # days: one that lies no further back is not the coming one of next year, even where the text looks ahead

MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)(?!\w*[A-Za-z]|-(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|to-[A-Z]))\w*[A-Za-z])"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?![\d.,]*\d|%|:\d)"
YEAR = r"(?P<year>(?:19|20)\d\d)\b(?![.,]\d|-\d\d?\b|%)"
_NEXT_YEAR = r"(?:\s?,\s?|\s)(?:of\s)?" + YEAR
OTHER_YEAR = r"\s(?:of\s)?(?P<which>last|this|next)\syear\b"
_PART = r"(?:(?P<part>early|mid|late|middle\sof)[\s-])?"
_LONG_DASH = r"\s?[-–—]\s?"

_rule = points.rule


def _nearest(make: Callable[[int], Interval | None], context: Context) -> Interval | None:
    """The yearly date that is meant: the latest begun by publication, the next where the text looks ahead."""
    if context.published is None:
        return None
    year = context.published.year
    known = [interval for interval in (make(year - 1), make(year), make(year + 1)) if interval]
    past = [interval for interval in known if interval.start <= context.published]
    coming = [interval for interval in known if interval.end >= context.published]
    if not coming:
        return past[-1] if past else None
    if not past:
        return coming[0]
    back = (context.published - past[-1].end).days
    if (back > _FAR and not context.past) or (context.ahead and (back > _NEAR or coming[0].start <= context.published)):
        return coming[0]
    return past[-1]


def of_year(
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


def part_of(interval: Interval | None, part: str | None, unit: str) -> Interval | None:
    """The early, middle or late third of a month; of a year its first quarter, the next two, or its last."""
    if interval is None or not part:
        return interval
    third = _PARTS[" ".join(part.lower().split())]
    year, month = interval.start.year, interval.start.month
    if unit == "month":
        first, last = ((1, 10), (11, 20), (21, interval.end.day))[third]
        return Interval(date(year, month, first), date(year, month, last))
    return calendar.months(year, *((1, 3), (4, 9), (10, 12))[third])


@_rule([DIGIT], r"(?P<year>(?:19|20)\d\d)[-/](?P<month>0?[1-9]|1[0-2])[-/](?P<day>[0-3]?\d)(?!\d)(?:T[\d:.]{4,15}Z?)?")
def _iso(match: re.Match[str], _context: Context) -> Point:
    return Point(match.end(), calendar.day(int(match["year"]), int(match["month"]), int(match["day"])))


@_rule([DIGIT], r"(?P<first>[0-3]?\d)/(?P<second>[0-3]?\d)/(?P<year>(?:19|20)?\d\d)(?![\d/])")
def _slashed(match: re.Match[str], _context: Context) -> Point:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    year += 2000 if year < 100 else 0
    month, number = (second, first) if first > 12 else (first, second)  # American unless it can't be
    return Point(match.end(), calendar.day(year, month, number))


@_rule(MONTHS, MONTH + r"\s" + _DAY + rf"(?:{_NEXT_YEAR}|{OTHER_YEAR})?", 0)
@_rule([DIGIT], _DAY + r"\s(?:of\s)?" + MONTH + rf"(?:{_NEXT_YEAR}|{OTHER_YEAR})?", 0)
def _date(match: re.Match[str], context: Context) -> Point:
    month, number = MONTHS[match["month"].lower().rstrip(".")], int(match["day"])
    interval, relative = of_year(match, lambda year: calendar.day(year, month, number), context)
    return Point(match.end(), interval, relative)


@_rule(
    MONTHS,
    MONTH
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
    + MONTH
    + rf"(?:{_NEXT_YEAR})?",
    0,
)
def _days(match: re.Match[str], context: Context) -> Point:
    month, first, last = MONTHS[match["month"].lower().rstrip(".")], int(match["day"]), int(match["last"])

    def make(year: int) -> Interval | None:
        start, end = calendar.day(year, month, first), calendar.day(year, month, last)
        return calendar.spanning(start, end)

    interval, relative = of_year(match, make, context)
    return Point(match.end(), interval, relative)


@_rule([*MONTHS, *_PARTS, "middle"], _PART + MONTH + rf"(?:{_NEXT_YEAR}|{OTHER_YEAR})?", 0)
@_rule(["early", "mid", "late"], r"(?P<part>Early|Mid|Late)[\s-]" + MONTH + rf"(?:{_NEXT_YEAR}|{OTHER_YEAR})?", 0)
def _month(match: re.Match[str], context: Context) -> Point:
    number = MONTHS[match["month"].lower().rstrip(".")]
    interval, relative = of_year(match, lambda year: calendar.month(year, number), context)
    return Point(match.end(), part_of(interval, match["part"], "month"), relative, "month")


@_rule(["last", "this", "next"], r"(?P<which>last|this|next|this\spast)\s" + MONTH, 0)
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
    MONTH
    + rf"(?:{_LONG_DASH}|-to-|\s(?:to|through|and)\s)"
    + MONTH.replace("<month>", "<last>")
    + rf"(?:{_NEXT_YEAR})?",
    0,
)
def _months(match: re.Match[str], context: Context) -> Point:
    first, last = MONTHS[match["month"].lower().rstrip(".")], MONTHS[match["last"].lower().rstrip(".")]
    interval, relative = of_year(match, lambda year: calendar.months(year, first, last), context)
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
    return Point(match.end(), part_of(whole, match["part"], "year"), unit="year")


@_rule(
    ["early", "mid", "late", "middle"],
    r"(?P<part>early|mid|late|middle\sof)[\s-](?P<which>last|this|next)\s(?P<unit>month|year)\b",
)
def _part_of_unit(match: re.Match[str], context: Context) -> Point:
    offset, unit = {"last": -1, "this": 0, "next": 1}[match["which"].lower()], match["unit"].lower()
    whole = calendar.around(unit, context.published, offset) if context.published else None
    return Point(match.end(), part_of(whole, match["part"], unit), True, unit)


_EVERY_DATE = re.compile(rf"{MONTH}\s{_DAY}|{_DAY.replace('<day>', '<first>')}\s{MONTH.replace('<month>', '<name>')}")
_TO_DATE = re.compile(rf"(?:{_LONG_DASH}|\s(?:to|through|until)\s)")


@_rule([*MONTHS, DIGIT], rf"(?={_EVERY_DATE.pattern})", 0)
def _dates(match: re.Match[str], context: Context) -> Point | None:
    """From a date to another: "Oct. 27 – Nov. 3", "December 29, 2025 to January 2, 2026"."""
    first = points.longest(match.string, match.end(), context, without=_dates)
    join = _TO_DATE.match(match.string, first.end) if first else None
    if first is None or join is None or not _EVERY_DATE.match(match.string, join.end()):
        return None
    second = points.longest(match.string, join.end(), context, without=_dates)
    return Point(second.end, spread(first, second), first.relative or second.relative) if second else None


def spread(first: Point, second: Point) -> Interval | None:
    """From one date to another, the first moved into the second's year where its own is not told."""
    start, end = first.interval, second.interval
    if start is None or end is None:
        return None
    if first.relative and not second.relative:
        start = calendar.in_year(start, end.end.year)
    if start and first.relative and start.start > end.end:
        start = calendar.before(start, "year")
    return calendar.spanning(start, end)


@_rule(
    [*WEEKDAYS, "mon", "tues", "tue", "wed", "thurs", "thu", "fri", "sat", "sun"],
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?(?:,\s|\s\(|,\sthe\s|\s)",
    0,
)
def _weekday_date(match: re.Match[str], context: Context) -> Point | None:
    """A weekday beside its date; the date decides."""
    if not _EVERY_DATE.match(match.string, match.end()):
        return None
    return points.longest(match.string, match.end(), context, without=_dates)


@_rule(
    ["the", *ORDINALS[:4], "final", "last", "opening"],
    rf"(?:the\s)?(?P<nth>first|second|third|fourth|final|last|opening)\s(?P<unit>week|half|day)\sof\s{MONTH}(?:{_NEXT_YEAR})?",
    0,
)
def _within_month(match: re.Match[str], context: Context) -> Point | None:
    """Seven days, a half or one day of a month."""
    number = MONTHS[match["month"].lower().rstrip(".")]
    whole, relative = of_year(match, lambda year: calendar.month(year, number), context)
    if whole is None:
        return Point(match.end(), None, relative)
    last, nth = match["nth"] in ("final", "last"), max(1, ordinal(match["nth"]))
    length = {"week": 7, "half": 15, "day": 1}[match["unit"]]
    start = calendar.plus_days(whole.start, length * (nth - 1))
    end = calendar.plus_days(whole.start, length * nth - 1)
    if last:
        start, end = calendar.plus_days(whole.end, 1 - length), whole.end
    if match["unit"] == "half" and nth == 2:
        end = whole.end
    return Point(match.end(), calendar.between(start, end), relative, match["unit"])


_NAMED_DAYS = {
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "valentine's day": (2, 14),
    "independence day": (7, 4),
    "halloween": (10, 31),
    "boxing day": (12, 26),
    "veterans day": (11, 11),
    "juneteenth": (6, 19),
}
_AFTER_THANKSGIVING = {"black friday": 1, "cyber monday": 4}


@_rule(
    "new christmas valentine independence halloween boxing veterans juneteenth thanksgiving labor memorial good "
    "presidents black cyber".split(),
    r"(?P<name>(?:New\sYear['’]s\s(?:Day|Eve)|Christmas(?:\sDay|\sEve)?|Valentine['’]s\sDay|Independence\sDay|Halloween|Boxing\sDay"
    r"|Veterans\sDay|Juneteenth|Thanksgiving|Labor\sDay|Memorial\sDay|Good\sFriday|Presidents['’]\sDay|Black\sFriday|Cyber\sMonday))"
    rf"\b(?:\sDay\b)?(?:{_NEXT_YEAR})?",
    0,
)
def _named_day(match: re.Match[str], context: Context) -> Point | None:
    """A holiday, where it is a date: "on Christmas Day", not "the Christmas rally"."""
    name = " ".join(match["name"].lower().replace("’", "'").split())
    before = match.string[max(0, match.start() - 8) : match.start()].lower()
    if not before.endswith(("on ", "since ", "by ", "until ", "through ", "from ", "to ", "and ", "on the ")):
        return Point(match.end(), None)  # and no "Friday"
    interval, relative = of_year(match, lambda year: _holiday(name, year), context)
    return Point(match.end(), interval, relative)


def _holiday(name: str, year: int) -> Interval | None:
    if name in _NAMED_DAYS:
        return calendar.day(year, *_NAMED_DAYS[name])
    if not 2 <= year <= 9998:
        return None
    if name in _AFTER_THANKSGIVING:
        day = calendar.plus_days(trading.nth_weekday(year, 11, 3, 4), _AFTER_THANKSGIVING[name])
        return calendar.between(day, day)
    return next((Interval(day, day) for day, known in trading.holidays(year).items() if known.lower() == name), None)
