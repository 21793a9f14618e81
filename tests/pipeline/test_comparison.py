from __future__ import annotations

import pytest
from hypothesis import given
from readers import read, texts


@pytest.mark.parametrize(
    ("text", "winner", "denied"),
    [
        ("Capital is rotating out of crypto and into AI stocks.", "ai", False),
        ("The bitcoin miner will pivot to AI hosting.", "ai", False),
        ("Money moves from AI back to bitcoin.", "crypto", False),
        ("The chip maker winds down its AI business to refocus on crypto mining.", "crypto", False),
        ("Bitcoin outperformed Nvidia this quarter.", "crypto", False),
        ("AI stocks outperformed Bitcoin this quarter.", "ai", False),
        ("He dismissed the idea that capital rotates into AI stocks at the expense of crypto.", "ai", True),
    ],
)
def test_who_wins(text: str, winner: str, denied: bool) -> None:
    (comparison,) = read(text)._.comparison
    assert (comparison.winner, comparison.denied) == (winner, denied)
    assert comparison.loser != comparison.winner


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin outperformed gold this quarter.",
        "AI and crypto were discussed at the conference.",
        "The firm will pivot to retail.",
    ],
)
def test_no_comparison(text: str) -> None:
    assert read(text)._.comparison == ()


@given(texts)
def test_a_comparison_is_a_sentence_of_the_body(text: str) -> None:
    doc = read(text)
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    for comparison in doc._.comparison:
        assert (comparison.start, comparison.end) in spans
        assert comparison.winner != comparison.loser
