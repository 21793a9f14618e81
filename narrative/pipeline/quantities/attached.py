"""What is attached to a number: currency, sign, magnitude, unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.quantities.fractions import and_part

if TYPE_CHECKING:
    from narrative.pipeline.quantities.atom import Atom
    from narrative.pipeline.quantities.tables import Tables

MINUS = "-−–"
_CLASSIFIER = re.compile(r"[ ]?[枚颗](?=[ ]?[A-Z\u4e00-\u9fff])")
_GRAND = re.compile(r"[ -]grand(?![\w-])", re.IGNORECASE)
_STRONG = re.compile(
    r"[0-9]+[.,][0-9]|[0-9]+[ -]?(?:k|mn?|bn?|tn|crore|lakh|thousand|(?:m|b|tr)illion)(?!\w)", re.IGNORECASE
)
_BEHIND_CODE = re.compile(r" (?=(?:thousand|million|billion|trillion|mn|bn|mln|bln)(?!\w))", re.IGNORECASE)
_TOKENS = re.compile(r" \$?([A-Z][A-Z0-9]{1,9}) (?=(?:tokens?|coins?)(?![A-Za-z]))")
_MINUS_WORD = re.compile(r"(?<!\w)(?:minus|negative) \Z", re.IGNORECASE)
_CASHTAG = re.compile(r" ?\$([A-Z][A-Z0-9]{1,9})(?![A-Za-z0-9])")
_MORE = re.compile(r" (?:more|additional)(?= )")
_NEXT_WORD = re.compile(r"(?:[ \u00a0-]|['’]s )([A-Za-z]+)")
_BARE_SPACED = frozenset({"K", "M", "B", "bn", "mn"})  # what may stand off a number without currency: 16 K


def claim_prefix(text: str, atom: Atom, low: int, known: Tables) -> None:
    """Take in the currency and the sign before the number, from `low` at the earliest."""
    prefix = known.prefix.search(text, max(low, atom.start - 16), atom.start)
    if prefix is None:
        if _MINUS_WORD.search(text, max(low, atom.start - 9), atom.start):
            atom.negative = True
            return
        sign = text[atom.start - 1 : atom.start] if atom.start > low else ""
        if sign and sign in MINUS + "+" and not _joined(text, atom.start - 1):
            atom.negative = sign != "+"
            atom.start -= 1
        return
    start = prefix.start("currency")
    if prefix["currency"] == "$" and start and text[start - 1].isalpha() and text[start - 1].isupper():
        return  # some country's dollar that the tables do not know
    spelling = prefix["currency"]
    if spelling in known.weak_signs and _STRONG.match(text, atom.start) is None:
        return
    if spelling[-1].isalpha() and text[start + len(spelling)] in MINUS:
        return  # CRC-20
    if spelling not in known.units:  # hk $, aud$
        spelling = spelling.replace(" ", "").upper()
    atom.money, (atom.unit, atom.factor) = True, known.units[spelling]
    atom.negative = prefix["inner"] is not None and prefix["inner"] in MINUS
    atom.start = start
    if prefix["outer"] and not _joined(text, prefix.start()):
        atom.negative = atom.negative or prefix["outer"] != "+"
        atom.start = prefix.start()


def _joined(text: str, at: int) -> bool:
    """Whether the dash at `at` joins what is before it to the number rather than being a sign."""
    return at > 0 and (text[at - 1].isalnum() or text[at - 1] in "%).,]…$€£¥-–—")


def claim_magnitude(text: str, atom: Atom, known: Tables) -> bool:
    """Take in the magnitude and `and a half`; False where it is one that nobody can read ("$980 million million")."""
    _claim_part(text, atom, known)
    for _ in range(3):
        match = known.magnitude.match(text, atom.end)
        if match is None:
            break
        letter = match["letter"] or match["spaced"]
        spelling = letter or match["character"] or match["word"].lower()
        if letter and (atom.scale is not None or _stands_off(text, atom, match)):
            break
        if atom.scale is not None and atom.scale >= known.magnitudes[spelling]:
            return False
        atom.scale = (atom.scale or 1.0) * known.magnitudes[spelling]
        atom.modality = "over" if match["plus"] else atom.modality  # $9+ trillion
        atom.letter, atom.word = letter or "", match["word"] or ""
        atom.extend(match.end())
    if atom.scale is not None:
        _claim_part(text, atom, known)
    return True


def _claim_part(text: str, atom: Atom, known: Tables) -> None:
    """`two and a half`, `3 million and a half`."""
    added = and_part(text, atom.end, atom.scale or 1.0, known)
    if added is not None:
        atom.added += added[0] / (atom.scale or 1.0)
        atom.extend(added[1])


def claim_grand(text: str, atom: Atom, known: Tables) -> bool:
    """`seven grand` is 7,000 of a currency, dollars where none is printed; not `grand slam`."""
    grand = _GRAND.match(text, atom.end)
    if grand is None or atom.scale is not None or known.not_grand.match(text, grand.end()) is not None:
        return False
    atom.scale, atom.unit = 1e3, atom.unit or "USD"
    atom.extend(grand.end())
    return True


def _stands_off(text: str, atom: Atom, match: re.Match[str]) -> bool:
    """Whether a letter is set off a number without currency, where few letters are magnitudes: 16 K, not 4-M."""
    spaced = match["spaced"]
    return bool(spaced) and not atom.money and (spaced not in _BARE_SPACED or text[match.start()] == "-")


def claim_unit(text: str, atom: Atom, known: Tables) -> None:
    """Take in the unit that follows the number."""
    match = known.suffix.match(text, atom.end)
    if atom.money:
        _claim_country(atom, match, known)
        return
    more = _MORE.match(text, atom.end) if match is None else None
    if match is None and text[atom.end : atom.end + 2] == "+ ":  # 91M+ XRP
        match = known.suffix.match(text, atom.end + 1)
        atom.modality = "over"
    classifier = _CLASSIFIER.match(text, atom.end) if match is None else None
    if classifier is not None:  # 3.5万枚比特币
        match = known.suffix.match(text, classifier.end())
    if more is not None:  # 3,600 more BTC
        match = known.suffix.match(text, more.end())
        match = match if match is not None and _unit(match, known)[0] in known.coins else None
    if match is None:
        _claim_token(text, atom)
    elif match["times"] or match["fold"] or match["more"]:
        atom.unit, atom.end = "x", match.end()
    elif _belongs(text, atom, match, known):
        (atom.unit, atom.factor), atom.end = _unit(match, known), match.end()
        if atom.scale is None and atom.unit in known.currencies:
            _claim_behind(text, atom, known)


def _claim_behind(text: str, atom: Atom, known: Tables) -> None:
    """`75 USD million`."""
    behind = _BEHIND_CODE.match(text, atom.end)
    magnitude = known.magnitude.match(text, atom.end) if behind is not None else None
    if magnitude is not None:
        spelling = magnitude["word"] or magnitude["letter"] or magnitude["spaced"] or ""
        atom.scale = known.magnitudes.get(spelling.lower(), known.magnitudes.get(spelling))
        atom.end = magnitude.end()


def _unit(match: re.Match[str], known: Tables) -> tuple[str, float]:
    """The unit of a suffix and its factor; multiples have the empty one."""
    spelling = match["sign"] or match["exact"] or (match["word"] or "").lower()
    if spelling and spelling in "％٪":
        spelling = "%"
    return known.units.get(spelling) or known.units.get(spelling.removeprefix("$"), ("", 1.0))


def _claim_country(atom: Atom, match: re.Match[str] | None, known: Tables) -> None:
    """`$5 million CAD`: the text says which dollar."""
    if match is None or atom.unit != "USD":
        return
    unit = _unit(match, known)[0]
    if len(unit) == 3 and unit != "USD" and unit in known.currencies:
        atom.unit, atom.end = unit, match.end()


def _belongs(text: str, atom: Atom, match: re.Match[str], known: Tables) -> bool:
    """Whether the spelling is the number's unit and not the first word of something that is counted."""
    spelling = match["sign"] or match["exact"] or match["word"].lower()
    unit, _ = _unit(match, known)
    if unit in known.coins:
        if text[match.start()] == "-":
            return False
        if unit in known.ambiguous_tickers and spelling == unit:
            _claim_token(text, atom)
            return False
        following = _NEXT_WORD.match(text, match.end())
        if following is not None and following[1].lower() in known.qualified:
            return False
    weak = (
        atom.scale is None and "," not in text[atom.start : atom.end] and not (len(spelling) > 1 and spelling[0] == "$")
    )
    return not (weak and spelling in known.ambiguous_words)


def _claim_token(text: str, atom: Atom) -> None:
    """`500,000 $BMIC` and `277 million WLD tokens`: coins that no list need know."""
    match = _CASHTAG.match(text, atom.end) or _TOKENS.match(text, atom.end)
    if match is not None:
        atom.unit, atom.end = match[1], match.end(1)
