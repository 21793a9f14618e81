from __future__ import annotations

import pytest
from hypothesis import given, settings
from models_by_hand import SURE, Answers, ModelByHand
from readers import read, texts

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.encoder.decisions import Decisions
from narrative.records import Reference

BECAUSE: Answers = {"explains": {"explains": SURE}}
# The first number of a query and of a key is high where they fit, the second where something else fits.
WANTS, FITS, OTHER = {"0": 9}, {"asset_key": {"0": 9}}, {"asset_key": {"1": 9}}


def cause(tag: str = "B", **answers: str) -> Answers:
    """A word of a cause, with the labels that it gives to what it explains."""
    return {"cause": {tag: 20}, "asset_query": WANTS} | {head: {label: 20} for head, label in answers.items()}


TARIFFS = cause(effect="down", moved="price", cause_status="actual", cause_narrative="macro-risk")
SAID = {"because": BECAUSE, "tariffs": TARIFFS, "bitcoin": FITS, "solana": OTHER}


@pytest.mark.parametrize(
    ("text", "asset", "effect", "narrative"),
    [
        ("Bitcoin tumbled after the United States announced new tariffs.", "Bitcoin", "down", "macro-risk"),
        ("Ether climbed on hopes of a rate cut.", "Ethereum", "up", "fed-easing"),
        ("Rising bond yields are putting pressure on bitcoin.", "Bitcoin", "down", "fed-tightening"),
        ("Crypto markets fell amid fears of a war in the Middle East.", "crypto market", "down", "macro-risk"),
        ("Bitcoin's fall was triggered by forced selling of leveraged traders.", "Bitcoin", "down", "leverage-flush"),
    ],
)
def test_everyday_explanations(text: str, asset: str, effect: str, narrative: str) -> None:
    (found,) = read(text)._.explanations
    assert (found.asset.name, found.effect, found.cause, found.denied) == (asset, effect, narrative, False)


def test_a_denied_explanation() -> None:
    (found,) = read("She rejected the idea that tariffs drove bitcoin lower.")._.explanations
    assert found.denied


@pytest.mark.parametrize("text", ["Bitcoin is known as digital gold.", "The minister resigned because of the tariffs."])
def test_no_explanation(text: str) -> None:
    assert read(text)._.explanations == ()


def test_an_explanation_is_what_the_encoder_says_of_the_words_of_its_cause() -> None:
    text = "Solana rose. Bitcoin fell because of tariffs."
    (found,) = read(text, model=ModelByHand(SAID))._.explanations
    assert text[found.start : found.end] == "Bitcoin fell because of tariffs."
    assert text[found.cause_start : found.cause_end] == "tariffs"
    assert found.asset == Reference(name="Bitcoin", id="asset:bitcoin")
    assert (found.effect, found.what, found.cause, found.status) == ("down", "price", "macro-risk", "actual")
    assert (found.denied, found.speaker) == (False, None)
    assert found.score == pytest.approx(1)


def test_what_moves_is_the_name_that_fits_the_cause() -> None:
    (found,) = read("Solana rose, and bitcoin fell, because of tariffs.", model=ModelByHand(SAID))._.explanations
    assert found.asset.name == "Bitcoin"
    (found,) = read("The crypto market fell because of tariffs.", model=ModelByHand(SAID))._.explanations
    assert found.asset == Reference(name="crypto market")
    assert read("It fell because of tariffs.", model=ModelByHand(SAID))._.explanations == ()


@pytest.mark.parametrize(("price", "asset"), [(1.0, "Bitcoin"), (100.0, "Solana")])
def test_a_name_of_an_earlier_sentence_may_move_at_a_price(price: float, asset: str) -> None:
    model = ModelByHand(SAID, Decisions(threshold={"outside": price}))
    (found,) = read("Bitcoin fell. Solana stood because of tariffs.", model=model)._.explanations
    assert found.asset.name == asset


def test_a_cause_is_whole_words_without_the_marks_at_its_ends() -> None:
    said = SAID | {"new": cause("B"), "tariff": cause("I"), "fears": cause("I"), ",": cause("I")}
    text = "Bitcoin fell because of new tariff fears, they say."
    (found,) = read(text, model=ModelByHand(said))._.explanations
    assert text[found.cause_start : found.cause_end] == "new tariff fears"


def test_two_causes_are_two_entries_and_one_that_is_torn_is_one() -> None:
    war = cause(effect="down", cause_narrative="digital-gold")
    told = read("Bitcoin fell because of war and tariffs.", model=ModelByHand(SAID | {"war": war}))
    assert [entry.cause for entry in told._.explanations] == ["digital-gold", "macro-risk"]
    torn = read("Bitcoin fell because of tariffs and tariffs.", model=ModelByHand(SAID))
    assert [entry.cause for entry in torn._.explanations] == ["macro-risk"]


def test_without_words_tagged_the_likeliest_are_the_cause() -> None:
    said = SAID | {"tariffs": TARIFFS | {"cause": {"B": 8.5}}}
    text = "Bitcoin fell because of tariffs."
    (found,) = read(text, model=ModelByHand(said))._.explanations
    assert text[found.cause_start : found.cause_end] == "tariffs"


@pytest.mark.parametrize(("effect", "narrative"), [("up", "fed-easing"), ("down", "fed-tightening")])
def test_of_opposite_narratives_the_cause_is_the_one_that_moves_things_so(effect: str, narrative: str) -> None:
    said = SAID | {"rates": cause(effect=effect, cause_narrative="fed-easing")}
    (found,) = read("Bitcoin moved because of rates.", model=ModelByHand(said))._.explanations
    assert found.cause == narrative


def test_denial_follows_its_threshold() -> None:
    said = SAID | {"tariffs": TARIFFS | {"cause_denied": {"denied": 2}}}
    for threshold, denied in [(0.5, True), (0.99, False)]:
        model = ModelByHand(said, Decisions(threshold={"denied": threshold}))
        (found,) = read("Bitcoin fell because of tariffs.", model=model)._.explanations
        assert found.denied == denied


@pytest.mark.parametrize(
    "text",
    [
        "“Bitcoin fell because of tariffs this week,” Elon Musk said.",
        "Bitcoin fell because of tariffs, Elon Musk said.",
    ],
)
def test_who_explains(text: str) -> None:
    (found,) = read(text, model=ModelByHand(SAID))._.explanations
    assert found.speaker is not None
    assert found.speaker.name == "Elon Musk"


@settings(deadline=None, max_examples=60)
@given(texts)
def test_causes_lie_in_their_sentences_and_in_the_taxonomy(text: str) -> None:
    doc = read(text, model=ModelByHand(SAID))
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    known = {*load_taxonomy().ids, "other"}
    for entry in doc._.explanations:
        assert (entry.start, entry.end) in spans
        assert entry.start <= entry.cause_start < entry.cause_end <= entry.end
        assert entry.cause in known
