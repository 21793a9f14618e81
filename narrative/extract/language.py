"""The language of a text."""

from __future__ import annotations

SAMPLE = 4_000  # characters; more changes nothing
SHORTEST = 20  # characters; under this a guess is worth nothing


def detect_language(text: str) -> str | None:
    """An ISO 639-1 code by py3langid's model, or null for a text too short to tell."""
    sample = text[:SAMPLE].strip()
    if len(sample) < SHORTEST:
        return None
    import py3langid

    return str(py3langid.classify(sample)[0])
