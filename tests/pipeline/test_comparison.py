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
        ("Capital is fleeing bitcoin for AI stocks.", "ai", False),
        ("Investors are swapping their tokens for shares of Nvidia.", "ai", False),
        ("AI stocks have outpaced bitcoin all year.", "ai", False),
        ("The miner will convert its sites to AI data centers.", "ai", False),
        ("Venture firms that once backed crypto now chase AI.", "ai", False),
        ("Bitcoin has fallen behind AI stocks since the summer.", "ai", False),
        ("Bitcoin beat every big AI stock in May.", "crypto", False),
        ("Traders are rotating out of AI names and back into bitcoin.", "crypto", False),
        ("The fund sold its Nvidia shares to buy bitcoin.", "crypto", False),
        ("Artificial intelligence is soaking up money that used to go to crypto.", "ai", False),
        ("Other analysts reject the idea that AI is draining crypto.", "ai", True),
        ("AI is not draining crypto, the bank wrote.", "ai", True),
        ("The claim that AI sucks capital out of crypto is a myth.", "ai", True),
        ("There is no evidence that money moves from bitcoin to AI.", "ai", True),
        ("Crypto is not losing developers to AI, the report says.", "ai", True),
        ("She doubts that AI stocks are stealing investors from crypto.", "ai", True),
        ("Fears that AI will replace crypto are overblown.", "ai", True),
        ("He pushed back against talk of a rotation from crypto into AI.", "ai", True),
        ("Capital isn't rotating out of crypto into AI.", "ai", True),
        ("Bitcoin has not outperformed AI stocks this year.", "crypto", True),
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
        "AI agents could drain crypto wallets, the auditor warned.",
        "Investors are turning to AI tokens.",
        "Bitcoin slips back to $92,000 after weak AI results.",
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
