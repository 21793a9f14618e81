"""Money into and out of funds: daily and weekly facts, each fixed at the moment it could first be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

import numpy as np
import pandas as pd

from narrative.series.elsewhere import Elsewhere
from narrative.series.grouping import funds, told_of
from narrative.series.periods import MONDAY
from narrative.series.reconcile import mentions_at, reconcile

if TYPE_CHECKING:
    from datetime import datetime

    from narrative.series.stories import Stories

FEWEST_POINTS: Final = 5  # of a subject, by day or by week
FEWEST_STORIES: Final = 2  # behind a point; one alone is thin
REPORTED_WITHIN: Final = np.timedelta64(30, "D")  # of the period's end; later it is history, and dates are misread
_DAY: Final = np.timedelta64(1, "D")
_COLUMNS = ("subject", "period_start", "period_end", "available", "value", "low", "high", "stories", "agreeing",
            "outlets")  # fmt: skip


def flow_points(stories: Stories, unit: Literal["D", "W"]) -> pd.DataFrame:
    """The flows of each fund by day, or by week from Monday to Sunday.

    A point is a fact of kind flow (`narrative.series.facts`): an actual level in dollars with a direction, whose
    period is exactly that day or week (Monday to Friday is the week, too, once Friday is over), told within 30 days of
    its end. It is fixed at the end of the UTC day of its first report, but not before its period ends, from the stories
    known by then; its band runs from the lowest to the highest of their figures.

    Returns:
        One row a point, in the order of subject and period: `subject, period_start, period_end, available` (naive UTC),
        `value, low, high` (dollars, money in is positive), `stories` that report it, `agreeing` (those behind the
        value), `outlets`.
    """
    told = told_of(stories)
    elsewhere = Elsewhere(told)
    days = (1 if unit == "D" else 7) * _DAY
    points = []
    for (subject, start), reports in _reports(told.rows, unit, days).groupby(["subject", "start"], observed=True):
        placed = reports["placed"].to_numpy("datetime64[us]")
        end = np.datetime64(cast("datetime", start), "us") + days
        available = max(placed.min().astype("datetime64[D]") + _DAY, end)
        known = reports[placed < available]
        agreement = reconcile(mentions_at(told, known.index.to_numpy(), elsewhere, before=available))
        signed = np.where(known["sign"] < 0, -known["value"], known["value"])
        rows = [*agreement.agreeing, *agreement.dissenting]
        points.append((
            subject, start, end, available, agreement.value * agreement.sign, signed[rows].min(), signed[rows].max(),
            len(rows), len(agreement.agreeing), known["outlet"].iloc[rows].nunique(),
        ))  # fmt: skip
    found = pd.DataFrame(points, columns=list(_COLUMNS))
    for name in ("period_start", "period_end", "available"):
        found[name] = found[name].astype("datetime64[us]")
    if stories.as_of is not None:
        found = found.loc[found["available"] <= np.datetime64(stories.as_of.replace(tzinfo=None))]
    number = found.groupby("subject")["subject"].transform("size")
    return found.loc[number >= FEWEST_POINTS].reset_index(drop=True)


def _reports(rows: pd.DataFrame, unit: Literal["D", "W"], days: np.timedelta64) -> pd.DataFrame:
    """The mentions that points are made of, under the same row labels."""
    flows = (rows["kind"] == "flow") & (rows["unit"] == "USD") & (rows["measure"] == "level") & (rows["sign"] != 0)
    rows = rows[flows & rows["subject"].isin(funds())]
    start, end = (rows[name].to_numpy("datetime64[D]") for name in ("start", "end"))
    length = (end - start) // _DAY + 1
    placed = rows["placed"].to_numpy("datetime64[us]")
    if unit == "D":
        whole = length == 1
    else:
        monday = (start.astype(np.int64) - MONDAY) % 7 == 0
        whole = monday & ((length == 5) | (length == 7)) & (placed >= start + 5 * _DAY)
    kept: pd.DataFrame = rows[whole & (placed < start + days + REPORTED_WITHIN)]
    return kept
