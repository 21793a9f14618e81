"""Times as outlets print them."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.extract.moments import is_future, read_stamp

MORNING = datetime(2026, 2, 10, 6, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "moment", "precision", "offset"),
    [
        ("2026-02-10T06:29:00Z", MORNING, "second", "+00:00"),
        ("2026-02-10T06:29+00:00", MORNING, "minute", "+00:00"),
        ("2026-02-10T14:29:00.000+0800", MORNING, "second", "+08:00"),
        ("2026-02-10 01:29 -05:00", MORNING, "minute", "-05:00"),
        ("2026-02-10 06:29:00 UTC", MORNING, "second", "+00:00"),
        ("2026/02/10 06:29", MORNING, "minute", None),
        ("2026-02-10T06", MORNING.replace(minute=0), "hour", None),
        ("20260210T062900Z", MORNING, "second", "+00:00"),
        ("2026-02-10", MORNING.replace(hour=0, minute=0), "day", None),
        ("20260210", MORNING.replace(hour=0, minute=0), "day", None),
        ("2026/02/10", MORNING.replace(hour=0, minute=0), "day", None),
        ("Tue, 10 Feb 2026 14:29:00 +0800", MORNING, "second", "+08:00"),
        ("Tue, 10 Feb 2026 06:29 GMT", MORNING, "minute", "+00:00"),
        ("Tue Feb 10 2026 14:29:00 GMT+0800 (China Standard Time)", MORNING, "second", "+08:00"),
        ("1770704940", MORNING, "second", None),
        ("1770704940000", MORNING, "second", None),
        (1770704940, MORNING, "second", None),
        (1770704940000.0, MORNING, "second", None),
        (date(2026, 2, 10), MORNING.replace(hour=0, minute=0), "day", None),
        (MORNING.astimezone(timezone(timedelta(hours=9))), MORNING, "second", "+09:00"),
    ],
)
def test_reads(printed: str | float | date, moment: datetime, precision: str, offset: str | None) -> None:
    stamp = read_stamp(printed)
    assert (stamp.moment, stamp.precision, stamp.utc_offset) == (moment, precision, offset)


def test_without_an_offset_it_is_the_outlets_own_time() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert read_stamp("2026-02-10T15:29", zone=tokyo).moment == MORNING
    assert read_stamp("2026-02-10", zone=tokyo).moment == datetime(2026, 2, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2026-02-30",
        "2026-13-01T00:00",
        "1969-07-20",
        "2126-01-01",
        "9" * 500,
        10**400,
        float("nan"),
        float("inf"),
        -1,
    ],
)
def test_refuses(value: str | float) -> None:
    with pytest.raises(ValueError, match=r"ISO 8601|between 1990 and 2100"):
        read_stamp(value)


@given(
    st.one_of(
        st.text(max_size=60),
        st.floats(),
        st.integers(),
        st.dates(),
        st.datetimes(),
        st.datetimes(timezones=st.timezones()),
    )
)
def test_raises_nothing_but_value_errors(value: str | float | date) -> None:
    with contextlib.suppress(ValueError):
        assert read_stamp(value).moment.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001  # hypothesis wants them naive
def test_iso_comes_back(moment: datetime, minutes: int) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)), microsecond=0)
    stamp = read_stamp(moment.isoformat())
    assert stamp.moment == moment
    assert stamp.precision == "second"


def test_future_begins_where_zones_end() -> None:
    assert not is_future(MORNING + timedelta(days=1), MORNING)
    assert is_future(MORNING + timedelta(days=3), MORNING)
