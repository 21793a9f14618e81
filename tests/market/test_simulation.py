from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from narrative.market.simulation import Example, measure, planted, rate, simulated_series
from narrative.market.whitening import innovations


def example(seed: int, n: int = 120, coefficient: float = 0.9) -> Example:
    generator = np.random.default_rng(seed)
    values = 50 + lfilter([1.0], [1.0, -coefficient], generator.standard_normal(n + 100))[100:]
    found = innovations(values, generator.standard_t(5, n))
    return Example(values, found.alone, found.returns.residuals, max_lag=10)


def test_measures_the_level_and_finds_what_is_planted() -> None:
    false, power = measure([example(1, 365), example(2, 365)], seed=0, replications=80)

    assert false.low <= 0.05 <= false.high
    assert power.value > 0.85
    assert power.effect == 0.25
    assert measure([example(1, 60)], seed=0, replications=80)[1].value < 0.5, "a short sample has little power"


def test_a_seed_is_a_result() -> None:
    pairs = [example(3)]

    once = measure(pairs, seed=4, replications=20)

    assert measure(pairs, seed=4, replications=20) == once


def test_simulated_series_remember_as_the_fitted_one_does() -> None:
    real = example(5, 300)

    persistences = []
    for seed in range(20):
        values, news = simulated_series(np.random.default_rng(seed), real.values, real.fit)
        assert values.shape == news.shape == real.values.shape
        persistences.append(innovations(values, news).alone.persistence)

    assert np.median(persistences) == pytest.approx(real.fit.persistence, abs=0.05)


def test_the_planted_correlation_is_the_one_stated() -> None:
    news, other = np.random.default_rng(6).standard_normal((2, 200_000))

    led = planted(3 * news, 0.01 * other, 0.25, 2)

    assert np.corrcoef(news[:-2], led[2:])[0, 1] == pytest.approx(0.25, abs=0.01)


def test_wilson_interval() -> None:
    # Newcombe (1998), table I: 81 of 263.
    assert rate(81, 263).model_dump() == pytest.approx({"value": 0.30798, "low": 0.2553, "high": 0.3662}, abs=1e-4)


def test_a_series_that_explodes_is_measured_all_the_same() -> None:
    generator = np.random.default_rng(6)
    values = np.exp(0.3 * np.arange(400)) * (1 + 0.01 * generator.standard_normal(400))
    found = innovations(values, generator.standard_normal(400))
    assert found.alone.persistence > 1
    explodes = Example(values, found.alone, found.returns.residuals, max_lag=10)
    assert measure([explodes], seed=0, replications=20)[0].value <= 0.5
