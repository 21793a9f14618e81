"""Ranges and lists: numbers that share a unit or a magnitude, or that are one figure together."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from narrative.pipeline.quantities.bare import is_named

if TYPE_CHECKING:
    from narrative.pipeline.quantities.atom import Atom
    from narrative.pipeline.quantities.tables import Tables

_CONNECTOR = re.compile(
    r"(?P<dash>[ ]?[-–—−~～][ ]?|[ ]?至[ ]?|到)"
    r"|(?P<to> to (?:just |about |around |roughly |nearly |over |only |as much as |more than )?)"
    r"|(?P<and> (?:and|or|&) |, and )|(?P<comma>, )|(?P<of> (?:out )?of (?:the |its |their )?)"
)
_FROM_A = re.compile(
    r"\bfrom (?:an?|its|the|their) (?:[\w-]{1,20} ){0,3}(?:highs?|lows?|peak|top|record) (?:of|at|near) \Z",
    re.IGNORECASE,
)
_TALLY = re.compile(r"[ ]?[-–—][ ]?")
_END_OF_CLAUSE = re.compile(r"[.,;:!?)](?![0-9])|\Z|\n| (?:more|less|each|apiece)(?!\w)")
_LONGEST = 24  # characters of a connector
_REACH = 60
_FAR_APART = 10  # the ends of a range of names ("Section 8 to 12") lie nearer
_OUT_OF = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100})  # "one in four"


def join(text: str, atoms: list[Atom], known: Tables) -> list[tuple[Atom, Atom | None]]:
    """Pairs of (lower end, upper end or null) in the order of the text, units and magnitudes shared.

    A number whose magnitude can't be told ("$500-$1 billion") is left out.
    """
    atoms = _with_cents(text, _composed(text, _odds(text, atoms)), known)
    _drop_tallies(text, atoms)
    links = [_link(text, left, right, known) for left, right in pairwise(atoms)]
    _share(atoms, links, known)
    joined: list[tuple[Atom, Atom | None]] = []
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        if at < len(links) and links[at] == "range":
            upper = atoms[at + 1]
            if "none" not in (atom.role, upper.role) and atom.unit == upper.unit and not _differ(atom, upper):
                joined.append((atom, upper))
                at += 2
                continue
        joined.append((atom, None))
        at += 1
    return [pair for pair in joined if pair[0].role == "figure"]


def _differ(atom: Atom, upper: Atom) -> bool:
    """Equal ends are no range, and neither are ends of opposite sign."""
    return atom.value == upper.value or (atom.negative and not upper.negative)


def _link(text: str, left: Atom, right: Atom, known: Tables) -> str:
    """How two neighbours hang together: `range`, `list`, `of`, `from` (two figures of one unit) or nothing."""
    if not 0 < right.start - left.end <= _LONGEST:
        return ""
    if left.worded and left.unit in ("x", "percent") and left.end == left.bare_end:
        return ""  # "nearly double to 8 million"
    match = _CONNECTOR.fullmatch(text, left.end, right.start)
    if match is None:
        return ""
    low = max(0, left.start - _REACH)
    if match["dash"]:
        return "" if match["dash"] == "—" and right.money != left.money else "range"
    if match["to"]:
        if left.unit is None and right.number >= _FAR_APART * left.number and is_named(text, left, known):
            return ""  # "the S&P 500 to 8,100"
        if left.unit is not None and right.unit is not None and left.unit != right.unit:
            return ""
        if _FROM_A.search(text, low, left.start):
            return "from"
        if known.moved_from.search(text, low, left.start):
            return "range" if known.ranged_from.search(text, low, left.start) else "from"
        if left.unit is not None and known.moved.search(text, low, left.start):
            return ""
        return "range" if match["to"] == " to " else "from"
    if match["and"]:
        return "range" if "and" in match["and"] and known.between.search(text, low, left.start) else "list"
    if match["of"] and is_named(text, left, known):
        right.role = "none"  # Part 3 of 5
        return ""
    return "of" if match["of"] else "list"


def _odds(text: str, atoms: list[Atom]) -> list[Atom]:
    """`One in four merchants` is 25 percent, `25 to 1` is 25 times."""
    merged: list[Atom] = []
    for atom in atoms:
        last = merged[-1] if merged else None
        between = text[last.end : atom.start] if last is not None else ""
        if last is None or not last.plain or not atom.plain or last.full:
            merged.append(atom)
        elif between in (" in ", " in every ") and 0 < last.number < atom.number and atom.number in _OUT_OF:
            last.role, last.unit = "figure", "percent"
            last.number = round(100 * last.number / atom.number, 4)
            last.extend(atom.end)
        elif between in (" to ", "-to-") and atom.number == 1 and last.number > 1 and last.role == "figure":
            last.unit = "x"
            last.extend(atom.end)
        else:
            merged.append(atom)
    return merged


def _composed(text: str, atoms: list[Atom]) -> list[Atom]:
    """`1 billion 185 million` is one number."""
    merged: list[Atom] = []
    for atom in atoms:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.scale is not None
            and atom.scale is not None
            and last.word
            and atom.word
            and last.end == last.bare_end
            and not atom.money
            and atom.number * atom.scale < last.scale
            and text[last.end : atom.start] == " "
        ):
            last.added += atom.number * atom.scale / last.scale
            last.extend(atom.bare_end)
            if atom.unit is not None and not last.money:
                last.unit, last.factor = atom.unit, atom.factor
                last.end = atom.end
        else:
            merged.append(atom)
    return merged


def _with_cents(text: str, atoms: list[Atom], known: Tables) -> list[Atom]:
    """`3 dollars and 50 cents` is one figure, and so is `15 dollars 50` at the end of a clause."""
    merged: list[Atom] = []
    for atom in atoms:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.unit is not None
            and last.scale is None
            and last.factor == 1.0
            and last.integer
            and atom.role == last.role == "figure"
            and atom.scale is None
            and atom.number < 100
            and text[last.end : atom.start] in (" ", " and ", ", ")
            and _are_cents(text, last, atom, known)
        ):
            last.added += atom.number / 100
            last.extend(atom.end)
        else:
            merged.append(atom)
    return merged


def _are_cents(text: str, whole: Atom, atom: Atom, known: Tables) -> bool:
    if atom.factor == 0.01:
        return whole.unit in known.cents_of.get(atom.unit or "", ())
    if whole.money or whole.end == whole.bare_end or text[whole.end : atom.start] == ", ":
        return False
    end_of_clause = _END_OF_CLAUSE.match(text, atom.end) is not None
    return atom.plain and atom.integer and atom.number >= 10 and end_of_clause and whole.unit in known.cents_of["USD"]


def _drop_tallies(text: str, atoms: list[Atom]) -> None:
    """`Passed 68-30`: votes and matches."""
    for left, right in pairwise(atoms):
        if (
            left.plain
            and right.plain
            and left.integer
            and right.integer
            and left.number > right.number
            and not (left.full or right.full or left.worded or right.worded)
            and _TALLY.fullmatch(text, left.end, right.start)
        ):
            left.role = right.role = "none"


def _share(atoms: list[Atom], links: list[str], known: Tables) -> None:
    """Give what only the last or the first of a row prints to its neighbours; from right to left, so rows carry on."""
    for at in range(len(links) - 1, -1, -1):
        left, right, link = atoms[at], atoms[at + 1], links[at]
        if not link:
            continue
        if link == "of":
            if left.plain and right.plain and left.integer and right.integer and left.number <= right.number:
                left.noun_at = right.noun_at = right.bare_end
            continue
        if right.role == "none" and left.unit is None and left.scale is None and not left.full:
            left.role = "none"
            continue
        if left.role == "none":
            if right.plain and link == "range":
                right.role = "none"
            continue
        if right.role == "none":
            continue
        if link == "list" and not (left.plain or left.unit == right.unit):
            continue
        _share_magnitude(left, right, link)
        if left.role == "figure":
            _share_unit(left, right, link, known)


def _share_magnitude(left: Atom, right: Atom, link: str) -> None:
    if link == "range" and left.worded and right.worded and left.number < 1000 <= right.number:
        magnitude = next(power for power in (1e12, 1e9, 1e6, 1e3) if right.number >= power)
        if left.number < right.number / magnitude:
            left.number *= magnitude  # "six to eight million"
        return
    if right.scale is not None and left.scale is None:
        if left.unit is not None and left.unit != right.unit and not (right.unit is None and left.money):
            return
        if left.full or (left.money and not right.money and link == "list"):
            return
        if left.worded and left.unit is not None:
            return
        if link == "list" and not left.money and right.unit is None:
            return  # "5 and 9 million users"
        if left.number < right.number * (1 if link != "list" else 10) and left.number < 1000:
            left.scale = right.scale
        elif link != "list" or left.number < 1000:
            left.role = "none"  # $500-$1 billion: nobody can tell
    elif left.scale is not None and right.scale is None and link == "range" and (right.unit is None or right.money):
        right.role = "figure" if right.full else "none"  # $1.2 million-1.5


def _share_unit(left: Atom, right: Atom, link: str, known: Tables) -> None:
    if left.unit is None and right.unit is not None and not right.money and not (left.worded and link == "list"):
        if link == "list" and left.integer and 1900 <= left.number < 2100 and not left.full:
            return
        if left.grouped_by_point and right.unit in known.either_currencies:
            left.role = right.role = "none"  # "1.837, 32 €"
            return
        left.unit, left.factor = right.unit, right.factor
    elif left.unit is not None and right.unit is None and link in ("range", "from"):
        if left.money or (right.plain and (link == "range" or right.full)):
            right.unit, right.factor = left.unit, left.factor
            right.money = left.money
    elif left.money and right.unit is not None and right.unit != left.unit and link == "range":
        return
