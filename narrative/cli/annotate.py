"""`narrative annotate`."""

from __future__ import annotations


def annotate() -> None:
    """Read articles into facts."""
