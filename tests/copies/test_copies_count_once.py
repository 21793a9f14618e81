"""What a story does to series and to the dates of a copy."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

import narrative
from narrative.records import Article, Origin
from narrative.series.repeats import copied

TEXT = "Spot Bitcoin ETFs saw $903 million in net outflows on Tuesday, according to SoSoValue."


def test_a_story_counts_with_its_first_article():
    articles = pd.Series(["a", "b", "c", "d", "e"])
    stories = pd.Series([None, "a", "x", "x", None], dtype=object)
    assert copied(articles, stories).tolist() == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("original", "day"),
    [(datetime(2026, 2, 4, 9, tzinfo=UTC), 3), (None, 10), (datetime(2026, 2, 20, tzinfo=UTC), 10)],
    ids=["known", "unknown", "impossible"],
)
def test_days_in_a_copy_are_those_of_the_original(original: datetime | None, day: int):
    origin = Origin(outlet="Alpha", published=original)
    article = Article(id="a", text=TEXT, published=datetime(2026, 2, 11, 8, tzinfo=UTC), origin=origin)
    figures = narrative.annotate(article).figures
    assert [figure.period.start for figure in figures if figure.period] == [date(2026, 2, day)]
