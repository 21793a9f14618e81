from __future__ import annotations

import time
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline.document import sentence_spans

nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "narrative.Tokenizer.v1"}}})
nlp.add_pipe("narrative_sentences_v1")


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(nlp(text))]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Bitcoin fell 3.5% to $69,700.", "Ether held."],
        ["Mr. Powell spoke on Jan. 28 in Washington, D.C. about rates.", "Nobody listened."],
        ["Funds bled in the U.S.", "The outflow was the largest."],
        ["The U.S. SEC sued.", "It lost."],
        ["Michael J. Saylor bought more."],
        ["He said: “We are buyers.”", "They were not."],
        ["Is this the bottom?", "Perhaps!", "Who knows…", "Nobody."],
        ["It trades on Crypto.com and Pump.fun today."],
        ["Strategy Inc. bought 500 BTC vs. 300 BTC before."],
        ["比特币下跌。", "以太坊上涨！"],
        ["$1.2 billion left.", "$300 million came back."],
    ],
)
def test_sentences_apart_by_spaces(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Traders brace for a sell-off.", "Order books thin out."],
        ["Coming soon?", "The regulator decides."],
        ["It expands as a hedge.", "“We invested,” said the chief."],
        ["They wrote: “Prices fell.”", "Analysts agreed."],
        ["Resistance lies at $2.80.", "Several analysts expect more."],
    ],
)
def test_sentences_whose_line_break_was_lost(sentences: list[str]) -> None:
    assert split("".join(sentences)) == sentences


def test_lines_end_sentences() -> None:
    text = "Why funds sell\n- First, rates rise\n- Second, AI pays more\n\nThe end"
    assert split(text) == ["Why funds sell", "- First, rates rise", "- Second, AI pays more", "The end"]


def test_a_heading_that_runs_into_prose_stands_alone() -> None:
    text = "Underlying Network Data Looks Weak The slowdown lines up with fewer users."
    assert split(text) == ["Underlying Network Data Looks Weak", "The slowdown lines up with fewer users."]


def test_names_in_a_row_are_no_heading() -> None:
    text = "Federal Reserve Chair Jerome Powell warned that The Bank of Japan may act."
    assert split(text) == [text]


@given(st.text())
def test_sentences_cover_all_but_white_space(text: str) -> None:
    spans = list(sentence_spans(nlp(text)))
    assert all(left.end <= right.start for left, right in pairwise(spans))
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert all(char.isspace() or at in covered for at, char in enumerate(text))


@pytest.mark.parametrize("unit", ["a. B ", "Aa Bb Cc The d. ", "? ", "“x.” ", "\n", "U.S. ", "。"])
def test_time_grows_linearly(unit: str) -> None:
    def seconds(size: int) -> float:
        doc = nlp.make_doc(unit * (size // len(unit)))
        start = time.perf_counter()
        for _, component in nlp.pipeline:
            component(doc)
        return time.perf_counter() - start

    seconds(1000)
    assert seconds(100_000) < 10 * 5 * max(seconds(10_000), 0.001)  # quadratic would be 100 times
