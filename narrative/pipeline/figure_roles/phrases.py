"""Noun phrases that may be a figure's subject though no entity is marked: "DeFi lending", "UK banks", a new name.

There is no parser: a phrase is what stands before the first verb of a clause, what a number counts, or a run of
capitals in running text. The words that bound it are in `data/figure_phrases.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from narrative.pipeline.cues import DATA
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.records import Entity

_CLAUSE_START = re.compile(
    r"^|[,;:|•]\s|[—–]\s?|\.\s|\s-\s|\b(?:while|as|that|and|but|with|after|whereas|because|when|if|says?|said)\s",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_](?:[\w’'&.-]*[\w])?")
_BREAK = re.compile(r"[^\w\s’'&.“”‘\"-]")
_NAME = re.compile(r"\b[A-Z][\w’'&-]*(?:[.-]\w+)?(?:\s(?:[A-Z][\w’'&-]*|[0-9]\w*[A-Z]\w*)){0,3}")
_PERIOD = re.compile(
    r"(?:[QH][1-4]|FY\d*|ET|UTC|GMT|AM|PM|ETFs?|ETPs?|CEO|CTO|CIO|CFO|[ES]MA|RSI|ATH|TVL|APY|YTD|USD|IPO|AI|AUM"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July|August"
    r"|(?:Septem|Octo|Novem|Decem)ber|Source|Image|Chart)(?:\s.*)?"
)
_OF = re.compile(r"\s?\+?\s(?:out\s)?of\s(?:(?:the|all|its|their|these|those|his|her|an?)\s)*", re.IGNORECASE)
_DETERMINERS = frozenset("the a an its their his her our my".split())
_RELATIVE = frozenset(["that", "who", "which"])
_AUXILIARIES = frozenset(
    "is are was were be been has have had will would could can may might should must do does did to said says".split()
)
_LONGEST = 5  # words
_CLAUSES = 8  # clauses of a sentence that are looked at
_SENTENCES = 200  # sentences whose names are looked for
_NAMES = 60  # names that are looked for
_READ = 600  # characters of a sentence that are looked at


class Phrase(NamedTuple):
    """A phrase at `start` to `end` of the document; `place` says where it was found."""

    start: int
    end: int
    text: str
    place: str


@cache
def _words(group: str) -> frozenset[str]:
    return frozenset(read_toml(DATA / "figure_phrases.toml")[group])


def is_verb(word: str) -> bool:
    """Whether a word is one that ends the phrase which opens a clause."""
    return word.lower() in _words("verbs")


def is_stop(word: str) -> bool:
    """Whether no phrase holds the word."""
    return word.lower() in _words("stops")


def openings(text: str, start: int, end: int) -> Iterator[Phrase]:
    """What stands before the first verb of each clause."""
    end = min(end, start + _READ)
    sentence = text[start:end]
    for number, clause in enumerate(_CLAUSE_START.finditer(sentence)):
        if number == _CLAUSES:
            return
        words: list[re.Match[str]] = []
        at = clause.end()
        for word in _WORD.finditer(sentence, clause.end()):
            lower = word.group().lower()
            if _BREAK.search(sentence, at, word.start()) or len(words) > _LONGEST:
                break
            if words and (lower in _words("verbs") or lower in _RELATIVE):
                yield from _phrase(text, start, words, "opening")
            if lower in _words("stops") or lower in _AUXILIARIES:
                break
            words.append(word)
            at = word.end()
            if text[start + at - 2 : start + at] in ("’s", "'s"):
                yield from _phrase(text, start, words, "owner")


def beside(mention: Mention) -> Iterator[Phrase]:
    """What stands right before a number but for a preposition: "tokenized bills at about $8 billion"."""
    low = max(mention.first, mention.quantity.start - 70)
    words: list[re.Match[str]] = []
    last = mention.quantity.start
    for word in reversed(list(_WORD.finditer(mention.text, low, mention.quantity.start))):
        lower = word.group().lower()
        if _BREAK.search(mention.text, word.end(), last):
            break
        if lower in _words("stops") or lower in _words("verbs") or lower in _words("modifiers"):
            if words:
                break
        else:
            words.insert(0, word)
        last = word.start()
        if len(words) == _LONGEST:
            return
    yield from _phrase(mention.text, 0, words, "beside")


def counted(mention: Mention) -> Iterator[Phrase]:
    """What a number counts or is a part of: "69 economists", "45% of financial advisors"."""
    text, end = mention.text, mention.quantity.end
    of = _OF.match(text, end, mention.last)
    at = of.end() if of else end
    words: list[re.Match[str]] = []
    last = at
    for word in _WORD.finditer(text, at, min(mention.last, at + 60)):
        lower = word.group().lower()
        broken = _BREAK.search(text, last, word.start())
        if broken or lower in _words("stops") or (lower in _words("verbs") and words) or len(words) == _LONGEST:
            break
        words.append(word)
        last = word.end()
    yield from _phrase(text, 0, words, "of" if of else "counted")


def names(text: str, start: int, end: int, entities: Sequence[Entity]) -> Iterator[Phrase]:
    """Runs of capitals that no entity covers, in sentences that are not all capitals."""
    end = min(end, start + _READ)
    sentence = text[start:end]
    capitals = sum(word.group()[0].isupper() for word in _WORD.finditer(sentence))
    if capitals > 0.6 * (sentence.count(" ") + 1):
        return
    for name in _NAME.finditer(sentence):
        low, high = start + name.start(), start + name.end()
        if (
            name.start() == 0
            or _PERIOD.fullmatch(name.group())
            or any(entity.start < high and low < entity.end for entity in entities)
        ):
            continue
        yield from _phrase(text, start, list(_WORD.finditer(sentence, name.start(), name.end())), "name")


def new_names(text: str, spans: Sequence[tuple[int, int]], entities: Sequence[Entity]) -> dict[str, int]:
    """The new names of an article, capitals that no entity covers, with how often it gives them."""
    found: dict[str, int] = {}
    for start, end in spans[:_SENTENCES]:
        inside = [entity for entity in entities if start <= entity.start < end]
        for phrase in names(text, start, end, inside):
            found[phrase.text] = 0
        for phrase in openings(text, start, end):
            covered = any(entity.start < phrase.end and phrase.start < entity.end for entity in inside)
            if phrase.text[0].isupper() and phrase.text.count(" ") < 2 and not covered:
                found.setdefault(phrase.text, 0)
    if not found:
        return {}
    either = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(found, key=len, reverse=True)[:_NAMES]))})\b")
    for match in either.finditer(text):
        found[match.group()] += 1
    return found


def known_names(text: str, start: int, end: int, repeated: Mapping[str, int]) -> Iterator[Phrase]:
    """The names that the article repeats, where a sentence has them."""
    end = min(end, start + _READ)
    for name in (name for name, times in repeated.items() if times > 1):
        at = text.find(name, start, end)
        if at >= 0:
            yield Phrase(at, at + len(name), name, "known")


def _phrase(text: str, base: int, words: list[re.Match[str]], place: str) -> Iterator[Phrase]:
    """The words without what only introduces them, unless nothing is left."""
    while words and (words[0].group().lower() in _words("modifiers") or words[0].group()[0].isdigit()):
        words = words[1:]
    if not words or len(words) > _LONGEST or any(word.group().lower() in _DETERMINERS for word in words[1:]):
        return
    start, end = base + words[0].start(), base + words[-1].end()
    bare = re.sub(r"[’']s?$", "", text[start:end])
    if len(bare) > 1 and bare.lower() not in _words("empty"):
        yield Phrase(start, start + len(bare), " ".join(bare.split()), place)
