"""Runs of capitalised words that may be names, found in time linear in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

_MAX_WORDS = 5
_MAX_LENGTH = 40  # characters of a word
_NAME = re.compile(r"(?<![\w@#/’'.-])(?:[a-z]{1,3}[A-Z]|\d{1,3}[A-Za-z]|[^\W\d_a-z])\w*(?:[’'&.-]\w+)*")
_LONG_WORD = re.compile(r"\b([^\W\d_])\w{3,}")  # its first letter
_BETWEEN = frozenset([" ", " of ", " of the ", " & ", " and ", " for ", " de ", " van ", " von ", " al-"])
_JOINING = frozenset([" and ", " for ", " of ", " of the "])  # what they join may be two names


def in_title_case(sentence: str) -> bool:
    """Whether a sentence is written like a headline, so that a capital says nothing."""
    words = _LONG_WORD.findall(sentence, 0, 400)[1:]
    return len(words) > 1 and sum(map(str.isupper, words)) >= 0.6 * len(words)


def is_code(sentence: str) -> bool:
    """Whether a sentence is a script or a style that got into the text."""
    return sum(map(sentence.count, "{}=;()")) > max(3, len(sentence) / 25)


def names_in(text: str, start: int, end: int, taken: Sequence[tuple[int, int]], small: Counter[str]) -> Iterator[str]:
    """Capitalised words in a row that nothing covers; where “of” or “and” joins them, the parts too."""
    run: list[tuple[int, int]] = []
    for word in _NAME.finditer(text, start, min(end, len(text))):
        begin, behind = word.span()
        if is_covered(taken, begin, behind) or not _is_capitalised(word.group()):
            continue
        if small[word.group().lower()] and _begins(text, start, begin):
            continue
        if run and text[run[-1][1] : begin] not in _BETWEEN:
            yield from _parts(run, text, start)
            run = []
        run.append((begin, behind))
    yield from _parts(run, text, start)


def _begins(text: str, start: int, at: int) -> bool:
    """Whether nothing but marks stands between the beginning of a sentence and `at`."""
    return not any(map(str.isalnum, text[max(start, at - 8) : at]))


def _is_capitalised(word: str) -> bool:
    """Whether a word with a capital in it can be of a name: not `AI-driven`, `90K`, `mid-May`."""
    if len(word) > _MAX_LENGTH:
        return False
    parts = word.split("-")
    if len(parts) > 1 and (parts[0].islower() or (parts[-1].islower() and len(parts[-1]) > 2)):
        return False
    return not word[0].isdigit() or sum(map(str.isalpha, word)) > 2


def _parts(run: list[tuple[int, int]], text: str, begin: int) -> Iterator[str]:
    """A run as one name and, where a word joins it, as several; one word that begins a sentence is none."""
    borders = [at for at in range(1, len(run)) if text[run[at - 1][1] : run[at][0]] in _JOINING]
    pieces = {(0, len(run)), *zip([0, *borders], [*borders, len(run)], strict=True)}
    for first, last in pieces:
        if 0 < last - first <= _MAX_WORDS and (last - first > 1 or not _begins(text, begin, run[first][0])):
            yield text[run[first][0] : run[last - 1][1]].removesuffix("'s").removesuffix("’s")


def is_covered(covered: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of some spans, sorted and without overlaps, reaches into another one."""
    at = bisect_right(covered, (end, 0))
    return any(first < end and start < last for first, last in covered[max(0, at - 2) : at])


def is_part_of_name(text: str, start: int, end: int) -> bool:
    """Whether a single word is part of a longer name: a capitalised word stands beside it in a plain sentence."""
    if " " in text[start:end] or in_title_case(text[max(0, start - 100) : end + 100]):
        return False
    before, after = text[max(0, start - 30) : start], text[end : end + 2]
    last = before[:-1].rpartition(" ")[2] if before.endswith(" ") else ""
    return (after[:1] == " " and after[1:].isupper()) or (last[:1].isupper() and last[-1:].isalpha())
