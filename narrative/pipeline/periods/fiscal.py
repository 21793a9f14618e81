"""Fiscal quarters and years of companies whose calendar `data/fiscal_years.toml` knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.pipeline.periods import calendar
from narrative.pipeline.periods.trading import nth_weekday
from narrative.resources import read_toml

if TYPE_CHECKING:
    from narrative.pipeline.periods.calendar import Interval

_DATA = Path(__file__).parent / "data" / "fiscal_years.toml"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class FiscalPeriod:
    """A fiscal quarter, half or year as a text names it: its number (0 for the whole year) and its year, if told."""

    quarter: int = 0
    half: int = 0
    year: int | None = None
    ahead: bool = False


def resolve(period: FiscalPeriod, company: str | None, published: date | None) -> Interval | None:
    """The dates of a company's fiscal period.

    Without a year it is the latest that had ended by publication, or the next to end where the text looks ahead.

    Args:
        period: what the text names.
        company: the catalogue id.
        published: the day of publication.
    """
    rule = _years().get(company or "")
    if rule is None:
        return None
    if period.year is not None:
        return _dates(period, period.year, rule)
    if published is None:
        return None
    known = [_dates(period, year, rule) for year in range(published.year - 1, published.year + 3)]
    if period.ahead:
        return next((dates for dates in known if dates and dates.end >= published), None)
    return next((dates for dates in reversed(known) if dates and dates.end < published), None)


def _dates(period: FiscalPeriod, year: int, rule: dict[str, Any]) -> Interval | None:
    first, last = (
        (period.quarter - 1, period.quarter)
        if period.quarter
        else (2 * period.half - 2, 2 * period.half)
        if period.half
        else (0, 4)
    )
    before, end = _end(rule, year, first), _end(rule, year, last)
    return calendar.between(before + timedelta(days=1), end) if before and end else None


def _end(rule: dict[str, Any], year: int, quarters: int) -> date | None:
    """The last day of the year's first `quarters` quarters; of the year before for none."""
    if not 3 <= year <= 9000:
        return None
    index = year * 12 + rule["month"] - 1 - 3 * (4 - quarters)
    of, month = index // 12, index % 12 + 1
    whole = calendar.month(of, month)
    if whole is None:
        return None
    how, _, weekday = rule.get("ends", "month").partition(" ")
    if how == "last":
        return nth_weekday(of, month, _WEEKDAYS.index(weekday), -1)
    if how == "nearest":
        after = (_WEEKDAYS.index(weekday) - whole.end.weekday()) % 7
        return whole.end + timedelta(days=after if after <= 3 else after - 7)
    return whole.end


@cache
def _years() -> dict[str, dict[str, Any]]:
    return {company: group for group in read_toml(_DATA)["year"] for company in group["companies"]}
