"""Resampling in blocks: series made of stretches of the one at hand, so that what is near stays near.

The stationary bootstrap of Politis and Romano (1994): blocks start anywhere, last a geometrically distributed time and
run on from the end to the beginning.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def block_length(n: int) -> int:
    """The mean length of a block for `n` values: n to the power 1/3, the rate of Politis and White (2004)."""
    return max(1, round(math.cbrt(n)))


def stationary_indices(generator: np.random.Generator, resamples: int, n: int, block: float) -> NDArray[np.intp]:
    """Which of `n` values stand where in each resample.

    Args:
        generator: the source of chance.
        resamples: how many to draw.
        n: how many values there are.
        block: the mean length of a block, at least 1.

    Returns:
        Positions from 0 to n − 1, one row a resample, `n` columns.
    """
    begins = generator.random((resamples, n), dtype=np.float32) < 1 / block
    begins[:, 0] = True
    begun = np.flatnonzero(begins)
    lengths = np.diff(begun, append=resamples * n)
    # A place holds what its block drew plus how far into the block it is.
    indices = np.repeat(generator.integers(n, size=len(begun)) - begun, lengths)
    indices += np.arange(resamples * n)
    indices[indices >= n] -= n
    return indices.reshape(resamples, n)
