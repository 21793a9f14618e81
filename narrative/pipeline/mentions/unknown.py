"""Names that the catalogue does not hold, by patterns of high precision; their id is null.

A person by a common first name or by a role before or after the name; a firm, protocol or body by the last word of its
name or the plain word before it; a token by its cashtag. Runs of capitalised words are found in one linear pass.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from narrative.pipeline.mentions.lexicon import entity_data, first_names
from narrative.pipeline.mentions.mention import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.pipeline.mentions.context import Context

_CAPITALISED = re.compile(r"(?<![\w$@#.’'-])(?:[A-Z]\.){1,3}(?= [A-Z])|(?<![\w$@#’'-])[A-Z][\w]*(?:[’'&.-][\w]+)*")
_NAME_WORD = re.compile(r"(?:(?:[DO][’']|Mc|Mac|De|Van)?[A-Z][a-zà-öø-ÿāčćěłńřśšüűžż]+(?:[-’'][A-Z][a-z]+)*|[A-Z]\.)$")
_BETWEEN = (" ", " of ", " & ", " and ", " for ", " de ", " van ", " von ", " bin ", " al-", " the ")
_PARTICLES = frozenset([" de ", " van ", " von ", " bin ", " al-"])
_SEPARATING = frozenset([" and ", " for ", " the ", " of "])
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Z][A-Z0-9]{1,9})(?!\w)")
_NUMBER = re.compile(r" \d{1,5}\b")  # House Bill 2324
_SUFFIXES = re.compile(r"(?: (?:Inc|Corp|Corporation|Ltd|Limited|Holdings|Technologies|Co|PLC))+")
_NUMBER_BEFORE = re.compile(r"[\d%] $")
_MAX_WORDS = 6
_MAX_NAMES = 60  # of names repeated through a text


class Word(NamedTuple):
    """A capitalised word with its offsets."""

    text: str
    start: int
    end: int


def find_unknown(context: Context, known: Sequence[Mention]) -> list[Mention]:
    """Mentions of names outside the catalogue, not yet free of overlaps with `known`."""
    text = context.text
    taken = _Taken(known)
    found: list[Mention] = []
    for run in _runs(text):
        found.extend(_read_run(run, context, taken))
    found.extend(
        Mention(match.start(), match.end(), None, "ASSET", match[1], "cashtag")
        for match in _CASHTAG.finditer(text)
        if not taken.overlaps(match.start(), match.end())
    )
    return found + list(_repeats(text, found, taken))


class _Taken:
    """The characters that known mentions cover."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._starts = {}
        self._ends = {mention.end: mention for mention in mentions}
        self._covered: set[int] = set()
        for mention in mentions:
            self._starts[mention.start] = mention
            self._covered.update(range(mention.start, mention.end))

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any character of the span is covered; spans are short."""
        return any(at in self._covered for at in range(start, end))

    def ends_within(self, start: int, end: int) -> bool:
        """Whether a known name of several words ends where the span ends and begins inside of it."""
        known = self._ends.get(end)
        return known is not None and known.start > start and " " in known.name

    def at(self, start: int) -> Mention | None:
        """The known mention that begins here."""
        return self._starts.get(start)


def _runs(text: str) -> Iterator[list[Word]]:
    """Capitalised words in a row."""
    run: list[Word] = []
    for match in _CAPITALISED.finditer(text):
        word = Word(match.group().removesuffix("’s").removesuffix("'s"), match.start(), match.end())
        word = Word(word.text, word.start, word.start + len(word.text))
        if run and (text[run[-1].end : word.start] not in _BETWEEN or len(run) >= _MAX_WORDS):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _read_run(run: list[Word], context: Context, taken: _Taken) -> Iterator[Mention]:
    at = 0
    while at < len(run):
        mention = (
            _person(run, at, context, taken)
            or _by_last_word(run, at, context, taken)
            or _by_word_before(run, at, context, taken)
        )
        if mention is None:
            at += 1
            continue
        yield mention
        while at < len(run) and run[at].start < mention.end:
            at += 1


def _person(run: list[Word], at: int, context: Context, taken: _Taken) -> Mention | None:
    text = context.text
    if not _NAME_WORD.match(run[at].text) or run[at].text in _not_names():
        return None
    by_first_name = run[at].text in first_names()
    if run[at].text in entity_data().unknown["headline"]["names"] and context.in_title_case(run[at].start):
        return None
    if at and not by_first_name and run[at - 1].text not in _not_names():
        return None  # a role stands before or after the whole of a name
    stop = at + 1
    while stop < len(run) and stop - at < 4 and _NAME_WORD.match(run[stop].text):
        gap = text[run[stop - 1].end : run[stop].start]
        if gap != " " and gap not in _PARTICLES:
            break
        if run[stop].text in _not_names():
            break
        stop += 1
    if stop - at < 2 or len(run[stop - 1].text) < 2 or run[stop - 1].text.endswith("."):
        return None
    start, end = run[at].start, run[stop - 1].end
    if taken.overlaps(start, end) or run[stop - 1].text in _organisation_words():
        return None
    if by_first_name:
        if context.in_title_case(start) and stop - at > 2:
            end = run[at + 1].end
        sort = "first name"
    elif (
        not context.in_title_case(start)
        and stop - at <= 3
        and _has_role(text, start, end, alone=not at and not _NUMBER_BEFORE.search(text, max(0, start - 8), start))
    ):
        sort = "role"
    else:
        return None
    if text[end : end + 4] in (" Jr.", " Sr."):
        end += 4
    return Mention(start, end, None, "PERSON", text[start:end], sort)


def _has_role(text: str, start: int, end: int, *, alone: bool) -> bool:
    """A role before or after; a verb of speech says enough only where the name is all that has capitals."""
    unknown = entity_data().unknown
    before = text[max(0, start - 20) : start].split()
    if before and text[start - 1] == " " and before[-1] in unknown["roles"]:
        return True
    after = text[end : end + 14].split()
    if text[end : end + 1] == " " and after and after[0].strip(",.") in unknown["speech"]:
        return alone and (not before or before[-1] not in unknown["not_before"])
    if text[end : end + 2] != ", ":
        return False
    clause = text[end + 2 : end + 60].split(",")[0].split()[:6]
    return any(word in unknown["roles"] for word in clause)


def _by_last_word(run: list[Word], at: int, context: Context, taken: _Taken) -> Mention | None:
    """The longest name from `at` whose last word, or first before “of”, tells its type."""
    text = context.text
    if len(run) - at < 2 or run[at].text in _not_names():
        return None
    headline = context.in_title_case(run[at].start)
    if headline and taken.at(run[at].start) is not None:
        return None
    for stop in range(min(len(run), at + _MAX_WORDS), at + 1, -1):
        kind = _last_words().get(run[stop - 1].text)
        plain = run[stop - 1].text not in entity_data().unknown["headline"]["words"]
        if headline and (stop - at > 2 or plain):
            continue
        if plain and kind in ("COMPANY", "PROTOCOL") and (stop - at > 3 or taken.at(run[at].start) is not None):
            continue
        start, end = run[at].start, run[stop - 1].end
        if kind is None or {text[run[i].end : run[i + 1].start] for i in range(at, stop - 1)} & _SEPARATING:
            continue
        known = taken.at(start)
        if _covers(known, end) or taken.ends_within(start, end):
            continue
        if stop < len(run) and text[end : run[stop].start] == " " and run[stop].text not in _not_names():
            continue  # “Follow Capital Rotation”: a part of a phrase
        if known is not None and known.type == "COMPANY" and _SUFFIXES.fullmatch(text, known.end, end):
            return known._replace(end=end)
        number = _NUMBER.match(text, end) if kind == "POLICY" else None
        end = number.end() if number else end
        return Mention(start, end, None, kind, text[start:end], "last word")
    first = entity_data().unknown["first"]["INSTITUTION"]
    if at + 1 < len(run) and text[run[at].end : run[at + 1].start] in (" of ", " of the ") and run[at].text in first:
        stop = at + 2
        while (
            stop < len(run) and text[run[stop - 1].end : run[stop].start] == " " and run[stop].text not in _not_names()
        ):
            stop += 1
        start, end = run[at].start, run[stop - 1].end
        return Mention(start, end, None, "INSTITUTION", text[start:end], "last word")
    return None


def _covers(mention: Mention | None, end: int) -> bool:
    return mention is not None and mention.end >= end


def _by_word_before(run: list[Word], at: int, context: Context, taken: _Taken) -> Mention | None:
    """“analytics firm Name”: only the whole rest of a run, right after a plain word."""
    text = context.text
    start = run[at].start
    if at or context.in_title_case(start) or text[start - 1 : start] != " ":
        return None
    before = text[max(0, start - 16) : start].split()
    kind = _before_words().get(before[-1]) if before else None
    end = run[-1].end
    if kind is None or len(run) > 3 or taken.overlaps(start, end) or run[at].text in _not_names():
        return None
    return Mention(start, end, None, kind, text[start:end], "word before")


def _repeats(text: str, found: Sequence[Mention], taken: _Taken) -> Iterator[Mention]:
    """Further mentions of the names just found, surnames apart."""
    names = {mention.name: mention.type for mention in found if len(mention.name) > 2}
    if not names:
        return
    kept = sorted(names, key=len, reverse=True)[:_MAX_NAMES]
    pattern = re.compile(r"(?<![\w$])(?:" + "|".join(map(re.escape, kept)) + r")(?!\w)")
    have = {mention.start for mention in found}
    for match in pattern.finditer(text):
        if match.start() not in have and not taken.overlaps(match.start(), match.end()):
            yield Mention(match.start(), match.end(), None, names[match.group()], match.group(), "repeated name")


@cache
def _last_words() -> dict[str, str]:
    return {word: kind for kind, words in entity_data().unknown["last"].items() for word in words}


@cache
def _before_words() -> dict[str, str]:
    return {word: kind for kind, words in entity_data().unknown["before"].items() for word in words}


@cache
def _organisation_words() -> frozenset[str]:
    return frozenset(_last_words()) | frozenset(entity_data().unknown["not_surnames"].split())


@cache
def _not_names() -> frozenset[str]:
    return frozenset(entity_data().unknown["not_names"].split())
