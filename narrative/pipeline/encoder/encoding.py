"""What the network says of one text, and how components ask it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np

from narrative.pipeline.encoder.decisions import sigmoid, softmax
from narrative.pipeline.encoder.wordpieces import AI, CAMP, CRYPTO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from narrative.pipeline.encoder.decisions import Decisions
    from narrative.pipeline.encoder.layout import Layout
    from narrative.pipeline.encoder.wordpieces import Pieces

Stretch = tuple[int, int]  # code points, from and to


class Encoding:
    """The network's output for every piece of a text, asked by stretches of the text.

    Args:
        layout: which columns mean what.
        decisions: calibration and thresholds.
        pieces: the pieces of the text.
        rows: the output but for the meanings, shape (pieces, columns).
        meanings: one vector of length 1 a sentence, shape (sentences, 384); sentences that lie close mean the like.
        sentences: those sentences, in order; later components may cut them.
    """

    def __init__(
        self,
        layout: Layout,
        decisions: Decisions,
        pieces: Pieces,
        rows: NDArray[np.float16],
        meanings: NDArray[np.float32],
        sentences: Sequence[Stretch] = (),
    ) -> None:
        self.layout = layout
        self.decisions = decisions
        self.pieces = pieces
        self.rows = rows
        self.meanings = meanings
        self.sentences = sentences

    def threshold(self, name: str) -> float:
        """The probability from which an answer is given."""
        return self.decisions.threshold.get(name, 0.5)

    def labels(self, head: str) -> tuple[str, ...]:
        """The answers that a head can give, in order."""
        return self.layout.heads[head].labels

    def probabilities(
        self, head: str, stretches: Sequence[Stretch], key: tuple[str, str] | None = None
    ) -> NDArray[np.float32]:
        """How likely each answer of a head is for several stretches taken as one, calibrated, shape (labels,)."""
        logits = self.decisions.calibrated(head, self.pooled(head, stretches, key))
        return softmax(logits) if self.layout.heads[head].exclusive else sigmoid(logits)

    def likeliest(self, head: str, chances: NDArray[np.float32]) -> int:
        """The number of the label to name, given how likely each is."""
        balance = self.decisions.balance.get(head)
        return int((chances * np.array(balance, np.float32) if balance else chances).argmax())

    def pooled(
        self, head: str, stretches: Sequence[Stretch], key: tuple[str, str] | None = None
    ) -> NDArray[np.float32]:
        """A head's logits for several stretches taken as one: the body of an article without its boilerplate.

        Args:
            head: its name.
            stretches: of the text; zeros where there is no piece in them.
            key: the head and label whose key column weighs the pieces instead of the head's own.
        """
        return self.shares(head, stretches, key).sum(axis=0)  # type: ignore[no-any-return]

    def shares(
        self, head: str, stretches: Sequence[Stretch], key: tuple[str, str] | None = None
    ) -> NDArray[np.float32]:
        """What each of several stretches adds to the pooled logits, shape (stretches, labels).

        The rows sum to `pooled`; the stretches that add most to a label are the evidence for it.
        """
        columns = self.layout.values[head]
        parts = [self.within(*stretch) for stretch in stretches]
        ends = np.cumsum([0, *(part.stop - part.start for part in parts)])
        if not ends[-1]:
            return np.zeros((len(parts), columns.stop - columns.start), dtype=np.float32)
        rows = np.concatenate([self.rows[part] for part in parts])
        values = rows[:, columns].astype(np.float32)
        keys = rows[:, self.layout.key(*key) if key else self.layout.keys[head]].astype(np.float32)
        weighted = values * softmax(keys.T).T if keys.shape[1] else values / np.float32(len(rows))
        sums = np.concatenate([np.zeros((1, values.shape[1]), np.float32), np.cumsum(weighted, axis=0)])
        return sums[ends[1:]] - sums[ends[:-1]]  # type: ignore[no-any-return]

    def tokens(self, head: str, start: int, end: int) -> tuple[slice, NDArray[np.float32]]:
        """The pieces of a stretch, and a head's logits for each, shape (pieces, labels)."""
        within = self.within(start, end)
        return within, self.rows[within, self.layout.values[head]].astype(np.float32)

    def named(self, stretch: Stretch) -> tuple[float, float]:
        """Whether a stretch names something of the ai camp, and of the crypto camp: 1 or 0."""
        camps = self.pieces.marks[self.within(*stretch), CAMP]
        return float((camps == AI).any()), float((camps == CRYPTO).any())

    def meant(self, stretches: Sequence[Stretch]) -> NDArray[np.float32]:
        """What the sentences mean in which stretches begin, shape (stretches, 384)."""
        starts = [start for start, _ in self.sentences]
        return self.meanings[[bisect_right(starts, start) - 1 for start, _ in stretches]]

    def reads(self, stretch: Stretch) -> bool:
        """Whether there is a piece in a stretch; in a line of invisible characters there is none."""
        within = self.within(*stretch)
        return bool(within.start < within.stop)

    def within(self, start: int, end: int) -> slice:
        """The pieces that touch the code points `start` to `end`."""
        first = bisect_left(self.pieces.ends, start + 1)
        return slice(first, max(first, bisect_left(self.pieces.starts, end)))
