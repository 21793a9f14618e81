from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from readers import body, boilerplate, read, texts

from narrative.pipeline.boilerplate import find_boilerplate
from narrative.records import Span

FIRST = "Bitcoin rose to a new record on Monday, traders said. Volumes doubled within a day on most venues."


@pytest.mark.parametrize(
    "notice",
    [
        "Disclaimer: The author owns some of the coins named above.",
        "This article is for informational purposes only and is no advice.",
        "The post Bitcoin Sets a Record appeared first on Some Outlet.",
        "Featured image from Shutterstock, chart from TradingView.com",
        "Source: Glassnode",
        "Subscribe to our newsletter for a daily digest.",
        "免责声明:本文仅供参考,不构成投资建议。",
        "Bài viết này được lấy từ internet: Bitcoin lập kỷ lục\nMột dòng nữa.",
        "About Us\n\nAcme builds things. It was founded in 2019.",
        "Related: Why another coin fell\nCompiled by: Somebody\nLiquidity is scarce. Another story goes on…",
    ],
)
def test_a_notice_at_the_end_is_taken_out_and_nothing_else(notice: str) -> None:
    doc = read(f"{FIRST}\n{notice}")
    assert boilerplate(doc) == [notice]
    assert body(doc) == FIRST.replace(". ", ".\n").splitlines()


@pytest.mark.parametrize(
    "sentence",
    [
        "The disclaimer on its site did not help the exchange in court.",
        "He related how the hack was noticed.",
        "Investors should not read more into the move, she said.",
        "The company said about us that we were wrong.",
        "The source of the outflows is unknown.",
        "By Monday, Bitcoin had lost all its gains.",
        "Follow-through buying was absent, analysts noted.",
    ],
)
def test_a_body_is_not_eaten(sentence: str) -> None:
    assert boilerplate(read(f"{FIRST}\n{sentence}\n{FIRST}")) == []


def test_a_related_headline_ends_where_the_next_sentence_begins() -> None:
    doc = read(
        "The coin fell by 3%. Related Reading: Whales Are Moving Coins To Exchanges In Large Numbers "
        "The analyst added that demand is weak."
    )
    assert boilerplate(doc) == ["Related Reading: Whales Are Moving Coins To Exchanges In Large Numbers"]
    assert body(doc) == ["The coin fell by 3%.", "The analyst added that demand is weak."]


def test_bylines_stand_alone() -> None:
    doc = read(f"Written by: Ann Example, Some Outlet\nBy Ann Example\n{FIRST}")
    assert boilerplate(doc) == ["Written by: Ann Example, Some Outlet", "By Ann Example"]


def test_the_caption_before_a_source_goes_with_it() -> None:
    doc = read(f"{FIRST}\nWeekly flows by asset\nSource: CoinShares\nOutflows came to an end.")
    assert boilerplate(doc) == ["Weekly flows by asset", "Source: CoinShares"]


def test_a_tail_does_not_begin_in_the_first_third() -> None:
    doc = read("Disclaimer\n" + FIRST * 3)
    assert len(body(doc)) >= 4


@given(texts)
def test_spans_are_ordered_inside_the_text_and_never_blank(text: str) -> None:
    doc = read(text)
    end = 0
    for span in doc._.boilerplate:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
        end = span.end
    assert doc.text == text


@pytest.mark.parametrize(
    "notice", ["Related Reading: ", "The post appeared first on ", "Source: \n", "About Us ", "By A\n"]
)
def test_time_is_linear_in_notices(notice: str) -> None:
    text = notice * (300_000 // len(notice))
    lines = [Span(start=match.start(), end=match.end()) for match in re.finditer(r"\S[^\n]*", text)]
    started = time.process_time()
    find_boilerplate(text, lines)
    assert time.process_time() - started < 5


@pytest.mark.shared
def test_the_seeds_come_out_clean() -> None:
    for path in Path(os.environ["NARRATIVE_SHARED"], "seeds").glob("*.txt"):
        text = path.read_text("utf-8")
        sentences = body(read(text))
        assert len(sentences) > 20
        for notice in ("免责声明", "Odaily", "Tokenization was initially", "được lấy từ", "Written by", "Source:"):
            assert not any(notice in sentence for sentence in sentences)
        assert any("outflow" in sentence for sentence in sentences)
