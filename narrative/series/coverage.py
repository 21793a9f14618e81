"""What a corpus can carry: who was collected on which days, how deeply, with what gaps, breaks, repeats and delays.

A series is no better than its coverage. An outlet that enters, a collector that stops for a week, or full texts that
turn into summaries move a share as a change in the telling would.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from narrative.errors import InputError
from narrative.records import Record
from narrative.series.repeats import repeated
from narrative.series.stories import UNKNOWN, outlet_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narrative.store.corpus import Corpus

DEPTHS = ("full", "summary", "headline")

BREAK_WEEKS = 4  # on either side of a break
BREAK_FACTOR = 3.0  # by which the weekly number of articles changed
BREAK_ARTICLES = 10.0  # a week, on the busier side: below that chance makes such jumps


class OutletCoverage(Record):
    """One outlet: its articles (repeats among them), its days, and how late its articles were first seen, in hours."""

    outlet: str
    articles: int
    repeats: int
    first: date
    last: date
    days: int
    longest_gap: int
    depth: dict[str, int]
    lag_median: float | None
    lag_90: float | None


class Gap(Record):
    """Days, both included, on which the whole corpus has nothing."""

    first: date
    last: date


class Break(Record):
    """A week, from Monday, from which an outlet's weekly number of articles is another than before."""

    outlet: str
    week: date
    before: float
    after: float


class Coverage(Record):
    """The coverage of a corpus; days are those of publication, in UTC."""

    articles: int
    repeats: int
    undated: int
    revisions: int
    annotated: int
    languages: dict[str, int]
    first: date
    last: date
    outlets: tuple[OutletCoverage, ...]
    gaps: tuple[Gap, ...]
    breaks: tuple[Break, ...]

    def lines(self) -> Iterator[str]:
        """The whole corpus in a few lines."""
        days = (self.last - self.first).days + 1
        yield (
            f"{self.articles:,} articles of {len(self.outlets):,} outlets, {self.first} to {self.last} "
            f"({days:,} days); {self.annotated:,} annotated"
        )
        yield (
            f"{self.repeats:,} repeat a headline of their outlet within three days, {self.revisions:,} are revisions, "
            f"{self.undated:,} have no date: none of these count"
        )
        other = {name: number for name, number in self.languages.items() if name != "en"}
        if other:
            told = ", ".join(f"{name} {number:,}" for name, number in list(other.items())[:8])
            yield f"other languages, left out of series: {told}"
        for gap in self.gaps:
            yield (
                f"gap: nothing on {gap.first}"
                if gap.first == gap.last
                else f"gap: nothing from {gap.first} to {gap.last}"
            )
        for found in self.breaks:
            yield (
                f"break: {found.outlet} went from {found.before:,.0f} to {found.after:,.0f} articles a week "
                f"around {found.week}"
            )


def coverage_of(corpus: Corpus) -> Coverage:
    """Count what a corpus covers.

    Raises:
        InputError: the corpus holds no dated article.
    """
    articles = articles_of(corpus)
    dated = articles.dropna(subset="published")
    if dated.empty:
        raise InputError(str(corpus.folder), "no article has a date; import some, naming the field: --map published=…")
    days = dated["day"]
    return Coverage(
        articles=len(articles),
        repeats=int(articles["repeat"].sum()),
        undated=len(articles) - len(dated),
        revisions=corpus.count("revisions"),
        annotated=corpus.count("annotations"),
        languages={str(name): int(number) for name, number in articles["language"].value_counts().items()},
        first=days.min().date(),
        last=days.max().date(),
        outlets=tuple(_outlet(str(name), group) for name, group in dated.groupby("outlet")),
        gaps=tuple(_gaps(days)),
        breaks=tuple(
            found for name, group in dated.groupby("outlet") for found in _breaks(str(name), group["day"], days)
        ),
    )


def articles_of(corpus: Corpus) -> pd.DataFrame:
    """One row an article: outlet, published, day, first_seen, language, depth, and whether it repeats another."""
    columns = ["id", "outlet", "title", "published", "first_seen", "language", "depth"]
    parts = [part.to_pandas() for part in corpus.read("articles", columns)]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    names = {name: outlet_name(name) for name in found["outlet"].dropna().unique()}
    found["outlet"] = found["outlet"].map(names).fillna(UNKNOWN)
    found["language"] = found["language"].fillna(UNKNOWN)
    for name in ("published", "first_seen"):
        found[name] = pd.to_datetime(found[name], utc=True)
    found["day"] = found["published"].dt.floor("D")
    found["repeat"] = repeated(found["outlet"], found["title"], found["published"])
    return found.drop(columns="title")


def coverage_by_day(corpus: Corpus) -> pd.DataFrame:
    """One row a day and outlet: articles, repeats among them, and how many there are of each depth."""
    dated = articles_of(corpus).dropna(subset="published")
    counts = dated.assign(articles=1, **{depth: dated["depth"] == depth for depth in DEPTHS})
    summed = counts.groupby(["day", "outlet"])[["articles", "repeat", *DEPTHS]].sum().astype(int)
    table = summed.reset_index().rename(columns={"day": "date", "repeat": "repeats"})
    table["date"] = table["date"].dt.date
    return table


def _outlet(name: str, articles: pd.DataFrame) -> OutletCoverage:
    days = np.sort(articles["day"].unique())
    gaps = np.diff(days) if len(days) > 1 else np.array([], dtype="timedelta64[s]")
    lags = (articles["first_seen"] - articles["published"]).dropna().dt.total_seconds() / 3600
    return OutletCoverage(
        outlet=name,
        articles=len(articles),
        repeats=int(articles["repeat"].sum()),
        first=articles["day"].min().date(),
        last=articles["day"].max().date(),
        days=len(days),
        longest_gap=max((pd.Timedelta(gap).days - 1 for gap in gaps), default=0),
        depth={str(depth): int(number) for depth, number in articles["depth"].value_counts().items()},
        lag_median=round(float(lags.median()), 2) if len(lags) else None,
        lag_90=round(float(lags.quantile(0.9)), 2) if len(lags) else None,
    )


def _gaps(days: pd.Series[Any]) -> Iterator[Gap]:
    covered = sorted(day.date() for day in days.unique())
    for before, after in pairwise(covered):
        if (after - before).days > 1:
            yield Gap(first=_next(before, 1), last=_next(after, -1))


def _next(day: date, by: int) -> date:
    return date.fromordinal(day.toordinal() + by)


def _breaks(outlet: str, days: pd.Series[Any], all_days: pd.Series[Any]) -> Iterator[Break]:
    """The strongest jump of each stretch of weeks that would pass for one; entry and exit are jumps, too."""
    monday = _week(all_days.min())
    weeks = ((_week(all_days.max()) - monday).days // 7) + 1
    counts = np.zeros(weeks)
    since = days - pd.Timestamp(monday, tz="UTC")
    numbers, seen = np.unique(since.dt.days.to_numpy() // 7, return_counts=True)
    counts[numbers] = seen
    jumps: dict[int, tuple[float, float, float]] = {}
    for week in range(BREAK_WEEKS, weeks - BREAK_WEEKS + 1):
        before, after = counts[week - BREAK_WEEKS : week].mean(), counts[week : week + BREAK_WEEKS].mean()
        if max(before, after) >= BREAK_ARTICLES and max(before, after) >= BREAK_FACTOR * min(before, after):
            jumps[week] = (abs(after - before), float(before), float(after))
    for _, stretch in groupby(enumerate(sorted(jumps)), key=lambda item: item[1] - item[0]):  # weeks in a row
        best = max((week for _, week in stretch), key=lambda week: jumps[week][0])
        yield Break(outlet=outlet, week=_next(monday, 7 * best), before=jumps[best][1], after=jumps[best][2])


def _week(day: datetime) -> date:
    return _next(day.date(), -day.weekday())
