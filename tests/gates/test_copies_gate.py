"""Gates of the finding of copies: the labelled pairs of the measuring half, the sample, graded headlines."""

from __future__ import annotations

import json
from pathlib import Path

import copies
import pytest

FLOORS = json.loads((Path(__file__).parent / "copies.json").read_text("utf-8"))


def test_the_halves_share_no_text_and_half_of_the_pairs_and_more_are_hard():
    sides: dict[str, set[bool]] = {}
    for pair in copies.pairs():
        for ident in (pair.first, pair.second):
            sides.setdefault(ident, set()).add(pair.measure)
    assert all(len(halves) == 1 for halves in sides.values())
    assert len(copies.pairs()) >= 300
    assert sum(not pair.copy for pair in copies.pairs()) >= len(copies.pairs()) / 2


def test_every_planted_copy_of_the_sample_and_nothing_else():
    found = copies.measure_sample()
    assert found["recall"]["value"] >= FLOORS["sample"]["recall"]
    assert found["joined_wrongly"] == []


@pytest.mark.shared
def test_pairs_that_nothing_was_fitted_on(shared: Path):
    found = copies.measure_pairs()
    assert found["all"]["pairs"] >= 150
    assert found["all"]["precision"]["value"] >= FLOORS["pairs"]["precision"]
    assert found["all"]["recall"]["value"] >= FLOORS["pairs"]["recall"]
    assert found["candidates"]["value"] >= FLOORS["pairs"]["candidates"]


@pytest.mark.shared
def test_headlines_that_people_find_unlike_are_no_copies(shared: Path):
    told = copies.measure_headlines()["of_grade_under_3_told"]
    assert told["value"] <= FLOORS["sts_headlines"]["of_grade_under_3_told"]
