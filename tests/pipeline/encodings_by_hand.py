"""Encodings made by hand: what a network would say of a text, word by word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import numpy as np

from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.encoder.encoding import Encoding
from narrative.pipeline.encoder.layout import Head, Layout
from narrative.pipeline.encoder.wordpieces import Pieces
from narrative.records import FigureKind

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERY = ("0", "1")
HEADS = (
    Head("entity", ("O", "B-COMPANY", "I-COMPANY", "B-PERSON", "I-PERSON")),
    Head("kind", get_args(FigureKind)),
    Head("direction", ("none", "in", "out", "up", "down")),
    Head("status", ("actual", "expected", "hypothetical")),
    *(Head(f"{role}_{side}", QUERY) for role in ("subject", "source") for side in ("query", "key")),
)


def encoding(
    text: str, said: Mapping[str, Mapping[str, tuple[float, ...]]], threshold: Mapping[str, float] | None = None
) -> Encoding:
    """An encoding with one piece a word.

    Args:
        text: the text.
        said: by head, then by word, the logits; for all other words those of "", else zeros.
        threshold: the model's decisions.
    """
    layout = Layout(HEADS)
    words = list(re.finditer(r"\w+|[^\w\s]", text))
    rows = np.zeros((len(words), layout.width), dtype=np.float16)
    for head, by_word in said.items():
        for at, word in enumerate(words):
            if (logits := by_word.get(word.group(), by_word.get(""))) is not None:
                rows[at, layout.values[head]] = logits
    starts, ends = (np.array([word.span()[side] for word in words], dtype=np.int64) for side in (0, 1))
    pieces = Pieces(np.zeros(len(words), np.int64), starts, ends, np.zeros((len(words), 3), np.int64))
    return Encoding(layout, Decisions(threshold=threshold or {}), pieces, rows, np.zeros((0, 384), np.float32))
