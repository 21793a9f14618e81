from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from models_by_hand import SURE, ModelByHand
from readers import body, read, texts

from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.stance import CAMPS, with_names

BITCOIN = {"camps": {"crypto": SURE}}
NVIDIA = {"camps": {"ai": SURE}}
SAID = {
    "bitcoin": BITCOIN,
    "nvidia": NVIDIA,
    "soared": {"stance_ai": {"1": SURE}, "stance_crypto": {"1": SURE}},
    "fell": {"stance_ai": {"-1": SURE}, "stance_crypto": {"-1": SURE}},
    "wavered": {"stance_crypto": {"0": 7, "1": 6}},
}


@pytest.mark.parametrize(
    ("text", "ai", "crypto"),
    [
        ("Bitcoin plunged below $60,000 as the selloff deepened.", None, -1),
        ("Bitcoin surged to a record high, and traders cheered.", None, 1),
        ("Ether crashed to a yearly low.", None, -1),
        ("Hackers stole $40 million from a DeFi protocol.", None, -1),
        ("Spot Bitcoin ETFs drew $300 million of inflows.", None, 1),
        ("Regulators rejected the spot Solana ETF application.", None, -1),
        ("Nvidia shares soared after blowout earnings.", 1, None),
        ("Fears of an AI bubble are growing.", -1, None),
        ("The weather in Lisbon was fine.", None, None),
    ],
)
def test_clear_sentences(text: str, ai: int | None, crypto: int | None) -> None:
    (sentence,) = read(text)._.sentences
    assert [stance and stance.label for stance in (sentence.ai, sentence.crypto)] == [ai, crypto]


def test_a_sentence_has_a_stance_towards_the_camps_it_speaks_about() -> None:
    first, second, third = read("Bitcoin soared. Nvidia fell. Wheat fell.", model=ModelByHand(SAID))._.sentences
    assert (first.ai, first.crypto.label, first.crypto.score) == (None, 1, pytest.approx(1))
    assert (second.ai.label, second.ai.score, second.crypto) == (-1, pytest.approx(-1), None)
    assert (third.ai, third.crypto) == (None, None)


def test_a_camp_counts_from_its_threshold_on() -> None:
    never = ModelByHand(SAID, Decisions(threshold={"camps crypto": 1.01}))
    assert read("Bitcoin soared.", model=never)._.sentences[0].crypto is None


@pytest.mark.parametrize(("threshold", "abstained"), [(0.2, False), (0.9, True)])
def test_a_label_that_is_not_likely_is_told_as_an_abstention(threshold: float, abstained: bool) -> None:
    model = ModelByHand(SAID, Decisions(threshold={"stance": threshold}))
    stance = read("Bitcoin wavered.", model=model)._.sentences[0].crypto
    assert (stance.label, stance.abstained) == (0, abstained)
    assert 0 < stance.score < 1


def test_the_article_has_a_stance_of_its_own() -> None:
    said = {
        "bitcoin": BITCOIN | {"article_crypto": {"absent": 0, "1": SURE}},
        "nvidia": NVIDIA | {"article_ai": {"absent": 0, "-1": SURE}},
    }
    both = read("Bitcoin fell. Nvidia soared.", model=ModelByHand(said))._.stance
    assert (both.ai.label, both.crypto.label) == (-1, 1)
    assert both.spread == pytest.approx(both.ai.score - both.crypto.score)
    alone = read("Bitcoin fell.", model=ModelByHand(said))._.stance
    assert (alone.ai, alone.spread) == (None, None)
    assert read("", model=ModelByHand(said))._.stance.crypto is None


def test_a_name_in_the_sentence_and_names_around_it_speak_for_a_camp() -> None:
    logits, named = np.zeros((2, 2), np.float32), np.array([[1, 0], [0, 0]], np.float32)
    weights = {"camp named": 2.0, "camp around": 1.0}
    assert with_names(logits, named, named.mean(axis=0), weights).tolist() == [[2.5, 0], [0.5, 0]]
    assert with_names(logits, named, named.mean(axis=0), {}).tolist() == logits.tolist()


@settings(deadline=None, max_examples=60)
@given(texts)
def test_one_record_a_sentence_that_the_encoder_reads(text: str) -> None:
    doc = read(text, model=ModelByHand(SAID))
    read_ones = [words for words in body(doc) if any(letter.isalnum() for letter in words)]
    assert [words for s in doc._.sentences if any(map(str.isalnum, words := text[s.start : s.end]))] == read_ones
    for sentence in doc._.sentences:
        for camp in CAMPS:
            stance = getattr(sentence, camp)
            assert stance is None or -1 <= stance.score <= 1


@pytest.mark.parametrize("blank", ["\u200b", "\u200d\u2060", "\u0301"])
def test_a_line_of_invisible_characters_is_no_sentence(blank: str) -> None:
    doc = read(f"Bitcoin fell.\n\n{blank}\n\nEther fell because of tariffs.\n\n{blank}")
    assert [doc.text[s.start : s.end] for s in doc._.sentences] == ["Bitcoin fell.", "Ether fell because of tariffs."]
