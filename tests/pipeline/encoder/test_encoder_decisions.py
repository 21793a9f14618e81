from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from narrative.pipeline.encoder.decisions import Decisions, read_decisions, sigmoid, softmax, write_decisions

if TYPE_CHECKING:
    from pathlib import Path

LOGITS = nps.arrays(np.float32, st.integers(1, 6), elements=st.floats(-1e4, 1e4, width=32))


def test_decisions_come_back_from_their_file(tmp_path: Path) -> None:
    fitted = Decisions({"a": 0.5}, {"b": (0.25, -1.5)}, {"c": (1.0, 2.0)}, {"d": 0.125})
    write_decisions(fitted, tmp_path / "decisions.json")
    assert read_decisions(tmp_path / "decisions.json") == fitted


def test_logits_are_scaled_then_shifted() -> None:
    fitted = Decisions(scale={"a": 2.0}, shift={"a": (1.0, -1.0)})
    assert fitted.calibrated("a", np.array([[1, 2], [0, 0]], np.float32)).tolist() == [[3, 3], [1, -1]]
    assert fitted.calibrated("b", np.array([1, 2], np.float32)).tolist() == [1, 2]


@settings(deadline=None)
@given(LOGITS)
def test_any_logits_become_probabilities(logits: np.ndarray) -> None:
    shares = softmax(logits)
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    assert shares[logits.argmax()] == shares.max()
    each = sigmoid(logits)
    assert ((each >= 0) & (each <= 1)).all()
    assert each + sigmoid(-logits) == pytest.approx(np.ones(len(logits)), abs=1e-6)


def test_the_logistic_function() -> None:
    assert sigmoid(np.array([0, 1], np.float32)) == pytest.approx([0.5, 1 / (1 + np.exp(-1))])
