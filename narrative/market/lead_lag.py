"""The lead–lag test: does one whitened series come before another?

At lag k the innovation e of bar t is paired with the return innovation u of bar t + k, and

    t(k) = Σ e(t)·u(t+k) / √Σ e(t)²·u(t+k)²

which is White's (1980) robust t: a wild time in which both are large doesn't count as a relation. The statistic is the
largest |t| over the lags that are tried. Its null distribution comes from resamples of e in blocks, drawn without
regard to u, each taken to the same maximum; so trying many lags is paid for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from narrative.market.resampling import block_length, stationary_indices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

CHUNK: Final = 500  # resamples at a time; part of what a seed means
_ROUNDING: Final = 1e-5  # a resample this close to the observed statistic counts as being as large
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Trial:
    """One series against one asset, at some lags.

    `series` and `returns` are innovations on the same bars, NaN where missing. A positive lag pairs the series with
    later returns.
    """

    series: NDArray[np.float64]
    returns: NDArray[np.float64]
    lags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial came to.

    `statistic` is the largest |t| and `lag` where it is. `correlation` is that of the innovations at this lag, `low`
    and `high` its 95% interval as if no other lag had been tried, `pairs` on how many bars it rests.
    """

    lag: int
    statistic: float
    p: float
    correlation: float
    low: float
    high: float
    pairs: int


def lag_tests(
    trials: Sequence[Trial], resamples: int, seed: int, *, progress: Callable[[int], object] | None = None
) -> list[Outcome]:
    """Test trials, each by itself; those of one length share the order of their resamples.

    Args:
        trials: what to test; an outcome doesn't depend on the others.
        resamples: of the null. p is (1 + those at least as large) / (1 + all).
        seed: of the resamples.
        progress: called after each step with its work: resamples times trials.
    """
    by_length: dict[int, dict[bytes, _Shared]] = defaultdict(dict)
    observed = []
    for place, trial in enumerate(trials):
        series, shifted = _prepared(trial)
        observed.append(np.abs(_robust_t(series[None, :], shifted)[0]))
        shared = by_length[len(series)].setdefault(series.tobytes(), _Shared(series))
        shared.places.append(place)
        shared.shifted.append(shifted)

    limits = np.array([statistics.max() for statistics in observed]) * (1 - _ROUNDING)
    exceeded = np.zeros(len(trials), dtype=np.int64)
    for n, group in by_length.items():
        generator = np.random.default_rng([seed, n])
        for first in range(0, resamples, CHUNK):
            count = min(CHUNK, resamples - first)
            indices = stationary_indices(generator, count, n, block_length(n))
            for shared in group.values():
                exceeded[shared.places] += (shared.maxima(indices) >= limits[shared.places]).sum(axis=0)
                if progress:
                    progress(count * len(shared.places))
    return [
        _outcome(trial, statistics, float((1 + count) / (1 + resamples)))
        for trial, statistics, count in zip(trials, observed, exceeded, strict=True)
    ]


@dataclass(slots=True)
class _Shared:
    """One series, and the trials (by place) that resample it, each with its shifted returns."""

    series: NDArray[np.float32]
    places: list[int] = field(default_factory=list)
    shifted: list[NDArray[np.float32]] = field(default_factory=list)

    def maxima(self, indices: NDArray[np.intp]) -> NDArray[np.float32]:
        """The largest |t| of every resample (rows) in every trial (columns)."""
        statistics = np.abs(_robust_t(self.series.take(indices), np.hstack(self.shifted)))
        starts = np.cumsum([0, *(columns.shape[1] for columns in self.shifted[:-1])])
        largest: NDArray[np.float32] = np.maximum.reduceat(statistics, starts, axis=1)
        return largest


def _prepared(trial: Trial) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The series from its first to its last value, and for each lag the returns that it is paired with, as columns.

    Zero stands for what is missing: it adds nothing to either sum of the statistic, which units don't change either.
    """
    present = np.flatnonzero(np.isfinite(trial.series))
    stretch = slice(present[0], present[-1] + 1)
    shifted = np.column_stack([_shifted(_scaled(trial.returns), lag) for lag in trial.lags])
    series = np.nan_to_num(_scaled(trial.series)[stretch])
    return series.astype(np.float32), np.nan_to_num(shifted[stretch]).astype(np.float32)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """With a mean square of 1, so that four bytes a number are enough."""
    size = float(np.sqrt(np.nanmean(np.square(values))))
    return values / (size or 1.0)


def _shifted(values: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """At bar t the value of bar t + lag, NaN beyond the ends."""
    result = np.full_like(values, np.nan)
    if lag >= 0:
        result[: len(values) - lag] = values[lag:]
    else:
        result[-lag:] = values[:lag]
    return result


def _robust_t(series: NDArray[np.float32], shifted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Robust t of every row of `series` (resamples by bars) with every column of `shifted` (bars by lags)."""
    sums = series @ shifted
    squares = np.square(series) @ np.square(shifted)
    statistics: NDArray[np.float32] = np.divide(sums, np.sqrt(squares), out=np.zeros_like(sums), where=squares > 0)
    return statistics


def _outcome(trial: Trial, statistics: NDArray[np.float32], p: float) -> Outcome:
    """The winning lag and the correlation there; the interval is Fisher's with the robust standard error."""
    best = int(statistics.argmax())
    later = _shifted(trial.returns, trial.lags[best])
    both = np.isfinite(trial.series) & np.isfinite(later)
    e, u = trial.series[both], later[both]
    scale = np.sqrt((e @ e) * (u @ u))
    correlation = float(np.clip(e @ u / scale, -1, 1)) if scale > 0 else 0.0
    error = float(np.sqrt(np.square(e) @ np.square(u)) / scale) if scale > 0 else 1.0
    bounded = float(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    middle, reach = np.arctanh(bounded), _Z95 * error / (1 - bounded**2)
    return Outcome(
        lag=trial.lags[best],
        statistic=float(statistics[best]),
        p=p,
        correlation=correlation,
        low=float(np.tanh(middle - reach)),
        high=float(np.tanh(middle + reach)),
        pairs=int(both.sum()),
    )
