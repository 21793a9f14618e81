"""Sentence boundaries, by rule.

A line break always ends a sentence, so headings and list items without a full stop stand alone. A full stop ends one
unless it closes an abbreviation or an initial; sentences glued together by a lost line break ("sell-off.Order books")
come apart; the stops of Chinese need no space after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable

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
    for token, start in zip(doc, starts, strict=True):
        token.is_sent_start = start
    return doc


def _ends_sentence(texts: list[str], spaced: list[bool], stop: int, after: int) -> bool:
    """Whether the stop at token `stop`, with its closing marks ending before token `after`, ends a sentence."""
    if after == len(texts):
        return False
    following = texts[after]
    if following.isspace():
        return "\n" in following or (after + 1 < len(texts) and _ends_sentence(texts, spaced, stop, after + 1))
    before = texts[stop - 1] if stop else ""
    if not spaced[after - 1] and not texts[after - 1].isspace():
        # No space: only a lost line break between two words, never a number or an address.
        return texts[stop] in _STOPS and len(before) > 2 and before[-1].islower() and _is_capitalised(following)
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


def _is_capitalised(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and word[1].islower()
