"""Comparison: sentences that set one camp against the other, which of them wins, and whether that is denied.

Only a sentence that speaks about both camps can set one against the other. What the network says and what the cues of
`data/comparison.toml` say are added up as log-odds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from spacy.language import Language

from narrative.pipeline.comparison_cues import CAMPS, OTHER, comparison_cues, cued_winner
from narrative.pipeline.cues import within
from narrative.pipeline.encoder.reading import marked_in
from narrative.records import Camp, Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding
    from narrative.records import Sentence


@Language.factory(
    "narrative_comparison_v2", requires=["doc._.sentences", "doc._.encoding"], assigns=["doc._.comparison"]
)
def create_comparison(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_comparison`."""
    return mark_comparison


def mark_comparison(doc: Doc) -> Doc:
    """Set `doc._.comparison`."""
    encoding: Encoding = doc._.encoding
    sentences: tuple[Sentence, ...] = doc._.sentences
    if not any(sentence.ai and sentence.crypto for sentence in sentences):
        return doc
    hits = within(comparison_cues().find(doc.text), sentences)
    named = [(each.start, camp) for each in marked_in(doc) for camp in CAMPS if each.camp == camp]
    found = []
    for sentence, cues in zip(sentences, hits, strict=True):
        if sentence.ai is None or sentence.crypto is None:
            continue
        stretch = (sentence.start, sentence.end)
        cued = cued_winner(cues, [name for name in named if sentence.start <= name[0] < sentence.end]) if cues else None
        chances = dict(zip(encoding.labels("comparison"), encoding.probabilities("comparison", [stretch]), strict=True))
        score = _chance(1 - chances["none"], encoding.decisions.scale.get("comparison cues", 0.0) if cued else 0.0)
        if score < encoding.threshold("comparison"):
            continue
        winner: Camp = cued or ("ai" if chances["ai"] >= chances["crypto"] else "crypto")
        found.append(
            Comparison(
                start=sentence.start,
                end=sentence.end,
                winner=winner,
                loser=OTHER[winner],
                denied=bool(encoding.probabilities("denies", [stretch])[0] >= encoding.threshold("comparison denied")),
                score=round(score, 4),
            )
        )
    doc._.comparison = tuple(found)
    return doc


def _chance(chance: float, more: float) -> float:
    """A probability with log-odds added to it."""
    held = min(max(float(chance), 1e-6), 1 - 1e-6)
    return 1 / (1 + (1 - held) / held * math.exp(-more))
