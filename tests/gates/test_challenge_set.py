"""The challenge set keeps its shape; what a reader scores on it is another gate's."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

import challenge
import pytest

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.fingerprint import pipeline_identity
from narrative.records import Annotation, Article, Camp, Comparison, Effect, Explanation, Reference, Status

NARRATIVES = {*load_taxonomy().ids, "other"}
RECORDS = challenge.read()
LABELLED = [record for record in RECORDS if record["sort"] != "distractor"]


def test_counts_and_halves():
    assert Counter(record["sort"] for record in RECORDS) == {"comparison": 60, "explanation": 90, "distractor": 40}
    denied = Counter(record["sort"] for record in LABELLED if challenge.denied(record))
    assert denied == {"comparison": 30, "explanation": 45}


def test_no_sentence_comes_twice():
    assert len({record["id"] for record in RECORDS}) == len({record["text"].casefold() for record in RECORDS}) == 190


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_record(record: dict[str, Any]):
    assert set(record) == {"id", "text", "comparison", "explanations", "sort"}
    assert 8 <= len(record["text"].split()) <= 40
    if record["sort"] == "distractor":
        assert not record["comparison"]
        assert not record["explanations"]
    else:
        assert record[{"comparison": "comparison", "explanation": "explanations"}[record["sort"]]]
    if comparison := record["comparison"]:
        assert set(comparison) == {"winner", "denied"}
        assert comparison["winner"] in get_args(Camp)
        assert isinstance(comparison["denied"], bool)
    for explanation in record["explanations"]:
        assert set(explanation) == {"asset", "effect", "cause", "words", "denied", "status"}
        assert explanation["asset"]
        assert explanation["effect"] in get_args(Effect)
        assert explanation["cause"] in NARRATIVES
        assert record["text"].count(explanation["words"]) == 1
        assert isinstance(explanation["denied"], bool)
        assert explanation["status"] in get_args(Status)


def _as_labelled(articles: list[Article], which: slice = slice(None)) -> list[Annotation]:
    """A reader that knows the labels and gives those explanations that `which` selects."""
    records = {record["id"]: record for record in RECORDS}
    return [_annotation(article, records[article.id], which) for article in articles]


def _annotation(article: Article, record: dict[str, Any], which: slice) -> Annotation:
    whole = {"start": 0, "end": len(article.text), "score": 0.9}
    comparison = []
    if label := record["comparison"]:
        loser = "crypto" if label["winner"] == "ai" else "ai"
        comparison = [Comparison(**whole, **label, loser=loser)]
    explanations = []
    for label in record["explanations"][which]:
        start = article.text.index(label["words"])
        span = {"cause_start": start, "cause_end": start + len(label["words"])}
        rest = {name: label[name] for name in ("effect", "cause", "denied", "status")}
        explanations.append(Explanation(**whole, **span, **rest, asset=Reference(name=label["asset"]), what="price"))
    return Annotation(
        pipeline=pipeline_identity(), article=article, comparison=tuple(comparison), explanations=tuple(explanations)
    )


def test_a_reader_that_knows_the_labels_gets_everything():
    for name, score in challenge.score(_as_labelled).items():
        assert score["value"] == (0 if name.startswith("false") else 1), name


def test_a_reader_that_finds_nothing_gets_nothing():
    def silent(articles: list[Article]) -> list[Annotation]:
        return [Annotation(pipeline=pipeline_identity(), article=article) for article in articles]

    scores = challenge.score(silent)
    assert scores["denial"] == {"value": 0, "n": 150}
    assert scores["denial among found"] == {"value": None, "n": 0}
    assert scores["false alarm"] == {"value": 0, "n": 40}


def test_another_cause_is_no_reading_of_the_one_that_is_scored():
    several = sum(len({e["words"] for e in record["explanations"]}) > 1 for record in LABELLED)
    scores = challenge.score(lambda articles: _as_labelled(articles, slice(-1, None)))
    assert scores["explanation recall"]["value"] == 1
    assert several >= 5
    assert scores["denial"]["value"] == 1 - several / 150
