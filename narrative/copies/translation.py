"""Copies that share no words: a text translated, and translated back.

What survives is the figures, in their order, and who is named. Two reports of one event have some figures in common,
too, but each leaves some out, adds some and orders them its own way; so nearly all figures of both texts must agree, in
one order. Where an encoder is at hand, a `Similarity` has a say, and where the copy names its source that counts, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from narrative.copies.features import figure_keys
from narrative.copies.words import words_of
from narrative.extract.outlets import same_outlet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.copies.words import Fingerprint

FEWEST_FIGURES: Final = 6  # in one order
FEWEST_CREDITED: Final = 4  # … where one text names the other's outlet as its source
LEAST_SHARE: Final = 0.75  # of the figures of the text that has more
LEAST_WORDS: Final = 0.45  # of the words of four letters and more of the text that has fewer …
FEWEST_WORDS: Final = 10  # … and so many of them
LEAST_SIMILARITY: Final = 0.85
MOST_FIGURES: Final = 120  # of a text, because an alignment takes time by their square


class Similarity(Protocol):
    """How alike two texts are in meaning, from 0 to 1; an encoder's embeddings, when there is one."""

    def __call__(self, one: Fingerprint, other: Fingerprint) -> float:
        """The likeness of two articles, whatever language each is in."""


def translated(one: Fingerprint, other: Fingerprint, similarity: Similarity | None = None) -> float | None:
    """The part of the figures that two texts have in one order, if one is a translation of the other; else null."""
    credited = _credits(one, other) or _credits(other, one)
    first, second = (list(dict.fromkeys(figure_keys(text.text)))[:MOST_FIGURES] for text in (one, other))
    fewest = FEWEST_CREDITED if credited else FEWEST_FIGURES
    if min(len(first), len(second)) < fewest:
        return None
    shared = in_one_order(first, second)
    share = shared / max(len(first), len(second))
    if shared < fewest or share < LEAST_SHARE:
        return None
    if credited or _words_agree(one, other):
        return share
    return share if similarity is not None and similarity(one, other) >= LEAST_SIMILARITY else None


def in_one_order(first: Sequence[object], second: Sequence[object]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for item in first:
        before = 0
        for place, other in enumerate(second, 1):
            before, row[place] = row[place], before + 1 if item == other else max(row[place], row[place - 1])
    return row[-1]


def _words_agree(one: Fingerprint, other: Fingerprint) -> bool:
    first, second = ({w for w in words_of(text.text) if w.isalpha() and len(w) > 3} for text in (one, other))
    return len(first & second) >= max(FEWEST_WORDS, LEAST_WORDS * min(len(first), len(second)))


def _credits(one: Fingerprint, other: Fingerprint) -> bool:
    return one.credited is not None and same_outlet(one.credited.outlet, other.source.outlet)
