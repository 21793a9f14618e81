"""Text → word pieces with what the pieces alone don't tell: capitals, known names, words of a camp.

The vocabulary is uncased, so each piece carries the case of its word; the catalogue's mentions and the words of a camp
are told to the network as further marks on the pieces.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

Ids = "NDArray[np.int64]"
TYPES = ("ASSET", "FUND", "COMPANY", "PERSON", "INSTITUTION", "PROTOCOL", "INDEX", "POLICY", "PLACE")
CASES = 4  # lower or none, Capitalised, UPPER, miXed
CAMP, AI, CRYPTO = 2, 1, 2  # the column of the camp's mark, and its values
MARKS = (CASES, 1 + 2 * len(TYPES), 3)  # how many values each mark has: case, mention, camp


class Pieces(NamedTuple):
    """The word pieces of a text.

    Args:
        ids: into the vocabulary, shape (n,).
        starts: code points, shape (n,).
        ends: code points, shape (n,).
        marks: case, mention and camp, shape (n, 3).
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    marks: NDArray[np.int64]


class Marked(NamedTuple):
    """A stretch of text that is known to be something: a mention of a type, a word of a camp, or both."""

    start: int
    end: int
    type: str | None = None
    camp: str | None = None


def split(text: str, marked: Iterable[Marked], tokenizer: Tokenizer) -> Pieces:
    """The word pieces of a text, in order, with their marks."""
    encoded = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
    starts, ends = offsets[:, 0], offsets[:, 1]
    marks = np.zeros((len(starts), len(MARKS)), dtype=np.int64)
    marks[:, 0] = _cases(text, encoded.word_ids, starts, ends)
    for start, end, kind, camp in marked:
        first, last = bisect_left(ends, start + 1), bisect_left(starts, end)
        if kind is not None and first < last:
            marks[first:last, 1] = 2 * TYPES.index(kind) + 2
            marks[first, 1] -= 1
        if camp is not None:
            marks[first:last, CAMP] = AI if camp == "ai" else CRYPTO
    return Pieces(np.array(encoded.ids, dtype=np.int64), starts, ends, marks)


def _cases(text: str, words: list[int | None], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[int]:
    """The case of the word that each piece belongs to."""
    cases: list[int] = []
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at] != words[first]:
            cases.extend([_case(text[starts[first] : ends[at - 1]])] * (at - first))
            first = at
    return cases


def _case(word: str) -> int:
    if word == word.lower():
        return 0
    if word == word.upper():
        return 2 if len(word) > 1 else 1
    return 1 if word[1:] == word[1:].lower() else 3


@cache
def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer that a model was trained with; it neither cuts nor pads."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
