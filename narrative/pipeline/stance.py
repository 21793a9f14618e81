"""Stance: which camps a sentence speaks about and how it portrays their fortunes; the tone that the article leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from narrative.pipeline.document import body_sentences
from narrative.pipeline.encoder.decisions import sigmoid
from narrative.records import ArticleStance, Camp, Sentence, SentenceStance, StanceValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding, Stretch

CAMPS: tuple[Camp, ...] = ("ai", "crypto")
LABELS: tuple[StanceValue, ...] = (-1, 0, 1)


@Language.factory(
    "narrative_stance_v2",
    requires=["doc._.boilerplate", "doc._.encoding"],
    assigns=["doc._.sentences", "doc._.stance"],
)
def create_stance(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_stance`."""
    return mark_stance


def mark_stance(doc: Doc) -> Doc:
    """Set `doc._.sentences`, one record for each sentence of the body, and `doc._.stance`.

    A line of invisible characters is no sentence.
    """
    encoding: Encoding = doc._.encoding
    sentences = [(span.start, span.end) for span in body_sentences(doc)]
    body = [sentence for sentence in sentences if encoding.reads(sentence)]
    if not body:
        return doc
    present = presence(encoding, body)
    doc._.sentences = tuple(
        _sentence(encoding, stretch, chances) for stretch, chances in zip(body, present, strict=True)
    )
    doc._.stance = _article(encoding, body)
    return doc


def _stance(encoding: Encoding, likeliest: int, chances: NDArray[np.float32]) -> SentenceStance:
    """The stance that the probabilities of -1, 0 and 1 amount to; it abstains where the one named isn't likely."""
    return SentenceStance(
        label=LABELS[likeliest],
        score=round(float(chances[2] - chances[0]), 4),
        abstained=bool(chances[likeliest] < encoding.threshold("stance")),
    )


def presence(encoding: Encoding, body: Sequence[Stretch]) -> NDArray[np.float32]:
    """How likely each sentence speaks about each camp, shape (sentences, camps).

    The network reads plain references ("the asset"); whether the camp is named in the sentence, and in how many of the
    article's sentences, keeps it from taking every sentence of an article about something else for one about crypto.
    """
    logits = np.stack([encoding.pooled("camps", [stretch]) for stretch in body])
    named = np.array([encoding.named(stretch) for stretch in body], np.float32)
    heard = with_names(logits, named, named.mean(axis=0), encoding.decisions.scale)
    return sigmoid(encoding.decisions.calibrated("camps", heard))


def with_names(
    logits: NDArray[np.float32], named: NDArray[np.float32], around: NDArray[np.float32], weights: Mapping[str, float]
) -> NDArray[np.float32]:
    """The network's logits with what a camp's name in the sentence adds, and its share of the article's sentences."""
    here, near = (np.float32(weights.get(name, 0.0)) for name in ("camp named", "camp around"))
    return logits + here * named + near * around  # type: ignore[no-any-return]


def _sentence(encoding: Encoding, stretch: Stretch, chances: NDArray[np.float32]) -> Sentence:
    present = dict(zip(encoding.labels("camps"), chances, strict=True))
    stances: dict[str, SentenceStance | None] = dict.fromkeys(CAMPS)
    for camp in CAMPS:
        if present[camp] >= encoding.threshold(f"camps {camp}"):
            tone = encoding.probabilities(f"stance_{camp}", [stretch])
            stances[camp] = _stance(encoding, encoding.likeliest(f"stance_{camp}", tone), tone)
    return Sentence(start=stretch[0], end=stretch[1], ai=stances["ai"], crypto=stances["crypto"])


def _article(encoding: Encoding, body: Sequence[Stretch]) -> ArticleStance:
    stances: dict[str, SentenceStance | None] = dict.fromkeys(CAMPS)
    for camp in CAMPS:
        chances = encoding.probabilities(f"article_{camp}", body)
        likeliest = encoding.likeliest(f"article_{camp}", chances)
        if likeliest:  # the first answer is that the camp is absent
            stances[camp] = _stance(encoding, likeliest - 1, chances[1:] / chances[1:].sum())
    ai, crypto = stances["ai"], stances["crypto"]
    return ArticleStance(ai=ai, crypto=crypto, spread=round(ai.score - crypto.score, 4) if ai and crypto else None)
