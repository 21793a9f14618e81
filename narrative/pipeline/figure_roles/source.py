"""Who the text gives as the source of a figure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.lexicon import data
from narrative.records import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.figure_roles.mention import Sentence
    from narrative.records import Entity, Quote

_SPEAKERS = frozenset(["COMPANY", "PERSON", "INSTITUTION", "PROTOCOL"])
_GAP_AFTER = re.compile(
    r"[\s,’'s]*(?:(?:analysts?|co-?founder|founder|CEO|CIO|data|also|has|have|and|in\s(?:a|its|an)|latest|recent|new|research|team|strategists?|traders?|\(\w+\)|\w+ly|firm|chief|head|report|\w+,?)\s*){0,3}$",
    re.IGNORECASE,
)
_GAP_BEFORE = re.compile(
    r"^[\s:“\"'@]*(?:(?:the|a|an|its|latest|recent|new|data|from|by|crypto|market|analysts?|analytics?|on-chain|on‑chain|blockchain|firm|platform|provider|trader|expert|strategist|researchers?|research|analysis|chart|popular|renowned|pseudonymous|bank|investment|asset|manager|senior|Bloomberg|ETF|report|at|tracker|intelligence|company|of|head|CEO|founder|co-founder|sentiment|aggregator|economist|website)[\s,’'s]+){0,6}$",
    re.IGNORECASE,
)
_CHAIN = re.compile(
    r"^[’']s\s(?:\w+\s){0,2}$|^\s(?:analysts?|strategists?|CEO|CIO|co-founder|founder|president|economist|researcher|head\sof\sresearch|chief\s\w+\sofficer)\s$",
    re.IGNORECASE,
)
_HEADLINE = re.compile(r"[:|]\s*(?:the\s)?$")


@dataclass(frozen=True)
class Attribution:
    """A source named at `start` to `end` of the text."""

    source: Reference
    start: int
    end: int


def attributions(sentence: Sentence) -> list[Attribution]:
    """The sources that a sentence names, in order."""
    speakers = [entity for entity in sentence.entities if entity.type in _SPEAKERS]
    starts = [entity.start for entity in speakers]
    found: dict[int, Attribution] = {}
    for hit in sentence.hits["source"] if speakers else ():
        at = bisect_left(starts, hit.start)
        entity = None
        if "before" in hit.payload and at < len(speakers):
            entity = _introduced(sentence.text, hit.end, speakers[at : at + 3])
        if entity is None and "after" in hit.payload and at and _speaks(sentence.text, speakers[at - 1], hit.start):
            entity = speakers[at - 1]
        if entity:
            found[entity.start] = Attribution(Reference(name=entity.name, id=entity.id), entity.start, entity.end)
    last = speakers[-1] if speakers else None
    if (
        last
        and last.end >= sentence.end - 10
        and _HEADLINE.search(sentence.text[max(sentence.start, last.start - 8) : last.start])
    ):
        found[last.start] = Attribution(Reference(name=last.name, id=last.id), last.start, last.end)
    return [found[start] for start in sorted(found)]


def _introduced(text: str, end: int, entities: Sequence[Entity]) -> Entity | None:
    """The source after "according to"; of "OpenAI's ChatGPT" or "Bernstein analyst Jane Roe" the last."""
    chosen: Entity | None = None
    for entity in entities:
        between = text[end : entity.start] if entity.start - end < 90 else ", ,"
        if not (_GAP_BEFORE if chosen is None else _CHAIN).match(between):
            break
        chosen, end = entity, entity.end
    return chosen


def _speaks(text: str, entity: Entity, at: int) -> bool:
    return 0 <= at - entity.end < 40 and _GAP_AFTER.match(text[entity.end : at]) is not None


def quoted_by(start: int, quotes: Sequence[Quote], starts: Sequence[int]) -> Reference | None:
    """The speaker of the quotation that holds `start`; `starts` are the quotations' own, in order."""
    at = bisect_right(starts, start) - 1
    return quotes[at].speaker if at >= 0 and start < quotes[at].end else None


def market(entities: Sequence[Entity]) -> Reference | None:
    """The prediction market among the entities, the source of its odds."""
    named = (entity for entity in entities if entity.name in data()["odds"]["markets"])
    found = next(named, None)
    return Reference(name=found.name, id=found.id) if found else None


_ANAPHORA_LENGTH = 60


def goes_on(sentence: Sentence) -> bool:
    """Whether the sentence plainly goes on relaying: "He added", "The report also shows"."""
    return any(
        "anaphora" in hit.payload and hit.start - sentence.start < _ANAPHORA_LENGTH
        for hit in sentence.hits["source"][:6]
    )
