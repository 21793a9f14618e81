from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.pipeline.encoder.backends import encoder_path
from narrative.pipeline.encoder.wordpieces import AI, CRYPTO, MARKS, TYPES, Marked, load_tokenizer, split

if TYPE_CHECKING:
    from narrative.pipeline.encoder.wordpieces import Pieces


def pieces_of(text: str, *marked: Marked) -> Pieces:
    return split(text, marked, load_tokenizer(encoder_path() / "tokenizer.json"))


def words(text: str) -> list[str]:
    found = pieces_of(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def marks(column: int, text: str, *marked: Marked) -> dict[str, int]:
    """By piece, one of its marks."""
    found = pieces_of(text, *marked)
    return {text[s:e]: int(m) for s, e, m in zip(found.starts, found.ends, found.marks[:, column], strict=True)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("🚀🚀 gold fell 5%", ["🚀🚀", "gold", "fell", "5", "%"]),
        ("A cafe\u0301 fell", ["A", "cafe", "fell"]),
        ("比特币 fell", ["比", "特", "币", "fell"]),
        ("각 fell", ["각", "각", "각", "fell"]),
        ("\ufeffGold\u200b \u200d fell", ["Gold", "fell"]),
        ("Gold\x00fell\tagain", ["Gold", "fell", "again"]),
        ("\u200b\u0301", []),
    ],
)
def test_offsets_are_code_points_of_the_text(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_text_that_runs_from_right_to_left_keeps_its_order() -> None:
    text = "ارتفع gold اليوم"
    assert "".join(words(text)) == text.replace(" ", "")
    assert "gold" in words(text)


def test_the_case_of_a_word_is_told_on_each_of_its_pieces() -> None:
    assert marks(0, "gold Gold GOLD I 5") == {"gold": 0, "Gold": 1, "GOLD": 2, "I": 1, "5": 0}
    assert set(marks(0, "eToro").values()) == {3}
    assert len(marks(0, "CryptoQuantified")) > 1
    assert set(marks(0, "CryptoQuantified").values()) == {3}


def test_mentions_are_told_by_type_and_by_where_they_begin() -> None:
    text = "Michael Saylor buys"
    person = 2 * TYPES.index("PERSON")
    told = marks(1, text, Marked(0, 14, "PERSON"))
    assert told["Michael"] == person + 1
    assert set(told.values()) == {person + 1, person + 2, 0}
    assert told["buys"] == 0


def test_camps_are_told_with_a_mention_or_without() -> None:
    told = marks(2, "Apple and gold", Marked(0, 5, "COMPANY", "ai"), Marked(10, 14, None, "crypto"))
    assert told == {"Apple": AI, "and": 0, "gold": CRYPTO}


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from(TYPES)), max_size=4))
def test_any_text_gives_pieces_in_order_with_marks_in_range(text: str, places: list[tuple[int, int, str]]) -> None:
    found = pieces_of(text, *(Marked(start, start + length, kind, "ai") for start, length, kind in places))
    count = len(found.ids)
    assert found.starts.shape == found.ends.shape == (count,)
    assert found.marks.shape == (count, len(MARKS))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(found.starts, found.ends, strict=True))
    assert all(0 <= mark < size for row in found.marks for mark, size in zip(row, MARKS, strict=True))


@pytest.mark.parametrize("piece", ["a", "😀", "1,", "比", "e\u0301", "((", "AI"])
def test_a_megabyte_without_a_space_takes_little_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    pieces_of("a")
    started = time.process_time()
    found = pieces_of(text)
    assert time.process_time() - started < 8  # a second or two, on a machine that does nothing else
    assert found.ends[-1] >= len(text) - 1  # a mark above the last letter is no part of a piece
