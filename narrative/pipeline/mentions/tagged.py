"""Names outside the catalogue that no pattern shows, by the encoder's tags; their id is null.

Only of the types that new names have; where a capital says nothing, in a headline, only names that look like no word or
that the text also gives in a plain sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from narrative.catalogue.forms import fold
from narrative.pipeline.mentions.lexicon import entity_data, form_index
from narrative.pipeline.mentions.mention import Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.mentions.context import Context
    from narrative.pipeline.mentions.tags import TaggedName, Tags

THRESHOLD = "unknown names"  # its name among the model's decisions
_SURE = 0.6  # where the model has decided nothing
_AGAIN = 0.4  # enough for a name that is sure elsewhere in the text
_TYPES = frozenset(["ASSET", "COMPANY", "PERSON", "PROTOCOL"])
_SUFFIX = re.compile(r"(?:,? (?:Inc|Corp|Corporation|Ltd|Limited|LLC|PLC|AG|Co)\.?){1,3}$")
_MIXED = re.compile(r"[a-z]\w*[A-Z]|[A-Z]{2,}[a-z]{2,}")  # YouTube, BJMining


def tagged(context: Context, known: Sequence[Mention], tags: Tags) -> list[Mention]:
    """The names that the encoder is sure of and that overlap none of the known mentions.

    Args:
        context: the text.
        known: mentions found by form or pattern, in order and without overlaps.
        tags: the encoder's tags of the text.
    """
    text = context.text
    sure = tags.encoding.decisions.threshold.get(THRESHOLD, _SURE)
    free = [
        name
        for name in tags.names(_AGAIN)
        if name.whole and name.type in _TYPES and not _overlaps(name, known) and _is_name(text[name.start : name.end])
    ]
    named = {
        (text[name.start : name.end], name.type)
        for name in free
        if name.chance >= sure and (not context.in_title_case(name.start) or _MIXED.search(text, name.start, name.end))
    }
    return [
        Mention(
            name.start, name.end, None, name.type, _SUFFIX.sub("", text[name.start : name.end]), "tagged", name.chance
        )
        for name in free
        if (text[name.start : name.end], name.type) in named
    ]


def _is_name(name: str) -> bool:
    """Whether words look like a name: capitals, not all of them plain, and none that the catalogue has under a form."""
    words = name.split()
    return (
        len(name) > 1
        and name[0].isalpha()
        and any(letter.isupper() for letter in words[0])
        and not words[-1].islower()
        and not all(word in _plain() or word.removesuffix("s") in _plain() for word in words)
        and not any(hit.forms and hit.end - hit.start == len(name) for hit in form_index().find(name, fold(name)))
    )


@cache
def _plain() -> frozenset[str]:
    unknown = entity_data().unknown
    return frozenset(unknown["not_names"].split()) | frozenset(unknown["jargon"].split())


def _overlaps(name: TaggedName, known: Sequence[Mention]) -> bool:
    at = bisect_left(known, name.end, key=attrgetter("start"))
    return at > 0 and known[at - 1].end > name.start
