"""What the words beside a number say of it: about, over, under, up to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables
    from narrative.records import Modality

_REACH = 60
_SIGNS: dict[str, Modality] = {
    "~": "approx",
    "≈": "approx",
    "∼": "approx",
    "±": "approx",
    ">": "over",
    "≥": "over",
    "<": "under",
    "≤": "under",
}
_SUB = re.compile(r"(?<![A-Za-z])sub[-–]?\Z", re.IGNORECASE)
_AFTER = re.compile(r" ?(\+)(?!\d)|[ -](plus)(?!\w)| ([A-Za-z]+ [A-Za-z]+)(?!\w)")
_MOVED_UP = frozenset(
    "shot shoots moved moves went goes climbed climbs rose rises jumped ticked crept inched edged pushed".split()
)  # "shot up to 46%" is no "up to 46%"
_WORD = re.compile(r"[^\s]+")


def read_modality(text: str, start: int, end: int, known: Tables) -> Modality:
    """The modality of the number at `start`..`end`."""
    before = text[max(0, start - _REACH) : start]
    line = before[before.rfind("\n") + 1 :]
    found = _before(line, known)
    if found != "exact":
        return found
    after = _AFTER.match(text, end)
    if after is None:
        return "exact"
    return "over" if after[1] or after[2] else known.after.get(after[3].lower(), "exact")


def _before(line: str, known: Tables) -> Modality:
    bare = line.rstrip(" \u00a0\"“‘'*(_")
    if bare[-1:] in _SIGNS:
        return _SIGNS[bare[-1]]
    if bare[-2:] in (">=", "<="):
        return "over" if bare[-2] == ">" else "under"
    if _SUB.search(line):
        return "under"
    words = [word.strip("\"“”‘’'*()_").lower() for word in _WORD.findall(bare)]
    at = len(words)
    passed = 0
    while at > 0 and passed < 4:
        for size in (4, 3, 2, 1):
            if size <= at and (said := known.modality.get(" ".join(words[at - size : at]))):
                moved = said == "up_to" and at > size and words[at - size - 1] in _MOVED_UP
                return "exact" if moved else said
        word = words[at - 1]
        unknown_after_article = (
            passed == 0 and at > 1 and words[at - 2] in ("the", "its", "a", "an", "their") and word.isalpha()
        )
        if word not in known.fillers and not unknown_after_article:
            return "exact"
        at -= 1
        passed += 1
    return "exact"
