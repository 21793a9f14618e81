"""Stories of a corpus: what is imported now continues from what the corpus holds of the last 72 hours.

In memory are the articles within 72 hours of those of one commit: a few thousand where a file goes forward in time. A
file in no order makes each commit span all of its time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.dataset as ds

from narrative.copies.assign import WITHIN, Stories
from narrative.records import Article
from narrative.store.arrow import from_arrow, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.store.corpus import Corpus

_ROUNDING = 1.0  # seconds; times are stored in microseconds


class StoriesOfCorpus:
    """Gives articles their stories as they are committed; one for an import."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._stories = Stories()

    def place(self, articles: Sequence[Article]) -> list[Article]:
        """The new articles of a commit, in the order of arrival, each with its story."""
        moments = [moment.timestamp() for one in articles if (moment := one.published or one.first_seen)]
        if moments:
            before, after = min(moments) - WITHIN - _ROUNDING, max(moments) + WITHIN + _ROUNDING
            self._stories.forget(before, after)
            self._recall(before, after)
        return [self._stories.place(article)[0] for article in articles]

    def place_revisions(self, articles: Sequence[Article], new: Sequence[Article] = ()) -> list[Article]:
        """Later versions, each in the story of its first, which the corpus holds or which is among the `new`."""
        first = {one.id: one.story_id for one in new}
        missing = [one.id for one in articles if one.id not in first]
        if missing:
            rows = self._corpus.dataset("articles").to_table(
                columns=["id", "story_id"], filter=ds.field("id").isin(missing)
            )
            first |= dict(zip(rows.column("id").to_pylist(), rows.column("story_id").to_pylist(), strict=True))
        return [one.model_copy(update={"story_id": first.get(one.id) or one.id}) for one in articles]

    def _recall(self, before: float, after: float) -> None:
        """Read what the corpus holds of a span of time and is not in memory yet."""
        low, high = (datetime.fromtimestamp(moment, UTC) for moment in (before, after))
        moment = ds.field("published"), ds.field("first_seen")
        near = ((moment[0] >= low) & (moment[0] <= high)) | (
            moment[0].is_null() & (moment[1] >= low) & (moment[1] <= high)
        )
        held = self._corpus.dataset("articles")
        ids = held.to_table(columns=["id"], filter=near).column("id").to_pylist()
        missing = [article_id for article_id in ids if article_id not in self._stories]
        if not missing:
            return
        scanner = held.scanner(columns=schema_of(Article).names, filter=near & ds.field("id").isin(missing))
        for rows in scanner.to_batches():
            for article in from_arrow(rows, Article):
                self._stories.recall(article)
