"""Sentence boundaries, by rule.

A line break always ends a sentence, so headings and list items without a full stop stand alone. A full stop ends one
unless it closes an abbreviation or an initial; sentences glued together by a lost line break ("sell-off.Order books")
come apart; so does a Title Case heading that runs into the text after it; the stops of Chinese need no space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy
from spacy.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.tokens import Doc

_STOPS = frozenset(".!?…")
_WIDE_STOPS = frozenset("。！？")
_CLOSERS = frozenset("\"'”’)]»）」』")
_OPENERS = frozenset("\"'“‘([«（「『-–—•*")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st inc ltd co corp llc plc vs v no nos fig approx est dept gov sen rep gen col lt "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun bros etc".split()
)
# After an abbreviation that can also close a sentence ("in the U.S. The bill"), these words begin the next.
_BEGINNERS = frozenset(
    "the a an this that these those it its in on at for from with as but and while however he she they we i his her "
    "their our what when where why how if after before since although meanwhile according despite there here".split()
)
_LONGEST_HEADING = 30  # tokens
_SMALL_WORDS = frozenset("a an and as at by for from in of on or over than the to up vs with".split())
_MAY_CLOSE = frozenset(["inc", "ltd", "co", "corp", "llc", "plc", "etc", "jr", "sr"])


@Language.factory("narrative_sentences_v1", assigns=["token.is_sent_start"])
def create_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_sentences`."""
    return mark_sentences


def mark_sentences(doc: Doc) -> Doc:
    """Set `token.is_sent_start` on every token."""
    texts = [token.text for token in doc]
    spaced = [bool(token.whitespace_) for token in doc]
    starts = [False] * len(texts)
    pending = True
    at = 0
    while at < len(texts):
        text = texts[at]
        if text.isspace():
            pending = pending or "\n" in text or "\r" in text or "\u2028" in text or "\u2029" in text
            at += 1
            continue
        if pending:
            starts[at] = True
            pending = False
        last = text[-1]
        if last in _STOPS or last in _WIDE_STOPS:
            end = at + 1
            while end < len(texts) and texts[end][0] in _CLOSERS and not spaced[end - 1]:
                end += 1
            pending = last in _WIDE_STOPS or _ends_sentence(texts, spaced, at, end)
            at = end
        else:
            at += 1
    _end_headings(texts, starts)
    set_sentence_starts(doc, starts)
    return doc


def set_sentence_starts(doc: Doc, starts: Sequence[bool]) -> None:
    """Set all at once: `token.is_sent_start = …` looks through the whole document each time."""
    values = numpy.where(numpy.asarray(starts, dtype=bool), 1, -1).astype("uint64")
    doc.from_array(["SENT_START"], values.reshape(-1, 1))  # type: ignore[arg-type]  # thinc's name for this array


def _ends_sentence(texts: list[str], spaced: list[bool], stop: int, after: int) -> bool:
    """Whether the stop at token `stop`, with its closing marks ending before token `after`, ends a sentence."""
    if after == len(texts):
        return False
    following = texts[after]
    if following.isspace():
        return "\n" in following or (after + 1 < len(texts) and _ends_sentence(texts, spaced, stop, after + 1))
    before = texts[stop - 1] if stop else ""
    if not spaced[after - 1]:
        return _is_glued(texts, stop, after)
    begins = following[0].isupper() or following[0].isdigit() or following[0] in _OPENERS or following[0] in "$€£¥₿"
    if not begins and not following[0].isalpha():
        begins = following[0] not in ",;:"
    if not begins and following[0].isalpha() and not following[0].islower():
        begins = True  # scripts without case
    if not begins:
        return False
    if texts[stop] != ".":
        if len(texts[stop]) > 1 and texts[stop][0] != texts[stop][-1]:  # U.S., e.g.
            return following.casefold() in _BEGINNERS and following[0].isupper()
        return True
    if len(before) == 1 and before.isupper() and not spaced[stop - 1]:  # an initial: John F. Kennedy
        return following.casefold() in _BEGINNERS
    word = before.casefold()
    if word in _MAY_CLOSE:
        return following.casefold() in _BEGINNERS
    return word not in _ABBREVIATIONS


def _is_glued(texts: list[str], stop: int, after: int) -> bool:
    """Whether a line break was lost between the stop and what follows it without a space; addresses stay whole."""
    before, following = texts[stop - 1] if stop else "", texts[after]
    if len(texts[stop]) > 1 and texts[stop][0] != texts[stop][-1]:  # U.S., e.g.
        return False
    if following[0] in "“«„":
        return True
    if not following[0].isupper():
        return False
    if after > stop + 1 or texts[stop][0] in "!?":
        return True
    capitalised = len(following) > 1 and following[1].islower()
    return (len(before) > 2 and before[-1].islower()) or (before[-1:].isdigit() and capitalised)


def _end_headings(texts: list[str], starts: list[bool]) -> None:
    """Begin a sentence where three words or more in Title Case run into prose: "Looks Weak The social slowdown"."""
    for first in [at for at, start in enumerate(starts) if start]:
        capitalised = 0
        for at in range(first, min(first + _LONGEST_HEADING, len(texts) - 2)):
            word = texts[at]
            if at > first and (starts[at] or word[-1] in _STOPS):
                break
            if not word[0].isalpha() or word in _SMALL_WORDS:
                continue
            if not word[0].isupper():
                break
            if (
                capitalised >= 3
                and word.casefold() in _BEGINNERS
                and texts[at + 1][0].islower()
                and texts[at - 1] != ":"
            ):
                starts[at] = True
                break
            capitalised += 1
