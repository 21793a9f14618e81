"""Which pieces are read together: whole sentences up to a length, with the sentence before as context."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LONGEST = 192  # pieces a window, without its two frame pieces
CONTEXT = 64  # pieces of what stands before, at most


class Window(NamedTuple):
    """Pieces `start` to `end` are read; those before `own` only as context: the window before answers for them."""

    start: int
    own: int
    end: int


def windows(starts: NDArray, sentences: Sequence[int]) -> list[Window]:  # type: ignore[type-arg]
    """Windows that own every piece once.

    Args:
        starts: where each piece begins, code points, in order.
        sentences: where each sentence begins, code points, in order.
    """
    borders = sorted({0, len(starts), *(bisect_left(starts, sentence) for sentence in sentences)})
    found: list[Window] = []
    own = before = 0
    while own < len(starts):
        start = max(before, own - CONTEXT)
        at = bisect_left(borders, start + LONGEST + 1) - 1
        end = borders[at] if borders[at] > own else min(len(starts), start + LONGEST)
        found.append(Window(start, own, end))
        last = bisect_left(borders, end) - 1  # the sentence that ends the window
        before, own = max(borders[last], own), end
    return found
