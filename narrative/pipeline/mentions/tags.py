"""The encoder's tags: each piece of a text begins a name of some type, goes on with one, or is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from narrative.pipeline.encoder.decisions import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from narrative.pipeline.encoder.encoding import Encoding

HEAD = "entity"
_WORD = re.compile(r"[^\W_]+(?:(?:[&.-]|[’'](?!s\b))[^\W_]+)*")
_GAPS = frozenset([" ", ". ", "-", " & ", "/"])  # what may stand between the words of a name
_MOST_WORDS = 8


class TaggedName(NamedTuple):
    """Whole words that are tagged as one name.

    `chance` is the probability of its type, the mean over its words; `whole` is false where the tags say that the name
    begins before these words.
    """

    start: int
    end: int
    type: str
    chance: float
    whole: bool


class Tags:
    """What the tags say of the words of a text.

    Args:
        encoding: of the text.
        text: the text.
    """

    def __init__(self, encoding: Encoding, text: str) -> None:
        _, logits = encoding.tokens(HEAD, 0, len(text))
        chances = softmax(logits) if len(logits) else logits
        self.encoding = encoding
        self.types = tuple(label.removeprefix("B-") for label in encoding.labels(HEAD)[1::2])
        self._text = text
        self._begins, self._insides = chances[:, 1::2], chances[:, 2::2]

    def chances(self, start: int, end: int) -> NDArray[np.float32]:
        """How likely the pieces of a stretch are of a name of each type, on average, shape (types,)."""
        within = self.encoding.within(start, end)
        if within.stop == within.start:
            return np.zeros(len(self.types), np.float32)
        return (self._begins[within] + self._insides[within]).mean(axis=0)  # type: ignore[no-any-return]

    def names(self, likely: float) -> list[TaggedName]:
        """The names of the text, in order and without overlaps.

        Args:
            likely: the probability from which a word is part of a name.
        """
        words = np.array([match.span() for match in _WORD.finditer(self._text)], dtype=np.int64).reshape(-1, 2)
        firsts = np.searchsorted(self.encoding.pieces.ends, words[:, 0] + 1)
        lasts = np.searchsorted(self.encoding.pieces.starts, words[:, 1])
        words, firsts, lasts = (each[lasts > firsts] for each in (words, firsts, lasts))
        kinds = self._begins + self._insides
        sums = np.concatenate([np.zeros((1, kinds.shape[1])), np.cumsum(kinds, axis=0, dtype=np.float64)])
        means = (sums[lasts] - sums[firsts]) / (lasts - firsts)[:, None]
        types, chances = means.argmax(axis=1), means.max(axis=1)
        goes_on = self._insides[firsts, types] > self._begins[firsts, types]
        runs: list[list[int]] = []
        for at in np.flatnonzero(chances > likely).tolist():
            last = runs[-1][-1] if runs else -2
            joined = last == at - 1 and types[last] == types[at] and len(runs[-1]) < _MOST_WORDS
            if joined and self._text[words[last, 1] : words[at, 0]] in _GAPS:
                runs[-1].append(at)
            else:
                runs.append([at])
        return [
            TaggedName(
                int(words[run[0], 0]),
                int(words[run[-1], 1]),
                self.types[types[run[0]]],
                float(chances[run].mean()),
                not goes_on[run[0]],
            )
            for run in runs
        ]
