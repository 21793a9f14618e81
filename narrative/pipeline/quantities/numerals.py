"""From printed numerals and number words to values. What can't be told is null, never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables

MAX_DIGITS = 40

NUMERAL = re.compile(
    r"[0-9]{1,3}(?:[\u00a0\u202f\u2009'’][0-9]{3}){1,6}(?:[.,][0-9]{1,2})?(?![0-9])"  # 1'000'000
    r"|[0-9]{1,3}(?: [0-9]{3}){2,6}(?![0-9]| [0-9])"  # 1 000 000
    r"|[0-9]{1,3}(?: [0-9]{3}){1,6},[0-9]{2}(?![0-9])"  # 5 833,00
    r"|[0-9]{1,3}(?: [0-9]{3}){1,6}(?:,[0-9]{2})?(?=[ ]?(?:€|₽|₴|₫|Kč|zł|руб|грн|лв|Р(?!\w)))"  # 2 390 €
    r"|0\.0[₀-₉]{1,2}[0-9]+"  # 0.0₅123: five zeros behind the point
    r"|[0-9]+(?:[.,][0-9]+)*"
)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ZEROS = re.compile(r"0\.0([₀-₉]{1,2})([0-9]+)\Z")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?\Z")
_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?\Z|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+\Z")
_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}\Z")
_SPACED = re.compile(r"[\u00a0\u202f\u2009'’ ]")
_EUROPEAN = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]{1,2}|(?:\.[0-9]{3}){2,})(?![0-9.,])")

_ENGLISH = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,8})?(?![0-9,])")
_ONE_GROUP = re.compile(r"[0-9]{1,3}\.[0-9]{3}\Z")
_CUT_GROUP = re.compile(r"[1-9][0-9]*,[0-9]{2}\Z|[0-9]{3,},[0-9]\Z")


def writes_points(text: str) -> bool:
    """Whether the text groups thousands by points (1.234.567,89): `1.234` then can't be told."""
    return _EUROPEAN.search(text) is not None


def writes_commas(text: str) -> bool:
    """Whether the text groups thousands by commas (1,234,567): `1.234` then has three decimals."""
    return _ENGLISH.search(text) is not None


def read_numeral(
    printed: str, *, points: bool = False, unit_follows: bool = False, commas: bool = False
) -> float | None:
    """The value of `1,234.5`, `1 000 000`, `12,34,567`, `1.234.567,8`, and of `1,5` where a unit follows.

    `points`: a point may group thousands; `commas`: a comma with two digits behind it is more likely a slip.
    """
    if len(printed) > MAX_DIGITS:
        return None
    if points and _ONE_GROUP.match(printed):
        return None
    if commas and _CUT_GROUP.match(printed):
        return None  # "$109,00" has lost a digit
    if len(printed) > 1 and printed[0] == "0" and printed.isdigit():
        return None
    if _PLAIN.match(printed):
        return float(printed)
    zeros = _ZEROS.match(printed)
    if zeros is not None:
        return float("0." + "0" * int(zeros[1].translate(_SUBSCRIPTS)) + zeros[2])
    if _GROUPED.match(printed) or _INDIAN.match(printed):
        return float(printed.replace(",", ""))
    if _POINTS.match(printed):
        return float(printed.replace(".", "").replace(",", "."))
    if _COMMA.match(printed):
        return float(printed.replace(",", ".")) if unit_follows else None
    if _SPACED.search(printed):
        return float(_SPACED.sub("", printed).replace(",", "."))
    return None


def is_grouped(printed: str) -> bool:
    """Whether thousands are marked: such a number is printed in full."""
    return len(printed) <= MAX_DIGITS and not _PLAIN.match(printed) and not _COMMA.match(printed)


def read_words(words: list[str], known: Tables) -> float | None:
    """The value of number words in a row: two hundred and fifty thousand, twenty-five."""
    total = group = 0.0
    last: float | None = None  # the word before, to refuse "five six" and "two ten"
    for word in words:
        if word in known.ones:
            value = known.ones[word]
            if last is not None and not (last >= 100 or (20 <= last <= 90 and 1 <= value <= 9)):
                return None
            group += value
            last = value
        elif known.scales[word] in (100, 12):
            group = (group or 1) * known.scales[word]
            last = 100
        else:
            total += (group or 1) * known.scales[word]
            group, last = 0.0, known.scales[word]
    return total + group
