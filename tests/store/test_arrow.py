"""Records come back from Arrow as they went in."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.errors import InputError
from narrative.records import (
    Annotation,
    Article,
    DateDetail,
    Dates,
    Entity,
    Figure,
    Fingerprint,
    Narrative,
    Origin,
    Page,
    Period,
    Pipeline,
    Reference,
    Sentence,
    SentenceStance,
    Span,
)
from narrative.results import Point
from narrative.store.arrow import from_arrow, schema_of, to_arrow
from narrative.store.worker import pack, unpack

SCRIPTS = ["🧵👩‍🚀", "e\u0301n\u0303", "مرحبا \u202bבוקר", "比特币价格上涨", "", " ", "\x00", "\U0010ffff", "=1+1"]
words = st.one_of(st.sampled_from(SCRIPTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
chances = st.floats(0, 1)
spans = st.builds(Span, start=st.integers(0, 9), end=st.integers(0, 9))
stances = st.builds(SentenceStance, label=st.sampled_from([-1, 0, 1]), score=st.floats(-1, 1), abstained=st.booleans())
references = st.builds(Reference, name=words, id=st.none() | words)
at = {"start": st.integers(0, 9), "end": st.integers(0, 9)}


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


articles = st.builds(
    Article,
    id=words,
    title=optional(words),
    title_span=optional(spans),
    outlet=optional(words),
    published=optional(moments),
    dates=st.builds(Dates, published=optional(st.builds(DateDetail, source=words, utc_offset=optional(words)))),
    origin=optional(st.builds(Origin, author=optional(words), published=optional(moments))),
    type=optional(st.sampled_from(["news", "digest"])),
    type_score=optional(chances),
    opt_out=st.booleans(),
    text=words,
    boilerplate=some(spans),
)
annotations = st.builds(
    Annotation,
    pipeline=st.builds(
        Pipeline,
        name=words,
        version=words,
        fingerprint=st.builds(Fingerprint, encoder=optional(words), rules=words, catalogue=words, taxonomy=words),
    ),
    article=articles,
    entities=some(st.builds(Entity, **at, text=words, type=st.just("ASSET"), name=words, score=chances)),
    figures=some(
        st.builds(
            Figure,
            **at,
            text=words,
            value=st.floats(0, 1e300),
            high=optional(st.floats(0, 1e300)),
            unit=words,
            kind=st.just("price"),
            measure=st.just("level"),
            subject=optional(references),
            period=optional(st.builds(Period, start=days, end=days)),
            score=chances,
        )
    ),
    sentences=some(st.builds(Sentence, **at, ai=optional(stances), crypto=optional(stances))),
    narratives=some(st.builds(Narrative, id=words, score=chances, evidence=some(spans))),
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(annotations, max_size=4))
def test_annotations_come_back(records: list[Annotation]) -> None:
    rows = unpack(pack(to_arrow(records, Annotation)))
    assert list(from_arrow(rows, Annotation)) == records


def test_null_and_empty_differ() -> None:
    records = [Article(id="1", title=None, text="x"), Article(id="2", title="", text="")]
    rows = to_arrow(records, Article)
    assert rows.column("title").to_pylist() == [None, ""]
    assert rows.column("boilerplate").to_pylist() == [[], []]


@pytest.mark.parametrize("record", [Annotation, Article, Page, Point])
def test_every_published_record_has_a_schema(record: type) -> None:
    schema = schema_of(record)
    for name, info in record.model_fields.items():
        field = schema.field(info.alias or name)
        assert field.nullable == any(word in str(info.annotation) for word in ("None", "Optional"))


def test_types_are_those_of_the_record() -> None:
    schema = schema_of(Annotation)
    assert schema.field("schema").type == pa.string()
    stance = schema.field("sentences").type.value_type.field("ai")
    assert stance.type.field("label").type == pa.int64()
    assert schema_of(Article).field("published").type == pa.timestamp("us", tz="UTC")
    period = schema.field("figures").type.value_type.field("period").type
    assert period.field("start").type == pa.date32()


def test_lone_surrogates_are_refused_with_a_reason() -> None:
    with pytest.raises(InputError, match="lone surrogate at character 3"):
        to_arrow([Article(id="1", text="abc\ud83d")], Article)
