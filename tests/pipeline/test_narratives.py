from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from models_by_hand import SURE, Answers, ModelByHand
from readers import read, texts

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.encoder.decisions import Decisions
from narrative.pipeline.narratives import chances_of

HEADLINES = json.loads((Path(__file__).parents[1] / "specs" / "readers_narratives.json").read_text("utf-8"))
TOLD_BY_HALF_AT_LEAST = 20  # of the 27 narratives, and all headlines together at 0.75
SHARE = 0.75


def tells(ident: str, logit: float = SURE, **more: dict[str, float]) -> Answers:
    return {"narratives": {ident: logit}, **more}


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
    (main,) = [narrative for narrative in narratives if narrative.primary]
    assert (main.id, main.position) == (ident, "tells")


def test_most_headlines_alone_tell_their_narratives() -> None:
    told = {
        ident: [ident in [found.id for found in read(line, title=line)._.narratives] for line in lines]
        for ident, lines in HEADLINES.items()
    }
    assert sum(map(sum, told.values())) >= SHARE * sum(map(len, told.values()))
    assert sum(2 * sum(found) >= len(found) for found in told.values()) >= TOLD_BY_HALF_AT_LEAST


def test_what_is_told_is_what_the_encoder_says_with_the_sentences_that_say_it() -> None:
    model = ModelByHand({"hackers": tells("security"), "upgrade": tells("technology", SURE / 2)})
    text = "An upgrade came. Nothing happened. The hackers left. Nothing happened then."
    doc = read(text, model=model)
    security, technology = doc._.narratives
    assert (security.id, security.score, security.position) == ("security", pytest.approx(1), "tells")
    assert [text[span.start : span.end] for span in security.evidence] == ["The hackers left."]
    assert (technology.id, technology.primary) == ("technology", False)
    assert [text[span.start : span.end] for span in technology.evidence] == ["An upgrade came."]


def test_the_main_narrative_is_the_one_of_those_told_that_the_encoder_names() -> None:
    main = {"primary": {"technology": SURE, "mining": 2 * SURE}}
    model = ModelByHand({"hackers": tells("security"), "upgrade": tells("technology", 100), "main": main})
    told = read("Hackers stopped the upgrade, the main story.", model=model)._.narratives
    assert [(narrative.id, narrative.primary) for narrative in told] == [("security", False), ("technology", True)]


def test_of_two_opposite_stories_the_likelier_is_told() -> None:
    model = ModelByHand({"rally": tells("bull-market", 70), "slump": tells("bear-market", 80)})
    (told,) = read("A rally follows the slump.", model=model)._.narratives
    assert told.id == "bear-market"


def test_each_narrative_has_a_threshold() -> None:
    decisions = Decisions(threshold={"narratives security": 1.01, "narratives defi": 0.0})
    told = read("The hackers left.", model=ModelByHand({"hackers": tells("security")}, decisions))._.narratives
    assert [narrative.id for narrative in told] == ["defi"]


def test_a_narrative_is_rejected_where_the_words_that_show_it_do() -> None:
    model = ModelByHand({"hackers": tells("security"), "nonsense": {"rejects": {"rejects": SURE}}})
    for text, position in [("The hackers left.", "tells"), ("The hackers are nonsense.", "rejects")]:
        (told,) = read(text, model=model)._.narratives
        assert told.position == position


def test_cues_and_the_encoder_add_up() -> None:
    model = ModelByHand({}, Decisions(scale={"narrative cues": 0.5}))
    doc = read("Nothing happened.", model=model)
    body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
    without, with_cues = (chances_of(doc._.encoding, body, np.full(27, logit, np.float32)) for logit in (0.0, 18.0))
    assert without == pytest.approx(np.full(27, 1 / (1 + np.exp(9))), rel=1e-3)
    assert with_cues == pytest.approx(np.full(27, 0.5))


def test_small_talk_tells_nothing() -> None:
    assert read("The weather in Lisbon was fine. Nobody complained.")._.narratives == ()


@settings(deadline=None, max_examples=60)
@given(texts)
def test_one_primary_evidence_in_the_body_and_scores_in_order(text: str) -> None:
    said = {"bitcoin": tells("bear-market"), "ETF": tells("etf-outflows", 90), "Fed": tells("fed-easing", 80)}
    doc = read(text, model=ModelByHand(said))
    narratives = doc._.narratives
    assert sum(narrative.primary for narrative in narratives) == bool(narratives)
    assert [n.score for n in narratives] == sorted((n.score for n in narratives), reverse=True)
    assert len({n.id for n in narratives}) == len(narratives)
    spans = {(sentence.start, sentence.end) for sentence in doc._.sentences}
    for narrative in narratives:
        assert narrative.id in load_taxonomy().ids
        assert narrative.evidence
        assert {(span.start, span.end) for span in narrative.evidence} <= spans
