from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.errors import SettingsError
from narrative.market.bars import bars_of, close_of, default_close, read_close, read_closes

MIDNIGHT = read_close("24:00 UTC")
NEW_YORK = read_close("16:00 America/New_York")


def closes(first: str, last: str, frequency: str = "D", name: str = "BTC") -> pd.Series[float]:
    days = pd.date_range(first, last, freq=frequency)
    return pd.Series(np.exp(np.arange(len(days)) / 10), days, name=name)


@pytest.mark.parametrize("text", ["16:00 America/New_York", "24:00 UTC", "00:00 Asia/Tokyo"])
def test_a_close_reads_as_it_is_written(text: str) -> None:
    assert str(read_close(text)) == text


@pytest.mark.parametrize(
    "text",
    ["4pm", "16:00", "24:01 UTC", "25:00 UTC", "12:60 UTC", "16:00 Mars/Olympus", "-1:00 UTC", "", "16:00 ../UTC"],
)
def test_what_is_no_close(text: str) -> None:
    with pytest.raises(SettingsError):
        read_close(text)


def test_summer_time_moves_a_close() -> None:
    # New York: summer time begins on 8 March 2026 and ends on 1 November 2026.
    days = pd.DatetimeIndex(["2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02"])
    assert [str(moment) for moment in NEW_YORK.moments(days)] == [
        "2026-03-06 21:00:00+00:00",
        "2026-03-09 20:00:00+00:00",
        "2026-10-30 20:00:00+00:00",
        "2026-11-02 21:00:00+00:00",
    ]


def test_an_hour_that_is_skipped_or_comes_twice() -> None:
    assert str(read_close("02:30 America/New_York").moments(pd.DatetimeIndex(["2026-03-08"]))[0]) == (
        "2026-03-08 07:00:00+00:00"
    )
    assert str(read_close("01:30 America/New_York").moments(pd.DatetimeIndex(["2026-11-01"]))[0]) == (
        "2026-11-01 06:30:00+00:00"
    )


@given(
    days=st.lists(
        st.dates(pd.Timestamp("2000-01-01").date(), pd.Timestamp("2030-01-01").date()), min_size=2, unique=True
    ),
    minutes=st.integers(0, 1440),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Europe/London"]),
)
def test_bars_partition_time(days: list[object], minutes: int, zone: str) -> None:
    index = pd.DatetimeIndex(sorted(days))  # type: ignore[type-var]  # dates compare
    prices = pd.Series(1.0 + np.arange(len(index)), index)
    bars = bars_of(prices, read_close(f"{minutes // 60:02}:{minutes % 60:02} {zone}"))
    assert (bars["opens"] < bars["closes"]).all()
    assert (bars["opens"].iloc[1:].to_numpy() == bars["closes"].iloc[:-1].to_numpy()).all()
    assert np.isclose(bars["log_return"].sum(), np.log(len(index)))


def test_daily_bars() -> None:
    bars = bars_of(closes("2025-11-01", "2025-11-03"), MIDNIGHT)
    assert list(bars.index) == [pd.Timestamp("2025-11-02"), pd.Timestamp("2025-11-03")]
    assert list(bars["opens"]) == [pd.Timestamp("2025-11-02", tz="UTC"), pd.Timestamp("2025-11-03", tz="UTC")]
    assert np.allclose(bars["log_return"], 0.1)


def test_the_weekend_belongs_to_mondays_bar() -> None:
    bars = bars_of(closes("2025-11-03", "2025-11-14", "B"), NEW_YORK)
    monday = bars.loc["2025-11-10"]
    assert str(monday["opens"]) == "2025-11-07 21:00:00+00:00"
    assert str(monday["closes"]) == "2025-11-10 21:00:00+00:00"


def test_weeks_end_on_sunday_and_a_shares_on_friday() -> None:
    coin = bars_of(closes("2025-11-01", "2025-11-19"), MIDNIGHT, "W-SUN")
    assert [str(day.date()) for day in coin.index] == ["2025-11-09", "2025-11-16"]  # the 2nd opens the first
    assert np.allclose(coin["log_return"], 0.7)
    share = bars_of(closes("2025-11-03", "2025-11-21", "B"), NEW_YORK, "W-SUN")
    assert [str(day.date()) for day in share.index] == ["2025-11-14", "2025-11-21"]
    assert str(share["closes"].iloc[-1]) == "2025-11-21 21:00:00+00:00"


def test_months_and_a_last_one_that_is_not_over() -> None:
    coin = bars_of(closes("2025-09-10", "2025-12-30"), MIDNIGHT, "M")
    assert [str(day.date()) for day in coin.index] == ["2025-10-31", "2025-11-30"]
    share = bars_of(closes("2025-09-10", "2025-11-28", "B"), NEW_YORK, "M")
    assert [str(day.date()) for day in share.index] == ["2025-10-31", "2025-11-28"]


def test_unknown_frequency_and_too_little() -> None:
    with pytest.raises(SettingsError, match="D, W-SUN or M"):
        bars_of(closes("2025-11-01", "2025-11-03"), MIDNIGHT, "h")
    for frequency in ("D", "W-SUN", "M"):
        assert bars_of(closes("2025-11-01", "2025-11-03").iloc[:0], MIDNIGHT, frequency).empty


def test_which_close_holds() -> None:
    coin, share = closes("2025-11-01", "2025-11-30"), closes("2025-11-01", "2025-11-30", "B", "NVDA")
    assert str(default_close(coin)) == "24:00 UTC"
    assert str(default_close(share)) == "16:00 America/New_York"
    given_closes = read_closes(["09:30 Europe/London", "btc = 00:00 UTC"])
    assert str(close_of(coin, given_closes)) == "00:00 UTC"
    assert str(close_of(share, given_closes)) == "09:30 Europe/London"
    assert str(close_of(share, read_closes(["BTC=00:00 UTC"]))) == "16:00 America/New_York"
    with pytest.raises(SettingsError, match="another one for BTC"):
        read_closes(["BTC=24:00 UTC", "btc=00:00 UTC"])
