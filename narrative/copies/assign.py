"""Which story an article belongs to, decided once, when it arrives.

An article takes the story of what it most likely copies, among the articles that arrived before it and lie within 72
hours of it; where nothing is likely enough it begins a story, whose id is its own. What arrives later changes no
earlier answer, so no series that was once exported would come out otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from narrative.copies.features import compare
from narrative.copies.index import WITHIN, Index
from narrative.copies.score import Model, model
from narrative.copies.translation import translated
from narrative.copies.words import fingerprint
from narrative.extract.outlets import same_outlet
from narrative.records import Origin

if TYPE_CHECKING:
    from narrative.copies.translation import Similarity
    from narrative.copies.words import Fingerprint
    from narrative.records import Article


@dataclass(frozen=True)
class Match:
    """The article that another copies: its id, how sure that is, and whether words or figures tell so."""

    id: str
    score: float
    by: Literal["words", "figures"]


class Stories:
    """The stories of the articles near in time; `place` every article in the order of arrival."""

    def __init__(self, scorer: Model | None = None, similarity: Similarity | None = None) -> None:
        self._model = scorer or model()
        self._similarity = similarity
        self._index = Index()
        self._stories: dict[str, str] = {}

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._stories

    def place(self, article: Article) -> tuple[Article, Match | None]:
        """The article with its `story_id` and, if it is another outlet's text, its `origin`; and what it copies."""
        text = fingerprint(article)
        found = self._match(text)
        if found is None:
            placed, match, story = article, None, article.id
        else:
            one, match = found
            placed = article.model_copy(update={"origin": _origin(article, text, one)})
            story = self._stories[one.id]
        placed = placed.model_copy(update={"story_id": story})
        self._keep(replace(text, credited=placed.origin), story)
        return placed, match

    def recall(self, article: Article) -> None:
        """Take up an article that was placed earlier; one without a story is its own."""
        self._keep(fingerprint(article), article.story_id or article.id)

    def forget(self, before: float, after: float) -> None:
        """Let go of articles outside a span of seconds since 1970; those within `WITHIN` of the next must stay."""
        self._index.forget(before, after)
        self._stories = {one.id: self._stories[one.id] for one in self._index}

    def _keep(self, text: Fingerprint, story: str) -> None:
        if text.moment is not None and text.id not in self._stories:
            self._index.add(text)
            self._stories[text.id] = story

    def _match(self, text: Fingerprint) -> tuple[Fingerprint, Match] | None:
        found: list[tuple[float, float, Fingerprint, Match]] = []
        candidates, common = self._index.candidates(text)
        for one in candidates:
            score = self._model.score(compare(text, one, common).features)
            if score >= self._model.threshold:
                found.append((-score, one.moment or 0.0, one, Match(one.id, round(score, 4), "words")))
        if not found:
            for one in self._index.same_numbers(text):
                share = translated(text, one, self._similarity)
                if share is not None:
                    found.append((-share, one.moment or 0.0, one, Match(one.id, round(share, 4), "figures")))
        if not found:
            return None
        best = min(found, key=lambda row: (row[0], row[1], row[2].id))
        return best[2], best[3]


def _origin(article: Article, text: Fingerprint, source: Fingerprint) -> Origin | None:
    """What the article tells of its origin, and what is known of the article that it copies.

    What a page says is believed; the article it copies adds what the page leaves out, and may be a copy itself.
    """
    if source.moment is None or text.moment is None or source.moment > text.moment:
        return article.origin  # the original came in after its copy
    known = source.credited if source.credited and source.credited.outlet else source.source
    told = article.origin
    if told is None:
        return None if same_outlet(known.outlet, article.outlet) else known
    if told.outlet is not None and not same_outlet(told.outlet, known.outlet):
        return told
    return Origin.model_validate({name: value if value is not None else getattr(known, name) for name, value in told})


__all__ = ["WITHIN", "Match", "Stories"]
