"""Calendar arithmetic: weeks begin on Monday, ends are inclusive, dates outside the calendar give None."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """Inclusive dates; `start` never comes after `end`."""

    start: date
    end: date


def day(year: int, month: int, number: int) -> Interval | None:
    """One day."""
    try:
        only = date(year, month, number)
    except ValueError:
        return None
    return Interval(only, only)


def month(year: int, number: int) -> Interval | None:
    """A calendar month, `number` 1 to 12."""
    return months(year, number, number)


def months(year: int, first: int, last: int) -> Interval | None:
    """The months `first` to `last` of `year`; from the year before if `first` comes after `last`."""
    if not (2 <= year <= 9999 and 1 <= first <= 12 and 1 <= last <= 12):
        return None
    return Interval(date(year - (first > last), first, 1), date(year, last, monthrange(year, last)[1]))


def quarter(year: int, number: int) -> Interval | None:
    """A calendar quarter, `number` 1 to 4."""
    return months(year, 3 * number - 2, 3 * number)


def half(year: int, number: int) -> Interval | None:
    """A half-year, `number` 1 or 2."""
    return months(year, 6 * number - 5, 6 * number)


def year(number: int) -> Interval | None:
    """A calendar year."""
    return months(number, 1, 12)


def week(of: date, offset: int = 0) -> Interval | None:
    """Monday to Sunday of the week `offset` weeks after the one that holds `of`."""
    monday = plus_days(of, 7 * offset - of.weekday())
    sunday = plus_days(monday, 6) if monday else None
    return Interval(monday, sunday) if monday and sunday else None


def plus_days(of: date, days: int) -> date | None:
    """`of` moved by `days`."""
    try:
        return of + timedelta(days=days)
    except OverflowError:
        return None


def plus_months(of: date, number: int) -> date | None:
    """`of` moved by calendar months; the 31st becomes the last day of a shorter month."""
    index = of.year * 12 + of.month - 1 + number
    to_year, to_month = index // 12, index % 12 + 1
    if not 1 <= to_year <= 9999:
        return None
    return date(to_year, to_month, min(of.day, monthrange(to_year, to_month)[1]))


def shift(of: date, number: int, unit: str) -> date | None:
    """`of` moved by `number` hours (in full days), days, weeks, fortnights, months … or decades."""
    if abs(number) > 10**6:
        return None
    if unit == "fortnight":
        return plus_days(of, 14 * number)
    if unit == "hour":
        return plus_days(of, int(number / 24))
    if unit in ("day", "week"):
        return plus_days(of, number * (7 if unit == "week" else 1))
    return plus_months(of, number * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])


def between(start: date | None, end: date | None) -> Interval | None:
    """From `start` to `end`, None where either is missing or they are the wrong way round."""
    return Interval(start, end) if start and end and start <= end else None


def spanning(first: Interval | None, last: Interval | None) -> Interval | None:
    """From the start of `first` to the end of `last`."""
    return between(first.start, last.end) if first and last else None


def around(unit: str, of: date, offset: int = 0) -> Interval | None:
    """The calendar week, month, quarter or year that lies `offset` after the one that holds `of`."""
    if unit == "day":
        moved = plus_days(of, offset)
        return between(moved, moved)
    if unit == "week":
        return week(of, offset)
    moved = shift(of.replace(day=1), offset, unit)
    if moved is None:
        return None
    if unit == "month":
        return month(moved.year, moved.month)
    if unit == "quarter":
        return quarter(moved.year, (moved.month + 2) // 3)
    return year(moved.year)


def before(interval: Interval, unit: str, number: int = 1) -> Interval | None:
    """The same dates some days, weeks, months or years earlier; whole months stay whole."""
    start, end = shift(interval.start, -number, unit), shift(interval.end, -number, unit)
    if end and unit in ("month", "quarter", "year") and interval.start.day == 1 and _is_last(interval.end):
        end = end.replace(day=monthrange(end.year, end.month)[1])
    return between(start, end)


def _is_last(of: date) -> bool:
    return of.day == monthrange(of.year, of.month)[1]


def in_year(interval: Interval, number: int) -> Interval | None:
    """The same dates in another year; 29 February becomes the 28th."""
    months = 12 * (number - interval.start.year)
    return between(plus_months(interval.start, months), plus_months(interval.end, months))
