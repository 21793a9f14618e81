"""The JSON Schemas that `narrative schema` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative.records import Annotation, Article, Page
from narrative.results import Fact, Findings, Point

if TYPE_CHECKING:
    from narrative.records import Record

RECORDS: dict[str, type[Record]] = {
    "annotation": Annotation,
    "article": Article,
    "page": Page,
    "point": Point,
    "fact": Fact,
    "findings": Findings,
}


def json_schema(record: str = "annotation") -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one of `RECORDS`, by its name there."""
    schema = RECORDS[record].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
