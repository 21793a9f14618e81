"""Which heads the encoder has; the order here is the order of the columns."""

from __future__ import annotations

from typing import get_args

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.encoder.layout import Head, Layout
from narrative.pipeline.encoder.wordpieces import TYPES
from narrative.records import ArticleType, FigureKind

QUERY = tuple(str(at) for at in range(32))  # of a vector that is matched with another
STANCE = ("-1", "0", "1")
BIO = ("O", *(f"{begin}-{kind}" for kind in TYPES for begin in "BI"))
AUXILIARY = ("sentiment",)  # of the public sets alone; the shipped model has no such columns


def heads() -> Layout:
    """The layout that is trained: shipped heads first, auxiliary ones last."""
    narratives = tuple(load_taxonomy().ids)
    return Layout(
        [
            Head("entity", BIO),
            Head("camps", ("ai", "crypto"), "attentions", exclusive=False),
            Head("stance_ai", STANCE, "attention"),
            Head("stance_crypto", STANCE, "attention"),
            Head("tone", STANCE),
            Head("comparison", ("none", "ai", "crypto"), "attention"),
            Head("denies", ("denies",), "attention", exclusive=False),
            Head("explains", ("explains",), "attention", exclusive=False),
            Head("boilerplate", ("boilerplate",), "attention", exclusive=False),
            Head("cause", ("O", "B", "I")),
            Head("cause_narrative", (*narratives, "other")),
            Head("effect", ("up", "down", "flat")),
            Head("moved", ("price", "flow", "other")),
            Head("cause_status", ("actual", "expected", "hypothetical")),
            Head("cause_denied", ("denied",), exclusive=False),
            Head("asset_query", QUERY),
            Head("asset_key", QUERY),
            Head("narratives", narratives, "attentions", exclusive=False),
            Head("primary", narratives, "attentions"),
            Head("rejects", ("rejects",), exclusive=False),
            Head("type", get_args(ArticleType), "attentions"),
            Head("article_ai", ("absent", *STANCE), "attention"),
            Head("article_crypto", ("absent", *STANCE), "attention"),
            Head("kind", get_args(FigureKind)),
            Head("measure", ("level", "change")),
            Head("direction", ("none", "in", "out", "up", "down")),
            Head("status", ("actual", "expected", "hypothetical")),
            Head("subject_query", QUERY),
            Head("subject_key", QUERY),
            Head("source_query", QUERY),
            Head("source_key", QUERY),
            Head("similarity", tuple(str(at) for at in range(384))),
            Head("sentiment", STANCE, "attention"),
        ]
    )
