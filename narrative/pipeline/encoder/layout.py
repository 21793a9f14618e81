"""The heads: which columns of the network's output answer which question.

The network gives every piece one row of numbers, some columns for each head. A head's answer for a stretch of text is
the mean of its rows: plain, or weighted by a softmax over a key column of its own ("which words decide this").
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Pooling = Literal["mean", "attention", "attentions"]  # no key, one key for the head, one for each of its labels


class Head(NamedTuple):
    """One question: its name, its possible answers in order, and how a stretch of text is summed up."""

    name: str
    labels: tuple[str, ...]
    pooling: Pooling = "mean"
    exclusive: bool = True  # one label is right, or each may be

    @property
    def keys(self) -> int:
        """How many key columns follow the head's values."""
        return {"mean": 0, "attention": 1, "attentions": len(self.labels)}[self.pooling]


class Layout:
    """Heads and where their columns begin."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self.heads = {head.name: head for head in heads}
        self.values: dict[str, slice] = {}
        self.keys: dict[str, slice] = {}
        at = 0
        for head in heads:
            self.values[head.name] = slice(at, at + len(head.labels))
            at += len(head.labels)
            self.keys[head.name] = slice(at, at + head.keys)
            at += head.keys
        self.width = at

    def key(self, head: str, label: str) -> slice:
        """The key column of one label of a head that has one for each."""
        at = self.keys[head].start + self.heads[head].labels.index(label)
        return slice(at, at + 1)


def write_layout(layout: Layout, path: Path) -> None:
    """Keep a layout beside the weights."""
    heads = [h._asdict() for h in layout.heads.values()]
    path.write_text(json.dumps({"heads": heads}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_layout(path: Path) -> Layout:
    """The layout of a model, from its `heads.json`."""
    heads = json.loads(path.read_text("utf-8"))["heads"]
    return Layout([Head(**{**head, "labels": tuple(head["labels"])}) for head in heads])
