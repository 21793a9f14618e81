from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from narrative.errors import InputError
from narrative.market.alignment import align, available_times, frequency_of
from narrative.market.bars import bars_of, read_close

FIRST = "2025-10-01"  # a Wednesday
MIDNIGHT = read_close("24:00 UTC")
NEW_YORK = read_close("16:00 America/New_York")


def prices(first: str = FIRST, n: int = 90, frequency: str = "D") -> pd.Series[float]:
    days = pd.date_range(first, periods=n, freq=frequency)
    return pd.Series(np.exp(np.random.default_rng(1).normal(0, 0.02, n).cumsum()), days, name="BTC")


COIN = bars_of(prices(), MIDNIGHT)
SHARE = bars_of(prices(n=64, frequency="B"), NEW_YORK)


def series(times: Any, values: Any = None, name: str = "narrative/x/index", **columns: Any) -> pd.DataFrame:
    chosen = np.arange(float(len(times))) if values is None else values
    return pd.DataFrame({"time": times, "series": name, "value": chosen, **columns})


def daily(n: int = 60, first: str = FIRST) -> pd.DatetimeIndex:
    return pd.date_range(first, periods=n, freq="D", tz="UTC")


def test_a_point_counts_in_the_bar_in_whose_course_it_became_available() -> None:
    # Bars of BTC run from midnight to midnight; that of 2 October closes as the 3rd begins.
    pair = align(series(daily() + pd.Timedelta(hours=12)), COIN, "BTC")
    assert [str(day) for day in (pair.start, pair.end)] == ["2025-10-02", "2025-11-29"]
    assert pair.x[:3].tolist() == [1.0, 2.0, 3.0]  # that of 1 October is older than the first bar
    assert np.array_equal(pair.r, COIN["log_return"].iloc[: len(pair)])
    assert pair.carried == 0


def test_available_at_the_close_is_in_and_a_microsecond_later_is_not() -> None:
    at_close = align(series(daily()), COIN, "BTC")
    later = align(series(daily() + pd.Timedelta(microseconds=1)), COIN, "BTC")
    assert (str(at_close.start), at_close.x[0]) == ("2025-10-02", 2.0)
    assert (str(later.start), later.x[0]) == ("2025-10-02", 1.0)


def test_the_weekend_accrues_to_monday() -> None:
    # Friday is 3 October; its points of noon are in, those of Saturday, Sunday and Monday make Monday's bar.
    points = series(daily() + pd.Timedelta(hours=12))
    level = align(points, SHARE, "NVDA")
    monday = list(level.dates).index(pd.Timestamp("2025-10-06"))
    assert level.x[monday] == np.mean([3.0, 4.0, 5.0])
    flow = align(points.assign(series="flow/bitcoin-etfs/D"), SHARE, "NVDA")
    assert flow.x[monday] == sum([3.0, 4.0, 5.0])
    assert str(level.known[monday]) == "2025-10-06 12:00:00+00:00"


def test_availability_wins_over_time() -> None:
    times = daily()
    punctual = align(series(times, available=times), COIN, "BTC")
    late = align(series(times, available=times + pd.Timedelta(days=2)), COIN, "BTC")
    assert punctual.x[:8].tolist() == late.x[2:10].tolist() == list(range(2, 10))


@pytest.mark.parametrize(
    ("time", "available"),
    [
        ("2025-11-21", "2025-11-22T00:00:00"),
        (date(2025, 11, 21), "2025-11-22T00:00:00"),
        (pd.Timestamp("2025-11-21"), "2025-11-22T00:00:00"),
        ("2025-11-21T00:00:00Z", "2025-11-21T00:00:00"),
        ("2025-11-21 16:00:00-05:00", "2025-11-21T21:00:00"),
        (datetime(2025, 11, 21, 9, 30), "2025-11-21T09:30:00"),  # noqa: DTZ001  # without a zone it is UTC
        (pd.Timestamp("2025-11-21", tz="UTC"), "2025-11-21T00:00:00"),
    ],
)
def test_a_date_alone_is_known_at_the_end_of_the_day(time: object, available: str) -> None:
    points = series([time, time])
    assert available_times(points)[0] == pd.Timestamp(available, tz="UTC")
    empty = points.assign(available=pd.Series([pd.NaT, pd.NaT], dtype="datetime64[us, UTC]"))
    assert available_times(empty)[0] == pd.Timestamp(available, tz="UTC")


def test_a_missing_day_is_carried() -> None:
    # The feed of 2025 and 2026 lacks 18 April: its row is there, and its value is empty.
    points = series(daily(165), first := np.random.default_rng(2).normal(size=165))
    points.loc[100, "value"] = np.nan
    bars = bars_of(prices(n=200), MIDNIGHT)
    pair = align(points, bars, "BTC")
    assert pair.carried == 1
    assert len(pair) == 163
    place = list(pair.known).index(points["time"][99])
    assert pair.x[place] == pair.x[place + 1] == first[99]
    assert np.isfinite(pair.x).all()
    without = align(points.dropna(), bars, "BTC")
    assert np.array_equal(without.x, pair.x)


@pytest.mark.parametrize(
    ("step", "frequency"),
    [("h", "D"), ("D", "D"), ("B", "D"), ("2D", "D"), ("W-SUN", "W-SUN"), ("14D", "W-SUN"), ("MS", "M")],
)
def test_frequency(step: str, frequency: str) -> None:
    points = series(pd.date_range(FIRST, periods=40, freq=step, tz="UTC"))
    assert frequency_of(points.sample(frac=1, random_state=0)) == frequency


def test_weekly_and_monthly_series_have_bars_of_their_own() -> None:
    weekly = series(pd.date_range("2025-10-06", periods=40, freq="W-MON", tz="UTC"))
    for close, step in ((MIDNIGHT, "D"), (NEW_YORK, "B")):
        pair = align(weekly, bars_of(prices(n=300, frequency=step), close, "W-SUN"), "it")
        assert (pair.frequency, pair.carried) == ("W-SUN", 0)
        assert np.array_equal(np.diff(pair.x), np.ones(len(pair) - 1))
    monthly = series(pd.date_range("2024-01-01", periods=30, freq="MS", tz="UTC"))
    pair = align(monthly, bars_of(prices("2023-01-01", 1300), MIDNIGHT, "M"), "BTC")
    assert (pair.frequency, pair.carried, len(pair)) == ("M", 0, 30)


def with_value(place: int, value: object) -> pd.DataFrame:
    values: list[object] = [float(n % 7) for n in range(60)]
    values[place] = value
    return series(daily(), values)


BAD: dict[str, tuple[pd.DataFrame, list[str]]] = {
    "no points": (series([]), ["no points"]),
    "nothing but empty values": (series(daily(), np.full(60, np.nan)), ["every value is empty"]),
    "no overlap": (
        series(daily(first="2001-01-01")),
        ["no overlap", "2001-01-01 to 2001-03-01", "BTC from 2025-10-03 to 2025-12-30"],
    ),
    "after the prices": (series(daily(first="2026-01-01")), ["no overlap", "2026-01-01 to 2026-03-01"]),
    "ten rows": (series(daily(10)), ["only 8 bars in common with BTC", "30"]),
    "few weeks": (series(pd.date_range(FIRST, periods=9, freq="7D", tz="UTC")), ["bars in common", "12"]),
    "a hole": (series(daily(80).delete(range(40, 50))), ["hole of 11 days", "2025-11-09 to 2025-11-20"]),
    "a hole of empty values": (
        series(daily(80), [np.nan if 40 <= n < 50 else n for n in range(80)]),
        ["hole of 11 days"],
    ),
    "carried too often": (series(daily(80)[::2]), ["38 of the 77 bars", "BTC", "more than a third"]),
    "constant": (series(daily(), np.full(60, 0.1)), ["never changes", "2025-10-02 to 2025-11-28"]),
    "infinite": (with_value(5, np.inf), ["2025-10-06", "'inf'", "not finite"]),
    "a string": (with_value(5, "n.a.\n"), ["2025-10-06", "'n.a.\\n'", "no number"]),
    "a duplicate": (series(daily().insert(9, daily()[8])), ["two values at '2025-10-09"]),
    "no time": (series([*map(str, daily()), ""]), ["point 61 has no time"]),
    "an unreadable time": (series([*map(str, daily()), "21/11/2025"]), ["'21/11/2025'", "no time", "2025-11-21"]),
    "a time out of reach": (series([*map(str, daily()), "99999-01-01"]), ["'99999-01-01'"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_series_is_one_line_that_says_what_and_where(case: str) -> None:
    points, essentials = BAD[case]
    with pytest.raises(InputError) as caught:
        align(points, bars_of(prices(), MIDNIGHT, frequency_of(points)) if "time" not in case else COIN, "BTC")
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith("the series" if points.empty else "narrative/x/index")
    for essential in essentials:
        assert essential in message


def test_prices_that_never_move_or_hold_no_bar() -> None:
    flat = bars_of(pd.Series(5.0, pd.date_range(FIRST, periods=90)), MIDNIGHT)
    with pytest.raises(InputError, match="price of BTC never moves"):
        align(series(daily()), flat, "BTC")
    with pytest.raises(InputError, match="prices of BTC hold no bar"):
        align(series(daily()), COIN.iloc[:0], "BTC")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, list[pd.Timestamp]]:
    """Points with when each could be known at the earliest, and bars of prices with holes."""
    start = pd.Timestamp("2025-10-20")  # the clocks change on 26 October and 2 November
    zone = draw(st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "Europe/London"]))
    close = read_close(f"{draw(st.integers(0, 24)):02}:00 {zone}")
    off = draw(st.sets(st.integers(0, 79), max_size=15))
    days = pd.DatetimeIndex([start + pd.Timedelta(days=n) for n in range(80) if n not in off])
    prices_ = pd.Series(np.exp(np.random.default_rng(0).normal(0, 0.02, len(days))), days)

    lacking = draw(st.sets(st.integers(0, 69), max_size=4))
    offsets = [n for n in range(70) if n not in lacking]
    hours = draw(st.lists(st.integers(0, 40), min_size=len(offsets), max_size=len(offsets)))
    kind = draw(st.sampled_from(["available", "date", "moment"]))
    dates = [start + pd.Timedelta(days=n) for n in offsets]
    if kind == "date":
        knowable = [day.tz_localize("UTC") + pd.Timedelta(days=1) for day in dates]
        points = series([str(day.date()) for day in dates])
    else:
        knowable = [day.tz_localize("UTC") + pd.Timedelta(hours=h) for day, h in zip(dates, hours, strict=True)]
        if kind == "available":
            points = series([day.tz_localize("UTC") for day in dates], available=knowable)
        else:
            # A moment is one only with a time of day, and two at one moment are refused.
            knowable = [m + pd.Timedelta(seconds=n + 1) for n, m in enumerate(knowable)]
            points = series([moment.isoformat() for moment in knowable])
    order = draw(st.permutations(range(len(points))))
    points["value"] = 2.0 ** -np.arange(len(points))  # a mean tells which points are in it
    return points.iloc[list(order)], bars_of(prices_, close), knowable


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(worlds())
def test_no_value_at_lag_1_was_known_later_than_its_bar_opens(
    world: tuple[pd.DataFrame, pd.DataFrame, list[pd.Timestamp]],
) -> None:
    points, bars, knowable = world
    try:
        pair = align(points, bars)
    except InputError:  # where points come in clumps, too many bars have none
        reject()
    opens = bars["opens"].loc[pair.dates].to_numpy()
    for lag in (1, 2, 5):
        assert (pair.known[:-lag].to_numpy() <= opens[lag:]).all()
    # And the values are made of nothing but these: changing what is known later leaves the earlier ones alone.
    cut = len(pair) // 2
    moment = bars["opens"].loc[pair.dates[cut]]
    later = np.array([known > moment for known in knowable])[points.index]
    changed = align(points.assign(value=points["value"].where(~later, 1000.0 + points["value"])), bars)
    assert np.array_equal(changed.x[:cut], pair.x[:cut])
    assert not np.array_equal(changed.x[cut:], pair.x[cut:])
