"""Mentions put together by what they are about: subject, kind, unit, measure and exact period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from narrative.catalogue.entries import load_catalogue
from narrative.series.mentions import source_key
from narrative.series.periods import MONDAY
from narrative.series.rounding import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.series.stories import Stories

    Bools = np.ndarray[Any, np.dtype[np.bool_]]
    Numbers = np.ndarray[Any, np.dtype[np.int64]]

# What adds up over a period; every other kind is a level at some moment of it, and may move before it is over.
ADDING_UP: Final = frozenset({"flow", "volume", "liquidation", "trade", "funding", "spending", "revenue", "earnings",
                              "loss", "fine", "fee"})  # fmt: skip
_DAY: Final = np.timedelta64(1, "D")
KEY: Final = ("subject", "kind", "unit", "measure", "start", "end")
WORDS: Final = ("subject", "subject_name", "kind", "unit", "measure", "direction", "source_name")  # columns


@dataclass(frozen=True)
class Told:
    """The mentions of stories, those of one thing together.

    Attributes:
        rows: one row a mention, in the order of `KEY`, availability and text, with `placed` (naive UTC), `outlet` and
            `origin` (its independent source) beside the columns of `narrative.series.mentions.mentions_of`.
        starts: where each thing's rows begin; the last number is the length of `rows`.
    """

    rows: pd.DataFrame
    starts: Numbers

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The columns of numbers as arrays."""
        return {name: self.rows[name].to_numpy() for name in self.rows.columns if name not in WORDS}

    @property
    def groups(self) -> Iterator[tuple[int, int]]:
        """The first row of each thing and the one behind its last."""
        return zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)


def told_of(stories: Stories, *, actual: bool = True) -> Told:
    """The mentions of stories in the order of what they are about.

    What happened can't reach beyond the day on which it is told: "November" told on the 19th is 1 to 19 November, and
    what has not begun is no fact. A week from Monday is told whole from its Saturday on.

    Args:
        stories: of a corpus.
        actual: whether the mentions are of what happened; what is expected keeps its period.
    """
    rows = stories.mentions
    articles = stories.articles.loc[rows["article"], ["placed", "outlet"]]
    placed = articles["placed"].to_numpy("datetime64[us]")
    start, end = (rows[name].to_numpy("datetime64[D]") for name in ("start", "end"))
    if actual:
        told_on = placed.astype("datetime64[D]")
        week = (_weekday(start) == 0) & (end == start + 6 * _DAY) & (told_on >= start + 5 * _DAY)
        end = np.where(week, end, np.minimum(end, told_on))
    outlets = articles["outlet"].astype(str).to_numpy(object)
    sources = rows["source"].astype(object).to_numpy()
    origin = [
        source_key(source if isinstance(source, str) else one) for source, one in zip(sources, outlets, strict=True)
    ]
    bound = rows["modality"].map(BOUNDS).astype(float).fillna(0).to_numpy(np.int8)
    rows = rows.assign(
        start=start, end=end, placed=placed, outlet=outlets, origin=pd.Categorical(origin),
        bound=bound, sourced=rows["source"].notna().to_numpy(),
    )  # fmt: skip
    rows = rows[(start <= end) & ~_misdated(rows)].reset_index(drop=True)
    codes = [codes_of(rows[name]) for name in KEY]
    order = np.lexsort([np.arange(len(rows)), *reversed(codes)])
    changes = np.zeros(len(rows), dtype=bool)
    for code in codes:
        sorted_code = code[order]
        changes[1:] |= sorted_code[1:] != sorted_code[:-1]
    starts = np.concatenate([[0], np.flatnonzero(changes), [len(rows)]]) if len(rows) else np.zeros(1, np.int64)
    return Told(rows.iloc[order].reset_index(drop=True), starts.astype(np.int64))


def _misdated(rows: pd.DataFrame) -> Bools:
    """What is told of a day and can't be of it: a running total, and a fund's flow on a day without trading."""
    start = rows["start"].to_numpy("datetime64[D]")
    one_day = (start == rows["end"].to_numpy("datetime64[D]")) & rows["kind"].isin(ADDING_UP).to_numpy()
    weekend = _weekday(start) >= 5
    fund_flow = (rows["kind"] == "flow").to_numpy() & rows["subject"].isin(funds()).to_numpy()
    found: Bools = one_day & (rows["running"].to_numpy() | (weekend & fund_flow))
    return found


def _weekday(days: Any) -> Numbers:
    """0 for Monday."""
    found: Numbers = (days.astype("datetime64[D]").astype(np.int64) - MONDAY) % 7
    return found


def funds() -> frozenset[str]:
    """The ids of the funds and groups of funds in the catalogue."""
    return frozenset(ident for ident, entry in load_catalogue().by_id.items() if entry.type == "FUND")


def codes_of(column: pd.Series[Any]) -> Numbers:
    """Numbers in the order of the values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        ranks = pd.Index(column.cat.categories).argsort().argsort()
        codes = column.cat.codes.to_numpy(np.int64)
        return np.where(codes < 0, -1, ranks[codes])
    return column.to_numpy("datetime64[D]").astype(np.int64)


def joined(rows: pd.DataFrame, names: Sequence[str]) -> Numbers:
    """One number for each combination of values."""
    joined = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        codes = codes_of(rows[name])
        joined = joined * (int(codes.max(initial=0)) + 1) + codes
    return joined
