"""A span that stands for a named thing, with what speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from narrative.pipeline.mentions.lexicon import certainty

if TYPE_CHECKING:
    from narrative.catalogue.entries import Entry


class Mention(NamedTuple):
    """A span that stands for an entry, or for a name outside the catalogue.

    `evidence` is the sort of evidence it rests on, a key of `data/entities_certainty.toml`; empty for a phrase that
    holds a name but names nothing. `chance` is the encoder's probability, where it rests on no
    evidence of the rules.
    """

    start: int
    end: int
    entry: Entry | None
    type: str
    name: str
    evidence: str
    chance: float | None = None

    @property
    def score(self) -> float:
        """The calibrated probability that span, type and name are right; 0 for a phrase that names nothing."""
        if self.chance is not None:
            return round(self.chance, 3)
        return round(certainty(self.evidence, self.type), 3) if self.evidence else 0.0
