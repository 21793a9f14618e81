"""Facts in words, the same on a terminal and in HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from narrative.report.wording import number

if TYPE_CHECKING:
    from narrative.records import Direction
    from narrative.results import Dissent, Fact

_CURRENCIES: Final = {"USD": "$", "EUR": "€", "GBP": "£"}
_MAGNITUDES: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
_SIGNS: Final = {"in": "+", "out": "−", "up": "+", "down": "−"}
_REASONS: Final = {
    "sign": "the other sign", "magnitude": "likely a slip of magnitude", "period": "told of", "subject": "told of",
    "moves": "it moves in the period", "value": "",
}  # fmt: skip


def amount(value: float, unit: str, direction: Direction | None = None) -> str:
    """A value with its unit, and with a sign where it has a direction: `−$903.2M`."""
    sign = _SIGNS.get(direction or "", "")
    scale, letter = next(((scale, letter) for scale, letter in _MAGNITUDES if value >= scale), (1.0, ""))
    digits = number(float(f"{value / scale:.6g}")).rstrip(".") + letter
    if unit in _CURRENCIES:
        return f"{sign}{_CURRENCIES[unit]}{digits}"
    return f"{sign}{digits}" + {"percent": "%", "count": "", "index": "", "x": "x"}.get(unit, f" {unit}")


def fact_value(fact: Fact) -> str:
    """The agreed value; a sign only where it is one."""
    signed = fact.kind == "flow" or fact.measure == "change"
    return amount(fact.value, fact.unit, fact.direction if signed else None)


def fact_subject(fact: Fact) -> str:
    """What the value is of: `US spot Bitcoin ETFs, flow`."""
    return f"{fact.subject.name}, {fact.kind.replace('_', ' ')}" + (" (change)" if fact.measure == "change" else "")


def fact_period(fact: Fact) -> str:
    """One day, or its first and last."""
    start, end = fact.period.start, fact.period.end
    if start == end:
        return str(start)
    return f"{start} to {end:%m-%d}" if start.year == end.year else f"{start} to {end}"


def note(fact: Fact) -> list[str]:
    """What to know before trusting the value."""
    notes = ["running total"] if fact.cumulative else []
    if fact.basis == "unclear":
        notes.append("its story gives several values")
    if fact.copies:
        notes.append(f"{fact.copies} copied")
    return notes


def dissent(other: Dissent, unit: str) -> str:
    """Another value, of how many stories, and what may be behind it."""
    reason = _REASONS[other.reason] + (f" {other.told_of}" if other.told_of else "")
    stories = "" if other.stories == 1 else f" ({other.stories} stories)"
    return f"{amount(other.value, unit, other.direction)}{stories}" + (f": {reason}" if reason else "")
