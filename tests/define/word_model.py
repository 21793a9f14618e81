"""A model that takes a sentence for the sum of its words: quick, and plain to foresee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.encoder.layout import Head, Layout

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("savers queue withdraw deposits bank run bitcoin miners rose fell monday rules senate bill law ether price "
         "not no deny never").split()  # fmt: skip
DENIALS = {"not", "no", "deny", "never"}


class WordModel:
    """Stands for `narrative.pipeline.encoder.backends.Model`; words that are not of `WORDS` mean nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        words = ["[UNK]", "[CLS]", "[SEP]", *WORDS]
        tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))  # noqa: S106 - a word
        tokenizer.pre_tokenizer = Whitespace()
        tokenizer.save(str(folder / "tokenizer.json"))
        self.folder = folder
        self.device = "cpu"
        meaning = Head("similarity", tuple(map(str, range(384))))
        self.layout = Layout([Head("denies", ("denies",), exclusive=False), meaning])
        self.decisions = Decisions()
        self._rows = np.random.default_rng(0).normal(size=(len(words), 385)).astype(np.float32)
        self._rows[:3] = 0
        self._rows[:, 0] = [50.0 if word in DENIALS else -1.0 for word in words]

    def run(self, ids: Any, marks: Any) -> Any:
        return self._rows[ids]

    def meaning(self, sentence: str) -> Any:
        """What a sentence of known words means, of length 1."""
        words = [WORDS.index(word) + 3 for word in sentence.lower().strip(".").split() if word in WORDS]
        summed = self._rows[words, 1:].sum(axis=0) if words else np.zeros(384, np.float32)
        return (summed / max(float(np.linalg.norm(summed)), 1e-9)).astype(np.float32)
