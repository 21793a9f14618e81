"""The record that the number grammar gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.records import Modality


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with economic meaning, as printed, before anything is known about what it measures.

    `start` and `end` are code points into the text and span the number with its sign, currency, magnitude and unit
    (`$6.2 billion`). `value` is in base units and never negative; for a range it is the lower end and `high` the upper.
    `unit` is an ISO 4217 code, a coin's ticker, `percent`, `bps`, `x`, `index`, `count` or a physical unit.
    `modality` comes from the words beside the number. `negative` tells of a printed minus or accounting parentheses.
    `noun` is, for a count, the head noun that follows it (`addresses`), in lower case; else null.
    """

    start: int
    end: int
    value: float
    high: float | None
    unit: str
    modality: Modality
    negative: bool
    noun: str | None
