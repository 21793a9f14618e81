from __future__ import annotations

import pytest
from hypothesis import given
from readers import read, texts

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.records import Entity, Quote, Reference

SENTENCES = [
    ("Bitcoin tumbled after the United States announced new tariffs.", "Bitcoin", "down", "macro-risk"),
    ("Ether climbed on hopes of a rate cut.", "Ethereum", "up", "fed-easing"),
    ("Redemptions from spot funds dragged bitcoin lower.", "Bitcoin", "down", "etf-outflows"),
    ("XRP surged thanks to strong ETF inflows.", "XRP", "up", "etf-inflows"),
    ("A wave of liquidations sent bitcoin below $90,000.", "Bitcoin", "down", "leverage-flush"),
    ("Bitcoin slid as long-term holders sold.", "Bitcoin", "down", "whale-activity"),
    ("If the Fed cuts rates, bitcoin could rally.", "Bitcoin", "up", "fed-easing"),
    ("Worries about an AI bubble weighed on tech stocks.", "tech stocks", "down", "ai-bubble"),
    ("AI stocks jumped after Nvidia's record revenue.", "AI stocks", "up", "ai-boom"),
    ("Crypto markets fell amid fears of a war in the Middle East.", "crypto market", "down", "macro-risk"),
    ("Bitcoin gained because the Senate passed the crypto bill.", "Bitcoin", "up", "regulatory-clarity"),
    ("The SEC lawsuit caused XRP to plunge.", "XRP", "down", "regulatory-crackdown"),
    ("Solana dropped following a hack of its largest exchange.", "Solana", "down", "security"),
    ("Dogecoin soared, driven by memecoin mania.", "Dogecoin", "up", "speculation"),
    ("Rising bond yields are putting pressure on bitcoin.", "Bitcoin", "down", "fed-tightening"),
    ("Bitcoin's decline was triggered by forced selling of leveraged traders.", "Bitcoin", "down", "leverage-flush"),
    ("Strategy's purchases helped bitcoin recover.", "Bitcoin", "up", "treasury-companies"),
    ("Miners' selling kept bitcoin in a range.", "Bitcoin", "flat", "mining"),
]


@pytest.mark.parametrize(("text", "asset", "effect", "cause"), SENTENCES)
def test_everyday_explanations(text: str, asset: str, effect: str, cause: str) -> None:
    (found,) = read(text)._.explanations
    assert (found.asset.name, found.effect, found.cause, found.denied) == (asset, effect, cause, False)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's fall isn't due to ETF outflows, the analyst said.",
        "She rejected the idea that tariffs drove bitcoin lower.",
        "Analysts doubt that whales caused the drop in bitcoin.",
        "The drop in ether has nothing to do with the hack, the team said.",
    ],
)
def test_a_denied_explanation(text: str) -> None:
    (found,) = read(text)._.explanations
    assert found.denied


@pytest.mark.parametrize(
    ("text", "asset", "effect", "cause", "words"),
    [
        ("Bitcoin fell as ETF outflows mounted.", "Bitcoin", "down", "etf-outflows", "ETF outflows mounted"),
        (
            "Ether rallied after the Fed delivered a rate cut.",
            "Ethereum",
            "up",
            "fed-easing",
            "the Fed delivered a rate cut",
        ),
        ("Tariff fears weigh on crypto.", "crypto market", "down", "macro-risk", "Tariff fears"),
        ("Bitcoin dropped because of liquidations.", "Bitcoin", "down", "leverage-flush", "liquidations"),
        ("As whales sell, Solana slides.", "Solana", "down", "whale-activity", "whales sell"),
        ("AI stocks tumbled amid fears of an AI bubble.", "AI stocks", "down", "ai-bubble", "fears of an AI bubble"),
    ],
)
def test_cause_and_effect(text: str, asset: str, effect: str, cause: str, words: str) -> None:
    (found,) = read(text)._.explanations
    assert (found.asset.name, found.effect, found.cause) == (asset, effect, cause)
    assert text[found.cause_start : found.cause_end] == words
    assert (found.denied, found.status) == (False, "actual")


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin fell to $60,000.",
        "Other analysts reject the idea that AI is draining crypto.",
        "Bitcoin fell as low as $60,000.",
        "Bitcoin rose despite ETF outflows.",
        "Bitcoin is known as digital gold.",
        "Bitcoin fell after a close below the trendline that bears defend.",
        "The minister resigned because of the tariffs.",
    ],
)
def test_no_explanation(text: str) -> None:
    assert read(text)._.explanations == ()


def test_two_causes_of_different_narratives_are_two_entries() -> None:
    found = read("Bitcoin fell amid ETF outflows and new tariffs.")._.explanations
    assert [entry.cause for entry in found] == ["etf-outflows", "macro-risk"]


def test_status_and_denial() -> None:
    (possible,) = read("Bitcoin could fall because of tariffs.")._.explanations
    assert possible.status == "hypothetical"
    (expected,) = read("Bitcoin will fall because of tariffs.")._.explanations
    assert expected.status == "expected"
    (denied,) = read("She dismissed the claim that Bitcoin fell because of tariffs.")._.explanations
    assert denied.denied


def test_the_speaker_of_a_quotation_explains() -> None:
    text = "“Bitcoin fell because of tariffs this week,” Ann Example said."
    quote = Quote(start=1, end=41, text=text[1:41], speaker=Reference(name="Ann Example"))
    (found,) = read(text, quotes=(quote,))._.explanations
    assert found.speaker == Reference(name="Ann Example")


def test_an_entity_names_what_moves() -> None:
    text = "Zyxcoin fell because of tariffs, and crypto noticed."
    entity = Entity(start=0, end=7, text="Zyxcoin", type="ASSET", name="Zyxcoin", score=1)
    (found,) = read(text, entities=(entity,))._.explanations
    assert found.asset == Reference(name="Zyxcoin")


@given(texts)
def test_causes_lie_in_their_sentences_and_in_the_taxonomy(text: str) -> None:
    doc = read(text)
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    known = {*load_taxonomy().ids, "other"}
    for entry in doc._.explanations:
        assert (entry.start, entry.end) in spans
        assert entry.start <= entry.cause_start < entry.cause_end <= entry.end
        assert entry.cause in known
