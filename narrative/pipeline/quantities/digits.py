"""Numbers in digits: `$1.1bn`, `-2.6%`, `mid-$0.20s`; dates and times that look like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.quantities.atom import Atom
from narrative.pipeline.quantities.attached import claim_magnitude, claim_prefix, claim_unit
from narrative.pipeline.quantities.exclusions import MONTH, settle
from narrative.pipeline.quantities.numerals import NUMERAL, is_grouped, read_numeral

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables

_DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?![0-9]|[,.][0-9])"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|[0-9]+(?:-[0-9]+){2,}|[0-9]+(?:/[0-9]+)+(?![0-9])"  # telephone numbers; 24/7, 3/4
)
_ODDS = re.compile(r"([0-9]{1,3}):([1-9])(?![0-9:])")
_AFTER_MONTH = re.compile(rf"(?<![A-Za-z]){MONTH}\.?[ \u00a0]\Z")
_YEAR_BEFORE = re.compile(
    rf"(?:(?<![A-Za-z])(?:in|since|by|of|late|early|mid|until|through|its|the|from|during|for|end|and|to|throughout|{MONTH})"
    r"[ -]|, |\n|\A)\Z",
    re.IGNORECASE,
)
_BROKEN = re.compile(r" [.,][0-9]|, [0-9]{3}(?![0-9])")  # "$69, 000", "$1 .1bn"
_BROKEN_BEFORE = re.compile(r"[0-9] [.] ?\Z")  # "7 . 57%"
_THREE = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?")
_GROUP_BEFORE = re.compile(r"(?<![0-9.,])[0-9]{1,3}[ \u00a0]\Z")  # "2 390 €"
_MAGNITUDE_NEAR = re.compile(r"[^\w.;:!?,]{1,4}(?:thousand|million|billion|trillion|[mb]n)(?!\w)", re.IGNORECASE)
_TENS = re.compile(r"s(?![A-Za-z0-9])")
_PLACE = re.compile(r"(?<![A-Za-z])(mid|low|lower|high|upper)[- ](?:to[- ](?:upper|high)[- ])?\Z", re.IGNORECASE)
_SHARE = {"mid": 0.5, "high": 0.8, "upper": 0.8}  # where in its ten a "high-$80,000s" lies


def numeral_atom(text: str, start: int, low: int, known: Tables, *, points: bool) -> tuple[Atom | None, int]:
    """The atom whose first digit is at `start`, and where to go on.

    Nothing before `low`, the end of the last atom, may be claimed. `points`: the text groups thousands by points.
    """
    before = text[start - 1] if start else ""
    numeral = NUMERAL.match(text, start)
    if numeral is None:
        return None, start + 1
    printed, end = numeral[0], numeral.end()
    if "₀" <= text[end : end + 1] <= "₉":
        return None, end
    if before == "." and not (start > 1 and (text[start - 2].isalnum() or text[start - 2] == ".")):
        if text[max(0, start - 3) : start - 2].isdigit():
            return None, end  # "$1 .1bn"
        printed, start = "0." + printed, start - 1
    atom = Atom(start=start, end=end, bare_end=end)
    claim_prefix(text, atom, low, known)
    if not atom.money:
        if atom.start == start and text[start] != "." and _continues_a_name(before):
            return None, end
        date = _DATE.match(text, start)
        if date is not None:
            return atom.nothing(date.end())
        if _AFTER_MONTH.search(text, max(0, start - 11), start) and len(printed) <= 2:
            return atom.nothing(end)
        odds = _ODDS.match(text, start)
        if odds is not None:
            atom.number, atom.unit = int(odds[1]) / int(odds[2]), "x"
            atom.extend(odds.end())
            return atom, atom.end
    if not _claim_parentheses(text, atom, start) or not claim_magnitude(text, atom, known):
        return None, atom.end
    claim_unit(text, atom, known)
    return _valued(text, atom, start, printed, known, points=points)


def _valued(text: str, atom: Atom, start: int, printed: str, known: Tables, *, points: bool) -> tuple[Atom | None, int]:
    """Give the atom its value, or give it up."""
    unsure = points or atom.word.lower() in known.point_magnitudes or atom.unit in known.point_currencies
    value = read_numeral(printed, points=unsure, unit_follows=atom.unit is not None or atom.scale is not None)
    broken = atom.scale is None and (_BROKEN.match(text, atom.end) if atom.money else None)
    broken = broken or _BROKEN_BEFORE.search(text, max(0, start - 4), start)
    if _THREE.fullmatch(printed) and atom.unit is not None:
        broken = broken or _GROUP_BEFORE.search(text, max(0, start - 5), start)
    if value is None or broken or (atom.scale is None and _MAGNITUDE_NEAR.match(text, atom.end)):
        return None, atom.end
    atom.number += value
    atom.full = is_grouped(printed)
    atom.integer = atom.number == int(atom.number) and "." not in printed
    if atom.year and atom.unit in known.coins and _YEAR_BEFORE.search(text, max(0, start - 12), start):
        return atom.nothing(atom.bare_end)  # "in 2017 DOGE moved"
    if atom.money and _TENS.match(text, atom.end):
        return _tens(text, atom, printed)
    return settle(text, atom, known)


def _continues_a_name(character: str) -> bool:
    """A letter or sign that makes the digits after it part of a name; Chinese and Japanese have no spaces."""
    return character != "" and (
        character in "_/@#.$\\" or (character.isalpha() and character < "\u2e80") or character.isdigit()
    )


def _claim_parentheses(text: str, atom: Atom, start: int) -> bool:
    """`$(36.4) million` and `(2.6)%` are how accounts print a minus; False where a parenthesis stays open."""
    if text[start - 1 : start] != "(":
        return True
    closed = text[atom.end : atom.end + 1] == ")"
    if atom.start < start:
        atom.negative = True
        atom.extend(atom.end + closed)
        return closed
    if closed and text[atom.end + 1 : atom.end + 2] == "%":
        atom.negative = True
        atom.start -= 1
        atom.extend(atom.end + 1)
    return True


def _tens(text: str, atom: Atom, printed: str) -> tuple[Atom | None, int]:
    """`mid-$0.20s` 0.25, `low-$90,000s` 90,000, `the $90,000s`."""
    atom.extend(atom.end + 1)
    whole, _, decimals = printed.replace(",", "").partition(".")
    if decimals.strip("0"):
        step = 10.0 ** -len(decimals.rstrip("0"))  # one of the last digit that is not zero
    elif whole.strip("0"):
        step = 10.0 ** (len(whole) - len(whole.rstrip("0")))
    else:
        return None, atom.end
    place = _PLACE.search(text, max(0, atom.start - 14), atom.start)
    if place is not None:
        atom.number += step * _SHARE.get(place[1].lower(), 0.0)
        atom.start = place.start()
    elif step >= 1 and (step == 1 or whole == "1" + "0" * (len(whole) - 1)):
        return None, atom.end  # "$100s" are hundreds of dollars
    atom.modality = "approx"
    return atom, atom.end
