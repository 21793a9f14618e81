"""Several stories' figures for one thing → the value that they agree on, and who does not.

The value that most stories support is taken, each story counted once however often it says it. Two figures agree where
what their rounding allows overlaps. Where no two stories agree it is the one nearest to the median over the stories.
Nothing is ever added up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrative.series.rounding import ONE_DIGIT

if TYPE_CHECKING:
    from narrative.results import Basis
    from narrative.series.elsewhere import Elsewhere
    from narrative.series.grouping import Told

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]

CANDIDATES: Final = 100  # distinct values that are tried, those told most often; with more the work would grow squared
SLIPS: Final = (10.0, 100.0, 1e3, 1e6, 1e9)  # a shifted point, a magnitude taken for the next


@dataclass(frozen=True)
class Mentions:
    """Figures for one thing, in the order of availability and of the text: one row a figure.

    Attributes:
        story: which story tells it.
        value: in base units; the middle of a range.
        low: the lowest value that its rounding allows.
        high: the highest.
        half: half the width of its rounding.
        sign: -1, 1, or 0 where the text gives none.
        bound: 1 where it only says that there is more, -1 where less, else 0.
        sourced: whether it is attributed to somebody.
        elsewhere: whether other stories tell this number of another period or another fund.
    """

    story: Numbers
    value: Floats
    low: Floats
    high: Floats
    half: Floats
    sign: Numbers
    bound: Numbers
    sourced: Bools
    elsewhere: Bools


_COLUMNS: Final = tuple(field.name for field in fields(Mentions) if field.name not in {"story", "elsewhere"})


@dataclass(frozen=True)
class Agreement:
    """What the stories agree on.

    Attributes:
        value: as one of them prints it, the finest print first.
        sign: -1, 1, or 0 where none gives one.
        low: the lowest of the values that agree.
        high: the highest.
        agreeing: a row of `Mentions` for each story that supports the value, in their order.
        dissenting: a row for each other story that contradicts it.
        passed_over: how many other figures the agreeing stories give, and how many bounds are left open by others.
        basis: what the value rests on.
    """

    value: float
    sign: int
    low: float
    high: float
    agreeing: tuple[int, ...]
    dissenting: tuple[int, ...]
    passed_over: int
    basis: Basis


def reconcile(told: Mentions) -> Agreement:
    """Find the value that most stories support."""
    if len(told.story) == 1:
        value = float(told.value[0])
        return Agreement(value, int(told.sign[0]), value, value, (0,), (), 0, "single")
    supported = _supported(told, _best(told))
    agreeing, others = _by_story(told, supported)
    plain = [row for row in agreeing if not told.bound[row]] or agreeing
    finest = told.half[plain].min()
    printed = sorted((row for row in plain if told.half[row] <= finest * (1 + 1e-9)), key=lambda row: told.value[row])
    signs = told.sign[agreeing]
    value = float(told.value[printed[(len(printed) - 1) // 2]])
    sign = int(signs[np.flatnonzero(signs)[0]]) if signs.any() else 0
    dissenting = [row for row in others if not _left_open(told, row, value, sign)]
    own = int(np.isin(told.story, told.story[agreeing]).sum() - supported.sum())
    return Agreement(
        value=value,
        sign=sign,
        low=float(told.value[plain].min()),
        high=float(told.value[plain].max()),
        agreeing=tuple(agreeing),
        dissenting=tuple(dissenting),
        passed_over=own + len(others) - len(dissenting),
        basis=_basis(len(agreeing), len(dissenting), own),
    )


def slip_of_magnitude(value: float, agreed: float) -> float | None:
    """The factor of `SLIPS` by which a value is off; null if it is off by anything else."""
    if not value or not agreed:
        return None
    factor = max(value, agreed) / min(value, agreed)
    return next((slip for slip in SLIPS if abs(factor / slip - 1) <= 2 * ONE_DIGIT), None)


def _best(told: Mentions) -> int:
    """The row with the value that most stories support."""
    plain = told.bound == 0
    usable = plain & ~told.elsewhere
    for better in (usable, plain, ~told.elsewhere):
        if better.any():
            usable = better
            break
    else:
        usable = np.ones(len(told.story), dtype=bool)
    places = np.flatnonzero(usable)
    signed = told.value * np.where(told.sign < 0, -1, 1)
    _, first, times = np.unique(
        np.column_stack([signed, told.sign, told.half])[places], axis=0, return_index=True, return_counts=True
    )
    tried = places[first[np.lexsort((first, -times))[:CANDIDATES]]]
    firsts = _firsts(told)
    middle = float(np.median(signed[list(firsts.values())]))
    scale = max(abs(middle), float(told.value.max()), 1e-300)

    def rank(row: int) -> tuple[Any, ...]:
        supported = _supported(told, row)
        own = told.story == told.story[row]
        return (
            -len(np.unique(told.story[supported & plain])),
            -len(np.unique(told.story[supported])),
            -int((supported & own).sum()),  # a story that says it twice means it
            firsts[int(told.story[row])] != row,
            round(abs(signed[row] - middle) / scale, 9),
            int((own & ~supported).sum()),  # a story that says other things as well may be misread
            not told.sourced[row],
            told.sign[row] == 0,
            row,
        )

    return int(min(tried.tolist(), key=rank))


def _firsts(told: Mentions) -> dict[int, int]:
    """What each story says first, of what is not told elsewhere of something else."""
    order = np.lexsort((np.arange(len(told.story)), told.elsewhere, told.story))
    stories, places = np.unique(told.story[order], return_index=True)
    return dict(zip(stories.tolist(), order[places].tolist(), strict=True))


def _supported(told: Mentions, row: int) -> Bools:
    """The mentions that agree with a row's value; a rough one is held to the value itself, or it would bridge two."""
    half = min(told.half[row], ONE_DIGIT * told.value[row])
    low, high = told.value[row] - half, told.value[row] + half
    if told.bound[row]:
        low, high = told.low[row], told.high[row]
    margin = 1e-9 * told.value[row]
    found: Bools = (told.low <= high + margin) & (told.high >= low - margin) & (told.sign * told.sign[row] >= 0)
    found[row] = True
    return found


def _by_story(told: Mentions, supported: Bools) -> tuple[list[int], list[int]]:
    """For each story that supports the value its finest mention of it, for each other its first."""
    agreeing: dict[int, int] = {}
    for row in np.flatnonzero(supported).tolist():
        best = agreeing.setdefault(int(told.story[row]), row)
        if (told.bound[row] != 0, told.half[row]) < (told.bound[best] != 0, told.half[best]):
            agreeing[int(told.story[row])] = row
    others = [row for story, row in _firsts(told).items() if story not in agreeing]
    return sorted(agreeing.values()), sorted(others)


def _left_open(told: Mentions, row: int, value: float, sign: int) -> bool:
    """Whether a figure only says `over` less, or `under` more, than the agreed value."""
    if told.sign[row] * sign < 0:
        return False
    return bool(told.bound[row] * value > told.bound[row] * told.value[row])


def _basis(agreeing: int, dissenting: int, others: int) -> Basis:
    if dissenting:
        return "majority" if agreeing > 1 and agreeing > dissenting else "disputed"
    if agreeing > 1:
        return "unanimous"
    return "unclear" if others else "single"


def mentions_at(
    told: Told, rows: Numbers, elsewhere: Elsewhere | None = None, before: np.datetime64 | None = None
) -> Mentions:
    """The mentions of one thing as `reconcile` takes them.

    Args:
        told: of stories.
        rows: of `told.rows`, in their order.
        elsewhere: finds what is told of something else; null if nothing shall be looked for.
        before: look only at what was known by then.
    """
    columns = {name: told.columns[name][rows] for name in _COLUMNS}
    value = columns["value"]
    found: list[int | None] = [None] * len(value)
    if elsewhere and len(value) > 1 and (value != value[0]).any():
        found = elsewhere.told(rows, before)
    return Mentions(
        story=told.columns["article"][rows], elsewhere=np.array([row is not None for row in found]), **columns
    )
