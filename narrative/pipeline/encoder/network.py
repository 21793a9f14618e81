"""The network in PyTorch, for training and for a GPU. Needs the extra `torch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from transformers import BertConfig, BertModel

from narrative.pipeline.encoder.wordpieces import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

WORDS = "bert.embeddings.word_embeddings.weight"


class Network(nn.Module):
    """A BERT whose pieces carry marks, with one linear layer for all heads.

    Args:
        config: the shape of the transformer.
        width: columns of the output.
    """

    def __init__(self, config: BertConfig, width: int) -> None:
        super().__init__()
        config._attn_implementation = "sdpa"
        self.bert = BertModel(config, add_pooling_layer=False)
        tables = [nn.Embedding(size, config.hidden_size) for size in MARKS]
        for table in tables:
            nn.init.zeros_(table.weight)
        self.marks = nn.ModuleList(tables)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(config.hidden_size, width)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)

    def forward(self, ids: Tensor, marks: Tensor, mask: Tensor | None = None) -> Tensor:
        """One row of head columns a piece.

        Args:
            ids: shape (windows, pieces).
            marks: shape (windows, pieces, 3).
            mask: 1 where there is a piece, shape (windows, pieces); none where no window is padded.
        """
        vectors = self.bert.embeddings.word_embeddings(ids)
        for at, table in enumerate(self.marks):
            vectors = vectors + table(marks[..., at])
        hidden = self.bert(inputs_embeds=vectors, attention_mask=mask).last_hidden_state
        rows: Tensor = self.heads(self.dropout(hidden))
        return rows


def untrained(width: int, config: Mapping[str, Any]) -> Network:
    """A network of a shape, its weights still to be loaded."""
    return Network(BertConfig(**config), width)


def packed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights as they are kept: half precision, and the word vectors, half of them all, in a byte with a scale each."""
    kept = {name: each.half().contiguous() for name, each in state.items() if name != WORDS}
    scales = state[WORDS].abs().amax(dim=1, keepdim=True) / 127
    kept[WORDS] = (state[WORDS] / scales.clamp(min=1e-9)).round().to(torch.int8)
    kept[f"{WORDS}.scale"] = scales.half()
    return kept


def unpacked(kept: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights as the network takes them."""
    state = {name: each.float() for name, each in kept.items()}
    state[WORDS] = state[WORDS] * state.pop(f"{WORDS}.scale")
    return state
