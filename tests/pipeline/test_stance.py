from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from readers import body, read, texts

from narrative.pipeline.stance import CAMPS, rules
from narrative.records import Entity

SPECS = json.loads((Path(__file__).parents[1] / "specs" / "readers_stance.json").read_text("utf-8"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["text"])
def test_sentences(spec: dict[str, object]) -> None:
    (sentence,) = read(str(spec["text"]))._.sentences
    for camp in CAMPS:
        stance = getattr(sentence, camp)
        assert (stance.label if stance else None) == spec.get(camp)


def test_each_camp_is_judged_by_the_cues_beside_it() -> None:
    (sentence,) = read("Nvidia soared to a record high, while Bitcoin crashed and bled outflows.")._.sentences
    assert sentence.ai.label == 1
    assert sentence.crypto.label == -1


def test_a_reference_counts_only_in_an_article_about_the_camp() -> None:
    assert read("Bitcoin fell. The price is below support.")._.sentences[1].crypto is not None
    assert read("Wheat fell. The price is below support.")._.sentences[1].crypto is None


def test_an_entity_of_a_camp_makes_a_sentence_speak_of_it() -> None:
    from narrative.catalogue.entries import load_catalogue

    entry = next((entry for entry in load_catalogue().entries if entry.camp == "crypto"), None)
    if entry is None:
        pytest.skip("the catalogue has no entry of a camp")
    text = "Zyx fell."
    entity = Entity(start=0, end=3, text="Zyx", type=entry.type, name=entry.name, id=entry.id, score=1)
    assert read(text)._.sentences[0].crypto is None
    assert read(text, entities=(entity,))._.sentences[0].crypto is not None


def test_the_title_weighs_more_than_a_sentence() -> None:
    title = "Bitcoin crashes in a market rout"
    text = f"{title}\n\nBitcoin miners gained. Bitcoin wallets are simple."
    assert read(text, title=title)._.stance.crypto.label == -1


def test_spread_is_null_where_a_camp_is_absent() -> None:
    alone = read("Bitcoin surged.")._.stance
    assert alone.ai is None
    assert alone.spread is None
    both = read("Nvidia soared. Bitcoin crashed.")._.stance
    assert both.spread == pytest.approx(both.ai.score - both.crypto.score)
    assert both.spread > 0


@given(texts)
def test_one_record_a_sentence_and_labels_that_follow_the_scores(text: str) -> None:
    doc = read(text)
    assert [text[s.start : s.end] for s in doc._.sentences] == body(doc)
    weights = rules().weights
    for sentence in doc._.sentences:
        for stance in (sentence.ai, sentence.crypto):
            if stance:
                assert (stance.label == 1) == (stance.score > weights["positive"])
                assert (stance.label == -1) == (stance.score < weights["negative"])
