"""What a number without a unit is: a count of things, a level of an index, a ratio, or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.pipeline.quantities.atom import Atom
    from narrative.pipeline.quantities.tables import Tables

_WORD = re.compile(r"[’'”\"]?[ \u00a0](?:[\"“‘'*(#])?([A-Za-z][\w’'&/.-]{0,40})")
_HYPHENATED = re.compile(r"-([A-Za-z]+)")
_REACH = 90
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_ANNOUNCED = re.compile(
    r"(?<!\w)(?:these|those|both|the|top|first|last|next|past|previous|day|every|across|other|my|our)[ ]$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
_CHINESE_COUNT = re.compile(r"[ ]?(人|个|家|名|枚|笔|位|用户)")
_MOOD_AFTER = re.compile(r",? ?\((?:extreme )?(?:fear|greed)", re.IGNORECASE)  # 20 (Extreme Fear)
_LAST_WORD = re.compile(r"[A-Za-z/&+]{1,20}(?=[^A-Za-z]{0,6}\Z)|[0-9=:(](?=[ ]?\Z)")
_RANKED = re.compile(r"(?<!\w)(?:top|first|last|next|past|day) \Z", re.IGNORECASE)
_NO_FLOW = re.compile(r" (?:net |daily |new ){0,2}(?:in|out)?flows?(?!\w)", re.IGNORECASE)
_NUMBER_OF = re.compile(
    r"(?<!\w)number of (?:[\w’'-]{1,20} ){1,6}"
    r"(?:(?:now|had|has|have|to|at|exceeds?|exceeded|reach|reache[sd]|hits?|was|is|tops|topped|surpasse[sd]|passed|over"
    r"|above|below|nearly|about|than|from) ){1,3}\Z",
    re.IGNORECASE,
)
MANY = 100  # so many are not announced but counted
MIN_COUNT = 10  # smaller counts mostly announce what follows


def read_bare(text: str, atom: Atom, known: Tables, previous: Atom | None) -> bool:
    """Set unit and noun of a number that has none; False where it is no figure. `previous` is the figure before it."""
    before = _sentence_before(text, atom.start)
    big = atom.full or (atom.scale is not None and (atom.letter not in known.money_letters))
    if (not big and _is_named(before, known)) or (atom.scale is None and _is_numbered(before, known)):
        return False
    noun = _head_noun(text, atom.noun_at or atom.bare_end, known)
    if noun in known.durations or noun in known.indicators:
        return False
    if _is_level(text, atom, before, known.ratio_words, known) and noun is None and atom.number:
        atom.unit = "x"
        return True
    if atom.number == 0 and atom.scale is None and _NO_FLOW.match(text, atom.bare_end):
        atom.unit = "USD"  # "zero net inflows"
        return True
    if atom.plain and atom.integer and atom.number >= MIN_COUNT and noun is None and _NUMBER_OF.search(before):
        atom.unit = "count"
        return True
    if noun == "points":
        atom.unit = "index"  # "the index fell 10 points"; not those that a game gives
        return known.index_words.search(before) is not None
    if _is_zero(atom, before):
        atom.unit = _coin_before(atom, before, previous, known) or _last_coin(before, known) or "count"
        return True
    if (
        noun is None
        and atom.scale is None
        and not atom.worded
        and not atom.year
        and _is_index(text, atom, before, known)
    ):
        atom.unit = "index"
        return True
    if atom.noun_at is not None:
        atom.unit, atom.noun = "count", noun
        return noun is not None and noun not in known.announcing and not atom.year
    if noun == "times":
        return _times(text, atom, before, known)
    if noun in known.coin_words and (big or atom.number >= MIN_COUNT):
        return _coins(text, atom, noun, known)
    if noun is not None:
        return _count(atom, noun, before, known, big=big)
    chinese = _CHINESE_COUNT.match(text, atom.bare_end)
    if chinese is not None and (big or atom.number >= MIN_COUNT):
        atom.unit, atom.noun = "count", chinese[1]
        return True
    return _without_noun(text, atom, before, previous, known)


def _coins(text: str, atom: Atom, noun: str, known: Tables) -> bool:
    """`592 coins`, in the unit of the coin that was named last."""
    named = _last_coin(text[max(0, atom.start - 2 * _REACH) : atom.start], known)
    atom.unit, atom.noun = named or "count", None if named else noun
    if named is not None:
        atom.end = atom.bare_end + 1 + len(noun)
    return True


def _last_coin(text: str, known: Tables) -> str | None:
    """The ticker of the last coin named in `text`."""
    named = known.coin_names.findall(text)
    return known.units.get(named[-1], known.units.get(named[-1].lower(), (None,)))[0] if named else None


def _sentence_before(text: str, start: int) -> str:
    """What the sentence says before the number, up to a bound."""
    before = text[max(0, start - _REACH) : start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before


def is_named(text: str, atom: Atom, known: Tables) -> bool:
    """Whether the number belongs to the name before it, whatever unit seems to follow: `S&P 500 $SPY`."""
    return atom.scale is None and not atom.full and _is_named(_sentence_before(text, atom.start), known)


def _is_numbered(before: str, known: Tables) -> bool:
    """Block 840,000."""
    last = before.rstrip().rpartition(" ")[2].lower()
    return before[-1:] == " " and last in known.names_before_any


def _is_named(before: str, known: Tables) -> bool:
    """Layer 2, Section 8, Nasdaq 100, Form 3."""
    words = before.split()
    if not words or not before[-1:].isspace():
        return before[-1:] in ("#", "№") or (before[-1:] in ("-", "–") and before[-2:-1].isalpha())
    last = words[-1].lower().strip("\"'“”‘’(*")
    return last in known.names_before or last.removesuffix("s") in known.names_before


def _head_noun(text: str, at: int, known: Tables) -> str | None:
    """The plural that a number counts: `37,197 daily active addresses`; a duration's word where it measures time."""
    hyphenated = _HYPHENATED.match(text, at)
    if hyphenated is not None and hyphenated[1] != "plus":
        word = hyphenated[1].lower()
        return word if word in known.hyphenated or word in known.durations else None
    at += text[at : at + 1] == "+"
    at += 5 * (text[at : at + 5] == "-plus")
    for step in range(5):
        match = _WORD.match(text, at)
        if match is None:
            return None
        word = match[1].lower().rstrip(".")
        word = word.removesuffix("’s").removesuffix("'s") + ("’s" if word.endswith(("’s", "'s")) else "")
        if word in known.durations and step > 0:
            return None
        if word in known.durations or word in known.indicators or (step == 0 and word in known.coin_words):
            return word
        if (word in known.stop and match[1] != "US") or word.endswith("’s"):
            return None
        if _is_plural(word, known):
            return word.split("-")[-1]
        at = match.end() - (match[1].endswith(".") and _INITIALS.fullmatch(match[1]) is None)
    return None


def _is_plural(word: str, known: Tables) -> bool:
    last = word.split("-")[-1]
    return last in known.irregular or (
        len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is", "ous")) and last.isalpha()
    )


def _count(atom: Atom, noun: str, before: str, known: Tables, *, big: bool) -> bool:
    if atom.year and not _said(before, known):
        return False
    if atom.letter in known.money_letters and (noun in known.announcing or atom.letter in "tT"):
        return False  # "15m candles"
    if not big and atom.scale is None:
        if (noun in known.announcing and atom.number < MANY) or not (atom.integer or atom.number < 1):
            return False
        if atom.number < MIN_COUNT and (noun not in known.small or _ANNOUNCED.search(before)):
            return False
        if _RANKED.search(before):
            return False
    atom.unit, atom.noun = "count", noun
    return True


def _said(before: str, known: Tables) -> bool:
    """Whether a word of measure stands right before the number."""
    words = before.lower().split()
    return any(" ".join(words[-size:]) in known.modality for size in (1, 2, 3))


def _times(text: str, atom: Atom, before: str, known: Tables) -> bool:
    """`grew by 10,000 times`; not `met three times`."""
    if known.moved.search(before) is None:
        return False
    atom.unit, atom.end = "x", atom.bare_end + len(" times")
    return text[atom.bare_end : atom.end].lower().endswith("times")


def _is_zero(atom: Atom, before: str) -> bool:
    """`holdings drop to zero`."""
    return (
        atom.worded
        and atom.number == 0
        and re.search(r"\bto (?:almost |nearly |near )?$", before, re.IGNORECASE) is not None
    )


def _is_level(text: str, atom: Atom, before: str, names: re.Pattern[str], known: Tables) -> bool:
    """Whether the number is what the named thing before it stands at: only verbs and prepositions of level between."""
    if atom.scale is not None and names is known.ratio_words:
        return False
    last = _LAST_WORD.search(before)
    if last is None or last[0].lower() not in known.level_leads:
        return False
    ends = [match.end() for match in names.finditer(before)]
    if not ends:
        return False
    between = before[ends[-1] :].lower()
    words = re.findall(r"[a-z]+|[=:(]", between)
    return (
        len(words) <= 6
        and (not words or words[-1] in known.level_verbs or words[-1] in known.modality)
        and all(
            word in known.level_verbs
            or word in known.modality
            or word in ("rsi", "mvrv", "index", "f", "g", "of")
            or len(words) <= 3
            for word in words
        )
    )


def _is_index(text: str, atom: Atom, before: str, known: Tables) -> bool:
    if _is_level(text, atom, before, known.index_words, known):
        return True
    after = known.level_after.match(text, atom.bare_end) or _MOOD_AFTER.match(text, atom.bare_end)
    return after is not None and known.index_words.search(before) is not None


def _without_noun(text: str, atom: Atom, before: str, previous: Atom | None, known: Tables) -> bool:
    """A number that nothing follows: read only where it is large and plainly printed as a quantity."""
    if atom.letter in known.money_letters:
        return False
    if not (atom.full or atom.scale is not None) or known.named.match(text, atom.bare_end):
        return False
    if (
        atom.letter
        and atom.integer
        and atom.number < MIN_COUNT
        and not re.search(
            r"(?<!\w)(?:to|of|at|by|over|about|than|nearly|around|near|past|with|hit|hits|bought|sold|from) $",
            before,
            re.IGNORECASE,
        )
    ):
        return False
    following = text[atom.bare_end : atom.bare_end + 1]
    if following == "-" and text[atom.bare_end + 1 : atom.bare_end + 2].isalpha():
        return False
    if known.price.search(before) and _priced(before, known):
        atom.unit = "USD"
    else:
        atom.unit = _coin_before(atom, before, previous, known) or "count"
    return True


def _priced(before: str, known: Tables) -> bool:
    """`Bitcoin dips below 88K`: a coin's price in dollars, with the sign left out."""
    return _last_coin(before, known) is not None and known.not_price.search(before) is None


def _coin_before(atom: Atom, before: str, previous: Atom | None, known: Tables) -> str | None:
    """What an earlier figure of the sentence counts: `from 23,000 BTC to 3,672`; money only if its sign is in words."""
    if previous is None or previous.unit is None or previous.money or previous.end < atom.start - len(before):
        return None
    shared = previous.unit in known.coins or (
        len(previous.unit) == 3 and previous.unit.isupper() and atom.scale is not None
    )
    return previous.unit if shared else None
