"""Labelled texts as the network is taught them: pieces, and questions about stretches of them with their answers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from narrative.pipeline.encoder.windows import Window, windows
from narrative.pipeline.encoder.wordpieces import Marked, Pieces, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

Stretch = tuple[int, int]  # pieces, from and to


class Question(NamedTuple):
    """What a head should say of some stretches taken as one.

    `answer` is the number of the right label, or one target a label. `key` names another head's label whose key column
    weighs the pieces instead of the head's own.
    """

    head: str
    stretches: tuple[Stretch, ...]
    answer: int | tuple[float, ...]
    key: tuple[str, int] | None = None


class Choice(NamedTuple):
    """Which candidates belong to a stretch: `query` and `key` are heads whose vectors are matched."""

    query: str
    key: str
    asked: Stretch
    candidates: tuple[Stretch, ...]
    right: tuple[bool, ...]


@dataclass
class Example:
    """One text with what is known of it."""

    ident: str
    pieces: Pieces
    windows: list[Window]
    questions: list[Question] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    tags: dict[str, NDArray[np.int64]] = field(default_factory=dict)  # by head, a label a piece; -1 asks nothing
    sentences: list[Stretch] = field(default_factory=list)  # whose meaning should stay what it was before training

    def stretch(self, start: int, end: int) -> Stretch:
        """The pieces that touch the code points `start` to `end`."""
        first = bisect_left(self.pieces.ends, start + 1)
        return first, max(first, bisect_left(self.pieces.starts, end))

    def ask(self, head: str, start: int, end: int, answer: int | tuple[float, ...]) -> None:
        """Add a question about the code points `start` to `end`, unless no piece is there."""
        first, last = self.stretch(start, end)
        if last > first:
            self.questions.append(Question(head, ((first, last),), answer))

    def tag(self, head: str, labels: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> None:
        """Tag every piece: B and I of the spans' kinds, else O."""
        tags = np.zeros(len(self.pieces.ids), dtype=np.int64)
        for start, end, kind in sorted(spans):
            first, last = self.stretch(start, end)
            suffix = f"-{kind}" if kind else ""
            tags[first:last] = labels.index(f"I{suffix}")
            tags[first : first + 1] = labels.index(f"B{suffix}")
        self.tags[head] = tags


def example(
    ident: str, text: str, sentences: Sequence[tuple[int, int]], marked: Sequence[Marked], tokenizer: Tokenizer
) -> Example:
    """A text that nothing is asked of yet."""
    pieces = split(text, marked, tokenizer)
    made = Example(ident, pieces, windows(pieces.starts, [start for start, _ in sentences]))
    made.sentences = [stretch for span in sentences if (stretch := made.stretch(*span))[1] > stretch[0]]
    return made
