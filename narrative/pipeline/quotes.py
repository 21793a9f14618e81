"""Direct quotations and who speaks them.

Quotation marks are paired in one pass; a paragraph that opens without closing continues in the next that opens too.
The speaker is sought beside the marks: before (“X said: …”), after (“…,” X said), then in the sentence. A pronoun
stands for the last person or organisation; a quotation near another and without its own attribution keeps its speaker.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spacy.language import Language

from narrative.records import Quote, Reference
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from spacy.tokens import Doc

    from narrative.records import Entity

_FILE = Path(__file__).parent / "data" / "quotes.toml"
_MARK = re.compile(r"[\"“”„«»]|\n")
_WORDS = 4
_REACH = 160  # characters beside a quotation in which its speaker is sought
_CARRY = 900  # characters over which a speaker is taken to go on
_MAX_LENGTH = 3000  # a quotation longer than this is a lost mark
_SPEAKERS = frozenset(["PERSON", "COMPANY", "INSTITUTION"])
_DASH = re.compile(r"\s?[–—-]{1,2} ?")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


class _Span(NamedTuple):
    start: int
    end: int


@Language.factory("narrative_quotes_v1")
def create_quotes(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_quotes`."""
    return mark_quotes


def mark_quotes(doc: Doc) -> Doc:
    """Set `doc._.quotes`."""
    doc._.quotes = tuple(find_quotes(doc.text, doc._.entities, [(span.start, span.end) for span in doc._.boilerplate]))
    return doc


def find_quotes(text: str, entities: Sequence[Entity], skipped: Sequence[tuple[int, int]] = ()) -> list[Quote]:
    """Direct quotations of four words or more, outside the spans skipped."""
    marked = list(_marked(text))
    spans = [span for span in marked if len(text[span.start : span.end].split()) >= _WORDS]
    spans = _outside(spans, sorted(skipped))
    speakers = _Speakers(text, entities, marked)
    quotes: list[Quote] = []
    last: Reference | None = None
    last_end = 0
    for span in spans:
        recent = last if span.start - last_end < _CARRY else None
        speaker = speakers.of(span, recent) or recent or speakers.told_before(span)
        quotes.append(Quote(start=span.start, end=span.end, text=text[span.start : span.end], speaker=speaker))
        last, last_end = speaker, span.end
    for at in range(len(quotes) - 1, 0, -1):  # a paragraph left open has the speaker of the next
        this, following = quotes[at - 1], quotes[at]
        if this.speaker is None and not text[this.end : following.start - 1].strip():
            quotes[at - 1] = this.model_copy(update={"speaker": following.speaker})
    return quotes


def _marked(text: str) -> Iterator[_Span]:
    """What stands between quotation marks, outermost first, without the marks."""
    opened: int | None = None
    mark = ""
    depth = 0
    for match in _MARK.finditer(text):
        sign, at = match.group(), match.start()
        if opened is not None and at - opened > _MAX_LENGTH:
            opened = None
        if sign == "\n":
            if opened is not None and not _continues(text, at):
                opened = None
            elif opened is not None:
                if text[opened:at].strip():
                    yield _trimmed(text, opened, at)
                opened = None
        elif opened is None:
            if _opens(text, at, sign):
                opened, mark, depth = match.end(), sign, 0
        elif sign in "“„«" and sign == mark and not _closes(text, at, sign):
            depth += 1
        elif _closes(text, at, sign, mark):
            if depth:
                depth -= 1
            else:
                yield _trimmed(text, opened, at)
                opened = None


def _opens(text: str, at: int, sign: str) -> bool:
    if sign in "“„«":
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign == '"':
        return bool(after) and not after.isspace() and not (before and (before.isalnum() or before in ".,!?%"))
    return sign == "”" and bool(after) and after.isalnum() and (not before or before.isspace())


def _closes(text: str, at: int, sign: str, mark: str = "“") -> bool:
    if mark == "«":
        return sign == "»"
    if sign == "”":
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign == "“":  # printed for a closing mark by mistake
        return mark == "“" and not before.isspace() and before in ",.!?…" and not after.isalnum()
    return sign == '"' and not before.isspace()


def _continues(text: str, at: int) -> bool:
    """Whether the next paragraph begins with an opening mark, as one that goes on with a quotation does."""
    rest = text[at : at + 6].lstrip()
    return rest[:1] in ("“", '"')


def _trimmed(text: str, start: int, end: int) -> _Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return _Span(start, end)


def _outside(spans: Sequence[_Span], skipped: Sequence[tuple[int, int]]) -> list[_Span]:
    kept = []
    at = 0
    for span in spans:
        while at < len(skipped) and skipped[at][1] <= span.start:
            at += 1
        if at == len(skipped) or span.end <= skipped[at][0]:
            kept.append(span)
    return kept


class _Speakers:
    """Finds the speaker of a quotation from the words around it."""

    def __init__(self, text: str, entities: Sequence[Entity], marked: Sequence[_Span]) -> None:
        self._text = text
        self._entities = [
            entity
            for entity in entities
            if entity.type in _SPEAKERS and entity.name not in _data()["venues"] and not _inside(entity, marked)
        ]
        self._starts = [entity.start for entity in self._entities]
        self._marked = marked
        self._marked_starts = [span.start for span in marked]

    def of(self, span: _Span, recent: Reference | None) -> Reference | None:
        """Who speaks; null where the words around do not tell. A pronoun goes to the `recent` speaker first."""
        signed = self._signature(span) or self._owner(span)
        if signed is not None:
            return signed
        ahead = self._attribution(*self._after(span), recent, leading=False)
        if ahead is not None and self._text[span.end - 1] in ",?!":  # “…,” X said
            return ahead
        return self._attribution(*self._before(span), recent, leading=True) or ahead

    def _owner(self, span: _Span) -> Reference | None:
        """The person in the possessive right before: Huang's “…”."""
        if self._text[max(0, span.start - 4) : span.start - 1] not in ("'s ", "’s "):
            return None
        at = bisect_left(self._starts, span.start) - 1
        if at >= 0 and self._entities[at].end == span.start - 4 and self._entities[at].type == "PERSON":
            return Reference(name=self._entities[at].name, id=self._entities[at].id)
        return None

    def told_before(self, span: _Span) -> Reference | None:
        """Whom the sentences before relay: the last name beside a verb of saying."""
        at = bisect_left(self._starts, span.start)
        for entity in reversed(self._entities[max(0, at - 6) : at]):
            if span.start - entity.end < _CARRY and self._is_subject(entity):
                return Reference(name=entity.name, id=entity.id)
        return None

    def _signature(self, span: _Span) -> Reference | None:
        """The name after a closing mark and a dash."""
        match = _DASH.match(self._text, span.end + 1)
        at = bisect_left(self._starts, match.end()) if match else len(self._starts)
        if match and at < len(self._starts) and self._starts[at] == match.end():
            return Reference(name=self._entities[at].name, id=self._entities[at].id)
        return None

    def _before(self, span: _Span) -> tuple[int, int]:
        """The rest of the sentence before, up to an earlier quotation."""
        start = max(0, span.start - _REACH)
        at = bisect_left(self._marked_starts, span.start) - 1
        if at >= 0:
            start = max(start, self._marked[at].end + 1)
        return _sentence_start(self._text, start, span.start - 1), span.start - 1

    def _after(self, span: _Span) -> tuple[int, int]:
        """The rest of the sentence after, up to a later quotation."""
        end = min(len(self._text), span.end + _REACH)
        at = bisect_right(self._marked_starts, span.start)
        if at < len(self._marked):
            end = min(end, self._marked[at].start - 1)
        start = min(span.end + 1, end)
        if self._text[span.end - 1 : span.end] == "." and self._text[start : start + 1].isspace():
            following = self._text[start : start + 40].lstrip()
            if not _starts_attribution(following):
                return start, start
        return start, _sentence_end(self._text, start, end)

    def _attribution(self, start: int, end: int, recent: Reference | None, *, leading: bool) -> Reference | None:
        """The speaker that a stretch names beside a verb of saying, or after “according to”."""
        stretch = self._text[start:end]
        if not stretch.strip():
            return None
        words = {word.casefold() for word in _WORD.findall(stretch)}
        folded = stretch.casefold()
        named = self._entities[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        told = bool(words & _verbs())
        according = folded.find("according to")
        if according >= 0:
            after = [entity for entity in named if entity.start >= start + according]
            named = after or named
            told = True
        if not told and not (leading and stretch.rstrip().endswith(":")):
            return None
        return self._pick(named, start, folded, recent)

    def _pick(self, named: Sequence[Entity], start: int, folded: str, recent: Reference | None) -> Reference | None:
        candidates = [(entity.start - start, entity) for entity in named if not self._is_addressee(entity)]
        pronoun = _pronoun(folded)
        people = [(at, entity) for at, entity in candidates if entity.type == "PERSON"]
        if pronoun is not None:
            at, kind = pronoun
            if not people or (people[0][0] > at and kind == "person"):
                known = self._last(start + at, kind, recent)
                if known is not None and not (kind == "organisation" and people):
                    return known
        pool = people or candidates
        if not pool:
            return None
        subject = next((entity for _, entity in pool if self._is_subject(entity)), pool[0][1])
        return Reference(name=subject.name, id=subject.id)

    def _is_subject(self, entity: Entity) -> bool:
        """Whether a verb of saying stands close after or before the name."""
        after = _WORD.findall(self._text[entity.end : entity.end + 30].split("“")[0])
        before = _WORD.findall(self._text[max(0, entity.start - 14) : entity.start])
        return bool({word.casefold() for word in after[:3]} & _verbs()) or bool(
            before and before[-1].casefold() in _verbs()
        )

    def _is_addressee(self, entity: Entity) -> bool:
        before = self._text[max(0, entity.start - 20) : entity.start].casefold().split()
        return bool(before) and (
            before[-1] in ("told", "with", "on", "in") or before[-2:] in (["post", "on"], ["by", "the"])
        )

    def _last(self, before: int, kind: str, recent: Reference | None) -> Reference | None:
        """Whom a pronoun means: the last of its kind that spoke, else the last of its kind."""
        at = bisect_left(self._starts, before)
        last = [
            entity
            for entity in reversed(self._entities[max(0, at - 40) : at])
            if (entity.type == "PERSON") == (kind == "person")
        ]
        if not last:
            return None
        if recent is not None and any(entity.name == recent.name for entity in last):
            return recent
        speaking = next((entity for entity in last[:4] if self._is_subject(entity)), last[0])
        return Reference(name=speaking.name, id=speaking.id)


def _inside(entity: Entity, marked: Sequence[_Span]) -> bool:
    at = bisect_right(marked, (entity.start, float("inf"))) - 1
    return at >= 0 and marked[at].start <= entity.start < marked[at].end


def _sentence_start(text: str, start: int, end: int) -> int:
    """After the last full stop before the quotation; the whole stretch if what follows it is short."""
    stretch = text[start:end]
    cut = max(stretch.rfind(". "), stretch.rfind("! "), stretch.rfind("? "), stretch.rfind("\n"))
    if cut < 0:
        return start
    return start + cut + 1


def _sentence_end(text: str, start: int, end: int) -> int:
    stretch = text[start:end]
    ends = [at for at in (stretch.find(". "), stretch.find("\n"), stretch.find(".“"), stretch.find("? ")) if at >= 0]
    return start + min(ends) if ends else end


def _starts_attribution(following: str) -> bool:
    """Whether a sentence after a closed one still attributes it: “…” he said; “…” – X."""
    words = _WORD.findall(following)[:5]
    return any(word.casefold() in _verbs() for word in words) and not following[:1].isspace()


def _pronoun(folded: str) -> tuple[int, str] | None:
    for kind, pattern in _pronouns().items():
        match = pattern.search(folded)
        if match:
            return match.start(), kind
    return None


@cache
def _data() -> Mapping[str, Sequence[str] | str]:
    return read_toml(_FILE)


@cache
def _verbs() -> frozenset[str]:
    return frozenset(str(_data()["verbs"]).split())


@cache
def _pronouns() -> dict[str, re.Pattern[str]]:
    def pattern(*names: str) -> re.Pattern[str]:
        words = [word for name in names for word in _data()[name]]
        return re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?!\w)")

    return {"person": pattern("he_she", "person"), "organisation": pattern("organisation")}
