from __future__ import annotations

import numpy as np
import pytest

from narrative.market.naive import correlated_at_any_lag, log_price


@pytest.mark.parametrize("lag", [-3, 0, 3])
def test_claims_a_relation_at_any_lag_on_either_side(lag: int) -> None:
    x = np.random.default_rng(0).standard_normal(200)
    other = np.roll(x, lag)

    assert correlated_at_any_lag(x, other, 3)
    assert correlated_at_any_lag(x, -other, 3)
    with_hole = np.where(np.arange(200) == 50, np.nan, other)
    assert correlated_at_any_lag(x, with_hole, 3)


def test_the_limit_is_two_over_the_root_of_n() -> None:
    n = 400
    x = np.tile([1.0, -1.0], n // 2)
    noise = np.repeat([1.0, -1.0], n // 2)

    def mixed(correlation: float) -> np.ndarray:
        return correlation * x + np.sqrt(1 - correlation**2) * noise

    assert not correlated_at_any_lag(x, mixed(0.099), 0)
    assert correlated_at_any_lag(x, mixed(0.101), 0)


def test_nothing_is_claimed_without_variation_or_overlap() -> None:
    flat, noise = np.ones(50), np.random.default_rng(1).standard_normal(50)

    assert not correlated_at_any_lag(flat, noise, 5)
    assert not correlated_at_any_lag(np.full(50, np.nan), noise, 5)


def test_log_price_is_the_sum_of_the_returns() -> None:
    assert log_price(np.array([np.nan, 0.1, -0.3, 0.05])) == pytest.approx([np.nan, 0.1, -0.2, -0.15], nan_ok=True)
