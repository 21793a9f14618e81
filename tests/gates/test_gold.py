"""Scores on the lockbox of the gold: articles that no rule was written and no weight trained with a look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gates
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
FLOORS: dict[str, float] = gates.pinned()["floors"]


@pytest.fixture(scope="module")
def scores(shared: Path) -> dict[str, float]:
    return gates.measure()


def test_the_inputs_are_those_that_the_floors_were_measured_on(shared: Path) -> None:
    assert gates.input_hashes() == gates.pinned()["inputs"], "re-pin with `python scripts/gates.py --lower`"


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_no_score_sinks_under_its_floor(name: str, scores: dict[str, float]) -> None:
    assert scores[name] >= FLOORS[name]


def test_no_figure_is_wrong_by_a_magnitude(scores: dict[str, float]) -> None:
    assert scores["figure.magnitude-error absent"] == 1
