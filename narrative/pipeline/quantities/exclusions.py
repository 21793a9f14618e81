"""What makes a number no figure: names, dates, durations, ordinals, letters that nobody can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.pipeline.quantities.atom import Atom
    from narrative.pipeline.quantities.tables import Tables

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_OPAQUE = re.compile(
    r"https?://\S+|www\.\S+|pic\.twitter\.com/\S+|[@#][A-Za-z]\w*"
    r"|(?<![A-Za-z0-9])(?:0x[0-9A-Fa-f]+[….]*[0-9A-Fa-f]*|(?:bc1|ltc1)[0-9a-z]{6,})"  # addresses of wallets
    r"|\{[^{};]{0,400}:[^{};]{0,400};[^{}]{0,800}\}"  # style sheets
    r"|(?<![0-9$€£¥])(?:[0-9]+[^0-9A-Za-z%$€£¥\u2e80-\uffff]{1,3}){16,}"  # a table without words
)
_BEFORE_MONTH = re.compile(rf"(?:st|nd|rd|th)?[ \u00a0](?:of )?{MONTH}(?![A-Za-z])")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z])")
_COMPOUND = re.compile(r"(?<![A-Za-z])([A-Za-z]+)-\Z")
_QUALIFIERS = frozenset({"sub", "mid", "low", "high", "near", "over", "under", "upper", "lower"})
_GLUED = re.compile(r"(?!(?i:bil|mil|tril|thou|hund|quad|mln|bln))(?:[A-Z][a-z]{2,}|[A-Z]{4,})")
_FIBONACCI = re.compile(r"[ \u00a0-]fib(?:onacci|s)?\b", re.IGNORECASE)  # 61.8% Fib names a level
_TAIL = re.compile(r"\w+")


def opaque_spans(text: str, known: Tables) -> list[tuple[int, int]]:
    """Web addresses, handles and names that hold a number: nothing in them is read."""
    spans = [match.span() for match in _OPAQUE.finditer(text)]
    spans += [match.span() for match in known.names.finditer(text)]
    return sorted(spans)


def in_compound(text: str, start: int) -> bool:
    """Whether a hyphen binds the number to a word before it: GPT-5, multi-million; not `sub-1%`."""
    if text[start - 1 : start] != "-":
        return False
    compound = _COMPOUND.search(text, max(0, start - 24), start)
    return compound is not None and compound[1].lower() not in _QUALIFIERS


def settle(text: str, atom: Atom, known: Tables) -> tuple[Atom | None, int]:
    """The atom, or nothing where what follows shows that it is no figure; and where to go on."""
    end = atom.end
    following = text[end : end + 1]
    if atom.unit is None or (atom.money and end == atom.bare_end):
        if _ORDINAL.match(text, end):
            return atom.nothing(end + 2)
        if following.isalpha() and following < "\u2e80" and not atom.worded and not _glued(text, atom):
            tail = _TAIL.match(text, end)  # 3D, 2FA, 1990s, $5Q
            return None, tail.end() if tail else end
    if atom.unit is None:
        duration = known.duration.match(text, end)
        if duration is not None:
            return atom.nothing(duration.end())
        if atom.plain and atom.integer and atom.number <= 31 and _BEFORE_MONTH.match(text, end):
            return atom.nothing(end)
    if atom.letter == "mm" and not atom.money and atom.unit not in known.currencies and atom.unit not in known.coins:
        return atom.nothing(end)  # millimetres
    if atom.unit == "percent" and _FIBONACCI.match(text, end):
        return atom.nothing(end)
    if (atom.unit is None or atom.unit in known.coins) and in_compound(text, atom.start):
        return None, end
    return atom, end


def _glued(text: str, atom: Atom) -> bool:
    """`$3.40From a technical perspective`: a lost line break, which a price with cents survives."""
    return atom.money and not atom.integer and atom.scale is None and _GLUED.match(text, atom.end) is not None
