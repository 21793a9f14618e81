"""Tone by target: how the article portrays each asset, fund or firm that it speaks about.

A target's score is the mean stance, towards the target's camp, of the body sentences that mention it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from spacy.language import Language

from narrative.catalogue.entries import load_catalogue
from narrative.pipeline.stance import label_of
from narrative.records import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

    from narrative.records import Entity, Sentence

_TYPES = frozenset(["ASSET", "FUND", "COMPANY", "PROTOCOL"])


@Language.factory("narrative_targets_v1", requires=["doc._.sentences", "doc._.entities"], assigns=["doc._.targets"])
def create_targets(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_targets`."""
    return mark_targets


def mark_targets(doc: Doc) -> Doc:
    """Set `doc._.targets`, the most mentioned first."""
    sentences: tuple[Sentence, ...] = doc._.sentences
    starts = [sentence.start for sentence in sentences]
    mentions: dict[tuple[str, str | None], int] = {}
    scores: dict[tuple[str, str | None], dict[int, float]] = {}
    for entity in doc._.entities:
        index = bisect_right(starts, entity.start) - 1
        if entity.type not in _TYPES or index < 0 or entity.end > sentences[index].end:
            continue
        key = (entity.name, entity.id)
        mentions[key] = mentions.get(key, 0) + 1
        score = _score(sentences[index], entity)
        if score is not None:
            scores.setdefault(key, {})[index] = score
    targets = []
    for key in sorted(mentions, key=lambda key: (-mentions[key], key[0])):
        held = scores.get(key)
        if held:
            mean = sum(held.values()) / len(held)
            targets.append(
                Target(name=key[0], id=key[1], label=label_of(mean), score=round(mean, 4), mentions=mentions[key])
            )
    doc._.targets = tuple(targets)
    return doc


def _score(sentence: Sentence, entity: Entity) -> float | None:
    """The sentence's stance towards the entity's camp; towards whichever it speaks about where the camp is unknown."""
    entry = load_catalogue().by_id.get(entity.id) if entity.id else None
    if entry is not None and entry.camp:
        stance = sentence.ai if entry.camp == "ai" else sentence.crypto
    else:
        stance = sentence.crypto or sentence.ai
    return stance.score if stance else None
