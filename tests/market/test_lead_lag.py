from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from narrative.market.lead_lag import CHUNK, Trial, lag_tests
from narrative.market.resampling import block_length, stationary_indices

LAGS = (1, 2, 3, 4)


def noise(seed: int, n: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(4, n)


def reference(e: np.ndarray, u: np.ndarray, lags: tuple[int, ...]) -> tuple[float, int]:
    """The largest robust |t| and its lag, in plain loops: e of bar t with u of bar t + lag."""
    best, where = -1.0, 0
    for lag in lags:
        top = bottom = 0.0
        for t in range(len(e)):
            if 0 <= t + lag < len(u):
                top += e[t] * u[t + lag]
                bottom += e[t] ** 2 * u[t + lag] ** 2
        if bottom > 0 and abs(top) / bottom**0.5 > best:
            best, where = abs(top) / bottom**0.5, lag
    return best, where


@pytest.mark.parametrize("lags", [LAGS, (0,), (-1, -2, -3)])
def test_statistic_and_p_are_those_of_plain_loops(lags: tuple[int, ...]) -> None:
    e, u, resamples = noise(1), noise(2), 199

    found = lag_tests([Trial(e, u, lags)], resamples, seed=7)[0]

    observed, lag = reference(e, u, lags)
    generator = np.random.default_rng([7, len(e)])
    drawn = stationary_indices(generator, resamples, len(e), block_length(len(e)))
    exceeded = sum(reference(e[row], u, lags)[0] >= observed - 1e-9 for row in drawn)
    assert (found.lag, found.statistic) == (lag, pytest.approx(observed))
    assert found.p == (1 + exceeded) / (1 + resamples)
    assert found.pairs == len(e) - abs(lag)


@pytest.mark.parametrize("lead", [1, 2, 4])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_lead_is_found_at_its_lag_with_its_sign(lead: int, sign: int) -> None:
    e = noise(3, 200)
    u = noise(4, 200)
    u[lead:] += sign * 1.5 * e[:-lead]

    ahead, behind = lag_tests([Trial(e, u, LAGS), Trial(u, e, LAGS)], 999, seed=0)

    assert ahead.lag == lead
    assert ahead.p == 1 / 1000
    assert np.sign(ahead.correlation) == sign
    assert ahead.low < ahead.correlation < ahead.high
    assert sign * ahead.low > 0
    both = e[:-lead], u[lead:]
    assert ahead.correlation == pytest.approx(np.corrcoef(*both)[0, 1], abs=0.02)
    assert behind.p > 0.05


def test_p_is_uniform_when_nothing_leads() -> None:
    generator = np.random.default_rng(5)
    trials = [Trial(*generator.standard_normal((2, 80)), LAGS) for _ in range(300)]

    p = [lag_tests([trial], 199, seed)[0].p for seed, trial in enumerate(trials)]

    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_common_wild_times_are_no_lead() -> None:
    """Both are wild in the same weeks: the classical t fires in far more than one of twenty, the robust one doesn't."""
    generator = np.random.default_rng(6)
    wild = np.where(np.arange(200) % 100 < 12, 6.0, 1.0)
    robust = classical = 0
    for seed in range(200):
        e, u = wild * generator.standard_normal((2, 200))
        robust += lag_tests([Trial(e, u, (1,))], 199, seed)[0].p <= 0.05
        classical += stats.pearsonr(e[:-1], u[1:]).pvalue <= 0.05

    assert classical > 40
    assert robust <= 20


def test_missing_values_drop_out_of_the_sums() -> None:
    e, u = noise(7), noise(8)
    e[[0, 1, 20]], u[[33, 59]] = np.nan, np.nan

    found = lag_tests([Trial(e, u, LAGS)], 99, seed=0)[0]

    observed, lag = reference(np.nan_to_num(e), np.nan_to_num(u), LAGS)
    assert (found.lag, found.statistic) == (lag, pytest.approx(observed))
    assert found.pairs == (np.isfinite(e[:-lag]) & np.isfinite(u[lag:])).sum()


def test_an_outcome_depends_on_its_seed_and_on_nothing_else() -> None:
    trials = [Trial(noise(seed), noise(seed + 50), LAGS) for seed in range(3)]
    trials.append(Trial(np.append(np.nan, noise(9)), noise(10, 61), LAGS))
    before = np.random.get_state()[1].copy()

    together = lag_tests(trials, CHUNK + 100, seed=1)

    assert lag_tests(trials[::-1], CHUNK + 100, seed=1)[::-1] == together
    assert [lag_tests([trial], CHUNK + 100, seed=1)[0] for trial in trials] == together
    assert lag_tests(trials, CHUNK + 100, seed=2) != together
    assert (np.random.get_state()[1] == before).all()


def test_units_change_nothing() -> None:
    e, u = noise(11), noise(12)

    plain, scaled = lag_tests([Trial(e, u, LAGS), Trial(-1e9 * e, 1e-4 * u, LAGS)], 299, seed=0)

    assert scaled.statistic == pytest.approx(plain.statistic)
    assert scaled.correlation == pytest.approx(-plain.correlation)
    assert scaled.p == plain.p


def test_progress_counts_all_the_work() -> None:
    done: list[int] = []

    lag_tests([Trial(noise(13), noise(14), LAGS)] * 2, CHUNK + 1, seed=0, progress=done.append)

    assert sum(done) == 2 * (CHUNK + 1)
