"""Comparison: sentences that set one camp against the other, which of them wins, and whether that is denied.

Only a sentence that speaks about both camps can set one against the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

from narrative.records import Camp, Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding

_OTHER: dict[Camp, Camp] = {"ai": "crypto", "crypto": "ai"}


@Language.factory(
    "narrative_comparison_v2", requires=["doc._.sentences", "doc._.encoding"], assigns=["doc._.comparison"]
)
def create_comparison(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_comparison`."""
    return mark_comparison


def mark_comparison(doc: Doc) -> Doc:
    """Set `doc._.comparison`."""
    encoding: Encoding = doc._.encoding
    found = []
    for sentence in doc._.sentences:
        if sentence.ai is None or sentence.crypto is None:
            continue
        stretch = (sentence.start, sentence.end)
        chances = dict(zip(encoding.labels("comparison"), encoding.probabilities("comparison", [stretch]), strict=True))
        score = 1 - chances["none"]
        if score < encoding.threshold("comparison"):
            continue
        winner: Camp = "ai" if chances["ai"] >= chances["crypto"] else "crypto"
        found.append(
            Comparison(
                start=sentence.start,
                end=sentence.end,
                winner=winner,
                loser=_OTHER[winner],
                denied=bool(encoding.probabilities("denies", [stretch])[0] >= encoding.threshold("comparison denied")),
                score=round(float(score), 4),
            )
        )
    doc._.comparison = tuple(found)
    return doc
