"""An article's tone without what it says about prices: a fall that is told is a fall echoed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    Positions = np.ndarray[Any, np.dtype[np.int64]]

PRICE_WORDS: Final = Path(__file__).parent / "data" / "price_words.toml"
CAMPS: Final = ("ai", "crypto")
_ARTICLE = 1 << 32  # more than any article has characters: (article, offset) as one number


def tone_without_prices(part: pa.RecordBatch, texts: Sequence[str]) -> dict[str, pa.Array]:
    """Each article's mean sentence score by camp, over the sentences that don't speak about prices.

    A sentence speaks about prices if a figure of one of the kinds of `data/price_words.toml` begins in it, or one of
    its words stands in it. Null where no sentence about the camp is left.

    Args:
        part: rows of the table `annotations` with `sentences` and `figures`.
        texts: the articles' texts.
    """
    lists = part.column("sentences")
    sentences = pc.list_flatten(lists)
    scores = {camp: _floats(pc.struct_field(sentences, [camp, "score"])) for camp in CAMPS}
    spoken = ~np.logical_and.reduce([np.isnan(score) for score in scores.values()])
    parents = pc.list_parent_indices(lists).to_numpy().astype(np.int64)[spoken]
    starts = pc.struct_field(sentences, "start").to_numpy()[spoken]
    ends = pc.struct_field(sentences, "end").to_numpy()[spoken]
    words = [texts[parent][start:end] for parent, start, end in zip(parents, starts, ends, strict=True)]
    priced = _told_in_figures(part, parents, starts, ends) | _told_in_words(words)
    means = {}
    for camp, score in scores.items():
        kept = ~priced & ~np.isnan(score[spoken])
        number = np.bincount(parents[kept], minlength=part.num_rows)
        total = np.bincount(parents[kept], weights=score[spoken][kept], minlength=part.num_rows)
        means[camp] = pa.array(total / np.maximum(number, 1), pa.float64(), mask=number == 0)
    return means


def _told_in_figures(
    part: pa.RecordBatch, parents: Positions, starts: Positions, ends: Positions
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    lists = part.column("figures")
    figures = pc.list_flatten(lists)
    wanted = pc.is_in(pc.struct_field(figures, "kind"), pa.array(_rules()[0], pa.string()))
    articles = pc.list_parent_indices(lists).filter(wanted).to_numpy().astype(np.int64)
    places = np.sort(articles * _ARTICLE + pc.struct_field(figures, "start").filter(wanted).to_numpy())
    before = np.searchsorted(places, parents * _ARTICLE + starts)
    return np.searchsorted(places, parents * _ARTICLE + ends) > before


def _told_in_words(words: list[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = pc.match_substring_regex(pa.array(words, pa.string()), _rules()[1], ignore_case=True)
    told: np.ndarray[Any, np.dtype[np.bool_]] = found.to_numpy(zero_copy_only=False)
    return told.astype(bool)


@cache
def _rules() -> tuple[tuple[str, ...], str]:
    """The kinds of figures that are prices, and one expression for all words, which RE2 runs in linear time."""
    data = read_toml(PRICE_WORDS)
    words = "|".join(re.escape(word).replace(r"\*", "[a-z]*") for word in data["words"])
    return tuple(data["kinds"]), rf"\b(?:{words})\b"


def _floats(scores: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    values: np.ndarray[Any, np.dtype[np.float64]] = scores.to_numpy(zero_copy_only=False)
    return values.astype(np.float64)
