"""What stands around a figure, as features that a scorer weighs for every answer: words, unit, size, neighbours."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.pipeline.figure_roles.mention import Mention

_WORD = re.compile(r"[^\W\d_][\w’'.-]*|\d[\d.,]*|[^\w\s]")
_REACH = 7  # words on either side
_ENDINGS = ("ing", "ed", "es", "s")
_STOPS = frozenset(".;:?!|•")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word in lower case without its ending; any number is `#`."""
    if word[0].isdigit():
        return "#"
    word = word.lower().rstrip(".-").replace("’", "'").removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending).removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word


def words_of(text: str) -> list[str]:
    """The stems of a text's words and signs."""
    return [stem(word) for word in _WORD.findall(text)]


def around(mention: Mention) -> tuple[list[str], list[str]]:
    """The stems before a figure, nearest first, and after it."""
    return words_of(mention.before[-90:])[::-1], words_of(mention.after[:90])


def context_of(mention: Mention) -> list[str]:
    """The features of a figure that no answer changes."""
    quantity, unit = mention.quantity, mention.unit
    before, after = around(mention)
    size = int(math.log10(quantity.value)) if quantity.value >= 1 else -1
    found = ["bias", f"unit {unit}", f"size {unit} {size}", f"lead {mention.lead}"]
    if quantity.noun:
        found.append(f"noun {stem(quantity.noun)}")
    if quantity.negative or mention.text[quantity.start] == "+":
        found.append("signed")
    for side, words in (("before", before), ("after", after)):
        first = words[0] if words else "-"
        second = words[1] if len(words) > 1 else "-"
        found += [f"{side} 1 {first}", f"{side} 2 {second}", f"{side} 12 {first} {second}", f"{side} 1 {unit} {first}"]
        if len(words) > 2:
            found.append(f"{side} 3 {words[2]}")
        for word in dict.fromkeys(words[:_REACH]):
            if word in _STOPS:
                break
            found.append(f"{side} {word}")
    nearest = min(
        (entity for entity in mention.entities if entity.end <= quantity.start),
        key=lambda entity: mention.distance(entity.start, entity.end),
        default=None,
    )
    following = min(
        (entity for entity in mention.entities if entity.start >= quantity.end),
        key=lambda entity: mention.distance(entity.start, entity.end),
        default=None,
    )
    if nearest:
        found.append(f"entity before {nearest.type} {near(mention.distance(nearest.start, nearest.end))}")
    if following:
        found.append(f"entity after {following.type} {near(mention.distance(following.start, following.end))}")
    return found


def near(distance: float) -> str:
    """A distance in steps that double."""
    return str(next((step for step in (0, 1, 2, 4, 8, 16) if distance <= step), "far"))
