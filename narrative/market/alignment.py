"""Series and prices on one clock: in each bar, what had become known by its close.

A bar's value is made of the points that became available after its open and up to its close, so that at lag 1 a value
meets the first bar that opens when all of it was known. `docs/market.md` tells the rule with an example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from narrative.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from narrative.market.bars import Frequency

FEWEST_BARS: Final = {"D": 30, "W-SUN": 12, "M": 12}
LONGEST_HOLE: Final = {"D": timedelta(days=7), "W-SUN": timedelta(days=14), "M": timedelta(days=62)}
MOST_CARRIED: Final = 1 / 3  # of the bars
LARGEST: Final = 1e100  # value; the squares of larger ones overflow
FLOW: Final = "flow/"  # of series that add up over time; others are levels

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPair:
    """One series and one asset, bar by bar, without gaps.

    `x` is the series' value known at each bar's close, `r` the log return of the bar, `dates` those of the closes;
    `known` says when the newest point in `x` became available. `carried` bars had no point of their own.
    """

    series: str
    frequency: Frequency
    dates: pd.DatetimeIndex
    x: NDArray[np.float64]
    r: NDArray[np.float64]
    known: pd.DatetimeIndex
    carried: int

    def __len__(self) -> int:
        """How many bars there are."""
        return len(self.x)

    @property
    def start(self) -> date:
        """The first bar's date."""
        return self.dates[0].date()

    @property
    def end(self) -> date:
        """The last bar's date."""
        return self.dates[-1].date()


def align(points: pd.DataFrame, bars: pd.DataFrame, asset: str = "the asset") -> AlignedPair:
    """Put one series on the bars of one asset, from the first to the last bar with a point.

    Args:
        points: of one series: `time`, `series`, `value` and, where known, `available`; null values are no points.
        bars: of `bars_of`, in the frequency of the series.
        asset: what messages call the prices.

    Returns:
        Levels averaged and flows summed over each bar; a bar without a point has the value of the one before.

    Raises:
        InputError: the two don't overlap, share too few bars, the series has a hole, is carried too often, never
            changes, or holds what is no number or no time.
    """
    if points.empty:
        raise InputError("the series", "holds no points")
    name = str(points["series"].iloc[0])
    frequency = frequency_of(points)
    known = _known_values(points, name)
    if known.empty:
        raise InputError(name, "every value is empty; there is nothing to test")

    available = pd.DatetimeIndex(known.index)
    opens, closes = pd.DatetimeIndex(bars["opens"]), pd.DatetimeIndex(bars["closes"])
    bar = closes.searchsorted(available, side="left")  # the first bar that closes at or after availability
    inside = (bar < len(bars)) & (available > opens[0]) if len(bars) else np.zeros(len(known), dtype=bool)
    if not inside.any():
        raise InputError(
            name,
            f"no overlap: it runs from {_span(available)}, the prices of {asset} "
            f"{f'from {_span(closes)}' if len(closes) else 'hold no bar'}; give prices of the same time",
        )
    known, available, bar = known[inside], available[inside], bar[inside]

    grouped = known.groupby(bar)
    own = grouped.sum() if name.startswith(FLOW) else grouped.mean()
    newest = available.to_series().groupby(bar).max()
    stretch = range(int(bar[0]), int(bar[-1]) + 1)
    pair = AlignedPair(
        series=name,
        frequency=frequency,
        dates=pd.DatetimeIndex(bars.index)[stretch.start : stretch.stop],
        x=np.asarray(own.reindex(stretch).ffill(), dtype=np.float64),
        r=np.asarray(bars["log_return"], dtype=np.float64)[stretch.start : stretch.stop],
        known=pd.DatetimeIndex(newest.reindex(stretch).ffill()),
        carried=len(stretch) - len(own),
    )
    _refuse_poor(pair, available, asset)
    return pair


def frequency_of(points: pd.DataFrame) -> Frequency:
    """The frequency of bars that suits a series: by the median distance of its times, D for anything up to half a week.

    Raises:
        InputError: a time can't be read.
    """
    times, _ = _moments(points["time"], str(points["series"].iloc[0]) if len(points) else "the series")
    distances = np.diff(np.unique(times.as_unit("us").asi8)) / 86_400e6
    days = float(np.median(distances)) if len(distances) else 1.0
    if days <= 3.5:
        return "D"
    return "W-SUN" if days <= 16 else "M"


def available_times(points: pd.DataFrame) -> pd.DatetimeIndex:
    """When each point could be known, in UTC.

    That is `available` where it is given; else `time`, or for a date without a time of day the end of that UTC day.

    Raises:
        InputError: a time can't be read.
    """
    name = str(points["series"].iloc[0]) if len(points) else "the series"
    times, whole_days = _moments(points["time"], name)
    fallback = times.where(~whole_days, times + pd.Timedelta(days=1))
    if "available" not in points:
        return fallback
    given, given_days = _moments(points["available"], name, optional=True)
    given = given.where(~given_days, given + pd.Timedelta(days=1))
    return given.where(given.notna(), fallback)


def _known_values(points: pd.DataFrame, name: str) -> pd.Series[float]:
    """The values that are there by the moment of availability, ascending."""
    raw = points["value"]
    values = pd.to_numeric(raw, errors="coerce").astype("float64")
    times, _ = _moments(points["time"], name)
    for wrong, what in (
        (values.isna() & raw.notna() & (raw.astype(str).str.strip() != ""), "which is no number; mend or empty it"),
        (values.abs() > LARGEST, "which is not finite, or beyond all measure; mend or empty it"),
    ):
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            raise InputError(
                name, f"at {_shown(points['time'].iloc[place])} its value is {_shown(raw.iloc[place])}, {what}"
            )
    if times.has_duplicates:
        moment = points["time"].iloc[int(np.flatnonzero(times.duplicated())[0])]
        raise InputError(name, f"has two values at {_shown(moment)}; keep one a time")
    known = pd.Series(values.to_numpy(), index=available_times(points)).dropna()
    return known.sort_index(kind="stable")


def _moments(times: pd.Series[Any], name: str, *, optional: bool = False) -> tuple[pd.DatetimeIndex, NDArray[np.bool_]]:
    """Times in UTC, and which of them are dates without a time of day."""
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        moments = pd.DatetimeIndex(times).tz_convert("UTC")
        whole_days = np.zeros(len(times), dtype=bool)
    elif pd.api.types.is_datetime64_any_dtype(times.dtype):
        moments = pd.DatetimeIndex(times).tz_localize("UTC")
        whole_days = np.full(len(times), bool((moments == moments.normalize()).all()))
    else:
        texts = [_text(value) for value in times]
        whole_days = np.array([bool(_DATE.fullmatch(text)) for text in texts], dtype=bool)
        try:
            moments = pd.DatetimeIndex(pd.to_datetime(texts, utc=True, format="ISO8601"))
        except (ValueError, OverflowError):
            moments = pd.DatetimeIndex(pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce"))
            wrong = next(text for text, unread in zip(texts, moments.isna(), strict=True) if text and unread)
            raise InputError(
                name, f"{_shown(wrong)} is no time; write it as 2025-11-21 or 2025-11-21T16:00:00Z"
            ) from None
    if not optional and moments.hasnans:
        raise InputError(name, f"point {int(np.flatnonzero(moments.isna())[0]) + 1} has no time; give each its time")
    return moments.as_unit("us"), whole_days


def _text(value: Any) -> str:
    if isinstance(value, (date, datetime)) and value is not pd.NaT:
        return value.isoformat()
    return "" if value is None or pd.isna(value) else str(value).strip()


def _refuse_poor(pair: AlignedPair, available: pd.DatetimeIndex, asset: str) -> None:
    """Refuse what no test could be read from."""
    needed = FEWEST_BARS[pair.frequency]
    if len(pair) < needed:
        raise InputError(
            pair.series, f"only {len(pair)} bars in common with {asset}, and {needed} are needed; give more of both"
        )
    pauses = available[1:] - available[:-1]
    if pauses.max() > LONGEST_HOLE[pair.frequency]:
        place = int(pauses.argmax())
        raise InputError(
            pair.series,
            f"a hole of {pauses[place].days} days, from {_day(available[place])} to {_day(available[place + 1])}; "
            f"test the time before or after it alone",
        )
    if pair.carried > MOST_CARRIED * len(pair):
        raise InputError(
            pair.series,
            f"{pair.carried} of the {len(pair)} bars of {asset} have no value of their own, more than a third; "
            "give a denser series, or one by week or month",
        )
    for values, what in ((pair.x, "never changes"), (pair.r, f"can't be tested: the price of {asset} never moves")):
        if np.ptp(values) <= 1e-12 * np.abs(values).max():
            raise InputError(pair.series, f"{what} from {pair.start} to {pair.end}; leave it out or give more of it")


def _span(moments: pd.DatetimeIndex) -> str:
    return f"{_day(moments[0])} to {_day(moments[-1])}"


def _day(moment: pd.Timestamp) -> str:
    return moment.date().isoformat()


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:40] + "…")
