"""MiniLM as it was before training, to be set beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers import BertModel

from encoder.training import FRAME
from narrative.pipeline.encoder.wordpieces import load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LONGEST = 510  # pieces of a text that are read
BATCH = 4096  # pieces read at once


class MiniLM:
    """The frozen network.

    Args:
        weights: the folder that `starting.unpack` gives.
    """

    def __init__(self, weights: Path) -> None:
        self.network = BertModel.from_pretrained(weights, add_pooling_layer=False)  # ready to read, not to train
        self.tokenizer = load_tokenizer(weights / "tokenizer.json")

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Means over all pieces, the frame's two too, of length 1, shape (texts, 384): as its authors compare texts."""
        means_of = {text: rows.mean(axis=0) for text, rows, _ in self._read(texts)}
        means = np.stack([means_of[text] for text in texts])
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))

    def stretches(self, stretches: Sequence[tuple[str, int, int]]) -> NDArray[np.float32]:
        """For texts and code points in them: the mean of all pieces beside that of the stretch's, shape (n, 768)."""
        found = np.zeros((len(stretches), 2 * self.network.config.hidden_size), dtype=np.float32)
        asked: dict[str, list[int]] = {}
        for at, (text, _, _) in enumerate(stretches):
            asked.setdefault(text, []).append(at)
        for text, rows, offsets in self._read(list(asked)):
            for at in asked[text]:
                _, start, end = stretches[at]
                inside = [piece for piece, (a, b) in enumerate(offsets, 1) if a < end and start < b]
                found[at] = np.concatenate([rows.mean(axis=0), (rows[inside] if inside else rows).mean(axis=0)])
        return found

    @torch.no_grad()
    def _read(self, texts: Sequence[str]) -> Iterator[tuple[str, NDArray[np.float32], list[tuple[int, int]]]]:
        """Each text once, with its rows, those of the frame too, and the code points of its pieces."""
        pieces = {text: self.tokenizer.encode(text, add_special_tokens=False) for text in texts}
        left = sorted(pieces, key=lambda text: len(pieces[text].ids))
        while left:
            longest = min(LONGEST, len(pieces[left[-1]].ids)) + 2
            count = max(1, BATCH // longest)
            batch, left = left[-count:], left[:-count]
            ids = torch.zeros(len(batch), longest, dtype=torch.long)
            mask = torch.zeros_like(ids)
            for row, text in enumerate(batch):
                framed = torch.tensor([FRAME[0], *pieces[text].ids[:LONGEST], FRAME[1]])
                ids[row, : len(framed)], mask[row, : len(framed)] = framed, 1
            hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state.numpy()
            for row, text in enumerate(batch):
                yield text, hidden[row, : int(mask[row].sum())], pieces[text].offsets[:LONGEST]
