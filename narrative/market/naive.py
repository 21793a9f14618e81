"""What plain correlation would have claimed: the usual chart, a series beside a price, and any lag that looks good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def correlated_at_any_lag(series: NDArray[np.float64], other: NDArray[np.float64], max_lag: int) -> bool:
    """Whether a correlation at some lag from −`max_lag` to `max_lag` is beyond 2/√n.

    Args:
        series: NaN where missing.
        other: on the same bars.
        max_lag: in bars, less than there are.
    """
    n = int((np.isfinite(series) & np.isfinite(other)).sum())
    if n == 0:
        return False
    bars = len(series)
    for lag in range(-max_lag, max_lag + 1):
        earlier = series[max(0, -lag) : bars - max(0, lag)]
        later = other[max(0, lag) : bars - max(0, -lag)]
        if abs(_correlation(earlier, later)) > 2 / np.sqrt(n):
            return True
    return False


def log_price(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log price up to a constant, which no correlation sees; NaN where the return is missing."""
    return np.where(np.isfinite(returns), np.nancumsum(returns), np.nan)


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Pearson's correlation of the complete pairs, 0 where one side doesn't vary."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 3:
        return 0.0
    x, y = first[both] - first[both].mean(), second[both] - second[both].mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else 0.0
