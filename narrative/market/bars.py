"""Bars: from one close to the next, at a time of day in a named zone.

A bar opens at the moment when the one before closes, so that the night, the weekend and the holidays belong to the bar
that ends them and every moment lies in exactly one bar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from narrative.errors import SettingsError
from narrative.market.prices import trades_at_weekends
from narrative.project import read_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

Frequency = Literal["D", "W-SUN", "M"]

EVERY_ASSET: Final = "*"  # the key of a close that holds where none of the asset's own is given

_CLOSE = re.compile(r"(\d{1,2}):(\d{2})\s+(\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Close:
    """When the price of a day is taken: minutes after midnight in a zone, 1,440 being the day's end."""

    minutes: int
    zone: ZoneInfo

    def __str__(self) -> str:
        """As `read_close` reads it."""
        return f"{self.minutes // 60:02}:{self.minutes % 60:02} {self.zone.key}"

    def moments(self, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The moments of the closes of naive dates, in UTC: by the wall clock, so summer time shifts them.

        An hour that a zone skips is moved forward, of one that comes twice the later is taken.
        """
        wall = pd.DatetimeIndex(dates).as_unit("us") + pd.Timedelta(minutes=self.minutes)
        later = np.zeros(len(wall), dtype=bool)
        return wall.tz_localize(self.zone, ambiguous=later, nonexistent="shift_forward").tz_convert("UTC")


def read_close(text: str) -> Close:
    """A close such as `16:00 America/New_York` or `24:00 UTC`.

    Raises:
        SettingsError: it is none.
    """
    match = _CLOSE.fullmatch(text.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if match is None or not 0 <= minutes <= 24 * 60 or int(match[2]) > 59:
        raise SettingsError(f"close {text[:80]!r}: write it like '16:00 America/New_York' or '24:00 UTC'")
    return Close(minutes, read_zone(match[3]))


def read_closes(texts: Sequence[str]) -> dict[str, Close]:
    """Closes by asset from `BTC=24:00 UTC`, in capitals; one without an asset holds for `EVERY_ASSET`.

    Raises:
        SettingsError: one can't be read, or an asset has two.
    """
    closes: dict[str, Close] = {}
    for text in texts:
        asset, equals, close = text.rpartition("=")
        key = asset.strip().upper() if equals else EVERY_ASSET
        if key in closes:
            raise SettingsError(f"close {text[:80]!r}: there is another one for {key}; give one")
        closes[key] = read_close(close)
    return closes


def default_close(prices: pd.Series[float]) -> Close:
    """Midnight UTC, the day's end, for an asset that trades at weekends; else 16:00 in New York."""
    return read_close("24:00 UTC" if trades_at_weekends(prices) else "16:00 America/New_York")


def close_of(prices: pd.Series[float], closes: Mapping[str, Close] | None = None) -> Close:
    """The close of an asset, by the series' name: its own, else the one for every asset, else the default."""
    given = closes or {}
    return given.get(str(prices.name).upper()) or given.get(EVERY_ASSET) or default_close(prices)


def bars_of(prices: pd.Series[float], close: Close, frequency: str = "D") -> pd.DataFrame:
    """The bars of one asset.

    A week ends on Sunday, a month on its last day; their price is the last close at or before that end, and the bar
    closes with it (a share's week on Friday). A last week or month that the prices don't reach the end of is left out.

    Args:
        prices: closes by naive date, ascending; empty days are skipped.
        close: when they are taken.
        frequency: D, W-SUN or M.

    Returns:
        A row a bar; index `date`, the date of its close; columns `opens` and `closes` (UTC), `price` and `log_return`,
        the change of the log price from open to close. The first close opens the first bar and has no row.

    Raises:
        SettingsError: there is no such frequency.
    """
    if frequency not in ("D", "W-SUN", "M"):
        raise SettingsError(f"frequency {frequency!r}: bars are of D, W-SUN or M")
    known = prices.dropna()
    if frequency != "D":
        known = _last_of_periods(known, frequency, every_day=trades_at_weekends(known))
    moments = close.moments(pd.DatetimeIndex(known.index))
    levels = known.to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "opens": moments[:-1],
            "closes": moments[1:],
            "price": levels[1:],
            "log_return": np.diff(np.log(levels)),
        },
        index=pd.DatetimeIndex(known.index[1:], name="date"),
    )


def _last_of_periods(prices: pd.Series[float], frequency: str, *, every_day: bool) -> pd.Series[float]:
    days = pd.DatetimeIndex(prices.index)
    periods = days.to_period(frequency)
    last = prices[~periods.duplicated(keep="last")]
    if len(days):
        end = periods[-1].end_time.normalize()
        complete = end if every_day else pd.offsets.BDay().rollback(end)
        if days[-1] < complete:
            return last.iloc[:-1]
    return last
