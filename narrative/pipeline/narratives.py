"""Narratives: which stories an article tells, which one mainly, which it tells only to reject, and where.

What the network says and what the taxonomy's cues say are added up as log-odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.encoder.decisions import sigmoid
from narrative.pipeline.narrative_cues import cue_logits
from narrative.pipeline.own_narratives import told_of_own
from narrative.records import Narrative, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding, Stretch

_EVIDENCE = 3  # sentences that are shown for a narrative


@Language.factory(
    "narrative_narratives_v2",
    requires=["doc._.sentences", "doc._.encoding", "doc._.comparison", "doc._.explanations"],
    assigns=["doc._.narratives"],
)
def create_narratives(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_narratives`."""
    return mark_narratives


def mark_narratives(doc: Doc) -> Doc:
    """Set `doc._.narratives`, the likeliest first, then a user's own."""
    doc._.narratives = told_of_own(doc)
    encoding: Encoding = doc._.encoding
    body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
    if not body:
        return doc
    ids = encoding.labels("narratives")
    cues = cue_logits(doc)
    chances = chances_of(encoding, body, np.array([cues.get(ident, 0.0) for ident in ids], np.float32))
    told = _told(ids, chances, encoding)
    if not told:
        return doc
    # The main story is the likeliest of those told, by the head that was asked for it.
    main = max(told, key=lambda at: float(encoding.probabilities("primary", body)[at] * chances[at]))
    shares = encoding.shares("narratives", body)
    doc._.narratives = (
        tuple(
            Narrative(
                id=ids[at],
                score=round(float(chances[at]), 4),
                primary=at == main,
                position="rejects" if _rejected(encoding, body, ids[at]) else "tells",
                evidence=_evidence(body, shares[:, at]),
            )
            for at in told
        )
        + doc._.narratives
    )
    return doc


def chances_of(encoding: Encoding, body: Sequence[Stretch], cues: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each narrative of the head is told, given the log-odds of its cues, shape (narratives,)."""
    decisions = encoding.decisions
    logits = decisions.calibrated("narratives", encoding.pooled("narratives", body))
    return sigmoid(logits + np.float32(decisions.scale.get("narrative cues", 0.0)) * cues)


def _told(ids: Sequence[str], chances: NDArray[np.float32], encoding: Encoding) -> list[int]:
    """The narratives that are told, the likeliest first; of two that contradict each other the likelier one."""
    told = [at for at, ident in enumerate(ids) if chances[at] >= encoding.threshold(f"narratives {ident}")]
    told.sort(key=lambda at: (-float(chances[at]), at))
    for pair in load_taxonomy().opposites:
        both = [at for at in told if ids[at] in pair]
        if len(both) > 1:
            told.remove(both[-1])
    return told


def _rejected(encoding: Encoding, body: Sequence[Stretch], ident: str) -> bool:
    """Whether the words that show a narrative reject or doubt it."""
    chance = encoding.probabilities("rejects", body, ("narratives", ident))[0]
    return bool(chance >= encoding.threshold("rejects"))


def _evidence(body: Sequence[Stretch], shares: NDArray[np.float32]) -> tuple[Span, ...]:
    """The sentences that speak most for a narrative, in order; the strongest, and what comes near it."""
    strongest = sorted(range(len(body)), key=lambda at: (-float(shares[at]), at))[:_EVIDENCE]
    near = [at for at in strongest if at == strongest[0] or shares[at] >= 0.25 * shares[strongest[0]] > 0]
    return tuple(Span(start=body[at][0], end=body[at][1]) for at in sorted(near))
