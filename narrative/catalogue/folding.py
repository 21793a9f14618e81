"""Texts made comparable, code point for code point, so that offsets stay true."""

from __future__ import annotations

_PLAIN = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u2011": "-", "\u2010": "-"})


def fold(text: str) -> str:
    """Lower case with plain apostrophes, hyphens and spaces."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals grow ("İ"); they stay as they are
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return plain(lowered)


def plain(text: str) -> str:
    """Plain apostrophes, hyphens and spaces, in the case that was written."""
    return text if text.isascii() else text.translate(_PLAIN)
