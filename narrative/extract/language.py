"""The language of a text."""

from __future__ import annotations

import re

SAMPLE = 4_000  # characters; more changes nothing
SHORTEST = 20  # characters; under this a guess is worth nothing
# English shows by its smallest words, and loading the model takes half a second that one article need not wait for.
_ENGLISH = re.compile(
    r"\b(?:the|of|and|that|with|from|this|which|were|been|has|have|had|its|was|are|for|by|would|their|they|after|while)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
FEWEST_WORDS = 40
ENGLISH_SHARE = 0.12  # of the words; English prose has .18 to .3, other languages under .04


def detect_language(text: str) -> str | None:
    """An ISO 639-1 code, by py3langid's model where the text is not plainly English; null for one too short to tell."""
    sample = text[:SAMPLE].strip()
    if len(sample) < SHORTEST:
        return None
    words = sum(1 for _ in _WORD.finditer(sample))
    if words >= FEWEST_WORDS and sum(1 for _ in _ENGLISH.finditer(sample)) >= ENGLISH_SHARE * words:
        return "en"
    import py3langid  # type: ignore[import-untyped]  # ships no types

    return str(py3langid.classify(sample)[0])
