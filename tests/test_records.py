from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from narrative.records import Annotation, Article, Entity, Figure, Fingerprint, Pipeline
from narrative.schemas import RECORDS, json_schema

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
PIPELINE = Pipeline(name="test", version="0", fingerprint=Fingerprint(rules="r", catalogue="c", taxonomy="t"))


@given(text=TEXTS, title=st.none() | TEXTS, published=st.none() | st.datetimes(timezones=st.just(UTC)))
def test_json_gives_back_what_went_in(text: str, title: str | None, published: datetime | None) -> None:
    annotation = Annotation(pipeline=PIPELINE, article=Article(id="a", text=text, title=title, published=published))
    assert Annotation.model_validate_json(annotation.model_dump_json()) == annotation


@pytest.mark.parametrize("text", ["₿ 🚀🧑‍🚀", "e\u0301 ñ", "שלום عالم", "比特币跌了", "\u202etxt", "\x00\x1b[31m"])
def test_offsets_count_code_points_after_a_round_trip(text: str) -> None:
    full = f"{text} BTC"
    entity = Entity(start=len(text) + 1, end=len(full), text="BTC", type="ASSET", name="Bitcoin", score=1)
    annotation = Annotation(pipeline=PIPELINE, article=Article(id="a", text=full), entities=(entity,))
    again = Annotation.model_validate_json(annotation.model_dump_json())
    assert again.article.text[again.entities[0].start : again.entities[0].end] == "BTC"


def test_times_are_utc_whatever_the_offset() -> None:
    article = Article.model_validate({"id": "a", "text": "t", "published": "2025-11-20T08:00:00+08:00"})
    assert article.published == datetime(2025, 11, 20, tzinfo=UTC)
    assert json.loads(article.model_dump_json())["published"] == "2025-11-20T00:00:00Z"


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError):
        Article.model_validate({"id": "a", "text": "t", "published": "2025-11-20T08:00:00"})


def test_every_field_is_present_in_the_json() -> None:
    written = json.loads(Annotation(pipeline=PIPELINE, article=Article(id="a", text="t")).model_dump_json())
    assert written["schema"] == "narrative.annotation/1"
    assert written["article"]["published"] is None
    assert set(written["stance"]) == {"ai", "crypto", "spread"}


def test_records_are_frozen_and_closed() -> None:
    article = Article(id="a", text="t")
    with pytest.raises(ValidationError):
        article.text = "other"  # type: ignore[misc]  # what the test is about
    with pytest.raises(ValidationError):
        Article.model_validate({"id": "a", "text": "t", "mood": "good"})


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_figure_has_a_finite_value_without_sign(value: float) -> None:
    with pytest.raises(ValidationError):
        Figure(start=0, end=1, text="1", value=value, unit="USD", kind="price", measure="level", score=1)


@pytest.mark.parametrize("record", sorted(RECORDS))
def test_the_schema_requires_every_field(record: str) -> None:
    schema = json_schema(record)
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["required"]) == set(schema["properties"])
