"""Features of a pair → the probability that one is a copy of the other: `data/weights.json`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from narrative.copies.features import NAMES
from narrative.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

WEIGHTS = Path(__file__).parent / "data" / "weights.json"


@dataclass(frozen=True)
class Model:
    """A logistic regression and the probability from which a pair counts as a copy.

    `scripts/copies.py fit` fits it on the half of the labelled pairs that is not measured on.
    """

    weights: tuple[float, ...]
    intercept: float
    threshold: float

    def score(self, features: Sequence[float]) -> float:
        """The probability, for features in the order of `narrative.copies.features.NAMES`."""
        logit = self.intercept + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-logit))


@cache
def model() -> Model:
    """The shipped model.

    Raises:
        SettingsError: the file has other features than the code.
    """
    read = json.loads(WEIGHTS.read_text("utf-8"))
    if tuple(read["weights"]) != NAMES:
        raise SettingsError(f"{WEIGHTS}: its features are not those of the code; run `python scripts/copies.py fit`")
    return Model(tuple(read["weights"].values()), read["intercept"], read["threshold"])
