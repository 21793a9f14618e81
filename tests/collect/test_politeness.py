"""How long an outlet is left alone."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.collect.politeness import LONGEST_DELAY, LONGEST_PAUSE, Pace, read_retry_after

NOW = 1_772_366_400.0  # 2026-03-01 12:00 UTC


class Came(NamedTuple):
    latency: float
    status: int | None
    pause: float | None


ANSWERS = st.lists(
    st.builds(
        Came,
        st.floats(0, 300),
        st.sampled_from([200, 304, 301, 404, 429, 500, 503, None]),
        st.none() | st.floats(0, 1e9),
    ),
    max_size=30,
)


@given(st.floats(0, 100), st.floats(0, 100), ANSWERS)
def test_never_below_the_floor_and_no_error_shortens_the_delay(floor: float, asked: float, answers: list[Came]) -> None:
    pace, now = Pace(floor), NOW
    pace.at_least(asked)
    for came in answers:
        before = pace.delay
        now = max(now, pace.ready()) + came.latency
        pace.answered(now, *came)
        assert max(floor, asked) <= pace.delay <= max(floor, asked, LONGEST_DELAY)
        assert pace.ready() >= now + pace.delay
        if came.status not in {200, 304}:
            assert pace.delay >= before


def test_the_delay_goes_halfway_to_what_answers_take() -> None:
    pace = Pace(1.0)
    pace.answered(NOW, 8.0, 200)
    assert pace.delay == 8  # at once where they take longer
    pace.answered(NOW, 2.0, 200)
    assert pace.delay == 5
    pace.answered(NOW, 0.1, 404)
    assert pace.delay == 5


def test_pauses_are_kept_and_grow_where_none_is_named() -> None:
    pace = Pace(1.0)
    pace.answered(NOW, 0.1, 429, 17.0)
    assert pace.ready() == NOW + 17
    lengths = []
    for _ in range(3):
        pace.answered(NOW, 0.1, 503)
        lengths.append(pace.ready() - NOW)
    assert lengths == [120, 240, 480]
    pace.answered(NOW, 0.1, 200)
    assert pace.refusals == 0
    pace.answered(NOW, 0.1, 429, 1e12)
    assert pace.ready() == NOW + LONGEST_PAUSE


def test_an_earlier_run_counts() -> None:
    assert Pace(5.0, quiet_since=NOW - 2).ready() == NOW + 3
    assert Pace(5.0, quiet_since=NOW - 2, until=NOW + 60).ready() == NOW + 60


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 0 ", 0), ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
     ("Sun, 01 Mar 2026 11:00:00 GMT", 0), (None, None),
     ("soon", None), ("-5", None), ("1" * 400, LONGEST_PAUSE), ("٣", None), ("Sun, 99 Mar 2026 99:00:00", None)],
)  # fmt: skip
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_reads_anything(value: str) -> None:
    found = read_retry_after(value, NOW)
    assert found is None or found >= 0
