from __future__ import annotations

import pytest
from hypothesis import given, settings
from models_by_hand import SURE, ModelByHand
from readers import read, texts

from narrative.pipeline.encoder.decisions import Decisions

BOTH = {"camps": {"ai": SURE, "crypto": SURE}}
SAID = {
    "rotation": BOTH | {"comparison": {"ai": SURE}},
    "pivot": BOTH | {"comparison": {"crypto": SURE}},
    "surged": BOTH | {"comparison": {"ai": 6}},
    "bitcoin": {"camps": {"crypto": SURE}, "comparison": {"crypto": SURE}},
    "dismissed": {"denies": {"denies": SURE}},
}


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Capital is fleeing bitcoin for AI stocks.", False),
        ("Investors are swapping their tokens for shares of Nvidia.", False),
        ("He dismissed the idea that capital rotates into AI stocks at the expense of crypto.", True),
        ("There is no evidence that money moves from bitcoin to AI.", True),
        ("Capital isn't rotating out of crypto into AI.", True),
    ],
)
def test_ai_is_set_above_crypto(text: str, denied: bool) -> None:
    (comparison,) = read(text)._.comparison
    assert (comparison.winner, comparison.loser, comparison.denied) == ("ai", "crypto", denied)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin outperformed gold this quarter.",
        "AI and crypto were discussed at the conference.",
        "The firm will pivot to retail.",
        "AI agents could drain crypto wallets, the auditor warned.",
    ],
)
def test_no_comparison(text: str) -> None:
    assert read(text)._.comparison == ()


def test_winner_denial_and_score_are_what_the_encoder_says() -> None:
    doc = read("A rotation began. She dismissed a pivot. Nothing else happened.", model=ModelByHand(SAID))
    first, second = doc._.comparison
    assert (first.winner, first.loser, first.denied, first.score) == ("ai", "crypto", False, pytest.approx(1))
    assert (second.winner, second.loser, second.denied) == ("crypto", "ai", True)
    assert [(c.start, c.end) for c in doc._.comparison] == [(s.start, s.end) for s in doc._.sentences[:2]]


def test_a_sentence_about_one_camp_compares_nothing() -> None:
    assert read("Bitcoin won.", model=ModelByHand(SAID))._.comparison == ()


@pytest.mark.parametrize(("threshold", "found"), [(0.001, 1), (0.999, 0)])
def test_a_comparison_counts_from_the_threshold_on(threshold: float, found: int) -> None:
    model = ModelByHand(SAID, Decisions(threshold={"comparison": threshold}))
    assert len(read("Prices surged.", model=model)._.comparison) == found


@settings(deadline=None, max_examples=60)
@given(texts)
def test_a_comparison_is_a_sentence_of_the_body(text: str) -> None:
    doc = read(text, model=ModelByHand(SAID))
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    for comparison in doc._.comparison:
        assert (comparison.start, comparison.end) in spans
        assert comparison.winner != comparison.loser
