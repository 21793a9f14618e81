"""Numbers in words: `two million`, `half a billion`, `two-thirds of`, `doubled`, `tenfold`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.quantities.atom import Atom
from narrative.pipeline.quantities.attached import claim_grand, claim_magnitude, claim_unit
from narrative.pipeline.quantities.exclusions import in_compound, settle
from narrative.pipeline.quantities.fractions import and_part
from narrative.pipeline.quantities.numerals import read_words

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables

_WORD = re.compile(r"[A-Za-z]+")
_NEXT = re.compile(r"[ -](and[ -])?([A-Za-z]+)")
_PART = re.compile(r"[- ](halves|thirds?|quarters?|fifths?|tenths?)(?!\w)", re.IGNORECASE)
_ARTICLE = re.compile(r"(?<!\w)(?:(half|quarter)(?: (?:of )?an?)?|an?)[ -]\Z", re.IGNORECASE)
_LEAD = re.compile(r"(?<!\w)(?:an?|one)[ -]\Z", re.IGNORECASE)
_NUMERATOR = re.compile(r"(?<!\w)(an?|one|two|three|four|five|seven|nine)[- ]\Z")
_OF_A_UNIT = re.compile(
    r"[- ](?:of )?(?:an? |one )?(?:(percent|per cent|percentage[- ]points?)|(basis[- ]point))(?!\w)", re.IGNORECASE
)  # half a percent, a quarter-percentage-point
_CUT_TO_HALF = re.compile(r"(?<!\w)(?:in|by|than|about|nearly|almost) \Z")
_END_OF_CLAUSE = re.compile(r"[.,;:!?)\n]|\Z")
_DIGIT = "zero|nought|naught|one|two|three|four|five|six|seven|eight|nine"
_ORDINAL_PART = re.compile(
    r"[ -](?:and[ -]\w+[ -])?(?:fif|six|seven|eigh|nin|ten|twelf|hundred|thousand|(?:m|b|tr)illion)ths?(?!\w)",
    re.IGNORECASE,
)  # "five ninths" is no five
_OF_A_MAGNITUDE = re.compile(r"[ -](?:of )?(?:an? |one )?(thousand|(?:m|b|tr)illion)(?![\w-])", re.IGNORECASE)
_POINT = re.compile(rf" point ((?:{_DIGIT})(?:[ -](?:{_DIGIT})){{0,5}})(?!\w)", re.IGNORECASE)
_LONGEST = 9  # words


def word_atom(text: str, start: int, low: int, known: Tables) -> tuple[Atom | None, int]:
    """As `numeral_atom`, for the number word at `start`."""
    word = _WORD.match(text, start)
    if word is None:
        return None, start + 1
    first, end = word[0].lower(), word.end()
    if first in known.multiples:
        return _multiple(text, start, end, first, known), end
    part = _PART.match(text, end) if first in known.ones else None
    whole = _OF_A_MAGNITUDE.match(text, part.end()) if part is not None else None
    if part is not None and whole is not None:
        return _of_a_magnitude(text, part.start(1), whole, low, known)
    if part is not None:
        return _part(text, part.start(1), part.end(), low, known), part.end()
    if first in known.fractions:
        return _part(text, start, end, low, known), end
    words = [first]
    while len(words) < _LONGEST and (following := _NEXT.match(text, end)):
        more = following[2].lower()
        if (more not in known.ones and more not in known.scales) or (following[1] and words[-1] not in known.scales):
            break  # "five and nine" are two numbers, "five hundred and nine" is one
        if following[1] and and_part(text, end, _scale(words, known), known) is not None:
            break
        words.append(more)
        end = following.end()
    return _number(text, start, end, words, low, known)


def _number(text: str, start: int, end: int, words: list[str], low: int, known: Tables) -> tuple[Atom | None, int]:
    atom = Atom(start=start, end=end, bare_end=end, worded=True)
    value = read_words(words, known)
    article = _ARTICLE.search(text, max(low, start - 16), start)
    if value is None:
        return None, end
    if _ORDINAL_PART.match(text, end):
        return None, end
    if words[0] in known.scales:
        if article is None:
            return None, end  # "several million", "billions"
        atom.start = article.start()
        if article[1]:  # half a million, a quarter-million, a quarter of a million
            value *= known.fractions[article[1].lower()] / 100
            lead = _LEAD.search(text, max(low, atom.start - 4), atom.start)
            atom.start = lead.start() if lead else atom.start
    elif article is not None and article[1]:
        return None, end
    point = _POINT.match(text, atom.end)
    if point is not None and value < 1000:
        digits = point[1].lower().replace("-", " ").split()
        value += sum(known.ones[digit] / 10**place for place, digit in enumerate(digits, 1))
        atom.extend(point.end())
        atom.integer = False
    added = and_part(text, atom.end, _scale(words, known), known)
    if added is not None:
        value += added[0]
        atom.extend(added[1])
    atom.number = value
    if in_compound(text, atom.start) or not claim_magnitude(text, atom, known):
        return None, atom.end
    atom.full = any(known.scales.get(word, 0) >= 1000 for word in words)
    if not claim_grand(text, atom, known):
        claim_unit(text, atom, known)
    if words == ["one"] and atom.plain:
        return atom.nothing(end)  # a pronoun
    return settle(text, atom, known)


def _of_a_magnitude(text: str, start: int, whole: re.Match[str], low: int, known: Tables) -> tuple[Atom | None, int]:
    """`three quarters of a billion dollars`; the numerator stands before `start`."""
    counted = _NUMERATOR.search(text[max(low, start - 6) : start].lower())
    if counted is None:
        return None, whole.end()
    part = known.fractions[text[start : whole.start()].lower()] / 100
    number = known.ones.get(counted[1], 1) * part * known.scales[whole[1].lower()]
    begin, end = start - len(counted[0]), whole.end()
    atom = Atom(begin, end, end, number=float(f"{number:.6g}"), full=True, worded=True)
    claim_unit(text, atom, known)
    return settle(text, atom, known)


def _scale(words: list[str], known: Tables) -> float:
    """The magnitude that the words end with, 1 below a thousand."""
    scale = known.scales.get(words[-1], 1.0)
    return scale if scale >= 1000 else 1.0


def _multiple(text: str, start: int, end: int, word: str, known: Tables) -> Atom | None:
    """`doubled`, `tenfold`, `twice as many`; not `double-digit`."""
    name = known.not_multiple.match(text, end)
    if name is not None or (word == "twice" and known.twice.match(text, end) is None):
        return None
    return Atom(start, end, end, number=known.multiples[word], unit="x", worded=True)


def _part(text: str, start: int, end: int, low: int, known: Tables) -> Atom | None:
    """`half of the supply`, `a quarter of`, `two-thirds`; not `the first half of 2026`, `a quarter of a million`."""
    word = text[start:end].lower()
    unit = _OF_A_UNIT.match(text, end)
    if unit is not None:
        counted = _NUMERATOR.search(text[max(low, start - 6) : start].lower())
        parts = known.ones.get(counted[1], 1) if counted else 1
        share = round(known.fractions[word] * parts / 100, 6)
        begin = start - len(counted[0]) if counted else start
        return Atom(begin, unit.end(), end, number=share, unit="percent" if unit[1] else "bps", worded=True)
    if known.not_part_before.search(text, max(0, start - 24), start):
        return None
    if word == "halved":
        return Atom(start, end, end, number=known.fractions[word], unit="percent", worded=True)
    if word == "half":
        cut = _CUT_TO_HALF.search(text, max(low, start - 8), start) and _END_OF_CLAUSE.match(text, end)
        if not cut and known.part_of.match(text, end) is None:
            return None
        lead = _LEAD.search(text, max(low, start - 4), start)
        return Atom(lead.start() if lead else start, end, end, number=50.0, unit="percent", worded=True)
    counted = _NUMERATOR.search(text[max(low, start - 6) : start].lower())
    if counted is None or known.part_of.match(text, end) is None:
        return None
    parts = known.ones.get(counted[1], 1)
    if (parts > 1) != word.endswith("s"):
        return None
    share = round(known.fractions[word] * parts, 4)
    return Atom(start - len(counted[0]), end, end, number=share, unit="percent", worded=True)
