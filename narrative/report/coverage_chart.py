"""The chart of coverage: who told how many stories on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from narrative.report.charts import Bars, Chart, Panel, Value
from narrative.report.evidence import OUTLET_CHARACTERS, shortened
from narrative.report.point_values import DAY, moment, plain

if TYPE_CHECKING:
    from datetime import datetime

OUTLETS: Final = 7  # told apart
OTHERS: Final = "others"


def stories_by_day(counted: pd.DataFrame) -> pd.DataFrame:
    """One row a day and outlet with the number of its `stories`, from rows of `Stories.counted`."""
    names = {name: shortened(name, OUTLET_CHARACTERS) for name in counted["outlet"].astype(str).unique()}
    table = counted.assign(day=counted["placed"].dt.floor("D"), outlet=counted["outlet"].astype(str).map(names))
    return table.groupby(["day", "outlet"]).size().rename("stories").reset_index()


def coverage_chart(points: pd.DataFrame, by_day: pd.DataFrame, span: tuple[datetime, datetime]) -> Chart | None:
    """Stories a day, stacked by outlet, with a strip of thin and missing days below.

    Args:
        points: the series, which tell the thin days.
        by_day: of `stories_by_day`.
        span: the time to draw.
    """
    if by_day.empty:
        return None
    first, last = span
    stack = coverage_outlets(by_day)
    grouped = by_day.assign(outlet=by_day["outlet"].where(by_day["outlet"].isin(stack), OTHERS))
    table = grouped.pivot_table(index="day", columns="outlet", values="stories", aggfunc="sum", fill_value=0)
    bars = []
    base = pd.Series(0, index=table.index)
    for place, name in enumerate(stack):
        above = base + table[name]
        bars.append(Bars(_days(base, above), f"o{place}"))
        base = above
    thin, missing = _thin_days(points), _missing_days(base.index, first, last)
    strip = Panel(
        "Thin days (grey) and days without a story (dark)", height=10, ends=(0.0, 1.0), tick=None,
        bars=(Bars(_marks(thin - missing), "thin"), Bars(_marks(missing), "missing")),
    )  # fmt: skip
    described = (
        f"{int(base.sum()):,} stories on {len(base):,} days; the median day has {base.median():,.0f}, the largest "
        f"{base.max():,}. {len(missing):,} days have none, {len(thin - missing):,} are thin."
    )
    panel = Panel("Stories a day, by outlet", bars=tuple(bars), ends=(0.0,), tick=plain, hover=_day_labels(table))
    return Chart("coverage", "Stories a day, by outlet", described, first, last, (panel, strip))


def coverage_outlets(by_day: pd.DataFrame) -> list[str]:
    """The outlets of the chart of coverage in the order of its colours; the small ones as `others`."""
    totals = by_day.groupby("outlet")["stories"].sum().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in totals.index]
    return names[:OUTLETS] + ([OTHERS] if len(names) > OUTLETS else [])


def _thin_days(points: pd.DataFrame) -> set[datetime]:
    shares = points[points["series"].str.endswith("/share")]
    thin = shares[shares["flags"].map(lambda flags: "thin" in flags).astype(bool)]
    return {moment(day) for day in thin["period_start"].unique()}


def _missing_days(days: pd.Index[Any], first: datetime, last: datetime) -> set[datetime]:
    whole = pd.date_range(first, last, freq="D", inclusive="left")
    return {moment(day) for day in whole.difference(pd.DatetimeIndex(days))}


def _days(base: pd.Series[Any], above: pd.Series[Any]) -> list[Value]:
    rows = zip(map(moment, base.index), base, above, strict=True)
    return [Value(day, day + DAY, None, float(low), float(high)) for day, low, high in rows if high > low]


def _day_labels(table: pd.DataFrame) -> list[Value]:
    found = []
    for day, row in zip(map(moment, table.index), table.to_dict("records"), strict=True):
        told = ", ".join(f"{name} {number:,}" for name, number in row.items() if number)
        found.append(Value(day, day + DAY, None, label=f"{day:%Y-%m-%d}: {sum(row.values()):,} stories; {told}"))
    return found


def _marks(days: set[datetime]) -> list[Value]:
    return [Value(day, day + DAY, None, 0.0, 1.0) for day in sorted(days)]
