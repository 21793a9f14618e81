import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline.periods import TimeExpression, read_periods

SPECS = json.loads((Path(__file__).parent.parent / "specs" / "periods.json").read_text("utf-8"))
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)

WORDS = st.sampled_from(
    "since from to by in on the last past next this week month quarter year end of start Q3 H1 2025 2026 13 31 "
    "30 February May March Monday weekend ago 24 hours three straight weeks ended ending as now so far between "
    "and - , . early late 0 9999 1900 99999 fiscal FY today yesterday overnight couple of YTD the same period a "
    "earlier before next previous day that then sessions trading days daily weekly Thanksgiving Christmas Friday "
    "( 's 29".split()
)


def moment(day: str | None) -> datetime | None:
    """A day, or a moment with its zone."""
    told = datetime.fromisoformat(day) if day else None
    return told if told is None or told.tzinfo else told.replace(tzinfo=UTC)


def plain(text: str, expression: TimeExpression) -> dict[str, str | None]:
    period = expression.period
    return {
        "text": text[expression.start : expression.end],
        "start": period.start.isoformat() if period else None,
        "end": period.end.isoformat() if period else None,
    }


@pytest.mark.parametrize("spec", SPECS, ids=[f"{spec['published']} {spec['text']}" for spec in SPECS])
def test_reads_as_specified(spec):
    found = read_periods(spec["text"], moment(spec["published"]))
    assert [plain(spec["text"], expression) for expression in found] == spec["expected"]


def test_tells_what_a_publication_date_would_resolve():
    relative, absolute = read_periods("It fell last week, as in October 2025.", None)
    assert (relative.period, relative.relative) == (None, True)
    assert (absolute.period is not None, absolute.relative) == (True, False)


def test_a_fiscal_quarter_waits_for_no_publication_date():
    (expression,) = read_periods("Fiscal Q2 sales rose.", None)
    assert (expression.period, expression.relative) == (None, False)


def test_takes_the_utc_date_of_publication():
    evening_in_new_york = datetime.fromisoformat("2026-02-09T22:00:00-05:00").astimezone(UTC)
    (expression,) = read_periods("It fell today.", evening_in_new_york)
    assert expression.period is not None
    assert expression.period.start == date(2026, 2, 10)


def check(text: str, published: datetime | None) -> None:
    end = 0
    for expression in read_periods(text, published):
        assert end <= expression.start < expression.end <= len(text)
        end = expression.end
        if expression.period:
            assert expression.period.start <= expression.period.end


@given(st.lists(WORDS, max_size=14).map(" ".join), st.datetimes(timezones=st.just(UTC)) | st.none())
def test_never_raises_on_the_words_of_time(text, published):
    check(text, published)


@given(st.text(max_size=120), st.datetimes(timezones=st.just(UTC)) | st.none())
def test_never_raises_on_any_text(text, published):
    check(text, published)


RELATIVE = st.sampled_from(
    "past 24 hours|past three weeks|last week|last month|this quarter|this year|last Friday|Monday"
    "|past five trading days|previous session|yesterday|over five weeks|year to date|at press time".split("|")
)


@given(RELATIVE, st.dates(date(2017, 1, 2), date(2027, 12, 30)))
def test_what_is_relative_never_moves_back_when_publication_moves_on(words, day):
    def read(published: date) -> tuple[date, date]:
        (found,) = read_periods(
            f"It fell {words}.", datetime(published.year, published.month, published.day, tzinfo=UTC)
        )
        assert found.period is not None
        return found.period.start, found.period.end

    (start, end), (next_start, next_end) = read(day), read(day + timedelta(days=1))
    assert start <= next_start
    assert end <= next_end
    assert end <= day


@given(st.dates(date(2017, 1, 1), date(2027, 12, 31)), st.dates(date(2017, 1, 1), date(2027, 12, 31)))
def test_a_printed_date_reads_back_to_itself(day, published):
    moment = datetime(published.year, published.month, published.day, tzinfo=UTC)
    for form in ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%Y-%m-%d", "%A, %B %d, %Y"):
        (found,) = read_periods(f"It fell on {day.strftime(form)}.", moment)
        assert found.period is not None
        assert (found.period.start, found.period.end) == (day, day)


@pytest.mark.parametrize("piece", ["1,", "(", "😀", "20", "$1.2 billion, "])
def test_reads_a_megabyte_without_dates_in_a_second_or_two(piece):
    started = time.process_time()
    assert read_periods(piece * (1_000_000 // len(piece)), NOON) == []
    assert time.process_time() - started < 4


@pytest.mark.parametrize("day", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_give_no_period_rather_than_an_error(day):
    check("over the past 9999 years, next year, next week, last week, tomorrow, since yesterday, in 24 hours", day)


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "since ",
        "in the last ",
        "1",
        "(",
        "😀",
        "the end of ",
        "from ",
        "year-",
        "Q3 ",
        "a",
        "\n",
        "1/",
        "May ",
        "Mon, ",
        "the same day ",
        "Nov. 1 - ",
    ],
)
def test_takes_time_in_proportion_to_the_text(piece):
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            read_periods(text, NOON)
            best = min(best, time.process_time() - start)
        return best

    # Quadratic time would take 64 times as long, not 8.
    assert seconds(80_000) < 24 * max(seconds(10_000), 0.001)
