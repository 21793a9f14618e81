"""Weights → what ships: an int8 ONNX file, the float weights beside it, the tokenizer, the heads."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from safetensors.torch import save_file
from torch import Tensor, nn

from encoder.heads import AUXILIARY
from narrative.pipeline.encoder.decisions import Decisions, write_decisions
from narrative.pipeline.encoder.layout import Layout, write_layout
from narrative.pipeline.encoder.network import WORDS, Network, packed, untrained
from narrative.pipeline.encoder.wordpieces import MARKS

if TYPE_CHECKING:
    from transformers import BertConfig

OPSET = 18
BLOCK = 128  # weights that share a scale
_SHAPE = (
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
    "max_position_embeddings", "type_vocab_size",
)  # fmt: skip


def shipped_part(network: Network, layout: Layout) -> tuple[Network, Layout]:
    """The network without its auxiliary heads."""
    kept = Layout([head for head in layout.heads.values() if head.name not in AUXILIARY])
    part = untrained(kept.width, shape_of(network.bert.config))
    state = network.state_dict()
    part.load_state_dict(state | {name: state[name][: kept.width] for name in ("heads.weight", "heads.bias")})
    return part.eval(), kept


def shape_of(config: BertConfig) -> dict[str, int]:
    """What has to be known to build the network again."""
    return {name: getattr(config, name) for name in _SHAPE}


def export(network: Network, layout: Layout, decisions: Decisions, tokenizer: Path, folder: Path) -> None:
    """Write a model's folder.

    Args:
        network: trained, with or without the auxiliary heads, which come last.
        layout: of its columns.
        decisions: calibration and thresholds.
        tokenizer: the `tokenizer.json` that it was trained with.
        folder: where it goes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part, kept = shipped_part(network, layout)
    write_layout(kept, folder / "heads.json")
    write_decisions(decisions, folder / "decisions.json")
    (folder / "config.json").write_text(json.dumps(shape_of(part.bert.config), indent=1) + "\n", "utf-8")
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    save_file(packed(part.state_dict()), folder / "encoder.safetensors")
    part.bert.embeddings.word_embeddings = PackedWords(  # type: ignore[assignment]  # takes the place of a table
        packed(part.state_dict())
    )
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "float.onnx"
        example = torch.ones(1, 16, dtype=torch.int64), torch.zeros(1, 16, len(MARKS), dtype=torch.int64)
        torch.onnx.export(
            part, example, str(plain), input_names=["ids", "marks"], output_names=["rows"], opset_version=OPSET,
            dynamic_axes={"ids": {1: "pieces"}, "marks": {1: "pieces"}, "rows": {1: "pieces"}}, dynamo=False,
        )  # fmt: skip
        # Weights in a byte each, scaled by blocks, and activations by rows: quantisation by tensors, which is a third
        # faster, gave 3% of the sentences another label than the float weights, this fewer than 1%.
        config = DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=True, accuracy_level=4, bits=8)
        quantizer = MatMulNBitsQuantizer(onnx.load(str(plain)), nodes_to_exclude=_heads_of(plain), algo_config=config)
        quantizer.process()
        quantizer.model.save_model_to_file(str(folder / "encoder.onnx"), False)


class PackedWords(nn.Module):
    """The word vectors as they are kept, a byte a number and a scale a word: the ONNX file holds them so, too."""

    def __init__(self, kept: dict[str, Tensor]) -> None:
        super().__init__()
        self.table = nn.Buffer(kept[WORDS])
        self.scale = nn.Buffer(kept[f"{WORDS}.scale"].float())

    def forward(self, ids: Tensor) -> Tensor:
        """The vectors of the pieces."""
        return self.table[ids].float() * self.scale[ids]


def _heads_of(path: Path) -> list[str]:
    """The layer of the heads, which stays as it is: it is small, and its answers are compared with thresholds."""
    return [node.name for node in onnx.load(str(path)).graph.node if node.name.startswith("/heads/")]
