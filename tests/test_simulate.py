"""The simulations whose results are kept: they run, and the page tells what they found."""

from __future__ import annotations

import json
from pathlib import Path

import simulate

ROOT = Path(__file__).parents[1]


def test_the_page_shows_what_was_measured() -> None:
    measured = json.loads((ROOT / "docs/simulation.json").read_text("utf-8"))

    assert simulate.tables(measured) in (ROOT / "docs/market.md").read_text("utf-8")


def test_a_measure_counts_what_fires() -> None:
    row = simulate.power(simulate.leading, 365, 10)

    assert row["hits"] >= 7
    assert row["low"] < row["value"] == row["hits"] / 10
    assert simulate.fires(simulate.echo, 165, 10)["hits"] <= 3
