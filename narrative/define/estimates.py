"""Answers about a sample → the best threshold, and what it finds in the whole corpus, with intervals.

Each stratum is cut in two by the threshold. In each of these cells the answers say which share of the stories tells the
narrative; the shares, weighted by the stories in the cells, add up to precision and recall over the whole corpus
(poststratification: Cochran 1977, Sampling Techniques, section 5A.9). The intervals hold 95% of draws in which each
cell's share is drawn from Jeffreys' posterior, a Beta distribution (Brown, Cai and DasGupta 2001, Interval Estimation
for a Binomial Proportion, Statistical Science 16), and the stories that were not asked about follow it by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrative.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from narrative.define.candidates import Sample

    Floats = np.ndarray[Any, np.dtype[np.float64]]

DRAWS: Final = 4_000
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Quality:
    """What a threshold finds; each rate is the estimate and the ends of its 95% interval."""

    threshold: float
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    f1: tuple[float, float, float]
    answers: int
    yes: int


@dataclass(frozen=True)
class _Cell:
    """Stories of one stratum on one side of the threshold."""

    above: bool
    stories: int
    asked: int
    yes: int
    share: tuple[int, int]  # yes and asked that its share is told from: its own, else its stratum's


def best_threshold(scores: Floats, sample: Sample, answers: Mapping[int, bool], seed: int) -> Quality:
    """The threshold with the best F1 by the answers, and its quality.

    The answers choose the threshold and judge it, so that it looks a little better than it is.

    Args:
        scores: of all stories, falling.
        sample: as it was drawn.
        answers: by row of `scores`; those of the sample that have none are as if they weren't asked about.
        seed: of the draws that make the intervals.

    Raises:
        SettingsError: nothing was answered with yes, or nothing with no.
    """
    answers = {row: answers[row] for rows in sample.asked for row in rows.tolist() if row in answers}
    yes = sum(answers.values())
    if not yes:
        raise SettingsError(
            "no story was answered with yes: give other --example sentences, nearer to how media tell it"
        )
    if yes == len(answers):
        raise SettingsError("every story was answered with yes: answer more, so that it shows where the narrative ends")
    answered = np.unique([scores[row] for row in answers])
    middles = (answered[1:] + answered[:-1]) / 2
    choices = [float(answered[0]), *np.round(middles, 4).tolist()]
    threshold = max(reversed(choices), key=lambda choice: _f1(*_counts(_cells(scores, sample, answers, choice))))
    cells = _cells(scores, sample, answers, threshold)
    right, said, told = _counts(cells)
    drawn = _drawn(cells, np.random.default_rng(seed))
    return Quality(
        threshold=threshold,
        precision=_interval(right / said, drawn[0] / said),
        recall=_interval(right / told, drawn[0] / np.maximum(drawn[1], 1e-9)),
        f1=_interval(_f1(right, said, told), 2 * drawn[0] / (said + drawn[1])),
        answers=len(answers),
        yes=yes,
    )


def _cells(scores: Floats, sample: Sample, answers: Mapping[int, bool], threshold: float) -> list[_Cell]:
    cells = []
    border = int((scores >= threshold).sum())
    for start, end in zip(sample.borders, sample.borders[1:], strict=False):
        cut = min(max(border, start), end)
        whole = [answer for row, answer in answers.items() if start <= row < end]
        for above, first, last in ((True, start, cut), (False, cut, end)):
            own = [answer for row, answer in answers.items() if first <= row < last]
            told_by = own or whole
            cells.append(_Cell(above, last - first, len(own), sum(own), (sum(told_by), len(told_by))))
    return [cell for cell in cells if cell.stories]


def _counts(cells: list[_Cell]) -> tuple[float, float, float]:
    """Estimates: told and found, found, told."""
    right = told = said = 0.0
    for cell in cells:
        yes, asked = cell.share
        expected = cell.yes + (cell.stories - cell.asked) * (yes / asked if asked else 0.0)
        told += expected
        if cell.above:
            right += expected
            said += cell.stories
    return right, said, told


def _drawn(cells: list[_Cell], random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draws of told and found, and of told, shape (draws,) each."""
    right, told = np.zeros(DRAWS), np.zeros(DRAWS)
    for cell in cells:
        yes, asked = cell.share
        shares = random.beta(yes + 0.5, asked - yes + 0.5, DRAWS)
        stories = cell.yes + random.binomial(cell.stories - cell.asked, shares)
        told += stories
        if cell.above:
            right += stories
    return right, told


def _f1(right: float, said: float, told: float) -> float:
    return 2 * right / max(said + told, 1e-9)


def _interval(estimate: float, drawn: Floats) -> tuple[float, float, float]:
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return round(estimate, 3), round(min(estimate, float(low)), 3), round(max(estimate, float(high)), 3)
