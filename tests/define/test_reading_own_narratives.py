"""A user's own narratives in articles: found by what sentences mean, told apart from those that were trained."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from word_model import WordModel

import narrative
from narrative.catalogue.own_narratives import additions_text, own_narrative, with_narratives
from narrative.catalogue.taxonomy import using_taxonomy
from narrative.pipeline.document import sentence_spans
from narrative.pipeline.encoder.backends import encoder_path
from narrative.pipeline.encoder.reading import read, reading_with
from narrative.pipeline.own_narratives import _sentence_reader, score_of, told_of_own
from narrative.records import Annotation, Narrative, Sentence
from narrative.store.arrow import from_arrow, to_arrow

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.tokens import Doc

RUNS = {
    "id": "bank-runs",
    "title": "Bank runs",
    "description": "savers withdraw deposits",
    "examples": ["savers queue bank run"],
}


def own(**fields: object) -> Any:
    return with_narratives(additions_text([own_narrative({**RUNS, **fields}, "test")]))


@pytest.fixture
def model(tmp_path: Path) -> Any:
    return WordModel(tmp_path / "model")


def told(text: str, model: Any, taxonomy: Any) -> tuple[Narrative, ...]:
    doc: Doc = _sentence_reader()(text)
    doc._.encoding = read(doc, model)
    doc._.sentences = tuple(Sentence(start=span.start, end=span.end) for span in sentence_spans(doc))
    with reading_with(model), using_taxonomy(taxonomy):
        return told_of_own(doc)


def test_an_article_that_says_it_tells_it_with_the_sentence_that_does(model: Any) -> None:
    text = "Bitcoin fell on Monday. Then savers queue before the bank run. Ether rose."
    (found,) = told(text, model, own())
    assert (found.id, found.position, found.calibrated, found.primary) == ("bank-runs", "tells", False, False)
    assert [text[span.start : span.end] for span in found.evidence] == ["Then savers queue before the bank run."]
    assert found.score > 0.95


def test_one_that_does_not_say_it_does_not_tell_it(model: Any) -> None:
    assert told("Bitcoin fell on Monday. Ether rose.", model, own()) == ()
    assert told("", model, own()) == ()


def test_the_threshold_is_the_users(model: Any) -> None:
    text = "Savers withdraw bitcoin as the price fell."
    (near,) = told(text, model, own(threshold=0))
    assert told(text, model, own(threshold=near.score - 0.001)) == (near,)
    assert told(text, model, own(threshold=near.score + 0.001)) == ()


def test_what_the_evidence_denies_is_rejected(model: Any) -> None:
    (found,) = told("Savers do not queue, no bank run.", model, own())
    assert found.position == "rejects"


def test_scores_grow_with_similarity() -> None:
    scores = score_of(np.linspace(-1, 1, 9, dtype=np.float32))
    assert all(low < high for low, high in itertools.pairwise(scores))
    assert 0 < scores[0] < scores[-1] < 1


def test_uncalibrated_survives_json_and_arrow() -> None:
    annotation = Annotation.model_validate(
        {
            "pipeline": {
                "name": "n",
                "version": "1",
                "fingerprint": {"rules": "r", "catalogue": "c", "taxonomy": "t"},
            },
            "article": {"id": "a", "text": "Savers queue."},
            "narratives": [{"id": "bank-runs", "score": 0.5, "calibrated": False}, {"id": "defi", "score": 0.5}],
        }
    )
    assert Annotation.model_validate_json(annotation.model_dump_json()) == annotation
    (back,) = from_arrow(to_arrow([annotation], Annotation), Annotation)
    assert [found.calibrated for found in back.narratives] == [False, True]


@pytest.mark.skipif(not (encoder_path() / "encoder.onnx").exists(), reason="no encoder is shipped yet")
def test_with_the_shipped_encoder() -> None:
    taxonomy = own(
        description="Depositors pull their money out of a bank",
        examples=["Customers queued to withdraw their savings.", "The lender collapsed after a run on its deposits."],
    )
    texts = (
        "Customers of the regional lender rushed to withdraw their deposits on Friday, and it collapsed.",
        "Solana developers released a new version of the validator client.",
    )
    with using_taxonomy(taxonomy):
        runs, client = (narrative.annotate(text, published="2026-02-10").narratives for text in texts)
    assert "bank-runs" in {found.id for found in runs if not found.calibrated}
    assert "bank-runs" not in {found.id for found in client}
