from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from readers import read, texts

from narrative.catalogue.taxonomy import load_taxonomy

HEADLINES = json.loads((Path(__file__).parents[1] / "specs" / "readers_narratives.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("title", "text", "ident"),
    [
        (
            "Bitcoin ETFs bleed again",
            "Spot funds recorded net outflows of $300 million, the fifth day of outflows.",
            "etf-outflows",
        ),
        (
            "Exchange loses $40M to hackers",
            "The attacker drained hot wallets in an exploit, and the stolen coins were laundered.",
            "security",
        ),
        ("Bitcoin slides below $80,000", "Bitcoin fell to a weekly low as the selloff deepened.", "bear-market"),
        ("AI agents get their own wallets", "The protocol lets AI agents pay with crypto.", "ai-crypto-convergence"),
        (
            "Senate passes crypto bill",
            "The market structure bill gives the CFTC oversight and brings regulatory clarity.",
            "regulatory-clarity",
        ),
    ],
)
def test_the_main_narrative(title: str, text: str, ident: str) -> None:
    narratives = read(f"{title}\n\n{text}", title=title)._.narratives
    assert narratives[0].id == ident
    assert narratives[0].primary
    assert narratives[0].position == "tells"


@pytest.mark.parametrize("ident", HEADLINES)
def test_a_headline_alone_tells_its_narrative(ident: str) -> None:
    missed = [line for line in HEADLINES[ident] if ident not in [n.id for n in read(line, title=line)._.narratives]]
    assert not missed
    assert len(HEADLINES[ident]) >= 3


def test_of_two_opposite_stories_the_likelier_is_told() -> None:
    title = "Bitcoin slides below $80,000"
    text = (
        f"{title}\n\nBitcoin fell to a weekly low. The next resistance is above $84,000, and bulls hope for a rebound."
    )
    told = [narrative.id for narrative in read(text, title=title)._.narratives]
    assert "bear-market" in told
    assert "bull-market" not in told


def test_a_comparison_tells_where_capital_goes() -> None:
    title = "Traders sell gadgets stocks"
    sentence = "Artificial intelligence is soaking up money that used to go to tokens."
    told = [narrative.id for narrative in read(sentence, title=sentence)._.narratives]
    assert "ai-drains-crypto" in told
    assert "ai-drains-crypto" not in [narrative.id for narrative in read(title, title=title)._.narratives]


def test_a_narrative_told_only_to_be_rejected() -> None:
    title = "This is not a bear market, analysts say"
    text = f"{title}\n\nThey dismissed talk of a bear market. The drawdown does not resemble a crypto winter."
    told = {narrative.id: narrative.position for narrative in read(text, title=title)._.narratives}
    assert told["bear-market"] == "rejects"


def test_the_refusal_outweighs_a_passing_word() -> None:
    title = "Does artificial intelligence starve bitcoin?"
    text = (
        f"{title}\n\nMoney is moving, some say. Analysts reject the idea that AI is draining crypto. "
        "Tokens trade where they did."
    )
    told = {narrative.id: narrative.position for narrative in read(text, title=title)._.narratives}
    assert told["ai-drains-crypto"] == "rejects"


def test_a_cause_of_the_movement_supports_its_narrative() -> None:
    title = "Bitcoin is lower"
    explained = f"{title}\n\nBitcoin fell because of new tariffs."
    beside = f"{title}\n\nBitcoin fell. There are new tariffs."
    told = [[n.id for n in read(text, title=title)._.narratives] for text in (explained, beside)]
    assert "macro-risk" in told[0]
    assert "macro-risk" not in told[1]


def test_a_title_that_is_not_part_of_the_text_counts_but_shows_no_evidence() -> None:
    text = "It was a quiet Tuesday. The exchange lost coins to hackers in an exploit."
    with_title = read(text, title="Hackers exploit exchange and steal coins")._.narratives[0]
    without = read(text)._.narratives[0]
    assert with_title.score > without.score
    assert all(span.end <= len(text) for span in with_title.evidence)


def test_small_talk_tells_nothing() -> None:
    assert read("The weather in Lisbon was fine. Nobody complained.")._.narratives == ()


@given(texts)
def test_one_primary_evidence_in_the_body_and_scores_in_order(text: str) -> None:
    doc = read(text)
    narratives = doc._.narratives
    assert sum(narrative.primary for narrative in narratives) == bool(narratives)
    assert [n.score for n in narratives] == sorted((n.score for n in narratives), reverse=True)
    assert len({n.id for n in narratives}) == len(narratives)
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    for narrative in narratives:
        assert narrative.id in load_taxonomy().ids
        assert narrative.evidence
        assert {(span.start, span.end) for span in narrative.evidence} <= spans


def test_a_long_article_without_a_title_still_tells_its_story() -> None:
    filler = "The committee met on Tuesday in the town hall. "
    story = "Hackers drained the bridge in an exploit and laundered the stolen coins. "
    narratives = read((filler * 5 + story) * 5)._.narratives
    assert narratives[0].id == "security"
