from __future__ import annotations

from datetime import UTC, datetime

import pytest

from narrative.keys import annotation_key, content_hash
from narrative.records import Article

ARTICLE = Article(
    id="a",
    text="Bitcoin fell.",
    title="Fall",
    outlet="Daily",
    language="en",
    published=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Bitcoin rose."},
        {"title": None},
        {"title": ""},
        {"outlet": "Weekly"},
        {"language": None},
        {"published": datetime(2026, 1, 2, tzinfo=UTC)},
    ],
)
def test_the_key_changes_with_all_that_the_reading_depends_on(change: dict[str, object]) -> None:
    assert annotation_key(ARTICLE.model_copy(update=change)) != annotation_key(ARTICLE)


def test_the_key_depends_on_nothing_else() -> None:
    assert annotation_key(ARTICLE.model_copy(update={"id": "b", "source": "x", "revision": 2})) == annotation_key(
        ARTICLE
    )


def test_parts_do_not_run_together() -> None:
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash(None) != content_hash("")


def test_a_lone_surrogate_has_a_key() -> None:
    assert len(content_hash("\ud800")) == 32
