"""Models made by hand: a network that says of each word what a test lays down, whatever stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from narrative.pipeline.encoder.backends import Model, encoder_path
from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.encoder.layout import read_layout
from narrative.pipeline.encoder.wordpieces import load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Answers = dict[str, dict[str, float]]  # by head, then by label, logits
SURE = 1000.0  # a logit that stays high in the mean with fifty words that say nothing

# Of a word that says nothing: whatever may be answered is not the case.
_NOTHING: Answers = {
    "entity": {"O": 9},
    "cause": {"O": 9},
    "comparison": {"none": 9},
    "article_ai": {"absent": 9},
    "article_crypto": {"absent": 9},
    "type": {"news": 9},
    "direction": {"none": 9},
}


class ModelByHand(Model):
    """What a model is to those who read with it.

    Args:
        said: by word, what is said of it beyond nothing.
        decisions: calibration and thresholds; without them logits stay as they are and every threshold is 0.5.
    """

    def __init__(self, said: Mapping[str, Answers], decisions: Decisions | None = None) -> None:
        self.folder = encoder_path()
        self.device = "cpu"
        self.layout = read_layout(self.folder / "heads.json")
        self.decisions = decisions or Decisions()
        self.windows: list[int] = []  # how many pieces each had, the two of the frame too
        tokenizer = load_tokenizer(self.folder / "tokenizer.json")
        self._nothing = np.zeros(self.layout.width, np.float32)
        for head in self.layout.heads.values():
            if not head.exclusive:
                self._nothing[self.layout.values[head.name]] = -9
        self._write(self._nothing, _NOTHING)
        self._rows: dict[int, NDArray[np.float32]] = {}
        for word, answers in said.items():
            row = self._nothing.copy()
            self._write(row, answers)
            self._rows |= dict.fromkeys(tokenizer.encode(word, add_special_tokens=False).ids, row)

    def run(self, ids: NDArray[np.int64], marks: NDArray[np.int64]) -> NDArray[np.float32]:
        """A row a piece."""
        assert ids.shape == marks.shape[:1]
        self.windows.append(len(ids))
        return np.stack([self._rows.get(ident, self._nothing) for ident in ids.tolist()])

    def _write(self, row: NDArray[np.float32], answers: Answers) -> None:
        for head, logits in answers.items():
            for label, logit in logits.items():
                if label == "key":  # how much the piece weighs, for a head that has one key
                    row[self.layout.keys[head]] = logit
                else:
                    row[self.layout.values[head].start + self.layout.heads[head].labels.index(label)] = logit
