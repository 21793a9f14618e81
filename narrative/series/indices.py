"""The index of a narrative: the economic-policy-uncertainty recipe, made point in time.

Baker, Bloom and Davis (2016), Measuring economic policy uncertainty, Quarterly Journal of Economics 131: each outlet's
share of stories is divided by its standard deviation, the outlets are averaged, and the average is scaled to a mean
of 100. There all of it is computed over the whole sample; here, for each period, from what was known the period before.
`docs/series.md` gives the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrative.series.counting import before
from narrative.series.estimates import NORMAL_QUANTILE, Estimate
from narrative.series.stories import UNKNOWN

if TYPE_CHECKING:
    from narrative.series.counting import Panel

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]
    Numbers = np.ndarray[Any, np.dtype[np.int64]]

# Stories that an outlet's own past weighs as many as: a window of twenty moves its share half of the way.
PRIOR_STORIES: Final = 20.0
# Fewer in the periods looked back on, one a day, and an outlet goes into the pool of small ones.
OWN_STORIES: Final = 28
# Stories that must have told the narrative before there is a base: of five the mean is known to about half of itself.
BASE_STORIES: Final = 5


@dataclass(frozen=True)
class Outlets:
    """Outlets of weight, each by itself, and in the last column the pool of all the others.

    Attributes:
        counted: whether a period counts: it has a story, and so had one before, which says what is usual.
        present: whether the outlet speaks for itself in a period's window (the pool: has a story there).
        stories: stories in the window; of an outlet that is in the pool, too.
        known: stories in all periods before.
        pooled: by period and outlet (all of them), whether the outlet is in the pool.
        alone: the numbers of the outlets that ever stand alone.
    """

    counted: Bools
    present: Bools
    stories: Floats
    known: Floats
    pooled: Bools
    alone: Numbers

    def arranged(self, by_outlet: Floats) -> Floats:
        """Counts by period and outlet → counts by period and column."""
        return _arranged(by_outlet, self.pooled, self.alone)


def outlets_of(panel: Panel) -> Outlets:
    """Tell outlets of weight from small ones, period by period, by what was known the period before."""
    counts = panel.by_period_and_outlet
    seen = before(counts)
    look_back = panel.frequency.look_back
    recent = seen - np.concatenate([np.zeros((look_back, seen.shape[1])), seen[:-look_back]])[: len(seen)]
    pooled = recent < OWN_STORIES
    pooled[:, [name == UNKNOWN for name in panel.outlets]] = True
    alone = np.flatnonzero(~pooled.all(axis=0))
    # Who is in the pool is decided for the window as a whole, so the windows are pooled, not the days.
    windows = _arranged(panel.trailing(counts), pooled, alone)
    own = np.concatenate([~pooled[:, alone], np.ones((panel.periods, 1), bool)], axis=1)
    counted = panel.covered & (before(panel.stories) > 0)
    present = own & (windows > 0) & counted[:, None]
    return Outlets(counted, present, windows, before(_arranged(counts, pooled, alone)), pooled, alone)


def _arranged(by_outlet: Floats, pooled: Bools, alone: Numbers) -> Floats:
    pool = (by_outlet * pooled).sum(axis=1, keepdims=True)
    return np.concatenate([by_outlet[:, alone], pool], axis=1)


def index(panel: Panel, outlets: Outlets, telling: Numbers, scores: Floats) -> Estimate:
    """The index of one narrative.

    Args:
        panel: the stories.
        outlets: `outlets_of(panel)`.
        telling: the stories that tell the narrative.
        scores: the probability that each of them does.
    """
    counts = panel.by_outlet(telling, scores)
    told = outlets.arranged(panel.trailing(counts))
    told_before = before(outlets.arranged(counts))
    stories, present = outlets.stories, outlets.present
    everywhere = _ratio(before(counts.sum(axis=1)), before(panel.stories))[:, None]
    past = (told_before + PRIOR_STORIES * everywhere) / (outlets.known + PRIOR_STORIES)
    shares = (told + PRIOR_STORIES * past) / (stories + PRIOR_STORIES)

    seen = (stories > 0) & outlets.counted[:, None]
    deviation = _known_deviation(shares, stories, seen, past)
    standing = present.sum(axis=1)
    weights = present / np.maximum(standing, 1)[:, None]
    # The average of all earlier periods at the deviation known now: each outlet's part is one sum.
    parts = before(shares * weights)
    periods_before = before(outlets.counted.astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.where(present, shares / deviation, 0.0).sum(axis=1) / np.maximum(standing, 1)
        base = np.where(parts > 0, parts / deviation, 0.0).sum(axis=1) / np.maximum(periods_before, 1)
        value = 100 * average / base
        noise = stories * shares * (1 - shares) / (stories + PRIOR_STORIES) ** 2 / deviation**2
        error = 100 * np.sqrt((np.where(present, noise, 0.0) * weights**2).sum(axis=1)) / base
    hits = panel.count(telling)
    burnt_in = before(panel.covered.astype(np.float64)) >= panel.frequency.burn_in
    known = outlets.counted & burnt_in & (before(hits) >= BASE_STORIES) & np.isfinite(value)
    reach = NORMAL_QUANTILE * np.where(known, error, 0.0)
    return Estimate(
        value=np.where(known, value, np.nan),
        low=np.where(known, np.maximum(value - reach, 0.0), np.nan),
        high=np.where(known, value + reach, np.nan),
        effective_n=np.where(known, panel.window_stories, 0.0),
        hits=hits,
    )


def _known_deviation(shares: Floats, stories: Floats, seen: Bools, past: Floats) -> Floats:
    """The standard deviation of each outlet's share over the periods before, never less than sampling alone gives."""
    number = before(seen.astype(np.float64))
    total, squares = before(np.where(seen, shares, 0.0)), before(np.where(seen, shares**2, 0.0))
    variance = np.maximum(squares - _ratio(total**2, number), 0) / np.maximum(number - 1, 1)
    usual = np.where(number > 0, _ratio(before(np.where(seen, stories, 0.0)), number), PRIOR_STORIES)
    sampling = usual * past * (1 - past) / (usual + PRIOR_STORIES) ** 2
    deviation: Floats = np.sqrt(np.maximum(variance, sampling))
    return deviation


def _ratio(part: Floats, whole: Floats) -> Floats:
    """The quotient; zero where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
