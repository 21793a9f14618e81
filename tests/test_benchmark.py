"""The committed measurements of start-up hold their limits; `scripts/benchmark.py` makes them anew."""

from __future__ import annotations

import json

import pytest
import readme

ROWS = json.loads(readme.BENCHMARK.read_text("utf-8"))["start-up"]


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_start_up_is_within_its_limit(row: dict[str, float]) -> None:
    assert row["ratio"] <= row["limit"]
