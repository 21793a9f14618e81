"""A user's own narratives, read by what sentences mean: no training, so they work at once, and roughly.

The description and the examples of a narrative become vectors, as the sentences of every article do. All are seen
from the middle of the shipped narratives' descriptions: what all talk of markets has in common would hide what differs
(Mu and Viswanath 2018, All-but-the-Top: Simple and Effective Postprocessing for Word Representations). The similarity
of an article is that of the sentence and the vector that lie nearest; one logistic curve for all narratives makes a
score of it. `scripts/own_narratives.py` fitted the curve, on articles whose narratives people had marked: each shipped
narrative was taken for a user's own, by its description and three sentences. `docs/narratives.md` tells how well that
does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from narrative.catalogue.entries import per_catalogue
from narrative.catalogue.own_narratives import own_narratives
from narrative.catalogue.taxonomy import load_taxonomy, shipped_taxonomy
from narrative.records import Narrative, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

    from narrative.catalogue.own_narratives import OwnNarrative
    from narrative.pipeline.encoder.backends import Model
    from narrative.pipeline.encoder.encoding import Encoding, Stretch

# score = 1 / (1 + exp(-STEEPNESS · (similarity - MIDDLE)))
STEEPNESS: Final = 11.0
MIDDLE: Final = 0.635
THRESHOLD: Final = 0.2  # the score from which an article tells a narrative, where the user gives none
EVIDENCE: Final = 3  # sentences that are shown
NEAR: Final = 0.1  # by which they may be less similar than the nearest


def told_of_own(doc: Doc) -> tuple[Narrative, ...]:
    """The user's narratives that an article tells or rejects, the likeliest first."""
    narratives = own_narratives(load_taxonomy())
    body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
    if not narratives or not body:
        return ()
    from narrative.pipeline.encoder.reading import model_in_use

    encoding: Encoding = doc._.encoding
    model = model_in_use()
    meanings = from_the_middle(encoding.meant(body), model)
    found = (_told(entry, encoding, body, similarities(meanings, vectors_of(entry.sentences, model)))
             for entry in narratives)  # fmt: skip
    return tuple(sorted(filter(None, found), key=lambda narrative: (-narrative.score, narrative.id)))


def from_the_middle(meanings: NDArray[np.float32], model: Model) -> NDArray[np.float32]:
    """Where vectors lie as seen from the middle of the shipped descriptions, again of length 1; the same shape."""
    moved = meanings - _middle(model)
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)  # type: ignore[no-any-return]


def similarities(meanings: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near each sentence comes to a narrative: the cosine to the nearest of its vectors.

    Args:
        meanings: of sentences, `from_the_middle`, shape (sentences, 384).
        vectors: of the narrative, `vectors_of` its sentences, shape (vectors, 384).

    Returns:
        From -1 to 1, shape (sentences,).
    """
    return (meanings @ vectors.T).max(axis=1)  # type: ignore[no-any-return]


def score_of(similarity: NDArray[np.float32]) -> NDArray[np.float64]:
    """The score, from 0 to 1, of the nearest sentence's similarity; the same for every narrative, so uncalibrated."""
    return 1 / (1 + np.exp(-STEEPNESS * (np.asarray(similarity, np.float64) - MIDDLE)))


@per_catalogue
def vectors_of(sentences: tuple[str, ...], model: Model) -> NDArray[np.float32]:
    """What sentences mean to a model, `from_the_middle`, shape (sentences or more, 384)."""
    return from_the_middle(_meanings(sentences, model), model)


@per_catalogue
def _middle(model: Model) -> NDArray[np.float32]:
    descriptions = tuple(entry.description for entry in shipped_taxonomy().narrative)
    return _meanings(descriptions, model).mean(axis=0)  # type: ignore[no-any-return]


def _meanings(texts: tuple[str, ...], model: Model) -> NDArray[np.float32]:
    from narrative.pipeline.encoder.reading import read

    nlp = _sentence_reader()
    return np.concatenate([read(nlp(text), model).meanings for text in texts])


@cache
def _sentence_reader() -> Language:
    """What a text goes through before the encoder reads it."""
    import spacy

    from narrative.pipeline.load import COMPONENTS

    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "narrative.Tokenizer.v1"}}})
    for component in COMPONENTS[: COMPONENTS.index("narrative_encoder_v1")]:
        nlp.add_pipe(component)
    return nlp


def _told(
    entry: OwnNarrative, encoding: Encoding, body: Sequence[Stretch], near: NDArray[np.float32]
) -> Narrative | None:
    score = float(score_of(near.max()))
    if score < (THRESHOLD if entry.threshold is None else entry.threshold):
        return None
    strongest = np.argsort(-near, kind="stable")[:EVIDENCE]
    shown = sorted(int(at) for at in strongest if near[at] >= near.max() - NEAR)
    evidence = [body[at] for at in shown]
    denied = encoding.probabilities("denies", evidence)[0] >= encoding.threshold("denies")
    return Narrative(
        id=entry.id,
        score=round(score, 4),
        position="rejects" if denied else "tells",
        calibrated=False,
        evidence=tuple(Span(start=start, end=end) for start, end in evidence),
    )
