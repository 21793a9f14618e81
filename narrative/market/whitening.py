"""Whitening: what of a series its own past, and the asset's returns, don't explain.

A series that remembers and a price that wanders correlate by chance (Granger and Newbold 1974); their innovations don't
(Haugh 1976). The model is an autoregression fitted by least squares, its order chosen by the Bayesian information
criterion (Schwarz 1978) on the rows that every candidate order can use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SERIES_ORDER: Final = 10  # a trailing week leaves its mark for longer than that week
RETURN_ORDER: Final = 5

_ROWS_A_TERM: Final = 10  # fewer rows than this for each coefficient is no fit


@dataclass(frozen=True, slots=True)
class Whitened:
    """A whitened series.

    `residuals` is as long as the series and in its units, NaN where a value or its past is missing. `intercept` and
    `coefficients` (of lags 1, 2, …) are the autoregression; `controls` are the coefficients of the control at the same
    bar and at earlier ones.
    """

    residuals: NDArray[np.float64]
    intercept: float
    coefficients: NDArray[np.float64]
    controls: NDArray[np.float64]

    @property
    def order(self) -> int:
        """How many of its own past values the model looks at."""
        return len(self.coefficients)

    @property
    def persistence(self) -> float:
        """The sum of the coefficients: how much of a level stays, 0 for noise and 1 for a random walk."""
        return float(self.coefficients.sum())


@dataclass(frozen=True, slots=True)
class Innovations:
    """What is new in a series and in an asset's returns, bar by bar.

    `series` has the asset's returns of the same and of earlier bars held constant, so that an echo of a move is no
    lead; `alone` has only the series' own past held constant, and is what the returns themselves may lead.
    """

    series: Whitened
    alone: Whitened
    returns: Whitened


def innovations(series: NDArray[np.float64], returns: NDArray[np.float64]) -> Innovations:
    """Whiten a series and an asset's returns on the same bars, NaN where missing."""
    return Innovations(
        series=whiten(series, SERIES_ORDER, control=returns, max_control=SERIES_ORDER),
        alone=whiten(series, SERIES_ORDER),
        returns=whiten(returns, RETURN_ORDER),
    )


def whiten(
    values: NDArray[np.float64], max_order: int, *, control: NDArray[np.float64] | None = None, max_control: int = 0
) -> Whitened:
    """Fit an autoregression to a series and take the residuals.

    Args:
        values: the series, NaN where missing; at least two different values.
        max_order: the highest order that is considered; fewer where rows are few.
        control: a second series of the same length whose value at the same bar, and at as many earlier ones as the
            criterion wants, is held constant too.
        max_control: the earliest bar of the control that is considered.
    """
    scaled, mean, scale = _standardised(values)
    max_order = _affordable(max_order, [scaled])
    design = np.column_stack([np.ones_like(scaled), *(_lagged(scaled, lag) for lag in range(1, max_order + 1))])
    order = _chosen(scaled, design, 1) - 1
    design = design[:, : order + 1]
    control_scale = 1.0
    if control is not None:
        known, _, control_scale = _standardised(control)
        max_control = _affordable(max_control, [scaled, known], spent=order + 1)
        design = np.column_stack([design, *(_lagged(known, lag) for lag in range(max_control + 1))])
        design = design[:, : _chosen(scaled, design, order + 2)]

    rows = np.isfinite(scaled) & np.isfinite(design).all(axis=1)
    fitted = np.linalg.lstsq(design[rows], scaled[rows], rcond=None)[0]
    residuals = np.full_like(scaled, np.nan)
    residuals[rows] = (scaled[rows] - design[rows] @ fitted) * scale
    coefficients = fitted[1 : order + 1]
    return Whitened(
        residuals=residuals,
        intercept=float(fitted[0] * scale + mean * (1 - coefficients.sum())),
        coefficients=coefficients,
        controls=fitted[order + 1 :] * scale / control_scale,
    )


def _standardised(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float]:
    """Mean 0 and deviation 1, so that neither units nor origin decide what the solver takes for noise."""
    mean, scale = float(np.nanmean(values)), float(np.nanstd(values))
    return (values - mean) / (scale or 1.0), mean, scale or 1.0


def _lagged(values: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """The value `lag` bars earlier, NaN before the first."""
    return np.concatenate([np.full(lag, np.nan), values[: len(values) - lag]])


def _affordable(longest: int, series: list[NDArray[np.float64]], spent: int = 1) -> int:
    """The longest lag up to `longest` that leaves enough complete rows to fit."""
    present = np.logical_and.reduce([np.isfinite(values) for values in series])
    for lag in range(min(longest, len(present) - 1), 0, -1):
        complete = np.lib.stride_tricks.sliding_window_view(present, lag + 1).all(axis=1)
        if complete.sum() >= _ROWS_A_TERM * (spent + lag):
            return lag
    return 0


def _chosen(values: NDArray[np.float64], design: NDArray[np.float64], least: int) -> int:
    """How many leading columns of a design minimise the criterion, at least `least`.

    One QR decomposition gives the residual sum of squares of every leading set of columns.
    """
    rows = np.isfinite(values) & np.isfinite(design).all(axis=1)
    n, columns = int(rows.sum()), int(design.shape[1])
    if columns <= least or n <= columns:
        return min(columns, least)
    basis = np.linalg.qr(design[rows])[0]
    explained = np.cumsum((basis.T @ values[rows]) ** 2)
    squares = np.maximum(values[rows] @ values[rows] - explained, np.finfo(float).tiny)
    terms = np.arange(1, columns + 1)
    criterion = n * np.log(squares / n) + terms * np.log(n)
    return least + int(np.argmin(criterion[least - 1 :]))
