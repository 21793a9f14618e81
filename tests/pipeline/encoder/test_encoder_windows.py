from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.pipeline.encoder.windows import CONTEXT, LONGEST, Window, windows

LENGTHS = st.lists(st.one_of(st.integers(1, 40), st.integers(1, 600)), max_size=40)


def cut(lengths: list[int]) -> tuple[np.ndarray, list[int]]:
    """Where pieces of three characters begin, and sentences of so many pieces."""
    return np.arange(sum(lengths), dtype=np.int64) * 3, [3 * sum(lengths[:at]) for at in range(len(lengths))]


@settings(deadline=None)
@given(LENGTHS)
def test_every_piece_is_owned_once_in_windows_of_bounded_length(lengths: list[int]) -> None:
    starts, sentences = cut(lengths)
    found = windows(starts, sentences)
    assert [piece for window in found for piece in range(window.own, window.end)] == list(range(len(starts)))
    for window in found:
        assert window.start <= window.own < window.end
        assert window.end - window.start <= LONGEST
        assert window.own - window.start <= CONTEXT


@settings(deadline=None)
@given(LENGTHS)
def test_a_sentence_that_fits_is_not_torn(lengths: list[int]) -> None:
    ends = {window.end for window in windows(*cut(lengths))}
    first = 0
    for length in lengths:
        if length <= LONGEST - CONTEXT:
            assert not ends & set(range(first + 1, first + length))
        first += length


@settings(deadline=None)
@given(LENGTHS)
def test_context_is_of_the_sentence_before(lengths: list[int]) -> None:
    starts, sentences = cut(lengths)
    for window in windows(starts, sentences):
        between = {piece for piece in range(window.start + 1, window.own) if starts[piece] in set(sentences)}
        assert not between


@settings(deadline=None)
@given(st.lists(st.integers(0, 900), max_size=30).map(sorted), st.integers(0, 300))
def test_sentences_may_begin_anywhere(sentences: list[int], pieces: int) -> None:
    found = windows(np.arange(pieces, dtype=np.int64) * 3, sentences)
    assert [piece for window in found for piece in range(window.own, window.end)] == list(range(pieces))


def test_a_window_is_filled_with_whole_sentences_and_the_next_sees_the_last_of_them() -> None:
    assert windows(*cut([100, 50, 60])) == [Window(0, 0, 150), Window(100, 150, 210)]


def test_nothing_to_read_needs_no_window() -> None:
    assert windows(np.zeros(0, np.int64), []) == []
