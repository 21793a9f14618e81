"""Numbers in digits: `$1.1bn`, `-2.6%`, `mid-$0.20s`; dates and times that look like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from narrative.pipeline.quantities.atom import Atom
from narrative.pipeline.quantities.attached import claim_grand, claim_magnitude, claim_prefix, claim_unit
from narrative.pipeline.quantities.bare import is_named
from narrative.pipeline.quantities.exclusions import MONTH, settle
from narrative.pipeline.quantities.fractions import printed_fraction
from narrative.pipeline.quantities.numerals import NUMERAL, is_grouped, read_numeral
from narrative.pipeline.quantities.tables import VULGAR

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables

_DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?![0-9]|[,.][0-9])"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|[0-9]+(?:-[0-9]+){2,}|[0-9]+(?:/[0-9]+)+(?![0-9])"  # telephone numbers; 24/7, 3/4
)
_FRACTION_NEAR = re.compile(rf"[^/⁄{VULGAR}]{{0,9}}[/⁄{VULGAR}]")
_OUT_OF_100 = re.compile(r"([0-9]{1,3})/100(?![0-9/]|\.[0-9])")  # how scores are printed: 85/100
_CHANCE = re.compile(r"([1-9])-in-([1-9][0-9]{0,2})(?= (?:chances?|odds|shot|probability)(?!\w))", re.IGNORECASE)
_JOINS = ("-", "/", ":")
_ODDS = re.compile(r"([0-9]{1,3}):([1-9])(?![0-9:])")
_AFTER_MONTH = re.compile(rf"(?<![A-Za-z]){MONTH}\.?[ \u00a0]\Z")
_YEAR_BEFORE = re.compile(
    rf"(?:(?<![A-Za-z])(?:in|since|by|of|late|early|mid|until|through|its|the|from|during|for|end|and|to|throughout|{MONTH})"
    r"[ -]|, |\n|\A)\Z",
    re.IGNORECASE,
)
_BROKEN = re.compile(  # "$69, 000", "$1 .1bn", "$46 . 8 million", "$1/4 billion"
    r" [.,] ?[0-9]|\. [0-9]{2}(?![0-9,.%])|\. ?[0-9]+ (?:thousand|(?:m|b|tr)illion)|, [0-9]{3}(?![0-9])"
    r"|/[0-9]{1,2}(?![0-9,])"
)
_BROKEN_BEFORE = re.compile(r"[0-9] [.] ?\Z")  # "7 . 57%"
_THREE = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?")
_GROUP_BEFORE = re.compile(r"(?<![0-9.,])[0-9]{1,3}[ \u00a0]\Z")  # "2 390 €"
_MAGNITUDE_NEAR = re.compile(r"[^\w.;:!?,]{1,4}(?:thousand|million|billion|trillion|[mb]n)(?!\w)", re.IGNORECASE)
_TENS = re.compile(r"s(?![A-Za-z0-9])")
_PLACE = re.compile(r"(?<![A-Za-z])(mid|low|lower|high|upper)[- ](?:to[- ](?:upper|high)[- ])?\Z", re.IGNORECASE)
_POINT_GROUPED = re.compile(r"[0-9]{1,3}\.[0-9]{3}\Z")
_CENTS_BEHIND_POINT = frozenset("USD GBP HKD CAD AUD SGD INR JPY KRW CNY".split())
_SHARE = {"mid": 0.5, "high": 0.8, "upper": 0.8}  # where in its ten a "high-$80,000s" lies


class Conventions(NamedTuple):
    """Whether the text shows that it groups thousands by points, or by commas."""

    points: bool
    commas: bool


def numeral_atom(text: str, start: int, low: int, known: Tables, conventions: Conventions) -> tuple[Atom | None, int]:
    """The atom whose first digit is at `start`, and where to go on.

    Nothing before `low`, the end of the last atom, may be claimed.
    """
    before = text[start - 1] if start else ""
    fraction = printed_fraction(text, start) if _FRACTION_NEAR.match(text, start) else None
    if fraction is not None:
        found = _fraction_atom(text, start, low, fraction, known)
        if found is not None:
            return found
    numeral = NUMERAL.match(text, start)
    if numeral is None:
        return None, start + 1
    printed, end = numeral[0], numeral.end()
    if "₀" <= text[end : end + 1] <= "₉":
        return None, end
    if before == "." and not (start > 1 and (text[start - 2].isalnum() or text[start - 2] in "./")):
        if text[max(0, start - 3) : start - 2].isdigit():
            return None, end  # "$1 .1bn"
        printed, start = "0." + printed, start - 1
    atom = Atom(start=start, end=end, bare_end=end)
    claim_prefix(text, atom, low, known)
    if not atom.money:
        if atom.start == start and text[start] != "." and _continues_a_name(before):
            return None, end
        if text[end : end + 1] in _JOINS or "." in printed:
            joined = _joined_numbers(text, atom, start)
            if joined is not None:
                return joined
        if len(printed) <= 2 and _AFTER_MONTH.search(text, max(0, start - 11), start):
            return atom.nothing(end)
    if not _claim_parentheses(text, atom, start) or not claim_magnitude(text, atom, known):
        return None, atom.end
    if not claim_grand(text, atom, known):
        claim_unit(text, atom, known)
    return _valued(text, atom, start, printed, known, conventions)


def _joined_numbers(text: str, atom: Atom, start: int) -> tuple[Atom, int] | None:
    """What numbers joined by a sign are: chances, scores, odds, and dates, which are nothing; else null."""
    chance = _CHANCE.match(text, start)
    if chance is not None and int(chance[1]) < int(chance[2]):
        atom.number, atom.unit = round(100 * int(chance[1]) / int(chance[2]), 4), "percent"
        atom.extend(chance.end())
        return atom, atom.end
    score = _OUT_OF_100.match(text, start)
    if score is not None and int(score[1]) <= 100:
        atom.number, atom.unit = int(score[1]), "index"
        return atom, score.end()
    date = _DATE.match(text, start)
    if date is not None:
        return atom.nothing(date.end())
    odds = _ODDS.match(text, start)
    if odds is not None:
        atom.number, atom.unit = int(odds[1]) / int(odds[2]), "x"
        atom.extend(odds.end())
        return atom, atom.end
    return None


def _fraction_atom(
    text: str, start: int, low: int, fraction: tuple[float, int, bool], known: Tables
) -> tuple[Atom | None, int] | None:
    """The atom of `½ million`, `7 3/4 %`, `1/3 of the supply`; null where the fraction may be a date or a name."""
    value, end, sure = fraction
    if start and (text[start - 1].isalnum() or text[start - 1] in "./,"):
        return None
    atom = Atom(start=start, end=end, bare_end=end, number=value, integer=False)
    claim_prefix(text, atom, low, known)
    if not claim_magnitude(text, atom, known):
        return None, atom.end
    claim_unit(text, atom, known)
    if atom.plain and value < 1:
        if is_named(text, atom, known) or not text.startswith(" of ", atom.end):
            return None if not sure else (None, atom.end)
        atom.unit, atom.number = "percent", round(100 * value, 4)
    elif not (sure or atom.money) and (atom.unit in known.coins or (atom.unit is None and atom.scale is None)):
        return None
    return settle(text, atom, known)


def _valued(
    text: str, atom: Atom, start: int, printed: str, known: Tables, conventions: Conventions
) -> tuple[Atom | None, int]:
    """Give the atom its value, or give it up."""
    atom.grouped_by_point = not conventions.commas and _POINT_GROUPED.fullmatch(printed) is not None
    if atom.grouped_by_point and atom.scale is None and _groups_by_points(atom, known, conventions):
        printed = printed.replace(".", "")
    value = _read(atom, printed, known, conventions)
    broken = atom.scale is None and (_BROKEN.match(text, atom.end) if atom.money else None)
    broken = broken or _BROKEN_BEFORE.search(text, max(0, start - 4), start)
    if _THREE.fullmatch(printed) and atom.unit is not None:
        broken = broken or _GROUP_BEFORE.search(text, max(0, start - 5), start)
    if value is None or broken or (atom.scale is None and _MAGNITUDE_NEAR.match(text, atom.end)):
        return None, atom.end
    atom.number = value
    atom.full = is_grouped(printed)
    atom.integer = atom.number == int(atom.number) and "." not in printed
    if atom.year and atom.unit in known.coins and _YEAR_BEFORE.search(text, max(0, start - 12), start):
        return atom.nothing(atom.bare_end)  # "in 2017 DOGE moved"
    if atom.money and _TENS.match(text, atom.end):
        return _tens(text, atom, printed)
    return settle(text, atom, known)


def _groups_by_points(atom: Atom, known: Tables, conventions: Conventions) -> bool:
    """Whether a point in the number can only group thousands: its currency has no cents, or the text shows it."""
    return atom.unit in known.point_currencies or (conventions.points and atom.unit in known.either_currencies)


def _read(atom: Atom, printed: str, known: Tables, conventions: Conventions) -> float | None:
    """The printed value, or null where point or comma may mean either."""
    unsure = conventions.points or atom.word.lower() in known.point_magnitudes or atom.unit in known.point_currencies
    if atom.scale is None and atom.unit in known.either_currencies and not conventions.commas:
        unsure = unsure or printed[0] != "0"
    slips = not conventions.points and atom.scale is None and atom.unit in _CENTS_BEHIND_POINT
    followed = atom.unit is not None or atom.scale is not None
    return read_numeral(printed, points=unsure, unit_follows=followed, commas=slips)


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
