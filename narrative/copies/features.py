"""What speaks for and against one text being a copy of another, as numbers between 0 and about 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from narrative.copies.words import LENGTH, OPENING, SAMPLE
from narrative.pipeline.quantities import read_quantities

if TYPE_CHECKING:
    from narrative.copies.words import Fingerprint, Hashes

NAMES: Final = (
    "contained", "body", "alike", "passage", "opening", "headline", "words", "figures", "other_figures", "apart",
)  # fmt: skip
_LONGEST_PASSAGE: Final = 100  # words; a longer one says no more
_BEGINNING: Final = 80  # words from the start, where a text that repeats another mostly begins to
_PRIOR: Final = 2.0  # shingles


@dataclass(frozen=True)
class Shared:
    """What two texts share.

    Attributes:
        words: how many words of the shorter text stand in passages that the longer one has, too.
        share: the part of the shorter text's own shingles that the longer one has.
        passage: words of the longest such passage.
        figures: figures that both have, by value and unit.
        features: the numbers that a pair is scored by, in the order of `NAMES`.
    """

    words: int
    share: float
    passage: int
    figures: int
    features: tuple[float, ...]


def compare(one: Fingerprint, other: Fingerprint, common: Hashes) -> Shared:
    """Compare two articles; `common` are shingles that are neither's own and count nothing."""
    short, long = sorted((one, other), key=lambda text: (len(text.shingles), text.id))
    own = short.shingles
    counted = ~np.isin(own, common)
    if len(common) and len(own) > OPENING:
        # Of long texts it is known of the sample alone what is common, so the sample tells how much is shared.
        counted &= own % np.uint64(SAMPLE) == 0
    in_long = np.isin(own, long.shingles)
    matched = in_long & counted
    size, shared = int(counted.sum()), int(matched.sum())
    longest, at = _longest_run(in_long & ~np.isin(own, common))
    passage = longest + LENGTH - 1 if longest else 0
    begins = int(np.argmax(long.shingles == own[at])) if longest else _BEGINNING * 10
    scale = len(own) / max(1, size)
    contained = shared / size if size else 0.0
    own_body = int(counted[short.body :].sum())
    union = len(short.shingles) + len(long.shingles) - shared * scale
    alike = shared * scale / union if union else 0.0
    figures, others = _figures(short, long) if contained >= 0.1 else (0, 0)
    hours = abs((one.moment or 0.0) - (other.moment or 0.0)) / 3600
    features = (
        # A prior of shingles not shared: what little a short text shares tells little.
        shared / (size + _PRIOR),
        int(matched[short.body :].sum()) / (own_body + _PRIOR),
        min(1.0, alike),
        float(np.log1p(min(passage, _LONGEST_PASSAGE)) / np.log1p(_LONGEST_PASSAGE)),
        float(np.exp(-begins / _BEGINNING)),
        headline_likeness(one.title, other.title),
        word_overlap(one, other),
        figures / (figures + others + 1.0),
        others / (figures + others + 1.0),
        hours / 72,
    )
    return Shared(round(shared * scale), contained, passage, figures, features)


def headline_likeness(one: str, other: str) -> float:
    """Dice's coefficient of the words of two folded headlines."""
    first, second = set(one.split()), set(other.split())
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def word_overlap(one: Fingerprint, other: Fingerprint) -> float:
    """The part of the different words of the text with fewer of them that the other has."""
    fewer = min(len(one.words), len(other.words))
    return len(np.intersect1d(one.words, other.words, assume_unique=True)) / fewer if fewer else 0.0


@lru_cache(maxsize=4096)
def figure_keys(text: str) -> tuple[tuple[float, str], ...]:
    """Value and unit of the figures of a text, in order; small counts, which anything has, are left out."""
    return tuple(
        (quantity.value, quantity.unit)
        for quantity in read_quantities(text)
        if quantity.unit != "count" or quantity.value >= 20
    )


def _figures(short: Fingerprint, long: Fingerprint) -> tuple[int, int]:
    """How many figures of the shorter text the longer one has, and how many it has not."""
    own, held = set(figure_keys(short.text)), set(figure_keys(long.text))
    return len(own & held), len(own - held)


def _longest_run(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, int]:
    """Length and start of the longest run of true."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(starts):
        return 0, 0
    best = int(np.argmax(ends - starts))
    return int(ends[best] - starts[best]), int(starts[best])
