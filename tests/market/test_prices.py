from __future__ import annotations

import gzip
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrative.errors import InputError, SettingsError
from narrative.market import price_files
from narrative.market.prices import read_prices, trades_at_weekends

if TYPE_CHECKING:
    from pathlib import Path

FIRST = date(2025, 10, 1)  # a Wednesday
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]


def coin(**cells: str) -> list[str]:
    """A file of 60 days of BTC, with cells by date (`d2025_10_05`) replaced; None of them is left out."""
    replaced = {name[1:].replace("_", "-"): cell for name, cell in cells.items()}
    return ["date,BTC", *(f"{day},{replaced.get(str(day), 100 + n)}" for n, day in enumerate(DAYS))]


def without(lines: list[str], *days: str) -> list[str]:
    return [line for line in lines if not line.startswith(days)]


def share(days: list[date] = WEEKDAYS) -> list[str]:
    return ["date,NVDA", *(f"{day},{100 + n}" for n, day in enumerate(days))]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


BAD = {
    "empty": ([""], ["is empty"]),
    "only a header": (["date,BTC"], ["no rows"]),
    "no date column": (["when,BTC", *coin()[1:]], ["no date column", "'when, BTC'", "`date`"]),
    "web page": (["<html>", "<p>Not found</p>"], ["no column holds prices"]),
    "no prices": (["date,note", *(f"{day},fine" for day in DAYS)], ["no column holds prices"]),
    "unreadable date": ([*coin(), "21/11/2025,5"], ["line 62", "'21/11/2025'", "2025-11-21"]),
    "empty date": ([*coin(), ",5"], ["line 62", "no date"]),
    "absurd date": ([*coin(), "9999-12-31,5"], ["line 62", "'9999-12-31'"]),
    "duplicate date": ([*coin(), "2025-10-03,102"], ["duplicate date 2025-10-03", "lines 4 and 62", "keep one"]),
    "two duplicates": ([*coin(), "2025-10-04,1", "2025-10-03,1"], ["2025-10-03", "2 dates"]),
    "string": (coin(d2025_10_05="closed"), ["line 6 (2025-10-05)", "BTC", "'closed'", "text"]),
    "strings": (coin(d2025_10_05="closed", d2025_10_07="x"), ["2025-10-05", "2 such cells"]),
    "thousands separators": (coin(d2025_10_05='"67,420.5"'), ["'67,420.5'", "write it as 67420.5"]),
    "currency sign": (coin(d2025_10_05="$67420"), ["'$67420'", "without separators, signs or units"]),
    "underscore": (coin(d2025_10_05="67_420"), ["'67_420'", "text"]),
    "other digits": (coin(d2025_10_05="٦٧"), ["text"]),
    "zero": (coin(d2025_10_05="0"), ["2025-10-05", "'0'", "positive"]),
    "negative": (coin(d2025_10_05="-3"), ["'-3'", "positive"]),
    "infinite": (coin(d2025_10_05="inf"), ["'inf'", "finite"]),
    "overflow": (coin(d2025_10_05="1e999"), ["'1e999'", "finite"]),
    "coin without a day": (
        without(coin(), "2025-10-05"),
        ["BTC has a gap", "1 day between 2025-10-04 and 2025-10-06", "every day"],
    ),
    "coin with an empty day": (coin(d2025_10_05=""), ["1 day between 2025-10-04 and 2025-10-06"]),
    "coin with a day that is NaN": (coin(d2025_10_05="NaN"), ["1 day between 2025-10-04 and 2025-10-06"]),
    "coin with two gaps": (
        without(coin(), "2025-10-05", "2025-10-10", "2025-10-11"),
        ["1 day between 2025-10-04 and 2025-10-06", "2 such gaps"],
    ),
    "share with a gap": (
        share([day for day in WEEKDAYS if not 13 <= day.day <= 17 or day.month > 10]),
        ["NVDA has a gap", "9 days between 2025-10-10 and 2025-10-20"],
    ),
    "ten rows": (coin()[:11], ["BTC has 10 closes", "30"]),
    "cell too many": ([*coin(), "2025-11-30,5,6"], ["line 62 has 3 cells, the header 2"]),
    "cell too few": ([*coin(), "2025-11-30"], ["line 62 has 1 cells"]),
    "column twice": (["date,BTC,BTC", *(f"{day},1,1" for day in DAYS)], ["two columns", "'BTC'"]),
    "asset twice, in other case": (["date,BTC,btc", *(f"{day},1,1" for day in DAYS)], ["prices.csv: twice holds BTC"]),
    "name of control characters": (["date,BT\x1bC", *coin()[1:]], ["'BT\\x1bC'"]),
    "long rows": (["date,symbol,price", *(f"{FIRST},{name},5" for name in ("BTC", "ETH"))], ["duplicate date"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_file_is_one_line_that_says_what_and_where(tmp_path: Path, case: str) -> None:
    lines, essentials = BAD[case]
    file = write(tmp_path / "prices.csv", lines)
    with pytest.raises(InputError) as caught:
        read_prices(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert message.isprintable()
    assert len(message) < 400
    for essential in essentials:
        assert essential in message.removeprefix(str(tmp_path))


def test_file_that_is_no_table(tmp_path: Path) -> None:
    binary = tmp_path / "prices.xlsx"
    binary.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 10)
    damaged = tmp_path / "prices.csv.gz"
    damaged.write_bytes(gzip.compress(b"date,BTC\n" * 1000)[:30])
    parquet = tmp_path / "prices.parquet"
    parquet.write_bytes(b"PAR1 and nothing else PAR1")
    nul = tmp_path / "nul.csv"
    nul.write_bytes(b"date,BTC\n2025-01-01,\0\n")
    for path, essential in (
        (tmp_path / "absent.csv", "no such file"),
        (tmp_path, "directory"),
        (binary, "no CSV text"),
        (nul, "binary"),
        (damaged, "damaged"),
        (parquet, "damaged Parquet"),
    ):
        with pytest.raises(InputError, match=essential):
            read_prices(path)


def test_enormous_file_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = tmp_path / "prices.csv.gz"
    bomb.write_bytes(gzip.compress(b"date,BTC\n" + b"0" * 100_000))
    monkeypatch.setattr(price_files, "LARGEST", 50_000)
    with pytest.raises(InputError, match="more than 0 MB"):
        read_prices(bomb)
    monkeypatch.setattr(price_files, "MOST_ROWS", 59)
    with pytest.raises(InputError, match="more than 59 rows"):
        read_prices(write(tmp_path / "rows.csv", coin()))
    monkeypatch.setattr(price_files, "MOST_COLUMNS", 1)
    with pytest.raises(InputError, match="more than 1 columns"):
        read_prices(write(tmp_path / "columns.csv", coin()))


def test_no_file_named() -> None:
    with pytest.raises(SettingsError, match="no price file"):
        read_prices([])


def test_unknown_asset_lists_those_there(tmp_path: Path) -> None:
    files = [write(tmp_path / "a.csv", coin()), write(tmp_path / "b.csv", share())]
    with pytest.raises(InputError, match=r"no asset 'doge'; there are BTC, NVDA$"):
        read_prices(files, ["BTC", "doge"])


def test_same_asset_in_two_files_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    both = ["date,BTC,ETH", *(f"{day},1,2" for day in DAYS)]
    files = [write(tmp_path / "a.csv", coin()), write(tmp_path / "b.csv", both)]
    with pytest.raises(InputError, match=r"a\.csv and .*b\.csv: both hold BTC"):
        read_prices(files)
    assert list(read_prices(files, ["eth"])) == ["ETH"]


def test_only_the_chosen_assets_are_checked(tmp_path: Path) -> None:
    file = write(
        tmp_path / "prices.csv",
        ["date,BTC,ETH", *(f"{day},{n + 1},{'?0' if n == 5 else ''}" for n, day in enumerate(DAYS))],
    )
    assert read_prices(file, ["btc"])["BTC"].tolist() == list(range(1, 61))
    with pytest.raises(InputError, match="ETH"):
        read_prices(file)


def test_wide_file_without_its_copies_and_labels(tmp_path: Path) -> None:
    header = "date,NVDA,NVDA_adj,note,timestamp"
    file = write(tmp_path / "prices.csv", [header, *(f"{day},2,1,holiday,7" for day in WEEKDAYS)])
    assert list(read_prices(file)) == ["NVDA"]
    assert read_prices(file, ["nvda_ADJ"])["NVDA_adj"].unique().tolist() == [1.0]


@pytest.mark.parametrize("header", ["Date,Close,High,Low,Open,Volume", "time,open,HIGH,low,adj_close,CLOSE"])
def test_bars_of_one_asset_in_any_order(tmp_path: Path, header: str) -> None:
    columns = header.split(",")
    cells = {"close": "5", "adj_close": "4", "volume": "n/a"}
    rows = [",".join([str(day), *(cells.get(name.casefold(), "9") for name in columns[1:])]) for day in DAYS]
    prices = read_prices(write(tmp_path / "ETH.csv", [header, *rows]))
    assert prices["ETH"].unique().tolist() == [5.0]


def test_files_are_joined_on_the_date_and_ends_may_be_empty(tmp_path: Path) -> None:
    late = ["date,ETH", *(f"{day},{'' if day == DAYS[-1] else 7}" for day in DAYS[10:])]
    files = [write(tmp_path / "a.csv", coin()), write(tmp_path / "b.csv", late), write(tmp_path / "c.csv", share())]
    prices = read_prices(files)
    assert prices.index.name == "date"
    assert prices.index.is_monotonic_increasing
    assert prices.index.tz is None
    assert prices["BTC"].notna().all()
    assert prices["ETH"].notna().sum() == 49
    assert prices["ETH"].iloc[:10].isna().all()
    assert prices["NVDA"].notna().sum() == len(WEEKDAYS)


WRITTEN = {
    "iso": str,
    "basic": lambda day: f"{day:%Y%m%d}",
    "with a zone": lambda day: f"{day}T00:00:00Z",
    "of a far zone": lambda day: f"{day} 23:30:00-05:00",
    "utc spelt out": lambda day: f"{day} 00:00:00 UTC",
    "seconds": lambda day: str((day - date(1970, 1, 1)).days * 86_400),
    "seconds with a fraction": lambda day: f"{(day - date(1970, 1, 1)).days * 86_400}.0",
    "milliseconds": lambda day: str((day - date(1970, 1, 1)).days * 86_400_000 + 86_399_999),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_ways_to_write_a_date(tmp_path: Path, form: str) -> None:
    rows = [f"{WRITTEN[form](day)},{n + 1}" for n, day in enumerate(DAYS)]
    prices = read_prices(write(tmp_path / "prices.csv", ["Day,BTC", *reversed(rows)]))
    assert [moment.date() for moment in prices.index] == DAYS
    assert prices["BTC"].tolist() == list(range(1, 61))


def test_gzip_parquet_semicolons_and_byte_order_mark_read_alike(tmp_path: Path) -> None:
    plain = read_prices(write(tmp_path / "plain.csv", coin()))
    zipped, marked, parquet = tmp_path / "zipped.csv.gz", tmp_path / "marked.csv", tmp_path / "columns.parquet"
    zipped.write_bytes(gzip.compress("\n".join(coin()).encode()))
    marked.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(coin()).replace(",", ";").encode())
    plain.to_parquet(parquet)
    for file in (zipped, marked, parquet):
        pd.testing.assert_frame_equal(read_prices(file), plain)


def test_the_longest_closure_of_new_york_is_no_gap(tmp_path: Path) -> None:
    days = [date(2001, 8, 1) + timedelta(days=n) for n in range(90)]
    open_days = [day for day in days if day.weekday() < 5 and not date(2001, 9, 11) <= day <= date(2001, 9, 14)]
    assert len(read_prices(write(tmp_path / "QQQ.csv", share(open_days)))) == len(open_days)


def test_long_weekends_are_no_gaps(tmp_path: Path) -> None:
    days = [day for day in WEEKDAYS if day not in (date(2025, 10, 13), date(2025, 10, 14))]
    prices = read_prices(write(tmp_path / "prices.csv", share(days)))
    assert not trades_at_weekends(prices["NVDA"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.text(max_size=30) | st.from_regex(r"[-+$]?[0-9.,_eE ]{1,12}"))
def test_no_cell_is_misread(tmp_path: Path, cell: str) -> None:
    """Whatever a cell holds, it is either a positive number as Python reads it or an error in one line."""
    lines = coin()
    lines[5] = f'{DAYS[4]},"{cell.replace(chr(34), chr(34) * 2)}"'
    file = tmp_path / "prices.csv"
    file.write_bytes("\n".join(lines).encode("utf-8", "replace"))
    try:
        price = read_prices(file, ["BTC"])["BTC"].iloc[4]
    except InputError as error:
        message = str(error)
    else:
        message = ""
        assert price == float(cell)
        assert 0 < price < np.inf
    assert message.isprintable()


@pytest.mark.shared
def test_real_files_read(shared: Path) -> None:
    folder = shared / "data" / "prices"
    wide = read_prices(folder / "prices_daily_close_wide.csv")
    assert len(wide.columns) == 15
    assert wide["BTC"].last_valid_index() == pd.Timestamp("2026-07-22")
    single = read_prices(sorted((folder / "ohlcv").glob("*.csv")))
    assert list(single) == ["BTC", "ETH", "IGV", "MSFT", "NVDA", "QQQ", "SPY"]
    both = wide.index.intersection(single["NVDA"].dropna().index)
    assert np.allclose(wide["NVDA"][both], single["NVDA"][both], equal_nan=True)
