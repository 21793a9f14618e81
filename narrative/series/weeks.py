"""How many weeks of how many outlets a corpus covers well enough to count in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from narrative.records import Record
from narrative.series.coverage import articles_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from narrative.store.corpus import Corpus

FEWEST_ARTICLES = 5  # of an outlet in a usable week: a share among fewer is chance
_SHOWN = 5  # outlets in a line


class OutletWeeks(Record):
    """The usable weeks (Monday to Sunday, UTC) by outlet, of all `weeks` from the first article to the last."""

    weeks: int
    usable: dict[str, int]

    @property
    def total(self) -> int:
        """Usable weeks over all outlets."""
        return sum(self.usable.values())

    def lines(self) -> Iterator[str]:
        """What to tell the user."""
        outlets = sum(1 for number in self.usable.values() if number)
        if not outlets:
            yield f"no usable week yet: no outlet has {FEWEST_ARTICLES} dated articles in one week"
            return
        weeks = "week" if self.total == 1 else "weeks"
        over = "outlet" if outlets == 1 else "outlets"
        share = self.total / (outlets * self.weeks)
        yield (
            f"{self.total:,} usable {weeks} (of {FEWEST_ARTICLES} articles or more) over {outlets:,} {over}, "
            f"{share:.0%} of the {self.weeks:,} weeks that the corpus spans"
        )
        short = sorted((number, name) for name, number in self.usable.items() if number < self.weeks)
        if short:
            told = ", ".join(f"{name} {number:,}" for number, name in short[:_SHOWN])
            yield f"fewest: {told}" + (f" and {len(short) - _SHOWN:,} more with gaps" if len(short) > _SHOWN else "")


def outlet_weeks(corpus: Corpus, outlets: Collection[str] = ()) -> OutletWeeks:
    """Count the usable weeks of a corpus; repeats of a headline count once.

    Args:
        corpus: what to look into.
        outlets: only these, by their usual names; all if none is given. Each is told of, with 0 if need be.
    """
    articles = articles_of(corpus)
    counted = articles[~articles["repeat"].astype(bool)].dropna(subset="day")
    if outlets:
        counted = counted[counted["outlet"].isin(list(outlets))]
    usable = dict.fromkeys(sorted(outlets), 0)
    if counted.empty:
        return OutletWeeks(weeks=0, usable=usable)
    monday = counted["day"] - pd.to_timedelta(counted["day"].dt.day_of_week, unit="D")
    numbers = counted.groupby(["outlet", monday]).size()
    enough = numbers[numbers >= FEWEST_ARTICLES].groupby(level=0).size()
    seen = {str(name): int(enough.get(name, 0)) for name in counted["outlet"].unique()}
    return OutletWeeks(weeks=(monday.max() - monday.min()).days // 7 + 1, usable={**usable, **seen})
