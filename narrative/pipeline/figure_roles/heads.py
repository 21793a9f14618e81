"""What the encoder's heads say of a figure: its kind, direction and status, and which mention belongs to it.

A mention belongs to a figure where the query vector of the figure and the key vector of the mention agree. The scorers
weigh all this as features beside those of the rules (`scorer.py`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from narrative.pipeline.encoder.encoding import Encoding
    from narrative.pipeline.quantities import Quantity
    from narrative.records import Entity

_SCALE = 8.0  # that the agreement of two vectors was trained with
_REACH = 80  # mentions on either side of a figure that are matched with it, so that long texts stay cheap
_LEAST = -8.0  # the least log-probability that is told apart


class Matches:
    """How well what the text names agrees with one figure.

    Args:
        query: the figure's vector.
        keys: of every place of the text, by the vector of what stands there.
        named: the best agreement of each name's mentions near the figure, as a logit; empty where there is none.
    """

    def __init__(self, query: NDArray[np.float32], keys: _Keys, named: Mapping[str, float]) -> None:
        self._query = query
        self._keys = keys
        self.named = named
        self._best = max(named.values(), default=0.0)
        self._total = self._best + math.log(sum(math.exp(each - self._best) for each in named.values()) or 1.0)

    def of_name(self, name: str) -> float | None:
        """The log-probability that a name is the one that belongs to the figure; none where it isn't mentioned near."""
        match = self.named.get(name.casefold())
        return None if match is None else max(_LEAST, match - self._total)

    def of_place(self, start: int, end: int) -> float | None:
        """The same for the words that stand somewhere, against the names; none where no piece is there."""
        key = self._keys.at(start, end)
        if key is None:
            return None
        match = float(key @ self._query) / _SCALE
        return max(_LEAST, min(-_LEAST, match - self._total))


class _Keys:
    """The key vectors of one role, pooled once for each place."""

    def __init__(self, encoding: Encoding, head: str, entities: Sequence[Entity]) -> None:
        self._encoding = encoding
        self._head = head
        self._held: dict[tuple[int, int], NDArray[np.float32] | None] = {}
        self.entities = [entity for entity in entities if self.at(entity.start, entity.end) is not None]
        self.vectors = np.array([self.at(entity.start, entity.end) for entity in self.entities], dtype=np.float32)

    def at(self, start: int, end: int) -> NDArray[np.float32] | None:
        """The vector of what stands at a place."""
        place = start, end
        if place not in self._held:
            self._held[place] = _mean(self._encoding, self._head, start, end)
        return self._held[place]


class Heads:
    """What the encoder says of the figures of one text.

    Args:
        encoding: of the text; where there is none, nothing is said.
        entities: what the text names, in order.
    """

    def __init__(self, encoding: Encoding | None, entities: Sequence[Entity]) -> None:
        self._encoding = encoding
        self._entities = entities
        self._keys: dict[str, _Keys] = {}

    def chances(self, head: str, quantity: Quantity) -> Mapping[str, float]:
        """The log-probability of each answer of a head; empty where nothing is said."""
        if self._encoding is None:
            return {}
        logits = _mean(self._encoding, head, quantity.start, quantity.end)
        if logits is None:
            return {}
        logits -= logits.max()
        logits -= np.log(np.exp(logits).sum())
        return dict(zip(self._encoding.labels(head), np.maximum(logits, _LEAST).tolist(), strict=True))

    def matches(self, role: str, quantity: Quantity) -> Matches | None:
        """How well names and places agree with a figure as its subject or its source; none where nothing is said."""
        if self._encoding is None:
            return None
        query = _mean(self._encoding, f"{role}_query", quantity.start, quantity.end)
        if query is None:
            return None
        keys = self._keys.get(role)
        if keys is None:
            keys = self._keys[role] = _Keys(self._encoding, f"{role}_key", self._entities)
        at = bisect_left(keys.entities, quantity.start, key=attrgetter("start"))
        near = slice(max(0, at - _REACH), at + _REACH)
        named: dict[str, float] = {}
        if keys.entities[near]:
            agreement = keys.vectors[near] @ query / _SCALE
            for entity, match in zip(keys.entities[near], agreement.tolist(), strict=True):
                name = entity.name.casefold()
                named[name] = max(named.get(name, match), match)
        return Matches(query, keys, named)


def _mean(encoding: Encoding, head: str, start: int, end: int) -> NDArray[np.float32] | None:
    within, logits = encoding.tokens(head, start, end)
    return logits.mean(axis=0) if within.stop > within.start else None
