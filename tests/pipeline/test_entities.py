from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.catalogue.forms import fold
from narrative.pipeline.document import register_extensions
from narrative.pipeline.entities import find_mentions, longest, mark_entities, mark_mentions
from narrative.pipeline.load import load
from narrative.pipeline.mentions.context import Context
from narrative.pipeline.mentions.mention import Mention
from narrative.records import Span

SPECS = json.loads((Path(__file__).parent.parent / "specs" / "entities.json").read_text("utf-8"))


def read(text: str, boilerplate: tuple[Span, ...] = ()):
    register_extensions()
    nlp = load()
    doc = nlp.get_pipe("sentences")(nlp.make_doc(text))
    doc._.boilerplate = boilerplate
    return mark_entities(mark_mentions(doc))


def mentions(text: str) -> list[list[str]]:
    return [[entity.text, entity.type, entity.name] for entity in read(text)._.entities]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["text"][:60])
def test_specification(spec):
    assert mentions(spec["text"]) == spec["entities"]


def test_nothing_is_marked_in_boilerplate():
    text = "Bitcoin rose. About Coinbase: an exchange."
    doc = read(text, (Span(start=14, end=len(text)),))
    assert [entity.text for entity in doc._.entities] == ["Bitcoin"]


def test_spacy_entities_carry_type_and_id():
    doc = read("BlackRock bought bitcoin.")
    assert [(span.text, span.label_, span.kb_id_) for span in doc.ents] == [
        ("BlackRock", "COMPANY", "company:blackrock"),
        ("bitcoin", "ASSET", "asset:bitcoin"),
    ]


def test_unknown_names_have_no_id():
    (entity,) = read("It fell, analyst Wilhelmina Okonkwo said.")._.entities
    assert (entity.text, entity.type, entity.id) == ("Wilhelmina Okonkwo", "PERSON", None)


def test_plain_names_are_surer_than_ambiguous_ones():
    plain, ambiguous = read("The exchange Coinbase and the exchange Gemini agreed.")._.entities
    assert plain.score > ambiguous.score


def test_a_surname_goes_to_the_bearer_that_the_text_names():
    text = "Lawyer Dana Powell joined the firm. Powell will lead its desk."
    assert [entity.id for entity in read(text)._.entities] == [None, None]
    known = read("Dana Powell joined. Jerome Powell left. Powell spoke.")._.entities
    assert [entity.id for entity in known] == [None, "person:jerome-powell", "person:jerome-powell"]


def test_a_phrase_of_words_takes_only_the_ambiguous_name_in_it():
    assert mentions("Its Bitcoin treasury grew, and the yield curve steepened.") == [["Bitcoin", "ASSET", "Bitcoin"]]


def test_what_is_shown_once_holds_for_the_text():
    told = "Aave, Compound and Morpho lend. Then came Compound."
    assert [entity.name for entity in read(told)._.entities][-1] == "Compound"
    assert mentions("Compound interest is patient.") == []


def test_of_overlapping_mentions_the_longest_wins():
    short = Mention(0, 4, None, "PLACE", "a", "plain")
    long = Mention(2, 12, None, "COMPANY", "b", "capital")
    apart = Mention(12, 14, None, "PLACE", "c", "capital")
    assert longest([apart, short, long]) == [long, apart]


NAMES = st.sampled_from(
    ["Bitcoin", "$BTC", "ETF", "ETFs", "spot", "US", "U.S.", "Strategy", "Circle’s", "Michael Saylor", "Saylor", "CEO",
     "(NBX)", "Foo Labs", "BlackRock's", "Gemini", "“", "\n", ".", ",", "İ", "Bank of", "analyst", "James", "🚀", "the"]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(NAMES).map(" ".join), st.lists(NAMES).map("".join)))
def test_any_text_gives_ordered_mentions_that_are_its_words(text):
    entities = read(text)._.entities
    end = 0
    for entity in entities:
        assert end <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end] == entity.text
        end = entity.end


@pytest.mark.parametrize("unit", ["1,", "A", "(", "🚀", "$", "John Smith ", "A.", "Ab ", "ETF ", "Trump’s "])
def test_time_grows_with_the_length_only(unit):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begin = time.perf_counter()
        find_mentions(Context(text, fold(text), [0]))
        return time.perf_counter() - begin

    seconds(1000)
    assert seconds(200_000) < 12 * seconds(50_000) + 0.5  # four times the length; sixteen if quadratic
