from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from statsmodels.tsa.ar_model import AutoReg, ar_select_order

from narrative.market.whitening import innovations, whiten


def autoregressive(seed: int, n: int, *coefficients: float) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(n + 200)
    return lfilter([1.0], [1.0, *(-c for c in coefficients)], noise)[200:]


@pytest.mark.parametrize("coefficients", [(0.9,), (0.5, 0.0, 0.3), (), (1.0,)])
def test_order_and_residuals_are_those_of_statsmodels(coefficients: tuple[float, ...]) -> None:
    values = 40 + 7 * autoregressive(1, 240, *coefficients)

    ours = whiten(values, 8)

    order = len(ar_select_order(values, 8, ic="bic").ar_lags or [])
    theirs = AutoReg(values, order).fit()
    assert ours.order == order
    assert np.isnan(ours.residuals[:order]).all()
    np.testing.assert_allclose(ours.residuals[order:], theirs.resid, atol=1e-8)
    np.testing.assert_allclose([ours.intercept, *ours.coefficients], theirs.params, atol=1e-7)


def test_the_control_is_a_regressor_of_the_same_and_earlier_bars() -> None:
    returns = np.random.default_rng(2).standard_normal(300)
    echo = lfilter([1.0], [1.0, -0.7], autoregressive(3, 300) + 2 * returns + 1.5 * np.roll(returns, 2))

    ours = whiten(echo, 8, control=returns, max_control=5)

    exog = np.column_stack([np.roll(returns, lag) for lag in range(len(ours.controls))])
    assert len(ours.controls) >= 3
    hold = max(ours.order, len(ours.controls) - 1)
    theirs = AutoReg(echo, ours.order, exog=exog, hold_back=hold).fit()
    np.testing.assert_allclose(ours.residuals[hold:], theirs.resid, atol=1e-8)
    np.testing.assert_allclose(ours.controls, theirs.params[ours.order + 1 :], atol=1e-8)


def test_the_same_bar_is_held_constant_even_where_it_says_nothing() -> None:
    returns = np.random.default_rng(4).standard_normal(200)

    found = innovations(autoregressive(5, 200, 0.9), returns)

    assert len(found.series.controls) == 1
    residuals = found.series.residuals
    known = np.isfinite(residuals)
    assert abs(np.corrcoef(residuals[known], returns[known])[0, 1]) < 1e-10
    assert len(found.alone.controls) == 0


def test_missing_values_cost_the_rows_that_need_them_and_no_others() -> None:
    values = autoregressive(16, 400, 0.8)
    values[[100, 101, 250]] = np.nan

    ours = whiten(values, 6)

    assert ours.order == 1
    assert np.flatnonzero(np.isnan(ours.residuals)).tolist() == [0, 100, 101, 102, 250, 251]
    assert ours.persistence == pytest.approx(0.8, abs=0.08)


def test_a_series_full_of_holes_gets_a_shorter_past() -> None:
    values = autoregressive(7, 120, 0.5)
    values[::6] = np.nan

    assert np.isfinite(whiten(values, 10).residuals).sum() >= 60


@pytest.mark.parametrize(("factor", "offset"), [(1e9, 0.0), (1e-9, 0.0), (3.0, 1e6)])
def test_units_and_origin_change_nothing(factor: float, offset: float) -> None:
    values, returns = autoregressive(8, 165, 0.9), autoregressive(9, 165)

    plain = whiten(values, 10, control=returns, max_control=10).residuals
    other = whiten(offset + factor * values, 10, control=0.01 * returns, max_control=10).residuals

    np.testing.assert_allclose(other / factor, plain, atol=1e-6)
