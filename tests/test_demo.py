"""The whole way on the sample, and the commands that go parts of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from lxml import html
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.demo import ASSETS, run_demo
from narrative.manifest import sha256_of
from narrative.market.findings_file import read_findings
from narrative.series.export import read_series
from narrative.store.corpus import open_corpus
from narrative.store.engine import RunReport

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "made"
    run_demo(folder)
    return folder


def run(*options: object) -> Result:
    return CliRunner().invoke(app, [str(option) for option in options])


def test_everything_is_left_behind(demo: Path) -> None:
    left = {path.name for path in demo.iterdir()}
    assert left == {"README.md", "corpus", "findings.json", "report.html", "series.csv", "series.csv.manifest.json"}
    assert open_corpus(demo / "corpus").count("annotations") >= 100
    assert open_corpus(demo / "corpus").count("errors") == 0


def test_the_series_cover_the_half_year(demo: Path) -> None:
    points = read_series(demo / "series.csv")
    share = points[points["series"] == "narrative/ai-drains-crypto/share"]
    assert share["time"].min() == pd.Timestamp("2025-10-06", tz="UTC")
    assert share["time"].max() == pd.Timestamp("2026-04-06", tz="UTC")
    assert share["value"].between(0, 1).all()
    assert (points["available"] >= points["period_end"]).all()
    manifest = json.loads((demo / "series.csv.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == sha256_of(demo / "series.csv")
    assert manifest["left_out"]["sponsored"] >= 8


def test_no_finding_is_invented(demo: Path) -> None:
    findings = read_findings(demo / "findings.json")
    assert {finding.asset for finding in findings.findings} == set(ASSETS)
    assert not [finding.series for finding in findings.findings if finding.role == "primary" and finding.significant]


def test_the_report_needs_no_network(demo: Path) -> None:
    page = html.parse(demo / "report.html").getroot()
    fetched = page.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src | //object/@data")
    assert [address for address in fetched if not address.startswith("data:")] == []
    assert len(page.xpath("//*[local-name()='svg']")) >= 5
    assert "No series led any price" in page.text_content()
    assert (demo / "report.html").stat().st_size < 1_000_000


def test_a_second_demo_finds_the_first(demo: Path) -> None:
    before = (demo / "series.csv").read_bytes()
    run_demo(demo)
    assert (demo / "series.csv").read_bytes() == before


def test_a_demo_touches_nothing_of_others(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    result = run("demo", "--output", tmp_path)
    assert result.exit_code == 2
    assert "name a new or an empty folder" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_demo_puts_no_sample_into_somebodys_corpus(tmp_path: Path) -> None:
    corpus = open_corpus(tmp_path / "corpus", create=True)
    result = run("demo", "--output", tmp_path)
    assert result.exit_code == 2
    assert "name a new or an empty folder" in result.stderr
    assert corpus.count("articles") == 0


def test_an_interrupted_demo_says_so_and_makes_no_series_of_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "narrative.demo.annotate_corpus",
        lambda *_, **__: RunReport("run", 60, 0, 106, reserved=0, interrupted=True, seconds=1.0, first_error=None),
    )
    result = run("demo", "--output", tmp_path / "made")
    assert result.exit_code == 130
    assert "106 are left" in result.stderr
    assert {path.name for path in (tmp_path / "made").iterdir()} == {"README.md", "corpus"}
    monkeypatch.undo()
    assert run("demo", "--output", tmp_path / "made").exit_code == 0


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_series_of_a_corpus_in_every_format(demo: Path, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"daily{suffix}"
    result = run("series", "--corpus", demo / "corpus", "--output", output)
    assert result.exit_code == 0, result.stderr
    assert f"written to {output}" in result.stderr
    points = read_series(output)
    spread = points[points["series"] == "stance/spread"]
    assert (spread["period_end"] - spread["period_start"] == pd.Timedelta(days=1)).all()
    assert spread["value"].isna().any()  # a day without a story has no tone
    assert json.loads(output.with_name(output.name + ".manifest.json").read_text("utf-8"))["frequency"] == "D"


def test_series_go_to_standard_output(demo: Path) -> None:
    result = run("series", "--corpus", demo / "corpus", "--frequency", "M", "--by", "outlet", "--as-of", "2026-01-31")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("time,series,value,low,high,articles,stories,outlets,period_start,period_end,available")
    assert max(line.partition(",")[0] for line in lines[1:]) == "2026-02-01T00:00:00Z"
    assert any("@outlet=" in line for line in lines)


def test_a_time_that_is_none_is_wrong_usage(demo: Path) -> None:
    result = run("series", "--corpus", demo / "corpus", "--as-of", "yesterday")
    assert result.exit_code == 2
    assert "--as-of" in result.stderr


def test_a_series_file_that_cannot_be_written_is_told_before_anything_is_read(demo: Path, tmp_path: Path) -> None:
    assert run("series", "--corpus", demo / "corpus", "--output", tmp_path / "series.xlsx").exit_code == 2


def test_a_corpus_is_tested_against_prices(demo: Path) -> None:
    from narrative.resources import shipped

    result = run(
        "correlate", "--corpus", demo / "corpus", "--frequency", "D", "--select", "stance/*",
        "--prices", shipped("corpus", "sample", "prices.csv"), "--asset", "ETH", "--resamples", 199, "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert {finding["asset"] for finding in found["findings"]} == {"ETH"}
    assert found["manifest"]["series"]["frequency"] == "D"


def test_a_report_of_a_corpus_without_prices_or_findings(demo: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    result = run("report", "--corpus", demo / "corpus", "--series", demo / "series.csv", "--output", output)
    assert result.exit_code == 0, result.stderr
    assert "<title>" in output.read_text("utf-8")


def test_a_report_of_somebody_elses_series(demo: Path, tmp_path: Path) -> None:
    series, output = tmp_path / "theirs.csv", tmp_path / "report.html"
    series.write_text(
        "time,series,value\n" + "".join(f"2026-01-{day:02},mood,{day}\n" for day in range(1, 20)), "utf-8"
    )
    result = run("report", "--corpus", demo / "corpus", "--series", series, "--output", output)
    assert result.exit_code == 0, result.stderr
    assert "<title>" in output.read_text("utf-8")


def test_findings_that_are_none_are_refused(demo: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    result = run("report", "--corpus", demo / "corpus", "--findings", demo / "series.csv", "--output", output)
    assert result.exit_code == 1
    assert "no findings" in result.stderr
    assert not output.exists()


def test_no_manifest_tells_where_on_a_machine_files_lie(demo: Path, tmp_path: Path) -> None:
    from narrative.resources import shipped

    project, prices = tmp_path / "narrative.toml", shipped("corpus", "sample", "prices.csv")
    project.write_text(f'corpus = "{demo / "corpus"}"\nprices = ["{prices}"]\n', "utf-8")
    made = {name: tmp_path / name for name in ("series.csv", "findings.json", "figures.csv", "facts.json", "page.html")}
    for options in (
        ("series", "--frequency", "M", "--output", made["series.csv"]),
        ("correlate", "--frequency", "W-SUN", "--select", "stance/crypto", "--output", made["findings.json"]),
        ("corpus", "export", "--table", "figures", "--output", made["figures.csv"]),
        ("facts", "--output", made["facts.json"]),
        ("report", "--output", made["page.html"], "--findings", made["findings.json"], "--frequency", "W-SUN"),
    ):
        result = run(*options, "--project", project)
        assert result.exit_code == 0, result.stderr
    told = [made["findings.json"], made["page.html"], *tmp_path.glob("*.manifest.json")]
    assert len(told) == 5
    for path in told:
        text = path.read_text("utf-8")
        assert "prices.csv" in text
        assert str(tmp_path.parent) not in text
        assert str(prices.parent) not in text
