"""Quarters and halves: "Q4 2025", "the third quarter", "H1", "fiscal Q2", "fiscal year 2026"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.pipeline.periods import calendar
from narrative.pipeline.periods.dates import OTHER_YEAR, YEAR, of_year
from narrative.pipeline.periods.fiscal import FiscalPeriod
from narrative.pipeline.periods.numerals import ORDINALS, ordinal
from narrative.pipeline.periods.rules import DIGIT, Context, Point, points

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from narrative.pipeline.periods.calendar import Interval

_rule = points.rule
_FISCAL_YEAR = r"(?:fiscal(?:\syear)?|FY|financial\syear)[\s-]?(?:(?P<fiscal>20\d\d)|['’]?(?P<fiscal_short>\d\d))\b"
_QUARTER_YEAR = (
    rf"(?:\s?,?\s?(?:of\s|in\s|for\s)?(?:the\s)?{_FISCAL_YEAR}"
    rf"|\s?,?\s?(?:of\s|in\s)?(?:{YEAR}|['’](?P<short>\d\d)\b)|{OTHER_YEAR})?"
)
_FISCAL = r"(?:(?:fiscal|financial)[\s-](?:(?P<before>20\d\d)\s)?(?:year\s)?)?"


@_rule(["fiscal"], _FISCAL + r"Q(?P<number>[1-4])\b" + _QUARTER_YEAR, 0)
@_rule(["q"], r"Q(?P<number>[1-4])\b" + _QUARTER_YEAR, 0)
@_rule([DIGIT], r"(?P<number>[1-4])Q(?:\s?(?P<year>20\d\d)|['’]?(?P<short>\d\d))?\b", 0)
@_rule(
    [*ORDINALS[:4], "final", "last", DIGIT, "the", "fiscal", "financial"],
    rf"(?:the\s)?{_FISCAL}(?P<number>first|second|third|fourth|final|last|1st|2nd|3rd|4th)[\s-](?:fiscal[\s-])?quarter\b(?!\sof\sa)"
    + _QUARTER_YEAR,
)
def _quarter(match: re.Match[str], context: Context) -> Point:
    number = 4 if match["number"].lower() in ("final", "last") else ordinal(match["number"])
    fiscal = FiscalPeriod(quarter=number, year=_fiscal_year(match), ahead=context.ahead)
    return _numbered(match, context, lambda year: calendar.quarter(year, number), "quarter", fiscal)


@_rule(["h"], r"H(?P<number>[12])\b" + _QUARTER_YEAR, 0)
@_rule([DIGIT], r"(?P<number>[12])H(?:\s?(?P<year>20\d\d)|['’]?(?P<short>\d\d))\b", 0)
@_rule(
    ["first", "second", "the"],
    r"(?:the\s)?(?P<number>first|second)[\s-]half\sof\s(?:the\syear|(?P<which>last|this|next)\syear|" + YEAR + r")",
)
def _half(match: re.Match[str], context: Context) -> Point:
    number = ordinal(match["number"])
    fiscal = FiscalPeriod(half=number, year=_fiscal_year(match), ahead=context.ahead)
    return _numbered(match, context, lambda year: calendar.half(year, number), "half", fiscal)


@_rule(["fy", "fiscal", "financial", "the", "full"], rf"(?:the\s)?(?:full[\s-])?{_FISCAL_YEAR}")
@_rule([DIGIT], r"(?P<fiscal>20\d\d)\s(?:fiscal|financial)\syear\b")
def _fiscal_whole(match: re.Match[str], context: Context) -> Point:
    return Point(match.end(), None, unit="year", fiscal=FiscalPeriod(year=_fiscal_year(match), ahead=context.ahead))


def _fiscal_year(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    year = groups.get("fiscal") or groups.get("before") or groups.get("fiscal_short") or groups.get("year")
    return None if year is None else int(year) + (2000 if len(year) == 2 else 0)


def _numbered(
    match: re.Match[str],
    context: Context,
    make: Callable[[int], Interval | None],
    unit: str,
    fiscal: FiscalPeriod,
) -> Point:
    if context.fiscal:
        return Point(match.end(), None, unit=unit, fiscal=fiscal)
    if match.groupdict().get("short"):
        return Point(match.end(), make(2000 + int(match["short"])), unit=unit)
    interval, relative = of_year(match, make, context)
    return Point(match.end(), interval, relative, unit)
