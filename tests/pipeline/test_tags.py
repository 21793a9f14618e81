import time

import pytest
from encodings_by_hand import encoding

from narrative.pipeline.entities import mark_entities
from narrative.pipeline.load import build
from narrative.pipeline.mentions.context import Context
from narrative.pipeline.mentions.mention import Mention
from narrative.pipeline.mentions.tagged import tagged
from narrative.pipeline.mentions.tags import Tags

LABELS = ("O", "B", "I", "P", "S")  # of the head: none, a firm begins and goes on, a person begins and goes on
LOGITS = {label: tuple(9.0 * (label == other) for other in LABELS) for label in LABELS}


def read(text, threshold=None, **labels):
    said = {"": LOGITS["O"]} | {word: LOGITS[label] for word, label in labels.items()}
    return encoding(text, {"entity": said}, threshold)


def tags(text, threshold=None, **labels):
    return Tags(read(text, threshold, **labels), text)


def found(text, known=(), threshold=None, **labels):
    return [
        (each.start, each.type, each.name)
        for each in tagged(Context(text, "", [0]), known, tags(text, threshold, **labels))
    ]


def test_words_of_one_name_are_joined_without_possessive():
    text = "We met Quellwerk Nord’s staff"
    assert found(text, Quellwerk="B", Nord="I") == [(7, "COMPANY", "Quellwerk Nord")]


def test_words_between_part_names():
    text = "Only Quellwerk and Nordbau rose then"
    assert [each[2] for each in found(text, Quellwerk="B", Nordbau="B")] == ["Quellwerk", "Nordbau"]


def test_known_mentions_and_what_only_goes_on_with_them_are_left_alone():
    text = "Bitcoin Quellwerk rose"
    known = [Mention(0, 7, None, "ASSET", "Bitcoin", "plain")]
    assert found(text, known, Bitcoin="B", Quellwerk="I") == []
    assert found(text, known, Quellwerk="B") == [(8, "COMPANY", "Quellwerk")]


@pytest.mark.parametrize("word", ["quellwerk", "X", "NFTs", "Gemini", "7K"])
def test_plain_words_jargon_and_what_the_catalogue_knows_are_no_new_names(word):
    assert found(f"It then sold {word} to us", **{word: "B"}) == []


def test_in_a_headline_a_new_name_needs_more_than_its_capitals():
    assert found("Quellwerk Rises Again While Bitcoin Falls", Quellwerk="B") == []
    assert len(found("BJQuellwerk Rises Again While Bitcoin Falls", BJQuellwerk="B")) == 1


def test_the_suffix_of_a_firm_is_no_part_of_its_name():
    assert found("Quellwerk Inc rose", Quellwerk="B", Inc="I") == [(0, "COMPANY", "Quellwerk")]


def test_the_model_decides_how_sure_is_sure_enough():
    text = "Quellwerk rose"
    assert found(text, threshold={"unknown names": 0.99999}, Quellwerk="B") == []


def test_a_surname_follows_the_name_that_the_encoder_found():
    nlp = build()
    text = "Ansgarius Quellwerk left. Now Quellwerk is back."
    doc = nlp.get_pipe("mentions")(nlp.get_pipe("sentences")(nlp.make_doc(text)))
    doc._.encoding = read(text, Ansgarius="P", Quellwerk="S")
    assert [entity.name for entity in mark_entities(doc)._.entities] == ["Ansgarius Quellwerk"] * 2


@pytest.mark.parametrize("piece", ["Quellwerk ", "Quellwerk-", "a.", "’s "])
def test_time_grows_with_the_length_only(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        made = tags(text, Quellwerk="B")
        begin = time.process_time()
        tagged(Context(text, "", [0]), (), made)
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(80_000) < 14 * max(seconds(20_000), 0.005)
