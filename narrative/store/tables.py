"""The tables of a corpus and their Arrow schemas.

Every table has `batch`, the number of the commit that brought the row: what is read in its order is read in the order
of writing. In the derived tables it is the batch of the annotation. `key` is `narrative.keys.annotation_key`;
`fingerprint` is one hash over the fingerprints of the stages. `meanings` holds what an encoder makes of the sentences
of an article, boilerplate too; `narrative.store.meanings` packs and unpacks it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from narrative.keys import content_hash
from narrative.records import Annotation, Article
from narrative.store.arrow import schema_of

if TYPE_CHECKING:
    from narrative.records import Fingerprint

DERIVED = ("figures", "entities", "sentences", "explanations", "narratives")
BASE = ("articles", "revisions", "meanings", "annotations", "errors", "runs")
TABLES = BASE + DERIVED

_TIME = pa.timestamp("us", tz="UTC")
_BATCH = pa.field("batch", pa.int64(), nullable=False)
_READING = (
    pa.field("key", pa.string(), nullable=False),
    pa.field("article_id", pa.string(), nullable=False),
    pa.field("revision", pa.int64(), nullable=False),
    pa.field("outlet", pa.string()),
    pa.field("published", _TIME),
    pa.field("available", _TIME),
    pa.field("fingerprint", pa.string(), nullable=False),
)
READING_COLUMNS = ("batch", *(field.name for field in _READING))


@cache
def table_schema(name: str) -> pa.Schema:
    """The schema of a table; raises `KeyError` for a name that is none."""
    if name in DERIVED:
        element = schema_of(Annotation).field(name).type.value_type
        return pa.schema([_BATCH, *_READING, *flat_fields(element)])
    if name in {"articles", "revisions"}:
        key, run = pa.field("key", pa.string(), nullable=False), pa.field("run", pa.string(), nullable=False)
        return pa.schema([_BATCH, key, pa.field("imported_at", _TIME, nullable=False), run, *schema_of(Article)])
    if name == "annotations":
        return pa.schema([_BATCH, *_READING, pa.field("run", pa.string(), nullable=False), *schema_of(Annotation)])
    return {
        "meanings": pa.schema([
            _BATCH,
            pa.field("key", pa.string(), nullable=False),
            pa.field("encoder", pa.string(), nullable=False),  # its fingerprint
            pa.field("starts", pa.list_(pa.field("element", pa.int32(), nullable=False)), nullable=False),
            pa.field("ends", pa.list_(pa.field("element", pa.int32(), nullable=False)), nullable=False),
            pa.field("vectors", pa.binary(), nullable=False),  # int8, one vector a sentence
        ]),
        "errors": pa.schema([
            _BATCH,
            pa.field("run", pa.string(), nullable=False),
            pa.field("at", _TIME, nullable=False),
            pa.field("stage", pa.string(), nullable=False),  # import, annotate
            pa.field("source", pa.string()),  # file:line
            pa.field("article_id", pa.string()),
            pa.field("key", pa.string()),
            pa.field("fingerprint", pa.string()),
            pa.field("reason", pa.string(), nullable=False),
            pa.field("trace", pa.string()),
        ]),
        "runs": pa.schema([
            _BATCH,
            pa.field("run", pa.string(), nullable=False),
            pa.field("command", pa.string(), nullable=False),
            pa.field("status", pa.string(), nullable=False),  # done, interrupted, failed
            pa.field("started", _TIME, nullable=False),
            pa.field("finished", _TIME, nullable=False),
            pa.field("wall_seconds", pa.float64(), nullable=False),
            pa.field("version", pa.string(), nullable=False),
            pa.field("fingerprint", pa.string()),
            pa.field("pipeline", pa.string()),  # JSON
            pa.field("settings", pa.string(), nullable=False),  # JSON
            pa.field("counts", pa.string(), nullable=False),  # JSON
        ]),
    }[name]  # fmt: skip


def flat_fields(struct: pa.StructType, prefix: str = "", nullable: bool = False) -> list[pa.Field]:
    """The columns of a struct: `period.start` as `period_start`, a reference's `subject.name` as `subject`."""
    columns = []
    for field in struct:
        name = flat_name(prefix, field.name)
        if pa.types.is_struct(field.type):
            columns += flat_fields(field.type, name, nullable or field.nullable)
        else:
            columns.append(pa.field(name, field.type, nullable=nullable or field.nullable))
    return columns


def flat_name(prefix: str, name: str) -> str:
    """The column's name of a field `name` inside a struct `prefix`."""
    return name if not prefix else prefix if name == "name" else f"{prefix}_{name}"


def fingerprint_hash(fingerprint: Fingerprint) -> str:
    """One hash over the fingerprints of the stages."""
    return content_hash(fingerprint.encoder, fingerprint.rules, fingerprint.catalogue, fingerprint.taxonomy)
