"""The stories of a corpus that have copies, and what each copy shares with the story's first text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from narrative.copies.features import compare
from narrative.copies.score import model
from narrative.copies.words import fingerprint
from narrative.records import Article, Moment, Origin, Record
from narrative.store.arrow import from_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.copies.words import Fingerprint
    from narrative.store.corpus import Corpus


class Told(Record):
    """An article of a story."""

    id: str
    outlet: str | None
    title: str | None
    url: str | None
    published: Moment | None


class Copy(Told):
    """A copy and what it shares with the first text.

    `score` is the probability that the two texts alone give; `share` the part of the shorter text that the other has,
    `words` how many words that is, `passage` the longest run of them, `figures` how many figures both have.
    """

    origin: Origin | None
    score: float
    share: float
    words: int
    passage: int
    figures: int


class Duplicates(Record):
    """A story with copies: `origin` is what was published first, or what came in first where no time tells."""

    story_id: str
    origin: Told
    copies: tuple[Copy, ...]


def duplicates_of(corpus: Corpus) -> Iterator[Duplicates]:
    """Every story of several articles, as soon as all of its articles are read."""
    members = Counter(
        story
        for rows in corpus.read("articles", ["story_id"])
        for story in rows.column("story_id").to_pylist()
        if story
    )
    waiting: dict[str, list[tuple[Article, Fingerprint]]] = {}
    for rows in corpus.read("articles"):
        several = [members[story] > 1 for story in rows.column("story_id").to_pylist()]
        for article in from_arrow(rows.filter(several), Article):
            story = str(article.story_id)
            held = waiting.setdefault(story, [])
            held.append((article, fingerprint(article)))
            if len(held) == members[story]:
                yield _duplicates(story, waiting.pop(story))


def _duplicates(story: str, held: Sequence[tuple[Article, Fingerprint]]) -> Duplicates:
    first = min(range(len(held)), key=lambda place: (held[place][1].moment or 0.0, place))
    original = held[first][1]
    copies = [_copy(article, text, original) for place, (article, text) in enumerate(held) if place != first]
    return Duplicates(story_id=story, origin=Told(**_told(held[first][0])), copies=tuple(copies))


def _copy(article: Article, text: Fingerprint, original: Fingerprint) -> Copy:
    shared = compare(text, original, np.zeros(0, np.uint64))
    return Copy(
        **_told(article),
        origin=article.origin,
        score=round(model().score(shared.features), 3),
        share=round(shared.share, 3),
        words=shared.words,
        passage=shared.passage,
        figures=shared.figures,
    )


def _told(article: Article) -> dict[str, object]:
    return {name: getattr(article, name) for name in Told.model_fields}
