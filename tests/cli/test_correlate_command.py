"""`narrative correlate`: what it finds, and that bad prices and bad series each get one clear line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.results import Findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

DAYS = 250
DATES = pd.date_range("2025-01-01", periods=DAYS)
LEAD = 2


def run(*options: object) -> Result:
    return CliRunner().invoke(app, ["correlate", *(str(option) for option in options)])


def moves(seed: int, lead: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A series that remembers, and a price that follows its news after two days, or doesn't."""
    generator = np.random.default_rng(seed)
    news, noise = generator.normal(size=DAYS), generator.normal(size=DAYS)
    level = np.zeros(DAYS)
    for day in range(1, DAYS):
        level[day] = 0.9 * level[day - 1] + news[day]
    returns = noise + (0.6 * np.roll(news, LEAD) if lead else 0)
    series = pd.DataFrame({"time": DATES.strftime("%Y-%m-%d"), "series": "told", "value": level})
    prices = pd.DataFrame({"date": DATES.strftime("%Y-%m-%d"), "BTC": 100 * np.exp(0.02 * np.cumsum(returns))})
    return series, prices


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    series, prices = moves(1, lead=True)
    series.to_csv(tmp_path / "series.csv", index=False)
    prices.to_csv(tmp_path / "prices.csv", index=False)
    return tmp_path / "series.csv", tmp_path / "prices.csv"


def test_a_planted_lead_is_found_at_its_lag(files: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "findings.json"
    result = run("--series", files[0], "--prices", files[1], "--resamples", 999, "--output", output)
    assert result.exit_code == 0, result.stderr
    findings = Findings.model_validate_json(output.read_bytes())
    [headline] = [finding for finding in findings.findings if finding.role == "primary"]
    assert (headline.test, headline.lag, headline.significant) == ("lead-lag", LEAD, True)
    assert headline.value > 0.3
    assert findings.procedure.false_positive_rate["lead-lag"].low < 0.1
    [price] = findings.manifest["prices"]
    assert (price["file"], len(price["sha256"])) == ("prices.csv", 64)
    assert str(tmp_path) not in output.read_text("utf-8")


def test_the_same_seed_gives_the_same_findings(files: tuple[Path, Path]) -> None:
    options = ("--series", files[0], "--prices", files[1], "--resamples", 199, "--json", "--seed", 5)
    first, second = (json.loads(run(*options).stdout) for _ in range(2))
    assert first["findings"] == second["findings"]
    assert first["procedure"] == second["procedure"]


def test_the_table_says_that_nothing_was_found(tmp_path: Path) -> None:
    series, prices = moves(2, lead=False)
    series.to_csv(tmp_path / "series.csv", index=False)
    prices.to_csv(tmp_path / "prices.csv", index=False)
    result = run("--series", tmp_path / "series.csv", "--prices", tmp_path / "prices.csv", "--resamples", 199)
    assert result.exit_code == 0
    assert "no evidence" in result.stdout
    assert "No series led any price beyond what chance gives." in result.stdout
    assert "Plain correlation, taking the best of all lags," in result.stdout


def without(prices: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    return prices.drop(index=range(first, last))


def with_text(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.assign(**{column: table[column].astype(object).where(table.index != 20, "n/a?")})


def in_2019(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.assign(**{column: pd.date_range("2019-01-01", periods=DAYS).strftime("%Y-%m-%d")})


BAD_PRICES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "gaps": (lambda prices: without(prices, 50, 60), "2025-02-19 and 2025-03-02"),
    "duplicates": (lambda prices: pd.concat([prices, prices.iloc[[30]]]), "2025-01-31"),
    "strings": (lambda prices: with_text(prices, "BTC"), "n/a?"),
    "no overlap": (
        lambda prices: in_2019(prices, "date"),
        "2019",
    ),
    "ten rows": (lambda prices: prices.head(10), "10"),
    "negative": (lambda prices: prices.assign(BTC=-prices["BTC"]), "BTC"),
    "no date": (lambda prices: prices.drop(columns="date"), "date"),
    "empty": (lambda prices: prices.head(0), "row"),
}


@pytest.mark.parametrize("fault", BAD_PRICES)
def test_bad_prices_get_one_clear_line(files: tuple[Path, Path], tmp_path: Path, fault: str) -> None:
    spoil, told = BAD_PRICES[fault]
    spoil(moves(1, lead=True)[1]).to_csv(tmp_path / "bad.csv", index=False)
    result = run("--series", files[0], "--prices", tmp_path / "bad.csv", "--resamples", 99)
    assert_one_line(result, told)


BAD_SERIES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "gaps": (lambda series: without(series, 50, 70), "told"),
    "duplicates": (lambda series: pd.concat([series, series.iloc[[30]]]), "2025-01-31"),
    "strings": (lambda series: with_text(series, "value"), "n/a?"),
    "no overlap": (
        lambda series: in_2019(series, "time"),
        "2019",
    ),
    "ten rows": (lambda series: series.head(10), "only 9 bars"),
    "constant": (lambda series: series.assign(value=1.0), "told"),
    "no value": (lambda series: series.drop(columns="value"), "value"),
    "no times": (lambda series: series.assign(time="soon"), "soon"),
    "infinite": (lambda series: series.assign(value=np.where(series.index == 9, np.inf, series["value"])), "inf"),
    "enormous": (lambda series: series.assign(value=np.where(series.index == 9, 1e308, series["value"])), "1e+308"),
    "empty": (lambda series: series.head(0), "rows"),
}


@pytest.mark.parametrize("fault", BAD_SERIES)
def test_bad_series_get_one_clear_line(files: tuple[Path, Path], tmp_path: Path, fault: str) -> None:
    spoil, told = BAD_SERIES[fault]
    spoil(moves(1, lead=True)[0]).to_csv(tmp_path / "bad.csv", index=False)
    result = run("--series", tmp_path / "bad.csv", "--prices", files[1], "--resamples", 99)
    assert_one_line(result, told)


def assert_one_line(result: Result, told: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert told in line
    assert len(line) < 400


def test_files_that_are_no_tables(files: tuple[Path, Path], tmp_path: Path) -> None:
    binary = tmp_path / "prices.csv.bin"
    binary.write_bytes(bytes(range(256)) * 40)
    assert_one_line(run("--series", files[0], "--prices", binary), "no CSV")
    assert_one_line(run("--series", files[0], "--prices", tmp_path / "absent.csv"), "absent.csv")
    assert_one_line(run("--series", tmp_path / "absent.csv", "--prices", files[1]), "absent.csv")
    assert_one_line(run("--series", files[0], "--prices", files[1], "--asset", "DOGE"), "DOGE")


def test_wrong_usage_exits_2(files: tuple[Path, Path], tmp_path: Path) -> None:
    both = ("--series", files[0], "--prices", files[1])
    assert run("--series", files[0]).exit_code == 2
    assert run("--prices", files[1]).exit_code == 2
    assert run(*both, "--corpus", tmp_path).exit_code == 2
    assert run(*both, "--select", "nothing/*").exit_code == 2
    assert run(*both, "--close", "noon").exit_code == 2
    assert run(*both, "--max-lag", 0).exit_code == 2


def test_a_series_that_cannot_be_tested_is_told_beside_those_that_can(files: tuple[Path, Path], tmp_path: Path) -> None:
    series = moves(1, lead=True)[0]
    pd.concat([series, series.assign(series="constant", value=1.0)]).to_csv(tmp_path / "two.csv", index=False)
    result = run("--series", tmp_path / "two.csv", "--prices", files[1], "--resamples", 199)
    assert result.exit_code == 0
    assert "1 of them could not be run" in result.stdout
    assert "constant and BTC" in result.stdout


def test_a_wrong_output_is_told_before_anything_is_tested(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("--series", tmp_path / "absent.csv", "--prices", files[1], "--output", tmp_path / "no" / "f.json")
    assert result.exit_code == 2
    assert "make it first" in result.stderr


def test_a_file_of_series_is_cut_at_what_was_known(files: tuple[Path, Path]) -> None:
    both = ("--series", files[0], "--prices", files[1], "--resamples", 99)
    found = json.loads(run(*both, "--as-of", "2025-06-30", "--json").stdout)
    assert {finding["end"] for finding in found["findings"]} == {"2025-06-30"}
    assert found["manifest"]["series"]["as_of"] == "2025-07-01T00:00:00Z"
    assert_one_line(run(*both, "--as-of", "2024-01-01"), "take a later time")
    assert run(*both, "--frequency", "W-SUN").exit_code == 2  # a file's points are as they are


def test_a_close_for_an_asset_that_is_not_there(files: tuple[Path, Path]) -> None:
    result = run("--series", files[0], "--prices", files[1], "--close", "BCT=16:00 UTC")
    assert result.exit_code == 2
    assert "BCT" in result.stderr


def test_a_hypotheses_file_that_is_not_there(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("--series", files[0], "--prices", files[1], "--hypotheses", tmp_path / "absent.toml")
    assert result.exit_code == 2
    assert result.stderr == f"error: {tmp_path / 'absent.toml'}: No such file or directory\n"
