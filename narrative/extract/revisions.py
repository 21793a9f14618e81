"""What changed between two versions of an article, sentence by sentence."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from narrative.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SENTENCES = 2_000  # of a version; what is beyond is compared as one piece
_BORDER = re.compile(r"(?<=[.!?…][\s\"”’)\]])\s*(?=\S)|(?<=[。！？])(?![。！？”’」』）])|\n")


class Change(Record):
    """Sentences of the old version, those that stand in their place, and where these stand in the new text.

    Where sentences were taken out, `new` is empty and `start` and `end` are the code point at which they stood.
    """

    what: Literal["added", "removed", "changed"]
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    start: int
    end: int


def difference(old: str, new: str) -> tuple[Change, ...]:
    """The changes from one text to another, in the order of the new one; white space does not count.

    Sentences are compared whole (Ratcliff and Obershelp's matching, `difflib`).
    """
    before, after = list(_sentences(old)), list(_sentences(new))
    words = (
        [" ".join(sentence.split()) for _, sentence in before],
        [" ".join(sentence.split()) for _, sentence in after],
    )
    changes = []
    for tag, i, j, k, m in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        start = after[k][0] if k < len(after) else len(new)
        end = after[m - 1][0] + len(after[m - 1][1]) if m > k else start
        what: Literal["added", "removed", "changed"] = (
            "added" if tag == "insert" else "removed" if tag == "delete" else "changed"
        )
        changes.append(Change(what=what, old=tuple(words[0][i:j]), new=tuple(words[1][k:m]), start=start, end=end))
    return tuple(changes)


def difference_lines(old: str, new: str) -> Iterator[str]:
    """The changes as lines for a reader: `- ` before what is gone, `+ ` before what came."""
    for change in difference(old, new):
        yield from (f"- {sentence}" for sentence in change.old)
        yield from (f"+ {sentence}" for sentence in change.new)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Offset and words of each sentence, by its punctuation: this need only be the same for both versions."""
    at = 0
    borders = (border.span() for border in _BORDER.finditer(text))
    for count, (start, end) in enumerate(borders, start=1):
        if count == MOST_SENTENCES:
            break
        if text[at:start].strip():
            yield at, text[at:start].rstrip()
        at = end
    if text[at:].strip():
        yield at, text[at:].rstrip()
