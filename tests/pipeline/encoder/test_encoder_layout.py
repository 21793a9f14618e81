from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from narrative.catalogue.taxonomy import shipped_taxonomy
from narrative.pipeline.encoder.backends import encoder_path
from narrative.pipeline.encoder.layout import Head, Layout, read_layout, write_layout
from narrative.pipeline.encoder.reading import MEANING
from narrative.records import ArticleType, FigureKind

if TYPE_CHECKING:
    from pathlib import Path

HEADS = [
    Head("plain", ("a", "b")),
    Head("weighed", ("ä",), "attention", exclusive=False),
    Head("each", ("a", "b", "c"), "attentions"),
]


def test_columns_follow_each_other_values_before_keys() -> None:
    layout = Layout(HEADS)
    assert (layout.values["plain"], layout.keys["plain"]) == (slice(0, 2), slice(2, 2))
    assert (layout.values["weighed"], layout.keys["weighed"]) == (slice(2, 3), slice(3, 4))
    assert (layout.values["each"], layout.keys["each"]) == (slice(4, 7), slice(7, 10))
    assert layout.key("each", "b") == slice(8, 9)
    assert layout.width == 10


def test_a_layout_comes_back_from_its_file(tmp_path: Path) -> None:
    write_layout(Layout(HEADS), tmp_path / "heads.json")
    back = read_layout(tmp_path / "heads.json")
    assert (list(back.heads.values()), back.values, back.keys) == (HEADS, Layout(HEADS).values, Layout(HEADS).keys)


def test_the_shipped_heads_answer_in_the_words_of_the_records_and_the_taxonomy() -> None:
    layout = read_layout(encoder_path() / "heads.json")
    labels = {name: head.labels for name, head in layout.heads.items()}
    narratives = shipped_taxonomy().ids
    assert labels["narratives"] == labels["primary"] == narratives
    assert labels["cause_narrative"] == (*narratives, "other")
    assert set(labels["type"]) == set(get_args(ArticleType))
    assert set(labels["kind"]) == set(get_args(FigureKind))
    assert layout.values[MEANING].stop == layout.width  # the columns before it are kept a piece, these a sentence
