"""Money into and out of funds, as stories tell it: never a sum over mentions, always the median over stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from narrative.series.periods import MONDAY

if TYPE_CHECKING:
    from narrative.series.stories import Stories

FEWEST_POINTS: Final = 5  # of a subject, by day or by week
FEWEST_STORIES: Final = 2  # behind a point; one alone is thin
REPORTED_WITHIN: Final = np.timedelta64(30, "D")  # of the period's end; later it is history, and dates are misread
_DAY: Final = np.timedelta64(1, "D")


def flow_points(stories: Stories, unit: Literal["D", "W"]) -> pd.DataFrame:
    """The flows of each fund by day, or by week from Monday to Sunday.

    Counted are actual levels in dollars whose period is exactly that day or week (Monday to Friday is the week, too),
    told within 30 days of its end; of a story the first such figure. A point is fixed at the end of the UTC day of its
    first report, but not before its period ends: the median over the stories known by then; its band runs from the
    lowest to the highest of them.

    Returns:
        One row a point, in the order of subject and period: `subject, period_start, period_end, available` (naive UTC),
        `value, low, high` (dollars, money in is positive), `stories, outlets`.
    """
    told = _told(stories, unit)
    told = told.assign(until=np.maximum(told["placed"].to_numpy("datetime64[D]") + _DAY, told["end"].to_numpy()))
    of_point = ["subject", "start"]
    told["available"] = told.groupby(of_point)["until"].transform("min")
    told = told[told["placed"] < told["available"]]
    grouped = told.groupby(of_point)
    points = grouped.agg(
        period_end=("end", "first"), available=("available", "first"), value=("value", "median"), low=("value", "min"),
        high=("value", "max"), stories=("value", "size"), outlets=("outlet", "nunique"),
    ).reset_index().rename(columns={"start": "period_start"})  # fmt: skip
    if stories.as_of is not None:
        points = points.loc[points["available"] <= np.datetime64(stories.as_of.replace(tzinfo=None))]
    number = points.groupby("subject")["subject"].transform("size")
    return points.loc[number >= FEWEST_POINTS].reset_index(drop=True)


def _told(stories: Stories, unit: Literal["D", "W"]) -> pd.DataFrame:
    """One row a story, subject and period: the first figure, `placed` and [`start`, `end`) as naive UTC times."""
    flows = stories.flows
    start = flows["start"].to_numpy("datetime64[D]")
    end = flows["end"].to_numpy("datetime64[D]")
    length = (end - start) // _DAY + 1
    if unit == "D":
        whole, days = length == 1, 1
    else:
        monday = (start.astype(np.int64) - MONDAY) % 7 == 0
        whole, days = monday & ((length == 5) | (length == 7)), 7
    articles = stories.articles.loc[flows["article"], ["placed", "outlet"]]
    placed = articles["placed"].to_numpy("datetime64[us]")
    whole &= placed >= start  # what has not begun can't be told as a fact
    whole &= placed < start + days * _DAY + REPORTED_WITHIN
    told = pd.DataFrame(
        {
            "article": flows["article"].to_numpy(),
            "subject": flows["subject"].to_numpy(object),
            "start": start.astype("datetime64[us]"),
            "end": (start + days * _DAY).astype("datetime64[us]"),
            "value": flows["value"].to_numpy(float),
            "placed": placed,
            "outlet": articles["outlet"].to_numpy(object),
        }
    )
    kept: pd.DataFrame = told[whole]
    return kept.drop_duplicates(["article", "subject", "start"])
