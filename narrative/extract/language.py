"""The language of a text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]  # ships no types

# What crypto media are written in. Among all 140 of the model, an English headline in 25 comes out as Pidgin or Latin.
LANGUAGES = (
    "ar", "cs", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "ms", "nl", "no",
    "pl", "pt", "ro", "ru", "sv", "th", "tl", "tr", "uk", "vi", "zh",
)  # fmt: skip
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
    return str(_identifier().classify(sample)[0])


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier
