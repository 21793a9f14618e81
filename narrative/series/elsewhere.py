"""Figures that other stories tell of something else: the traces of a misreading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrative.series.grouping import ADDING_UP, codes_of, funds, joined
from narrative.series.periods import MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from narrative.series.grouping import Told

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]

PRECISE: Final = 0.005  # half width over value: three digits; two figures that agree so closely don't by chance
MOST_VALUES: Final = 500  # of one thing that are looked for; with more the work would grow squared
_DAY: Final = np.timedelta64(1, "D")


class Elsewhere:
    """Finds figures that other stories tell of another period of the same subject, or of another fund.

    The usual confusions: a week's total taken for a day's, one fund's flow for that of all. Of other periods only days,
    weeks and months count, since odd spans are more often misread themselves, and only numbers of three digits or more,
    since round ones agree by chance.
    """

    def __init__(self, told: Told) -> None:
        rows = told.rows
        self._kind = joined(rows, ("kind", "unit", "measure"))
        self._subject = codes_of(rows["subject"])
        self._fund = rows["subject"].isin(funds()).to_numpy()
        self._start, self._end = (rows[name].to_numpy("datetime64[D]") for name in ("start", "end"))
        self._value, self._low, self._high = (rows[name].to_numpy(float) for name in ("value", "low", "high"))
        self._sign = rows["sign"].to_numpy(np.int64)
        self._story = rows["article"].to_numpy()
        self._placed = rows["placed"].to_numpy("datetime64[us]")
        self._whole = _whole(self._start, self._end)
        adds = rows["kind"].isin(ADDING_UP).to_numpy()
        half = rows["half"].to_numpy(float)
        precise = adds & (rows["bound"].to_numpy() == 0) & (half <= PRECISE * self._value) & (self._value > 0)
        self._usable = precise
        places = np.flatnonzero(precise)
        self._order = places[np.argsort(self._value[places], kind="stable")]
        self._sorted = self._value[self._order]

    def told(self, rows: Iterable[int] | Numbers, before: np.datetime64 | None = None) -> list[int | None]:
        """For each row one that tells its number of something else, null if there is none.

        Args:
            rows: of the mentions.
            before: only what was known by then.
        """
        known: dict[tuple[float, float, int], list[int]] = {}
        found: list[int | None] = []
        for row in rows:
            value = float(self._low[row]), float(self._high[row]), int(self._sign[row])
            if self._usable[row] and value not in known and len(known) < MOST_VALUES:
                known[value] = self._others(row, before)
            others = (one for one in known.get(value, ()) if self._story[one] != self._story[row])
            found.append(next(others, None))
        return found

    def _others(self, row: int, before: np.datetime64 | None) -> list[int]:
        """The first rows of two stories that tell a row's number of something else."""
        reach = 2 * PRECISE * self._value[row]
        near = self._order[
            np.searchsorted(self._sorted, self._value[row] - reach) :
            np.searchsorted(self._sorted, self._value[row] + reach, side="right")
        ]  # fmt: skip
        same_period = (self._start[near] == self._start[row]) & (self._end[near] == self._end[row])
        overlaps = (self._start[near] <= self._end[row]) & (self._end[near] >= self._start[row])
        same_subject = self._subject[near] == self._subject[row]
        other = np.where(
            same_subject, overlaps & ~same_period & self._whole[near], same_period & self._fund[near] & self._fund[row]
        )
        found = (
            other
            & (self._kind[near] == self._kind[row])
            & (self._low[near] <= self._high[row])
            & (self._high[near] >= self._low[row])
            & (self._sign[near] * self._sign[row] >= 0)
        )
        if before is not None:
            found &= self._placed[near] < before
        hits = np.sort(near[found])
        return sorted(hits[np.unique(self._story[hits], return_index=True)[1]].tolist())[:2]


def _whole(start: Any, end: Any) -> Bools:
    """Which periods are a day, a week from Monday, or a calendar month."""
    length = ((end - start) // _DAY + 1).astype(np.int64)
    month = start.astype("datetime64[M]")
    whole_month = (start == month.astype("datetime64[D]")) & (end + _DAY == (month + 1).astype("datetime64[D]"))
    monday = (start.astype("datetime64[D]").astype(np.int64) - MONDAY) % 7 == 0
    found: Bools = (length == 1) | (monday & ((length == 5) | (length == 7))) | whole_month
    return found
