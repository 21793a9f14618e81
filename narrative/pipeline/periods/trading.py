"""Trading days of US markets: weekdays without the holidays and closures of `data/trading_days.toml`."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.pipeline.periods import calendar
from narrative.pipeline.periods.calendar import plus_days
from narrative.resources import read_toml

if TYPE_CHECKING:
    from narrative.pipeline.periods.calendar import Interval

_DATA = Path(__file__).parent / "data" / "trading_days.toml"
_MOST = 2_000  # trading days that are counted


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=128)
def holidays(year: int) -> dict[date, str]:
    """The weekdays of `year` on which the exchange is closed, and why."""
    data = _data()
    found = {}
    for rule in data.get("holiday", ()):
        closed = _observed(rule, year) if year >= rule.get("since", 1) else None
        if closed:
            found[closed] = rule["name"]
    found |= {closure["date"]: closure["why"] for closure in data.get("closure", ()) if closure["date"].year == year}
    return dict(sorted(found.items()))


def is_trading_day(day: date) -> bool:
    """Whether US markets are open on `day`."""
    return day.weekday() < 5 and day not in holidays(day.year)


def trading_days(interval: Interval) -> list[date]:
    """The trading days of an interval, of its first 2,000 days if it is longer."""
    length = min((interval.end - interval.start).days + 1, _MOST)
    days = (interval.start + timedelta(days=number) for number in range(length))
    return [day for day in days if is_trading_day(day)]


def shift(day: date, number: int) -> date | None:
    """The trading day `number` trading days after `day`, or before it; None beyond the calendar or 2,000 days."""
    if abs(number) > _MOST:
        return None
    step, left, at = (1 if number > 0 else -1), abs(number), day
    while left:
        moved = plus_days(at, step)
        if moved is None:
            return None
        at = moved
        left -= is_trading_day(at)
    return at


def shift_by(day: date, number: int, unit: str) -> date | None:
    """`calendar.shift` with one more unit: trading sessions."""
    return shift(day, number) if unit == "session" else calendar.shift(day, number, unit)


@cache
def _data() -> dict[str, Any]:
    return read_toml(_DATA)


def _observed(rule: dict[str, Any], year: int) -> date | None:
    if "easter" in rule:
        return easter(year) + timedelta(days=rule["easter"])
    if "day" in rule:
        day = date(year, rule["month"], rule["day"])
        if day.weekday() == 5:
            return None if rule.get("saturday") == "lost" else day - timedelta(days=1)
        return plus_days(day, 1) if day.weekday() == 6 else day
    return nth_weekday(year, rule["month"], rule["weekday"], rule["nth"])


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (Monday 0) of a month; nth -1 is the last one."""
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if (year, month) != (9999, 12) else date.max
    return last - timedelta(days=(last.weekday() - weekday) % 7)
