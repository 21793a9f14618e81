"""How often the procedure errs, and how often it finds, on data like those at hand.

Each replication takes one of the pairs that were tested. Its series is drawn anew from the autoregression fitted to it,
with its own innovations resampled; its returns are the asset's own in blocks, so that calm and wild times stay
together, and drawn without regard to the series. Testing this pair gives the rate of false positives. Planting an
effect in the same pair and testing again gives the power.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import signal, stats

from narrative.market.lead_lag import Trial, lag_tests
from narrative.market.resampling import block_length, stationary_indices
from narrative.market.whitening import innovations
from narrative.results import Power, Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from narrative.market.whitening import Whitened

EFFECT: Final = 0.25
LEAD: Final = 2
_RESAMPLES: Final = 299


@dataclass(frozen=True, slots=True)
class Example:
    """A pair to make others like it from: a series as it was, NaN where missing, its fit, the return innovations."""

    values: NDArray[np.float64]
    fit: Whitened
    returns: NDArray[np.float64]
    max_lag: int


def measure(
    examples: Sequence[Example], *, seed: int, alpha: float = 0.05, replications: int = 400
) -> tuple[Rate, Power]:
    """Measure the headline test at level `alpha`: its rate of false positives and its power.

    The planted effect is a correlation of `EFFECT` between the series' innovation and the return `LEAD` bars later (or
    as late as the lags allow).

    Args:
        examples: the pairs that were tested.
        seed: of the simulation.
        alpha: the level, before any adjustment for the number of tests.
        replications: simulated pairs for each of the two.

    Returns:
        Rates with Wilson's 95% interval.
    """
    generator = np.random.default_rng(seed)
    false = found = 0
    for _ in range(replications):
        example = examples[int(generator.integers(len(examples)))]
        lags = tuple(range(1, example.max_lag + 1))
        series, news = simulated_series(generator, example.values, example.fit)
        noise = _resampled(generator, example.returns)
        led = planted(news, noise, EFFECT, min(LEAD, example.max_lag))
        trials = []
        for returns in (noise, led):
            new = innovations(series, returns)
            trials.append(Trial(new.series.residuals, new.returns.residuals, lags))
        null, effect = lag_tests(trials, _RESAMPLES, int(generator.integers(2**32)))
        false += null.p <= alpha
        found += effect.p <= alpha
    return rate(false, replications), Power(effect=EFFECT, **rate(found, replications).model_dump())


def simulated_series(
    generator: np.random.Generator, values: NDArray[np.float64], fit: Whitened
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A series of a fitted autoregression, begun as the real one and as long, and its innovations."""
    news = generator.choice(fit.residuals[np.isfinite(fit.residuals)], size=len(values))
    polynomial = np.concatenate([[1.0], -_bounded(fit.coefficients, len(values))])
    begun = values[np.isfinite(values)][: fit.order]
    state = signal.lfiltic([1.0], polynomial, begun[::-1])
    return signal.lfilter([1.0], polynomial, news + fit.intercept, zi=state)[0], news


def _bounded(coefficients: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """An autoregression that grows e^10-fold over `n` bars at most: one that explodes would overflow."""
    roots = np.abs(np.roots(np.concatenate([[1.0], -coefficients])))
    shrink = min(1.0, (1 + 10 / n) / roots.max(initial=1e-9))
    bounded: NDArray[np.float64] = coefficients * shrink ** np.arange(1, len(coefficients) + 1)
    return bounded


def planted(
    news: NDArray[np.float64], noise: NDArray[np.float64], correlation: float, lead: int
) -> NDArray[np.float64]:
    """Returns that correlate with what was new in the series `lead` bars before."""
    scaled = news / news.std()
    share: NDArray[np.float64] = correlation * noise.std() * np.roll(scaled, lead)
    return noise + share / math.sqrt(1 - correlation**2)


def rate(hits: int, of: int) -> Rate:
    """A share with Wilson's (1927) 95% interval."""
    interval = stats.binomtest(int(hits), of).proportion_ci(0.95, method="wilson")
    return Rate(value=hits / of, low=float(interval.low), high=float(interval.high))


def _resampled(generator: np.random.Generator, returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The returns in blocks, those missing left out, as many bars as before."""
    known = returns[np.isfinite(returns)]
    repeats = -(-len(returns) // len(known))
    indices = stationary_indices(generator, repeats, len(known), block_length(len(known))).ravel()
    return known[indices[: len(returns)]]
