"""Stories counted by period and outlet, and the trailing sums that the series are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrative.series.periods import Frequency, numbers_of, starts_of

if TYPE_CHECKING:
    import pandas as pd

    from narrative.series.periods import Moments, Numbers

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]

SPLICED_SHARE: Final = 0.2  # of a window's stories; an outlet that makes up so much and enters or leaves moves a share


@dataclass(frozen=True)
class Panel:
    """The stories of one population (all of them, one outlet's, one type's) on a grid of periods.

    Attributes:
        frequency: of the grid.
        first: number of the first period.
        periods: how many there are.
        row: of each story, its period counted from `first`.
        outlet: of each story, the number of its outlet.
        outlets: the outlets' names.
        backfilled: of each story, whether its availability is an assumption.
        articles: how many articles there are in each period, before repeats are told apart.
    """

    frequency: Frequency
    first: int
    periods: int
    row: Numbers
    outlet: Numbers
    outlets: tuple[str, ...]
    backfilled: Bools
    articles: Numbers

    def count(self, of: Any = slice(None), weights: Floats | None = None) -> Floats:
        """Stories by period, those that `of` picks, each with its weight."""
        return np.bincount(self.row[of], weights=weights, minlength=self.periods).astype(np.float64)

    def by_outlet(self, of: Any = slice(None), weights: Floats | None = None) -> Floats:
        """Stories by period and outlet, those that `of` picks, each with its weight."""
        cells = self.row[of] * len(self.outlets) + self.outlet[of]
        counts = np.bincount(cells, weights=weights, minlength=self.periods * len(self.outlets))
        counted: Floats = counts.reshape(self.periods, -1).astype(np.float64)
        return counted

    def trailing(self, counts: Floats) -> Floats:
        """Sums over the window that ends with each period."""
        return trailing(counts, self.frequency.window)

    @cached_property
    def starts(self) -> Moments:
        """The first moment of each period, and at last the end of the last one."""
        return starts_of(np.arange(self.first, self.first + self.periods + 1), self.frequency.unit)

    @cached_property
    def stories(self) -> Floats:
        """Stories in each period."""
        return self.count()

    @cached_property
    def covered(self) -> Bools:
        """Whether a period has a story at all; where it has none its values are missing, not zero."""
        return self.stories > 0

    @cached_property
    def window_stories(self) -> Floats:
        """Stories in the window that ends with each period."""
        return self.trailing(self.stories)

    @cached_property
    def by_period_and_outlet(self) -> Floats:
        """Stories by period and outlet."""
        return self.by_outlet()

    @cached_property
    def telling_outlets(self) -> Floats:
        """Outlets with a story, by period."""
        telling: Floats = (self.by_period_and_outlet > 0).sum(axis=1).astype(np.float64)
        return telling

    @cached_property
    def mostly_backfilled(self) -> Bools:
        """Whether half or more of a period's stories were backfilled."""
        return self.covered & (2 * self.count(self.backfilled) >= self.stories)

    @cached_property
    def spliced(self) -> Bools:
        """Whether an outlet of weight is in a window and not in the one before, or the other way round."""
        window = self.frequency.window
        now = self.trailing(self.by_period_and_outlet)
        before = shifted(now, window)
        weighty = now >= SPLICED_SHARE * np.maximum(now.sum(axis=1, keepdims=True), 1)
        weighty_before = before >= SPLICED_SHARE * np.maximum(before.sum(axis=1, keepdims=True), 1)
        changed = (weighty & (before == 0)) | (weighty_before & (now == 0))
        comparable = (now.sum(axis=1) > 0) & (before.sum(axis=1) > 0)
        return np.asarray(changed.any(axis=1) & comparable & (np.arange(self.periods) >= 2 * window - 1))


def panel_of(articles: pd.DataFrame, frequency: Frequency) -> Panel:
    """Count articles on the periods from the first to the last of them.

    Args:
        articles: rows of `Stories.articles`, at least one.
        frequency: of the periods.
    """
    numbers = numbers_of(articles["placed"], frequency.unit)
    first, periods = int(numbers.min()), int(numbers.max() - numbers.min()) + 1
    counts = ~articles["repeat"].to_numpy(bool)
    stories = articles[counts]
    names, outlet = np.unique(stories["outlet"].to_numpy(str), return_inverse=True)
    return Panel(
        frequency=frequency,
        first=first,
        periods=periods,
        row=numbers[counts] - first,
        outlet=outlet.astype(np.int64),
        outlets=tuple(str(name) for name in names),
        backfilled=stories["backfilled"].to_numpy(bool),
        articles=np.bincount(numbers - first, minlength=periods),
    )


def trailing(counts: Floats, window: int) -> Floats:
    """Sums over the last `window` rows, the present one included; fewer at the beginning."""
    if window == 1:
        return counts
    sums = np.cumsum(counts, axis=0)
    return sums - shifted(sums, window)


def shifted(values: Floats, by: int) -> Floats:
    """The value `by` rows before; zero where there was none."""
    moved = np.zeros_like(values)
    moved[by:] = values[:-by] if by < len(values) else values[:0]
    return moved


def before(values: Floats) -> Floats:
    """Sums over all rows before the present one: what was known the period before."""
    return shifted(np.cumsum(values, axis=0), 1)
