from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline.periods import fiscal, trading
from narrative.pipeline.periods.calendar import Interval, before, in_year
from narrative.pipeline.periods.fiscal import FiscalPeriod

# As the New York Stock Exchange published them.
CLOSED = {
    2017: "01-02 01-16 02-20 04-14 05-29 07-04 09-04 11-23 12-25",
    2018: "01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25",
    2019: "01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25",
    2020: "01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25",
    2021: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24",
    2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
    2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25",
    2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
    2025: "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
    2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
    2027: "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24",
}
DAYS = st.dates(min_value=date(2017, 1, 1), max_value=date(2027, 12, 31))


@pytest.mark.parametrize("year", CLOSED)
def test_the_exchange_is_closed_when_it_said(year):
    assert [day.strftime("%m-%d") for day in trading.holidays(year)] == CLOSED[year].split()


@pytest.mark.parametrize(("year", "count"), [(2018, 251), (2020, 253), (2021, 252), (2024, 252), (2025, 250)])
def test_a_year_has_as_many_trading_days_as_it_had(year, count):
    assert len(trading.trading_days(Interval(date(year, 1, 1), date(year, 12, 31)))) == count


@pytest.mark.parametrize(("year", "month", "day"), [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2038, 4, 25)])
def test_easter_at_its_extremes(year, month, day):
    assert trading.easter(year) == date(year, month, day)


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_trading_days_count_forth_and_back(day, number):
    later = trading.shift(day, number)
    assert later is not None
    assert trading.is_trading_day(later)
    assert len(trading.trading_days(Interval(day + timedelta(days=1), later))) == number
    if trading.is_trading_day(day):
        assert trading.shift(later, -number) == day


@given(DAYS, st.integers(min_value=0, max_value=60))
def test_a_later_start_never_reaches_an_earlier_day(day, number):
    first, second = trading.shift(day, number), trading.shift(day + timedelta(days=1), number)
    assert first is not None
    assert second is not None
    assert first <= second


def test_the_ends_of_the_calendar_have_no_trading_days_beyond():
    assert trading.shift(date.max, 1) is None
    assert trading.shift(date.min, -1) is None
    assert trading.shift(date(2025, 1, 1), 10**6) is None


@pytest.mark.parametrize(
    ("company", "period", "start", "end"),
    [
        ("company:nvidia", FiscalPeriod(quarter=3, year=2026), "2025-07-28", "2025-10-26"),
        ("company:nvidia", FiscalPeriod(quarter=1, year=2025), "2024-01-29", "2024-04-28"),
        ("company:nvidia", FiscalPeriod(year=2025), "2024-01-29", "2025-01-26"),
        ("company:apple", FiscalPeriod(quarter=4, year=2025), "2025-06-29", "2025-09-27"),
        ("company:apple", FiscalPeriod(quarter=1, year=2026), "2025-09-28", "2025-12-27"),
        ("company:microsoft", FiscalPeriod(quarter=1, year=2026), "2025-07-01", "2025-09-30"),
        ("company:oracle", FiscalPeriod(quarter=2, year=2026), "2025-09-01", "2025-11-30"),
        ("company:micron", FiscalPeriod(quarter=4, year=2025), "2025-05-30", "2025-08-28"),
        ("company:dell", FiscalPeriod(quarter=3, year=2026), "2025-08-02", "2025-10-31"),
        ("company:strategy", FiscalPeriod(quarter=2, year=2025), "2025-04-01", "2025-06-30"),
        ("company:visa", FiscalPeriod(half=1, year=2025), "2024-10-01", "2025-03-31"),
    ],
)
def test_fiscal_periods_are_those_that_the_companies_reported(company, period, start, end):
    found = fiscal.resolve(period, company, None)
    assert found == Interval(date.fromisoformat(start), date.fromisoformat(end))


def test_a_fiscal_quarter_without_a_year_is_the_latest_that_has_ended_or_the_next():
    published = date(2025, 11, 20)
    ended = fiscal.resolve(FiscalPeriod(quarter=3), "company:nvidia", published)
    coming = fiscal.resolve(FiscalPeriod(quarter=4, ahead=True), "company:nvidia", published)
    assert ended is not None
    assert coming is not None
    assert (str(ended.end), str(coming.end)) == ("2025-10-26", "2026-01-25")


def test_the_fiscal_quarters_of_a_year_follow_each_other_without_a_gap():
    for year in (2024, 2025, 2026):
        quarters = [fiscal.resolve(FiscalPeriod(quarter=q, year=year), "company:nvidia", None) for q in (1, 2, 3, 4)]
        whole = fiscal.resolve(FiscalPeriod(year=year), "company:nvidia", None)
        assert whole is not None
        starts = [quarter.start for quarter in quarters if quarter]
        ends = [quarter.end for quarter in quarters if quarter]
        assert starts == [whole.start, *(end + timedelta(days=1) for end in ends[:-1])]
        assert ends[-1] == whole.end


@pytest.mark.parametrize("company", [None, "company:nobody"])
def test_nothing_is_known_of_other_companies(company):
    assert fiscal.resolve(FiscalPeriod(quarter=3, year=2025), company, None) is None


def test_whole_months_stay_whole_a_year_or_a_quarter_earlier():
    february = Interval(date(2025, 2, 1), date(2025, 2, 28))
    assert before(february, "year") == Interval(date(2024, 2, 1), date(2024, 2, 29))
    assert before(Interval(date(2025, 7, 1), date(2025, 9, 30)), "quarter") == Interval(
        date(2025, 4, 1), date(2025, 6, 30)
    )


def test_a_leap_day_becomes_the_28th():
    assert in_year(Interval(date(2024, 2, 29), date(2024, 2, 29)), 2023) == Interval(
        date(2023, 2, 28), date(2023, 2, 28)
    )
