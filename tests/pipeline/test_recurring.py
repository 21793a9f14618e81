"""Sentences that recur across an outlet's articles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline import recurring
from narrative.pipeline.recurring import DATA, piece_hash, pieces, recurring_spans

NOTICE = "Harbor Wire owns none of the coins it writes about."


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "_known", lambda: frozenset({str(piece_hash(NOTICE))}))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "around", ["{}", "Bitcoin rose. {}", "Bitcoin rose.\n{}\nEther fell.", 'He said "no." {} She left.']
)
def test_a_known_sentence_is_found_where_it_stands(around: str) -> None:
    text = around.format(NOTICE)
    assert [text[span.start : span.end] for span in recurring_spans(text)] == [NOTICE]


@pytest.mark.usefixtures("known")
def test_case_and_punctuation_do_not_count_but_words_do() -> None:
    assert recurring_spans(NOTICE.upper())
    assert not recurring_spans(NOTICE.replace("none", "some"))


def test_short_and_endless_sentences_have_no_hash() -> None:
    assert piece_hash("Read more here.") is None
    assert piece_hash("word " * 1_000) is None


def test_the_file_holds_hashes_alone() -> None:
    lines = [line for line in DATA.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) >= 50
    assert lines == sorted(set(lines))
    assert all(len(line) == 16 and int(line, 16) >= 0 for line in lines)


@given(st.text(alphabet="ab. \n。!”", max_size=60))
def test_pieces_hold_all_that_is_no_white_space(text: str) -> None:
    spans = pieces(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_a_megabyte_takes_no_time() -> None:
    start = time.perf_counter()
    for filling in ("a", ". ", "。", "\n", "” "):
        recurring_spans(filling * 100_000)
    assert time.perf_counter() - start < 20
