"""Scales and ticks of charts: from values and moments to positions, at round numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True)
class Scale:
    """Positions of values: `low` lies at `bottom`, `high` at `top`, in a chart's units; `log` spaces them by ratio."""

    low: float
    high: float
    bottom: float
    top: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The position of a value; beyond the ends too."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        at = math.log(value) if self.log else value
        return self.bottom + (at - low) / (high - low) * (self.top - self.bottom)


@dataclass(frozen=True)
class TimeScale:
    """Positions of moments between `first` and `last`, from 0 to `width`."""

    first: datetime
    last: datetime
    width: float

    def __call__(self, moment: datetime) -> float:
        """The position of a moment."""
        return (moment - self.first) / (self.last - self.first) * self.width


def fitted(low: float, high: float, bottom: float, top: float, *, log: bool = False) -> Scale:
    """A scale around `low` to `high` with a little room at either end; a single value lies in the middle."""
    if log:
        room = (high / low) ** 0.06 if high > low else 1.05
        return Scale(low / room, high * room, bottom, top, log=True)
    room = max((high - low) * 0.06, abs(high) * 1e-6) if high > low else abs(high) * 0.05
    room = room if room > 1e-100 else 1.0
    return Scale(low - room if low else 0.0, high + room, bottom, top)


def ticks(scale: Scale, count: int) -> list[float]:
    """At least `count` round values that lie on the scale, and no more than about three times as many."""
    if scale.log and scale.high / scale.low > 10:
        decades = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
        inside = [10.0**decade for decade in decades if scale.low <= 10.0**decade <= scale.high]
        return inside[:: max(1, len(inside) // (2 * count))]
    power = 10.0 ** math.ceil(math.log10(scale.high - scale.low))
    for part in (5, 2.5, 2, 1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.02, 0.01):
        step = part * power
        first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
        if last - first + 1 >= count:
            break
    return [number * step + 0.0 for number in range(first, last + 1)]  # + 0.0: never minus zero


def date_ticks(first: datetime, last: datetime, count: int = 7) -> list[tuple[datetime, str, str]]:
    """At most about `count` moments at round dates, each with its label and, where the year begins or changes, it."""
    days = (last - first).days
    if days <= 75:
        step = next(step for step in (1, 2, 7, 14) if days <= step * count or step == 14)
        found = [(moment, f"{moment.day} {_MONTHS[moment.month - 1]}") for moment in _days(first, last, step)]
    elif days <= 31 * 4 * count:
        months = next(step for step in (1, 2, 3, 6) if days <= 31 * step * count or step == 6)
        found = [(moment, _MONTHS[moment.month - 1]) for moment in _months(first, last, months)]
    else:
        years = math.ceil(days / 366 / count)
        return [(moment, str(moment.year), "") for moment in _months(first, last, 12 * years)]
    shown: list[tuple[datetime, str, str]] = []
    for moment, label in found:
        new = not shown or shown[-1][0].year != moment.year
        shown.append((moment, label, str(moment.year) if new else ""))
    return shown


def _days(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < first or (step >= 7 and day.weekday() != 0):
        day += timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=step)


def _months(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    number = first.year * 12 + first.month - 1
    while True:
        if number % step == 0:
            moment = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
            if moment > last:
                return
            if moment >= first:
                yield moment
        number += 1
