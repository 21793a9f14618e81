"""Mentions put together by what they are about: subject, kind, unit, measure and exact period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from narrative.series.mentions import source_key
from narrative.series.rounding import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.series.stories import Stories

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

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
    what has not begun is no fact.

    Args:
        stories: of a corpus.
        actual: whether the mentions are of what happened; what is expected keeps its period.
    """
    rows = stories.mentions
    articles = stories.articles.loc[rows["article"], ["placed", "outlet"]]
    placed = articles["placed"].to_numpy("datetime64[us]")
    start, end = (rows[name].to_numpy("datetime64[D]") for name in ("start", "end"))
    if actual:
        end = np.minimum(end, placed.astype("datetime64[D]"))
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
    rows = rows[start <= end].reset_index(drop=True)
    codes = [codes_of(rows[name]) for name in KEY]
    order = np.lexsort([np.arange(len(rows)), *reversed(codes)])
    changes = np.zeros(len(rows), dtype=bool)
    for code in codes:
        sorted_code = code[order]
        changes[1:] |= sorted_code[1:] != sorted_code[:-1]
    starts = np.concatenate([[0], np.flatnonzero(changes), [len(rows)]]) if len(rows) else np.zeros(1, np.int64)
    return Told(rows.iloc[order].reset_index(drop=True), starts.astype(np.int64))


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
