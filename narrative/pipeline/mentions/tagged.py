"""Names outside the catalogue that no pattern shows, by the encoder's tags; their id is null."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

from narrative.pipeline.mentions.mention import Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.mentions.tags import TaggedName, Tags

THRESHOLD = "unknown names"  # its name among the model's decisions
_SURE = 0.8  # where the model has decided nothing
_AGAIN = 0.4  # enough for a name that is sure elsewhere in the text
_SUFFIX = re.compile(r"(?:,? (?:Inc|Corp|Corporation|Ltd|Limited|LLC|PLC|AG|Co)\.?){1,3}$")


def tagged(text: str, known: Sequence[Mention], tags: Tags) -> list[Mention]:
    """The names that the encoder is sure of and that overlap none of the known mentions.

    Args:
        text: the text.
        known: mentions found by form or pattern, in order and without overlaps.
        tags: the encoder's tags of the text.
    """
    sure = tags.encoding.decisions.threshold.get(THRESHOLD, _SURE)
    free = [name for name in tags.names(_AGAIN) if name.whole and _is_name(text, name) and not _overlaps(name, known)]
    named = {text[name.start : name.end]: name.type for name in free if name.chance >= sure}
    return [
        Mention(
            name.start, name.end, None, name.type, _SUFFIX.sub("", text[name.start : name.end]), "tagged", name.chance
        )
        for name in free
        if named.get(text[name.start : name.end]) == name.type
    ]


def _is_name(text: str, name: TaggedName) -> bool:
    """Whether the words look like a name: no plain words, no bare number."""
    words = text[name.start : name.end]
    return len(words) > 1 and any(letter.isupper() for letter in words)


def _overlaps(name: TaggedName, known: Sequence[Mention]) -> bool:
    at = bisect_left(known, name.end, key=attrgetter("start"))
    return at > 0 and known[at - 1].end > name.start
