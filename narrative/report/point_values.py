"""Points as values to draw, in words and in numbers."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from narrative.report.charts import Peak, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DAY: Final = timedelta(days=1)
PEAKS: Final = 3  # a series
APART: Final = timedelta(days=7)  # within which nothing is higher than a peak
NO_VALUE: Final = "no value"


def completed(points: pd.DataFrame) -> pd.DataFrame:
    """The points with the columns that somebody else's file may lack; a period of unknown length is a day."""
    known = points.copy(deep=False)
    if "period_end" not in known:
        known["period_end"] = known["time"]
    if "period_start" not in known:
        known["period_start"] = known["period_end"] - DAY
    for name, value in (("low", float("nan")), ("high", float("nan")), ("stories", 0), ("hits", 0), ("vintage", "")):
        if name not in known:
            known[name] = value
    if "flags" not in known:
        known["flags"] = [()] * len(known)
    return known


def span_of(points: pd.DataFrame) -> tuple[datetime, datetime] | None:
    """The time that was covered, from the first period's start to the last one's end; flows may be older reports."""
    points = points[~points["series"].str.startswith("flow/")]
    if points.empty:
        return None
    return points["period_start"].min().to_pydatetime(), points["period_end"].max().to_pydatetime()


def values_of(points: pd.DataFrame, tick: Callable[[float], str]) -> tuple[Value, ...]:
    """Points of one series as values to draw, each with the words that a pointer reads; `tick` writes a value."""
    return tuple(_value(row, tick) for row in points.sort_values("time").to_dict("records"))


def moment(stamp: Any) -> datetime:
    """A time of a frame, or a date of its index, as a plain moment in UTC."""
    found: datetime = pd.Timestamp(stamp).to_pydatetime()
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def highest(values: Sequence[Value], count: int = PEAKS) -> tuple[Peak, ...]:
    """The highest values, numbered from the highest, with none higher within a week or in a neighbouring period.

    So the slopes of a peak are no peaks of their own. Thin values only count where there are no others.
    """
    known = [one for one in values if one.value]  # where nothing is told there is no peak
    candidates = [one for one in known if not one.thin] or known
    ranked = sorted(candidates, key=lambda one: (-(one.value or 0.0), one.start))
    found: list[Value] = []
    for place, one in enumerate(ranked):
        if len(found) == count:
            break
        if not any(_near(one, higher) for higher in ranked[:place]):
            found.append(one)
    return tuple(Peak(number, one) for number, one in enumerate(found, 1))


def _near(one: Value, other: Value) -> bool:
    return abs(one.end - other.end) <= max(APART, one.end - one.start, other.end - other.start)


def describe(values: Sequence[Value], tick: Callable[[float], str], name: str) -> str:
    """A line's course for who can't see it."""
    known = [one for one in values if one.value is not None]
    if not known:
        return f"No values of the {name}."
    low, high = (pick(known, key=lambda one: one.value or 0.0) for pick in (min, max))
    gaps = len(values) - len(known)
    return (
        f"From {tick(known[0].value or 0.0)} on {known[0].start:%Y-%m-%d} to {tick(known[-1].value or 0.0)} on "
        f"{known[-1].start:%Y-%m-%d}; lowest {tick(low.value or 0.0)} on {low.start:%Y-%m-%d}, highest "
        f"{tick(high.value or 0.0)} on {high.start:%Y-%m-%d}; {gaps:,} of {len(values):,} periods have no value."
    )


def period(start: datetime, end: datetime) -> str:
    """A period in words: its hour, its day, or its first and last day."""
    if end - start < DAY:
        return f"{start:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d}" if end - start == DAY else f"{start:%Y-%m-%d} to {end - DAY:%Y-%m-%d}"


def plain(value: float) -> str:
    """A number in few digits."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"


def percent(value: float) -> str:
    """A share."""
    shown = value * 100
    return f"{shown:.0f}%" if shown >= 10 or shown == int(shown) else f"{shown:.2g}%"


def signed(value: float) -> str:
    """A number with its sign; a true minus."""
    return "0" if not round(value, 3) else f"{value:+.3f}".rstrip("0").rstrip(".").replace("-", "−")


def money(value: float) -> str:
    """US dollars in short, with the sign."""
    sign, size = "−" if value < 0 else "+" if value > 0 else "", abs(value)
    for unit, word in ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= unit:
            return f"{sign}${size / unit:,.3g}{word}"
    return f"{sign}${size:,.3g}"


def _value(row: dict[Any, Any], tick: Callable[[float], str]) -> Value:
    value, low, high = (float(row[name]) if _is_number(row[name]) else None for name in ("value", "low", "high"))
    start, end, thin = moment(row["period_start"]), moment(row["period_end"]), "thin" in row["flags"]
    label = f"{period(start, end)}: {NO_VALUE if value is None else tick(value)}"
    if low is not None and high is not None:
        label += f" ({tick(low)} to {tick(high)})"
    if row["stories"]:
        label += (
            f"; {row['hits']:,} of {'that day' if end - start == DAY else 'the period'}'s {row['stories']:,} stories"
        )
    return Value(start, end, value, low, high, thin, label + ("; thin" if thin else ""))


def _is_number(value: Any) -> bool:
    return value is not None and not pd.isna(value) and math.isfinite(value)
