"""Periods of a series: hours, days, weeks to Sunday and months, [start, end) in UTC, numbered without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from narrative.errors import SettingsError

if TYPE_CHECKING:
    import pandas as pd

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Moments = np.ndarray[Any, np.dtype[np.datetime64]]

Unit = Literal["D", "W", "M"]
MONDAY: Final = 4  # days from 1970-01-01 to the first Monday


@dataclass(frozen=True)
class Frequency:
    """How long a period is, and how many of them the index looks back on.

    Attributes:
        name: the option value.
        unit: of the period.
        window: periods behind a value: seven days for daily series, so that weekdays cancel out; else the period.
        burn_in: periods that must be known before an index has a base. Thirty days leave the base a month, in which
            the mean of an autocorrelated share is known to about a tenth of itself; longer is better where there is
            more.
        look_back: periods in which an outlet must show that it is large enough to stand alone.
    """

    name: str
    unit: Unit
    window: int
    burn_in: int
    look_back: int


FREQUENCIES: Final = {
    frequency.name: frequency
    for frequency in (
        Frequency("D", "D", window=7, burn_in=30, look_back=28),
        Frequency("W-SUN", "W", window=1, burn_in=4, look_back=4),
        Frequency("M", "M", window=1, burn_in=3, look_back=1),
    )
}


def frequency_of(name: str) -> Frequency:
    """The frequency of a name.

    Raises:
        SettingsError: there is none.
    """
    if name not in FREQUENCIES:
        raise SettingsError(f"--frequency {name}: it is one of {', '.join(FREQUENCIES)}")
    return FREQUENCIES[name]


def numbers_of(moments: pd.Series[Any], unit: Unit) -> Numbers:
    """The number of the period that each moment (UTC) falls in."""
    days = moments.to_numpy("datetime64[us]").astype("datetime64[D]")
    if unit == "M":
        return days.astype("datetime64[M]").astype(np.int64)
    numbers: Numbers = days.astype(np.int64)
    return numbers if unit == "D" else (numbers - MONDAY) // 7


def starts_of(numbers: Numbers, unit: Unit) -> Moments:
    """The first moment of each period; its end is that of the next number."""
    if unit == "M":
        return numbers.astype("datetime64[M]").astype("datetime64[us]")
    days = numbers if unit == "D" else numbers * 7 + MONDAY
    return days.astype("datetime64[D]").astype("datetime64[us]")
