from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.encoder.encoding import Encoding, Stretch
from narrative.pipeline.encoder.layout import Head, Layout
from narrative.pipeline.encoder.wordpieces import AI, CAMP, CRYPTO, Pieces

LAYOUT = Layout(
    [
        Head("plain", ("a", "b", "c")),
        Head("weighed", ("a", "b"), "attention"),
        Head("each", ("a", "b"), "attentions", exclusive=False),
    ]
)
PIECES = 20  # of one character each, a space between them
STRETCHES = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)).map(sorted).map(tuple), max_size=6)
HEADS = st.sampled_from(list(LAYOUT.heads))


def encoding(rows: np.ndarray | None = None, decisions: Decisions | None = None, seed: int = 0) -> Encoding:
    """An encoding of a text of 20 words, with random rows where none are given."""
    if rows is None:
        rows = np.random.default_rng(seed).normal(size=(PIECES, LAYOUT.width), scale=3)
    starts = np.arange(len(rows), dtype=np.int64) * 2
    marks = np.zeros((len(rows), 3), np.int64)
    marks[3, CAMP], marks[5, CAMP] = AI, CRYPTO
    pieces = Pieces(np.zeros(len(rows), np.int64), starts, starts + 1, marks)
    sentences = [(0, 9), (10, 39)]
    return Encoding(
        LAYOUT, decisions or Decisions(), pieces, rows.astype(np.float16), np.eye(2, 4, dtype=np.float32), sentences
    )


@settings(deadline=None)
@given(HEADS, STRETCHES, st.integers(0, 99))
def test_the_shares_of_stretches_sum_to_the_pooled_logits(head: str, stretches: list[Stretch], seed: int) -> None:
    said = encoding(seed=seed)
    shares = said.shares(head, stretches)
    assert shares.shape == (len(stretches), len(said.labels(head)))
    assert shares.sum(axis=0) == pytest.approx(said.pooled(head, stretches), abs=1e-4)


@settings(deadline=None)
@given(HEADS, STRETCHES, st.integers(0, 99))
def test_probabilities_sum_to_one_where_answers_exclude_each_other(
    head: str, stretches: list[Stretch], seed: int
) -> None:
    chances = encoding(seed=seed).probabilities(head, stretches)
    assert ((chances >= 0) & (chances <= 1)).all()
    if LAYOUT.heads[head].exclusive:
        assert chances.sum() == pytest.approx(1, abs=1e-5)


def test_without_keys_a_stretch_says_the_mean_of_its_pieces() -> None:
    rows = np.zeros((PIECES, LAYOUT.width))
    rows[1, LAYOUT.values["plain"]] = (3, 0, 6)
    said = encoding(rows)
    assert said.pooled("plain", [(0, 5)]).tolist() == [1, 0, 2]
    assert said.shares("plain", [(0, 1), (2, 5)]).tolist() == [[0, 0, 0], [1, 0, 2]]


def test_a_key_weighs_the_pieces() -> None:
    rows = np.zeros((PIECES, LAYOUT.width))
    rows[0, LAYOUT.values["weighed"]], rows[1, LAYOUT.values["weighed"]] = (8, 0), (0, 8)
    rows[1, LAYOUT.keys["weighed"]] = np.log(3)
    assert encoding(rows).pooled("weighed", [(0, 3)]) == pytest.approx([2, 6], abs=0.01)


def test_each_label_may_have_a_key_and_lend_it_to_another_head() -> None:
    rows = np.zeros((PIECES, LAYOUT.width))
    rows[0, LAYOUT.values["each"]], rows[1, LAYOUT.values["each"]] = (8, 8), (0, 0)
    rows[0, LAYOUT.key("each", "b")] = 20
    rows[0, LAYOUT.values["plain"]] = (5, 5, 5)
    said = encoding(rows)
    assert said.pooled("each", [(0, 3)]) == pytest.approx([4, 8], abs=0.01)
    assert said.pooled("plain", [(0, 3)], ("each", "a")) == pytest.approx([2.5] * 3, abs=0.01)
    assert said.pooled("plain", [(0, 3)], ("each", "b")) == pytest.approx([5] * 3, abs=0.01)


def test_where_there_is_no_piece_nothing_is_said() -> None:
    said = encoding()
    assert said.pooled("plain", []).tolist() == said.pooled("plain", [(1, 2)]).tolist() == [0, 0, 0]
    assert not said.reads((1, 2))
    assert said.reads((1, 3))
    assert said.tokens("plain", 1, 2)[1].shape == (0, 3)


def test_a_piece_belongs_to_a_stretch_that_it_touches() -> None:
    said = encoding()
    assert said.within(2, 5) == slice(1, 3)
    assert said.within(3, 4) == slice(2, 2)
    assert said.within(0, 1000) == slice(0, PIECES)


def test_logits_are_calibrated_and_rare_labels_favoured() -> None:
    rows = np.zeros((PIECES, LAYOUT.width))
    rows[0, LAYOUT.values["plain"]] = (2, 1, 0)
    fitted = Decisions(scale={"plain": 0.5}, shift={"plain": (0.0, 1.0, 0.0)}, balance={"plain": (1.0, 1.0, 5.0)})
    said = encoding(rows, fitted)
    chances = said.probabilities("plain", [(0, 1)])
    odds = np.exp([1, 1.5, 0])
    assert chances == pytest.approx(odds / odds.sum(), abs=1e-3)
    assert (said.likeliest("plain", chances), encoding(rows).likeliest("plain", chances)) == (2, 1)
    assert (said.threshold("plain"), encoding(decisions=Decisions(threshold={"x": 0.1})).threshold("x")) == (0.5, 0.1)


def test_names_of_the_camps() -> None:
    said = encoding()
    names = {(6, 7): (1, 0), (10, 11): (0, 1), (0, 40): (1, 1), (20, 30): (0, 0)}
    assert {stretch: said.named(stretch) for stretch in names} == names


def test_a_sentence_that_was_cut_means_what_the_whole_meant() -> None:
    assert encoding().meant([(0, 9), (10, 15), (16, 39)]).argmax(axis=1).tolist() == [0, 1, 1]
    assert encoding().meant([]).shape == (0, 4)
