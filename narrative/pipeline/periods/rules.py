"""What the rules of the two grammar files share: their context, their result, and the book that tries them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from narrative.pipeline.periods.calendar import Interval
    from narrative.pipeline.periods.fiscal import FiscalPeriod

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DIGIT = "#"  # stands for a digit among the words that a rule begins with


@dataclass(frozen=True, slots=True)
class Point:
    """A stretch of time read from the text up to `end`; `interval` is None where it can't be resolved."""

    end: int
    interval: Interval | None
    relative: bool = False
    unit: str = "day"
    fiscal: FiscalPeriod | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the words of an expression can't tell: the day of publication, and whether the clause looks ahead."""

    published: date | None
    ahead: bool = False
    past: bool = False  # it looks back, without a word that looks ahead
    fiscal: bool = False
    anchor: Point | None = None  # the expression before, for "the next day" and "a year earlier"


Read = Callable[[re.Match[str], Context], Point | None]
_FIRST = re.compile(r"[A-Za-z]{1,12}|\d")


def first_word(text: str, at: int) -> str:
    """The word that begins at `at` in lower case, `DIGIT` for a number, or nothing."""
    match = _FIRST.match(text, at)
    word = match.group().lower() if match else ""
    return DIGIT if word.isdecimal() else word


class RuleBook:
    """Rules by the words that can begin them, so that only a few are tried at any word."""

    def __init__(self) -> None:
        self._rules: defaultdict[str, list[tuple[re.Pattern[str], Read]]] = defaultdict(list)

    @property
    def words(self) -> frozenset[str]:
        """Every word that can begin an expression."""
        return frozenset(self._rules)

    def rule(self, begins: Iterable[str], pattern: str, flags: int = re.IGNORECASE) -> Callable[[Read], Read]:
        """Register a function of the pattern's match; the pattern must be bounded."""

        def register(read: Read) -> Read:
            for word in begins:
                self._rules[word].append((re.compile(pattern, flags), read))
            return read

        return register

    def longest(self, text: str, at: int, context: Context, without: Read | None = None) -> Point | None:
        """The longest reading that begins exactly at `at`."""
        best: Point | None = None
        for pattern, read in self._rules.get(first_word(text, at), ()):
            match = pattern.match(text, at) if read is not without else None
            found = read(match, context) if match else None
            if found and (best is None or found.end > best.end):
                best = found
        return best


points = RuleBook()  # what names a stretch of time by itself
spans = RuleBook()  # what stands around one, or runs up to publication
