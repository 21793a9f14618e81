"""From logits to probabilities to answers: calibration and thresholds, fitted on articles new to the network."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Decisions:
    """What a head's logits become.

    Args:
        scale: by head, the factor of its logits (the inverse of a temperature); 1 where none is given.
        shift: by head, what is added to each label's logit after that.
        balance: by head, what each label's probability counts when one label has to be named; rare labels count more.
        threshold: by name, the probability from which an answer is given.
    """

    scale: Mapping[str, float] = field(default_factory=dict)
    shift: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    balance: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    threshold: Mapping[str, float] = field(default_factory=dict)

    def calibrated(self, head: str, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits whose probabilities can be trusted, shape (labels,) or (stretches, labels)."""
        return logits * np.float32(self.scale.get(head, 1.0)) + np.array(self.shift.get(head, (0.0,)), np.float32)


def read_decisions(path: Path) -> Decisions:
    """The decisions of a model, from its `decisions.json`."""
    held = json.loads(path.read_text("utf-8"))
    shift, balance = ({head: tuple(each) for head, each in held[name].items()} for name in ("shift", "balance"))
    return Decisions(held["scale"], shift, balance, held["threshold"])


def write_decisions(decisions: Decisions, path: Path) -> None:
    """Keep decisions beside the weights."""
    rounded = {
        "scale": {head: round(scale, 4) for head, scale in decisions.scale.items()},
        "shift": {head: [round(each, 4) for each in shift] for head, shift in decisions.shift.items()},
        "balance": {head: [round(each, 4) for each in balance] for head, balance in decisions.balance.items()},
        "threshold": {name: round(at, 4) for name, at in decisions.threshold.items()},
    }
    path.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits of answers that exclude each other as probabilities, along the last axis."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float32)


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits of answers that don't exclude each other as probabilities."""
    return np.asarray((1 + np.tanh(logits / 2)) / 2, np.float32)  # as 1 / (1 + exp(-x)), but never overflows
