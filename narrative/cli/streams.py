"""Where words go: results to stdout or a file, everything else to stderr."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line for the person at the terminal, on stderr, free of control characters."""
    print("".join(char if char.isprintable() else " " for char in line), file=sys.stderr)  # noqa: T201
