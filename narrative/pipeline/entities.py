"""Mentions of named things, linked to the catalogue.

One pass of an automaton finds every form of every entry; `mentions.resolve` says which of them are names and of what;
`mentions.funds` adds funds named by what they hold, `mentions.unknown` names outside the catalogue. Of mentions that
overlap the longest wins, and surnames follow their full names.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.util import filter_spans

from narrative.catalogue.forms import fold
from narrative.pipeline.mentions.context import Context
from narrative.pipeline.mentions.funds import find_fund_groups
from narrative.pipeline.mentions.lexicon import form_index
from narrative.pipeline.mentions.mention import Mention
from narrative.pipeline.mentions.people import namesakes, surnames
from narrative.pipeline.mentions.resolve import resolve
from narrative.pipeline.mentions.tagged import tagged
from narrative.pipeline.mentions.tags import Tags
from narrative.pipeline.mentions.unknown import find_unknown
from narrative.records import Entity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from spacy.tokens import Doc

_DEFINED = re.compile(r" \(([A-Z][A-Z&.]{1,9}|[A-Z][A-Za-z]{1,9}[A-Z])\)")


@Language.factory("narrative_mentions_v1", assigns=["doc._.mentions"], requires=["token.is_sent_start"])
def create_mentions(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_mentions`."""
    return mark_mentions


@Language.factory(
    "narrative_entities_v2",
    assigns=["doc.ents", "doc._.entities"],
    requires=["doc._.mentions", "doc._.encoding", "doc._.boilerplate"],
)
def create_entities(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_entities`."""
    return mark_entities


def mark_mentions(doc: Doc) -> Doc:
    """Set `doc._.mentions`, those of the boilerplate among them."""
    text = doc.text
    published = doc._.published
    context = Context(
        text,
        fold(text),
        _starts(doc),
        published.date() if published else None,
    )
    doc._.mentions = tuple(find_mentions(context))
    return doc


def _starts(doc: Doc) -> list[int]:
    return [sentence.start_char for sentence in doc.sents] if doc.has_annotation("SENT_START") else [0]


def mark_entities(doc: Doc) -> Doc:
    """Set `doc._.entities`, the mentions of the body, and, where they fall on token borders, `doc.ents`.

    Names that only the encoder finds are among them; there are none where it hasn't read the text.
    """
    text = doc.text
    mentions = doc._.mentions
    if doc._.encoding is not None:
        context = Context(text, "", _starts(doc))
        mentions = with_tagged(text, mentions, tagged(context, mentions, Tags(doc._.encoding, text)))
    skipped = sorted((span.start, span.end) for span in doc._.boilerplate)
    doc._.entities = tuple(
        Entity(
            start=mention.start,
            end=mention.end,
            text=text[mention.start : mention.end],
            type=mention.type,
            name=mention.name,
            id=mention.entry.id if mention.entry else None,
            score=mention.score,
        )
        for mention in mentions
        if not _is_skipped(mention, skipped)
    )
    spans = (doc.char_span(item.start, item.end, label=item.type, kb_id=item.id or "") for item in doc._.entities)
    doc.ents = filter_spans([span for span in spans if span is not None])
    return doc


def find_mentions(context: Context) -> list[Mention]:
    """The mentions of a text, in order and without overlaps."""
    hits = list(form_index().find(context.text, context.folded))
    named = resolve(hits, context)
    kept = longest([*named, *find_fund_groups(context.text, longest(named))])
    kept = longest([*kept, *find_unknown(context, kept)])
    kept = longest([*kept, *_defined_acronyms(context.text, kept)])
    kept = namesakes(kept)
    kept = longest([*kept, *surnames(context.text, kept)])
    return [mention for mention in kept if mention.score]


def with_tagged(text: str, mentions: Sequence[Mention], found: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions of a text with those that the encoder found, and with the surnames that they explain."""
    if not found:
        return mentions
    kept = longest([*mentions, *found])
    if any(mention.type == "PERSON" for mention in found):
        kept = namesakes(kept)
        kept = longest([*kept, *surnames(text, kept)])
    return kept


def longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Of mentions that overlap, the longest, then the surest; in order."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, -m.score)):
        while kept and kept[-1].end > mention.start and _length(mention) > _length(kept[-1]):
            kept.pop()
        if not kept or kept[-1].end <= mention.start:
            kept.append(mention)
    return kept


def _length(mention: Mention) -> int:
    return mention.end - mention.start


def _is_skipped(mention: Mention, skipped: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(skipped, (mention.start, len(skipped) and skipped[-1][1])) - 1
    return any(start < mention.end and mention.start < end for start, end in skipped[max(0, at) : at + 2])


def _defined_acronyms(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """“Norwegian Block Exchange (NBX)”: the acronym names the same thing from there on, as written."""
    acronyms: dict[str, Mention] = {}
    for mention in mentions:
        match = _DEFINED.match(text, mention.end) if mention.score else None
        if match and mention.type != "ASSET" and _abbreviates(match[1], text[mention.start : mention.end]):
            acronyms.setdefault(match[1], mention)
    if not acronyms:
        return
    pattern = re.compile(r"(?<![\w$])(?:" + "|".join(map(re.escape, list(acronyms)[:50])) + r")(?!\w)")
    for match in pattern.finditer(text):
        whole = acronyms[match.group()]
        if match.start() > whole.start:
            yield Mention(match.start(), match.end(), whole.entry, whole.type, whole.name, "acronym")


def _abbreviates(acronym: str, name: str) -> bool:
    initials = [word[0].casefold() for word in re.findall(r"[^\W_]+", name)]
    letters = [letter.casefold() for letter in acronym if letter.isalpha()]
    at = iter(initials)
    return len(letters) > 1 and all(letter in at for letter in letters)
