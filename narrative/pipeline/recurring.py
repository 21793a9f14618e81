"""Sentences and lines that an outlet sets under many of its articles, told by their hashes: `data/recurring.txt`.

`scripts/learn_recurring.py` learns them from corpora. The file is part of the pipeline's fingerprint, so that an
article is read the same whatever was read before it. It holds hashes, no publisher's words.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from narrative.records import Span

DATA = Path(__file__).parent / "data" / "recurring.txt"
SHORTEST = 25  # letters; shorter ones recur by chance
LONGEST = 1_000  # characters
DIGITS = 8  # of a hash, in bytes
_BORDER = re.compile(r"(?<=[.!?…][\s\"”’)\]])\s*(?=\S)|(?<=[。！？])(?![。！？”’」』）])|\n")
_LETTERS = re.compile(r"[\W_]+")


def recurring_spans(text: str) -> tuple[Span, ...]:
    """The sentences and lines of a text that recur across an outlet's articles, in order."""
    known = _known()
    return tuple(Span(start=start, end=end) for start, end in pieces(text) if piece_hash(text[start:end]) in known)


def pieces(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text lie, by punctuation and line breaks, without white space around them."""
    found = []
    at = 0
    for start, end in [*(border.span() for border in _BORDER.finditer(text)), (len(text), len(text))]:
        words = text[at:start]
        if words.strip():
            begin = at + len(words) - len(words.lstrip())
            found.append((begin, at + len(words.rstrip())))
        at = end
    return found


def piece_hash(words: str) -> str | None:
    """The hash of a sentence without case and punctuation; null for a short one."""
    if len(words) > LONGEST:
        return None
    letters = _LETTERS.sub("", words.casefold())
    return hashlib.blake2b(letters.encode(), digest_size=DIGITS).hexdigest() if len(letters) >= SHORTEST else None


@cache
def _known() -> frozenset[str]:
    lines = DATA.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
