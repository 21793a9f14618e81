"""Who shares words with whom: an inverted index over the shingles of the articles of some days.

An exact index instead of MinHash or another locality-sensitive hash: those estimate how alike two texts are as wholes,
and a summary of 23 words has almost nothing in common with a report of 600 whose first sentence it is. Short texts are
indexed by every shingle, long ones by a sample that is the same for all, so a shared passage is met in both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narrative.copies.words import Fingerprint, Hashes

WITHIN: Final = 72 * 3600.0  # seconds between an article and its copy
COMMON: Final = 4  # headlines that a shingle stands under before it is nobody's own: a template, a notice, an advert
MOST_CANDIDATES: Final = 12
FEWEST_SHARED: Final = 2  # shingles of those indexed …
LEAST_SHARED: Final = 0.08  # … and the share of them
FEWEST_NUMERALS: Final = 5


class Index:
    """The articles that arrived and are still near enough in time for new ones to be copies of them.

    What it answers about an article depends on those articles alone that were added before and lie within `WITHIN` of
    it, whatever else it still holds and in whatever order they came.
    """

    def __init__(self) -> None:
        self._articles: dict[int, Fingerprint] = {}
        self._numbers: dict[str, int] = {}
        self._by_shingle: dict[int, int | list[int]] = {}  # a list only where there are several: most have one
        self._by_numeral: defaultdict[str, list[int]] = defaultdict(list)
        self._next = 0

    def __len__(self) -> int:
        return len(self._articles)

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._numbers

    def __iter__(self) -> Iterator[Fingerprint]:
        return iter(self._articles.values())

    def add(self, article: Fingerprint) -> None:
        """Let later articles be compared with this one; one without a date is compared with none."""
        if article.moment is None or article.id in self._numbers:
            return
        number, self._next = self._next, self._next + 1
        self._articles[number] = article
        self._numbers[article.id] = number
        self._post(number, article)

    def forget(self, before: float, after: float) -> None:
        """Let go of the articles outside a span of time, in seconds since 1970."""
        kept = {n: one for n, one in self._articles.items() if before <= (one.moment or 0.0) <= after}
        if len(kept) == len(self._articles):
            return
        self._articles = kept
        self._numbers = {one.id: number for number, one in kept.items()}
        self._by_shingle = {}
        self._by_numeral = defaultdict(list)
        for number, one in kept.items():
            self._post(number, one)

    def candidates(self, article: Fingerprint) -> tuple[list[Fingerprint], Hashes]:
        """Whom the article may be a copy of, the likeliest first, and its indexed shingles that are common.

        A shingle is common where `COMMON` other headlines have it: nobody is the source of an outlet's template.
        """
        if article.moment is None:
            return [], np.zeros(0, np.uint64)
        votes: Counter[int] = Counter()
        common: list[int] = []
        for shingle in article.indexed.tolist():
            holders = self._by_shingle.get(shingle)
            if holders is None:
                continue
            headlines = {article.title}
            near: list[int] = []
            for number in reversed(holders) if isinstance(holders, list) else (holders,):
                one = self._articles[number]
                if abs(one.moment - article.moment) <= WITHIN:  # type: ignore[operator]  # undated ones are not added
                    near.append(number)
                    headlines.add(one.title or one.id)
                    if len(headlines) > COMMON:
                        common.append(shingle)
                        break
            else:
                votes.update(near)
        found = [
            (shared / size, one.moment, one.id, one)
            for number, shared in votes.items()
            for one in (self._articles[number],)
            if shared >= min(FEWEST_SHARED, size := min(len(one.indexed), len(article.indexed)))
            and shared >= LEAST_SHARED * size
        ]
        found.sort(key=lambda row: (-row[0], row[1], row[2]))
        return [row[3] for row in found[:MOST_CANDIDATES]], np.array(common, np.uint64)

    def same_numbers(self, article: Fingerprint) -> list[Fingerprint]:
        """Articles of other outlets that share so many numbers that one may be the other's translation."""
        if article.moment is None or len(article.numerals) < FEWEST_NUMERALS:
            return []
        votes: Counter[int] = Counter()
        for numeral in set(article.numerals):
            near = [
                number
                for number in self._by_numeral.get(numeral, ())
                if abs(self._articles[number].moment - article.moment) <= WITHIN  # type: ignore[operator]  # as above
            ]
            votes.update(near)
        found = [
            (shared, one.moment, one.id, one)
            for number, shared in votes.items()
            for one in (self._articles[number],)
            if shared >= FEWEST_NUMERALS and one.source.outlet != article.source.outlet
        ]
        found.sort(key=lambda row: (-row[0], row[1], row[2]))
        return [row[3] for row in found[:MOST_CANDIDATES]]

    def _post(self, number: int, article: Fingerprint) -> None:
        for shingle in article.indexed.tolist():
            held = self._by_shingle.get(shingle)
            if held is None:
                self._by_shingle[shingle] = number
            elif isinstance(held, list):
                held.append(number)
            else:
                self._by_shingle[shingle] = [held, number]
        for numeral in set(article.numerals):
            self._by_numeral[numeral].append(number)
