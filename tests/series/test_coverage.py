"""Coverage of corpora whose gaps, breaks and repeats are known."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.errors import InputError
from narrative.series.coverage import coverage_by_day, coverage_of
from narrative.series.repeats import repeated
from narrative.store.corpus import open_corpus
from narrative.store.importing import import_files

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.store.corpus import Corpus

MONDAY = datetime(2025, 9, 1, 0, tzinfo=UTC)


def corpus_with(folder: Path, rows: list[dict[str, str]]) -> Corpus:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    corpus = open_corpus(folder / "corpus", create=True)
    import_files(corpus, [str(file)])
    return corpus


def row(number: int, published: datetime | None, outlet: str = "A", title: str | None = None) -> dict[str, str]:
    found = {
        "id": f"{outlet}-{number}",
        "outlet": outlet,
        "title": title or f"Title {number}",
        "text": f"Text {number}.",
    }
    return found | ({"published": published.isoformat()} if published else {})


def test_days_without_any_article_are_gaps(tmp_path: Path) -> None:
    days = [0, 1, 4, 5, 7]
    corpus = corpus_with(tmp_path, [row(day, MONDAY + timedelta(days=day)) for day in days])
    coverage = coverage_of(corpus)
    gaps = [(gap.first, gap.last) for gap in coverage.gaps]
    assert gaps == [(date(2025, 9, 3), date(2025, 9, 4)), (date(2025, 9, 7), date(2025, 9, 7))]
    assert coverage.outlets[0].longest_gap == 2
    assert coverage.outlets[0].days == 5


def test_an_outlet_that_stops_is_a_break_of_that_outlet_only(tmp_path: Path) -> None:
    rows = [row(n, MONDAY + timedelta(hours=8 * n), "steady") for n in range(16 * 21)]
    rows += [row(n, MONDAY + timedelta(hours=8 * n), "stops") for n in range(8 * 21)]
    coverage = coverage_of(corpus_with(tmp_path, rows))
    [found] = coverage.breaks
    assert (found.outlet, found.week, found.before, found.after) == ("stops", date(2025, 10, 27), 21, 0)


def test_undated_articles_and_repeats_are_counted(tmp_path: Path) -> None:
    rows = [
        row(1, MONDAY, title="Bitcoin falls"),
        row(2, MONDAY + timedelta(hours=5), title="Bitcoin Falls!"),
        row(3, MONDAY + timedelta(hours=5), "B", title="Bitcoin falls"),
        row(4, None),
    ]
    coverage = coverage_of(corpus_with(tmp_path, rows))
    assert (coverage.articles, coverage.repeats, coverage.undated) == (4, 1, 1)
    table = coverage_by_day(open_corpus(tmp_path / "corpus"))
    assert table[["outlet", "articles", "repeats"]].to_numpy().tolist() == [["A", 2, 1], ["B", 1, 0]]


def test_an_outlet_is_one_by_whatever_name_as_in_series(tmp_path: Path) -> None:
    names = ("Cointelegraph", "cointelegraph", "Coin Telegraph", " A ", "A", "")
    rows = [row(n, MONDAY + timedelta(hours=n), name) for n, name in enumerate(names)]
    coverage = coverage_of(corpus_with(tmp_path, rows))
    assert {one.outlet: one.articles for one in coverage.outlets} == {"A": 2, "Cointelegraph": 3, "unknown": 1}


def test_how_late_articles_were_seen(tmp_path: Path) -> None:
    rows = [
        row(n, MONDAY) | {"first_seen": (MONDAY + timedelta(hours=hours)).isoformat()}
        for n, hours in enumerate([1, 2, 3])
    ]
    [outlet] = coverage_of(corpus_with(tmp_path, rows)).outlets
    assert outlet.lag_median == 2
    assert outlet.lag_90 == pytest.approx(2.8)


def test_a_repeat_after_three_days_counts_again() -> None:
    hours = [0, 72, 73, 80, 200]
    found = repeated(
        pd.Series(["A"] * 5), pd.Series(["Daily column"] * 5), pd.Series([MONDAY + timedelta(hours=h) for h in hours])
    )
    assert found.tolist() == [False, True, False, True, False]


def test_an_undated_article_leaves_the_order_of_the_others() -> None:
    moments = pd.Series(pd.to_datetime(["2026-01-03", None, "2026-01-01", "2026-01-04"], utc=True))
    found = repeated(pd.Series(["A"] * 4), pd.Series(["Same", "Same", "same!", "Same"]), moments)
    assert found.tolist() == [True, False, False, True]  # the 4th is 72 hours behind the one that counts, the 3rd


def test_articles_without_a_headline_repeat_nothing() -> None:
    assert not repeated(pd.Series(["A"] * 3), pd.Series([None, None, "–"]), pd.Series([MONDAY] * 3)).any()


def test_a_corpus_without_dates_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--map published"):
        coverage_of(corpus_with(tmp_path, [row(1, None)]))


def test_the_command(tmp_path: Path) -> None:
    corpus_with(tmp_path, [row(n, MONDAY + timedelta(days=n), "=OUTLET") for n in range(3)])
    location, output = str(tmp_path / "corpus"), tmp_path / "days.csv"
    shown = CliRunner().invoke(app, ["coverage", "--corpus", location])
    assert "3 articles of 1 outlets, 2025-09-01 to 2025-09-03" in shown.stdout
    found = json.loads(CliRunner().invoke(app, ["coverage", "--corpus", location, "--json"]).stdout)
    assert sum(found["outlets"][0]["depth"].values()) == 3
    assert CliRunner().invoke(app, ["coverage", "--corpus", location, "--output", str(output)]).exit_code == 0
    assert output.read_text("utf-8").splitlines()[1].startswith("2025-09-01,'=OUTLET,1")
