"""Cues: words and phrases of a data file, compiled into one automaton that finds them all in one pass.

How a cue is written in the TOML files beside this one:

- `short squeeze` is found as whole words, in any case;
- `plung*` is found with any ending of its word: plunge, plunged, plunging; `shift* * to` with a word between, too;
- a cue with a capital letter (`Fed`, `AI`) is found only as written.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from narrative.catalogue.folding import fold, plain
from narrative.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from narrative.records import Span

DATA = Path(__file__).parent / "data"
LONGEST_SENTENCE = 1_000  # characters of a sentence that count
_LONGEST_ENDING = 12  # characters that `*` may stand for

Payload = TypeVar("Payload")


class Hit(NamedTuple, Generic[Payload]):
    """A cue found at code points `start` to `end`, with what its data file says of it."""

    start: int
    end: int
    payload: Payload


class CueMatcher(Generic[Payload]):
    """Finds cues in texts, in time linear in the text.

    Where cues overlap, the one that begins first wins, then the longest, then the one written out: "rate cut" hides
    "cut", and "falls" hides "fall*".
    """

    def __init__(self, cues: Mapping[str, Payload]) -> None:
        self._cues: dict[str, list[tuple[list[str], bool, Payload]]] = {}
        for written, payload in cues.items():
            parts = written.split("*")
            if not parts[0].strip():
                raise SettingsError(f"an empty cue: {written!r}")
            self._cues.setdefault(parts[0].lower(), []).append((parts, written == written.lower(), payload))
        self._keys = list(self._cues)
        self._automaton = AhoCorasick(self._keys) if self._keys else None

    def find(self, text: str) -> list[Hit[Payload]]:
        """Every cue of `text`, in order, without overlaps."""
        if self._automaton is None:
            return []
        folded, written = _forms(text)
        found: list[tuple[int, int, bool, Payload]] = []
        for index, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if _inside_word(folded, start):
                continue
            for parts, any_case, payload in self._cues[self._keys[index]]:
                stop = _end(folded if any_case else written, start, parts)
                if stop > start:
                    found.append((start, stop, len(parts) > 1, payload))
        found.sort(key=lambda hit: (hit[0], -hit[1], hit[2]))
        hits: list[Hit[Payload]] = []
        for start, end, _, payload in found:
            if not hits or start >= hits[-1].end:
                hits.append(Hit(start, end, payload))
        return hits


@lru_cache(maxsize=2)
def _forms(text: str) -> tuple[str, str]:
    """The text folded, and plain as written; kept, because every matcher reads the same document."""
    return fold(text), plain(text)


def _inside_word(text: str, at: int) -> bool:
    """Whether the characters on both sides of `at` belong to one word (scripts without spaces have no words)."""
    return 0 < at < len(text) and _of_word(text[at - 1]) and _of_word(text[at])


def _of_word(letter: str) -> bool:
    return letter.isalnum() and letter < "\u2e80"


def _end(text: str, start: int, parts: Sequence[str]) -> int:
    """Where a cue ends that begins at `start`: its parts with any ending of a word between; -1 if it isn't there."""
    if not text.startswith(parts[0], start):
        return -1
    stop = start + len(parts[0])
    for before, part in pairwise(parts):
        end = _gap_end(text, stop) if before.endswith(" ") else _word_end(text, stop)
        if end - stop > _LONGEST_ENDING or not text.startswith(part, end):
            return -1
        stop = end + len(part)
    return -1 if parts[-1] and _inside_word(text, stop) else stop


def _gap_end(text: str, at: int) -> int:
    """The end of whatever stands between two spaces: "$523", "U.S."."""
    end = text.find(" ", at, at + _LONGEST_ENDING + 1)
    return end if end >= 0 else at


def _word_end(text: str, at: int) -> int:
    last = min(len(text), at + _LONGEST_ENDING + 1)
    while at < last and _of_word(text[at]):
        at += 1
    return at


def within(hits: Sequence[Hit[Payload]], spans: Iterable[Span]) -> list[list[Hit[Payload]]]:
    """The hits that lie inside each of the spans; both are in order, and spans don't overlap.

    A sentence is read up to `LONGEST_SENTENCE` characters; nobody writes longer ones.
    """
    starts = [hit.start for hit in hits]
    lists = []
    for span in spans:
        end = min(span.end, span.start + LONGEST_SENTENCE)
        first, last = bisect_left(starts, span.start), bisect_left(starts, end)
        lists.append([hit for hit in hits[first:last] if hit.end <= end])
    return lists


def payloads(groups: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Cues by group turned into groups by cue; a cue may stand in several groups."""
    found: dict[str, tuple[str, ...]] = {}
    for group, cues in groups.items():
        for cue in cues:
            found[cue] = (*found.get(cue, ()), group)
    return found
