"""Adjusting for many tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Sequence


def adjusted(p: Sequence[float]) -> list[float]:
    """The q of every p of a family: the smallest rate of false discoveries at which the test would count.

    Benjamini and Hochberg (1995), which holds for independent tests and for those that depend positively on each other
    (Benjamini and Yekutieli 2001).
    """
    if not p:
        return []
    return [float(q) for q in stats.false_discovery_control(np.asarray(p, dtype=float), method="bh")]


def resamples_needed(tests: int, alpha: float, least: int) -> int:
    """How many resamples let one test among `tests` be significant at `alpha` with something to spare."""
    return max(least, int(np.ceil(5 * tests / alpha)))
