"""Shares and means over windows of stories, each with the band that sampling gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import betaincinv

if TYPE_CHECKING:
    from narrative.series.counting import Panel

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]
    Numbers = np.ndarray[Any, np.dtype[np.int64]]

CONFIDENCE: Final = 0.95
NORMAL_QUANTILE: Final = 1.959963984540054  # of a two-sided interval at `CONFIDENCE`


@dataclass(frozen=True)
class Estimate:
    """A series on the periods of a panel: values and bands (NaN where missing), stories behind them, hits."""

    value: Floats
    low: Floats
    high: Floats
    effective_n: Floats
    hits: Floats


def share(panel: Panel, carrying: Bools | Numbers) -> Estimate:
    """The share of a window's stories that carry something, with Jeffreys' interval.

    The interval is the central part of Beta(hits + ½, misses + ½), from 0 where nothing hit and to 1 where nothing
    missed: Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion, Statistical Science 16.

    Args:
        panel: the stories.
        carrying: which of them carry it.
    """
    hits = panel.count(carrying)
    carried, stories = panel.trailing(hits), panel.window_stories
    known = panel.covered
    low, high = jeffreys_interval(carried[known], stories[known])
    return Estimate(
        value=_spread_out(known, carried[known] / stories[known]),
        low=_spread_out(known, low),
        high=_spread_out(known, high),
        effective_n=np.where(known, stories, 0.0),
        hits=hits,
    )


def jeffreys_interval(hits: Floats, stories: Floats) -> tuple[Floats, Floats]:
    """The interval of a share at `CONFIDENCE`."""
    tail = (1 - CONFIDENCE) / 2
    misses = stories - hits
    low = np.where(hits > 0, betaincinv(hits + 0.5, misses + 0.5, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 0.5, misses + 0.5, 1 - tail), 1.0)
    return low, high


def mean(panel: Panel, scores: Floats) -> Estimate:
    """The mean score of a window's stories that have one, between -1 and 1, with the normal interval of a mean.

    The interval takes stories for independent: it is not clustered by outlet, since most corpora have too few outlets
    for that, and so it is too narrow where outlets copy each other's tone. Null where a single story has a score.

    Args:
        panel: the stories.
        scores: one a story, NaN where it has none.
    """
    told = _Sums(panel, scores)
    return _estimate(panel, told.mean, told.error_squared, told.number, panel.count(told.has))


def difference(panel: Panel, first: Floats, second: Floats) -> Estimate:
    """The mean of the first score less that of the second, each over the stories that have it.

    Its interval counts the covariance of the two means, which comes from the stories that have both.

    Args:
        panel: the stories.
        first: scores, NaN where a story has none.
        second: the same.
    """
    one, other = _Sums(panel, first), _Sums(panel, second)
    both = one.has & other.has

    def sums(weights: Floats) -> Floats:
        return panel.trailing(panel.count(both, weights[both]))

    products = (
        sums(first * second)
        - one.mean * sums(second)
        - other.mean * sums(first)
        + panel.trailing(panel.count(both)) * one.mean * other.mean
    )
    covariance = products / np.maximum(one.number * other.number, 1)
    error_squared = np.maximum(one.error_squared + other.error_squared - 2 * covariance, 0)
    fewer = np.minimum(one.number, other.number)  # the rarer side decides how far the difference can be trusted
    hits = panel.count(one.has | other.has)
    return _estimate(panel, one.mean - other.mean, error_squared, fewer, hits, widest=2.0)


class _Sums:
    """The mean of the scores in each window, and its squared standard error."""

    def __init__(self, panel: Panel, scores: Floats) -> None:
        self.has = ~np.isnan(scores)
        values = scores[self.has]
        self.number = panel.trailing(panel.count(self.has))
        total = panel.trailing(panel.count(self.has, values))
        squares = panel.trailing(panel.count(self.has, values**2))
        with np.errstate(invalid="ignore", divide="ignore"):
            self.mean = np.where(self.number > 0, total / self.number, np.nan)
            variance = np.maximum(squares - total * self.mean, 0) / (self.number - 1)
            self.error_squared = np.where(self.number > 1, variance / self.number, np.nan)


def _estimate(
    panel: Panel, value: Floats, error_squared: Floats, number: Floats, hits: Floats, widest: float = 1.0
) -> Estimate:
    known = panel.covered & ~np.isnan(value)
    reach = NORMAL_QUANTILE * np.sqrt(error_squared)
    return Estimate(
        value=np.where(known, value, np.nan),
        low=np.where(known, np.maximum(value - reach, -widest), np.nan),
        high=np.where(known, np.minimum(value + reach, widest), np.nan),
        effective_n=np.where(known, number, 0.0),
        hits=hits,
    )


def _spread_out(known: Bools, values: Floats) -> Floats:
    spread = np.full(len(known), np.nan)
    spread[known] = values
    return spread
