"""Scores of the encoder on test parts of public sets, which trained nothing, and on the challenge set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import encoder_gate
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.shared,
    # The shared loaders leave their files open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
FLOORS: dict[str, float] = encoder_gate.pinned()["floors"]


@pytest.fixture(scope="module")
def scores(shared: Path) -> dict[str, float]:
    return encoder_gate.measure()


def test_the_inputs_are_those_that_the_floors_were_measured_on(shared: Path) -> None:
    assert encoder_gate.input_hashes() == encoder_gate.pinned()["inputs"], "re-pin with `encoder_gate.py --lower`"


def test_every_score_has_its_floor(scores: dict[str, float]) -> None:
    assert set(FLOORS) == set(scores)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_no_score_sinks_under_its_floor(name: str, scores: dict[str, float]) -> None:
    assert scores[name] >= FLOORS[name]
