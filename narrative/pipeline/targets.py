"""Tone by target: how the article portrays each asset, fund or firm that it speaks about.

Every mention has a tone of its own, read off the words of the mention in their context; a target's score is their mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

from narrative.pipeline.stance import LABELS
from narrative.records import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding

_TYPES = frozenset(["ASSET", "FUND", "COMPANY", "PROTOCOL"])


@Language.factory("narrative_targets_v2", requires=["doc._.encoding", "doc._.entities"], assigns=["doc._.targets"])
def create_targets(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_targets`."""
    return mark_targets


def mark_targets(doc: Doc) -> Doc:
    """Set `doc._.targets`, the most mentioned first."""
    encoding: Encoding = doc._.encoding
    tones: dict[tuple[str, str | None], list[NDArray[np.float32]]] = {}
    for entity in doc._.entities:
        if entity.type in _TYPES:
            tone = encoding.probabilities("tone", [(entity.start, entity.end)])
            tones.setdefault((entity.name, entity.id), []).append(tone)
    targets = []
    for name, ident in sorted(tones, key=lambda key: (-len(tones[key]), key[0])):
        held = tones[name, ident]
        mean = sum(held[1:], start=held[0]) / len(held)
        targets.append(
            Target(
                name=name,
                id=ident,
                label=LABELS[int(mean.argmax())],
                score=round(float(mean[2] - mean[0]), 4),
                mentions=len(held),
            )
        )
    doc._.targets = tuple(targets)
    return doc
