"""Words that stand for a thing named before: "the company", "the token"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.cues import Hit
    from narrative.pipeline.figure_roles.lexicon import NamedThing
    from narrative.pipeline.figure_roles.subject import Recall
    from narrative.records import Entity

_FADE = 0.8  # how much less an entity counts for each that was named after it
_LIKE = {"COMPANY": ("COMPANY",), "ASSET": ("ASSET",)}


def antecedents(
    pronouns: Sequence[Hit[NamedThing]], entities: Sequence[Entity], recall: Recall, text: str
) -> list[Entity]:
    """What the words stand for, as entities at their place: the sentence's first of their type, else the last told of.

    Args:
        pronouns: the words, each with the type of thing that it stands for.
        entities: those of the sentence.
        recall: what was read before.
        text: the document's text.
    """
    found = []
    for pronoun in pronouns:
        meant = _in_sentence(pronoun, entities) or _before(pronoun.payload.type, recall)
        if meant:
            update = {
                "start": pronoun.start,
                "end": pronoun.end,
                "text": text[pronoun.start : pronoun.end],
                "score": 0.0,  # no mention of its own
            }
            found.append(meant.model_copy(update=update))
    return found


def _in_sentence(pronoun: Hit[NamedThing], entities: Sequence[Entity]) -> Entity | None:
    like = _LIKE[pronoun.payload.type]
    return next((entity for entity in entities if entity.type in like and entity.end <= pronoun.start), None)


def _before(type_: str, recall: Recall) -> Entity | None:
    """The one that was named lately and often; who is quoted is seldom meant."""
    like = _LIKE[type_]
    recent = [
        (recall.counts[entity.name] * _FADE**age * (0.3 if entity.name in recall.sources else 1.0), -age, entity)
        for age, entity in enumerate(reversed(recall.recent))
        if entity.type in like and entity.name != "crypto market"
    ]
    return max(recent, key=lambda scored: scored[:2])[2] if recent else None
