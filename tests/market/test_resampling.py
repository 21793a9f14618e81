from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from narrative.market.resampling import block_length, stationary_indices


def test_blocks_run_on_and_round_the_end() -> None:
    n, block = 50, 5
    indices = stationary_indices(np.random.default_rng(0), 4_000, n, block)

    assert indices.shape == (4_000, n)
    assert indices.min() == 0
    assert indices.max() == n - 1
    follows = (np.diff(indices, axis=1) % n == 1).mean()
    # A block goes on with probability 1 − 1/5, and a new one happens to follow in 1 of 50.
    assert follows == pytest.approx(0.8 + 0.2 / n, abs=0.005)
    assert np.bincount(indices.ravel(), minlength=n) / indices.size == pytest.approx(1 / n, rel=0.05)


def test_variance_of_the_mean_is_the_one_of_politis_and_romano() -> None:
    n, block = 80, 6
    values = np.convolve(np.random.default_rng(1).standard_normal(n + 4), np.ones(5) / 5, "valid")
    centred = values - values.mean()
    covariances = np.array([centred[: n - lag] @ centred[lag:] / n for lag in range(n)])
    lags = np.arange(1, n)
    stay = 1 - 1 / block
    weights = (1 - lags / n) * stay**lags + lags / n * stay ** (n - lags)  # their lemma 1
    expected = (covariances[0] + 2 * weights @ covariances[1:]) / n

    means = values[stationary_indices(np.random.default_rng(2), 40_000, n, block)].mean(axis=1)

    assert means.var() == pytest.approx(expected, rel=0.03)


def test_blocks_of_one_are_independent_draws_and_a_seed_is_a_result() -> None:
    once = stationary_indices(np.random.default_rng(3), 500, 20, 1)

    assert (np.diff(once, axis=1) % 20 == 1).mean() == pytest.approx(1 / 20, abs=0.01)
    assert_array_equal(once, stationary_indices(np.random.default_rng(3), 500, 20, 1))


def test_block_length_grows_with_the_cube_root() -> None:
    assert [block_length(n) for n in (1, 27, 165, 365, 1000)] == [1, 3, 5, 7, 10]
