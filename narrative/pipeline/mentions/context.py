"""A text with what evidence is read from: its folded form, its sentences and how they are written."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_NEAR = 90  # characters on either side in which words speak for a reading
_READ = 400  # characters of a sentence that tell how it is written
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")

Style = Literal["plain", "headline", "capitals"]


@dataclass
class Context:
    """A text, its sentences and its day."""

    text: str
    folded: str
    starts: Sequence[int]  # of sentences
    published: date | None = None
    _styles: dict[int, Style] = field(default_factory=dict, init=False, repr=False)

    def sentence(self, at: int) -> int:
        """The number of the sentence around an offset."""
        return max(0, bisect_right(self.starts, at) - 1)

    def begins_sentence(self, at: int) -> bool:
        """Whether nothing but marks stands between the beginning of the sentence and `at`."""
        if not self.starts:
            return at == 0
        return not any(letter.isalnum() for letter in self.text[max(self.starts[self.sentence(at)], at - 8) : at])

    def style(self, at: int) -> Style:
        """How the sentence is written: where every word has a capital, or is in capitals, a capital says nothing."""
        number = self.sentence(at)
        if number not in self._styles:
            start = self.starts[number] if self.starts else 0
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            self._styles[number] = _style(_WORD.findall(self.text[start : min(end, start + _READ)]))
        return self._styles[number]

    def in_title_case(self, at: int) -> bool:
        """Whether the sentence is written like a headline or in capitals."""
        return self.style(at) != "plain"

    def near(self, start: int, end: int) -> str:
        """The folded words around a span."""
        return self.folded[max(0, start - _NEAR) : end + _NEAR]


def _style(words: Sequence[str]) -> Style:
    long = [word for word in words if len(word) > 2]
    if len(long) > 2 and sum(word.isupper() for word in long) >= 0.8 * len(long):
        return "capitals"
    later = [word for word in words[1:] if len(word) > 3]
    return "headline" if later and sum(word[0].isupper() for word in later) >= 0.7 * len(later) else "plain"
