"""What a role function sees: a quantity in its sentence, with the cues, entities and other quantities near it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from narrative.pipeline.figure_roles.context import context_of
from narrative.pipeline.figure_roles.lexicon import beside, unit_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.cues import Hit
    from narrative.pipeline.quantities import Quantity
    from narrative.records import Entity

_BEFORE, _AFTER = 260, 160  # characters of the sentence that are looked at, so that endless sentences stay cheap
_JOINTS = re.compile(
    r"(?P<ticker>\([A-Z][A-Z0-9]{1,9}\))|[;|•]|(?P<stop>[.!?:](?=\s))|(?P<comma>[,()—–]| - )"
    r"|\b(?P<clause>while|but|as|after|with|whereas|although|because|when|before|following|amid|despite|which|and|even|though|versus|compared|if|once|until|unless)\b",
    re.IGNORECASE,
)
_TOLLS = {"comma": 3.0, "clause": 3.0, "stop": 8.0, "ticker": 3.0}  # words that a joint is worth
_PASSED = 8  # other quantities that count on the way
_FILLER = (
    r"(?:about|around|nearly|almost|roughly|approximately|some|just|only|over|more\sthan|less\sthan|under|at\sleast|up\sto|as\smuch\sas"
    r"|an?|the|its|a\snew|new|record|fresh|a\srecord|an?\simpressive|whopping|staggering|massive|total\sof|estimated|an\sestimated|close\sto|well|slightly|further|another|additional|key|combined|modest|exceeding|as\shigh\sas|as\slow\sas|to\sas\slow\sas|significant|net)"
)
_LEAD = re.compile(rf"(?P<word>[a-z’'-]+)[\s(~≈]+(?:{_FILLER}\s+){{0,4}}[(~≈<>+−-]?$", re.IGNORECASE)
_ABOVE_BELOW = re.compile(r"\b(?P<word>above|below|beyond|past|under|over)\s+(?:the\s)?$", re.IGNORECASE)


class _Joints(NamedTuple):
    """The joints of a sentence in order, with the sum of the tolls before each."""

    starts: list[int]
    ends: list[int]
    tolls: list[float]
    ticker_starts: list[int]
    ticker_ends: list[int]

    def toll(self, low: int, high: int) -> float:
        """What it costs to go from `low` to `high`."""
        first, last = bisect_left(self.starts, low), bisect_right(self.ends, high)
        tickers = bisect_right(self.ticker_ends, high) - bisect_left(self.ticker_starts, low)
        return (self.tolls[last] - self.tolls[first] if last > first else 0.0) - 2 * _TOLLS["ticker"] * max(0, tickers)


class Decision(NamedTuple):
    """A role's value and how surely a cue of the text decided it, 0 for a mere default."""

    value: Any
    certainty: float = 0.0


@dataclass(frozen=True)
class Sentence:
    """A sentence with all that was found in it, each in order of the text."""

    text: str  # of the whole document
    start: int
    end: int
    quantities: Sequence[Quantity]
    entities: Sequence[Entity]
    hits: dict[str, Sequence[Hit[Any]]]  # by family of cues: kinds, movement, status, source

    @cached_property
    def joints(self) -> _Joints:
        """Where clauses meet, found once for all the sentence's figures."""
        starts, ends, tolls = [], [], [0.0]
        tickers: tuple[list[int], list[int]] = ([], [])
        for joint in _JOINTS.finditer(self.text, self.start, self.end):
            if joint.lastgroup == "ticker":  # two brackets, which are no joints where both are passed
                brackets = [(joint.start(), joint.start() + 1), (joint.end() - 1, joint.end())]
                tickers[0].append(joint.start())
                tickers[1].append(joint.end())
            else:
                brackets = [joint.span()]
            for start, end in brackets:
                starts.append(start)
                ends.append(end)
                tolls.append(tolls[-1] + _TOLLS.get(joint.lastgroup or "", 6.0))
        return _Joints(starts, ends, tolls, *tickers)

    @cached_property
    def places(self) -> tuple[list[int], list[int]]:
        """Where the quantities start, and where they end."""
        return [other.start for other in self.quantities], [other.end for other in self.quantities]


@dataclass(frozen=True)
class Mention:
    """One quantity of a sentence."""

    sentence: Sentence
    position: int  # among the sentence's quantities
    _families: dict[str, list[Hit[Any]]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def quantity(self) -> Quantity:
        """The quantity itself."""
        return self.sentence.quantities[self.position]

    @property
    def text(self) -> str:
        """The document's text."""
        return self.sentence.text

    @cached_property
    def first(self) -> int:
        """Where the window before the quantity begins."""
        return max(self.sentence.start, self.quantity.start - _BEFORE)

    @cached_property
    def last(self) -> int:
        """Where the window after the quantity ends."""
        return min(self.sentence.end, self.quantity.end + _AFTER)

    @cached_property
    def before(self) -> str:
        """The words before the quantity."""
        return self.text[self.first : self.quantity.start]

    @cached_property
    def after(self) -> str:
        """The words after the quantity."""
        return self.text[self.quantity.end : self.last]

    @cached_property
    def unit(self) -> str:
        """The class of the unit: money, coin, percent, x, count, index or capacity."""
        return unit_class(self.quantity.unit)

    @property
    def previous(self) -> Quantity | None:
        """The quantity before this one in the sentence."""
        return self.sentence.quantities[self.position - 1] if self.position else None

    @cached_property
    def between(self) -> str:
        """The words between the previous quantity and this one."""
        return self.text[self.previous.end : self.quantity.start] if self.previous else ""

    def drives(self, hit: Hit[Any]) -> bool:
        """Whether a cue of movement is one: not the "up" of "up to 70%", "locked up", "followed by"."""
        if self.text[hit.start : hit.end].lower() not in ("up", "down"):
            return True
        before = self.text[max(self.first, hit.start - 16) : hit.start].lower()
        words = before.split()
        if before.endswith("-") or (words and words[-1] in beside("phrasal")):
            return False
        return self.text[hit.end : hit.end + 4].lower() != " to " or before.endswith((" is ", " are ", ", ", "s "))

    @cached_property
    def lead(self) -> str:
        """The function word or verb that leads to the number, modifiers left out: "to" of "fell to about $60,000"."""
        beside = _ABOVE_BELOW.search(self.before[-16:])
        match = beside or _LEAD.search(self.before[-80:])
        return match["word"].lower() if match else ""

    def hits(self, family: str) -> list[Hit[Any]]:
        """The cues of one family within the window."""
        if family not in self._families:
            known = self.sentence.hits[family]
            low = bisect_left(known, self.first, key=attrgetter("start"))
            high = bisect_right(known, self.last, key=attrgetter("start"))
            self._families[family] = [hit for hit in known[low:high] if hit.end <= self.last]
        return self._families[family]

    @cached_property
    def context(self) -> list[str]:
        """What stands around the figure, as features for the scorers."""
        return context_of(self)

    @cached_property
    def entities(self) -> list[Entity]:
        """The entities within the window."""
        known = self.sentence.entities
        low = bisect_left(known, self.first, key=attrgetter("start"))
        high = bisect_right(known, self.last, key=attrgetter("start"))
        return list(known[low:high])

    def distance(self, start: int, end: int) -> float:
        """How far `start` to `end` is from the quantity: words, and a toll at every joint of the sentence."""
        quantity = self.quantity
        if end <= quantity.start:
            low, high = end, quantity.start
        elif start >= quantity.end:
            low, high = quantity.end, start
        else:
            return 0.0
        return self.path(low, high)

    def path(self, low: int, high: int) -> float:
        """The same between two places of the window."""
        starts, ends = self.sentence.places
        first = max(bisect_left(starts, low), self.position - _PASSED)
        last = min(bisect_right(ends, high), self.position + _PASSED)
        return self.text.count(" ", low, high) + self.sentence.joints.toll(low, high) + 3.0 * max(0, last - first)
