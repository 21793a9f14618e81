"""The flat tables, derived from `annotations`.

Each flat table tells, in the transaction that brought its rows, up to which batch of annotations it goes. So a kill
between the commit of annotations and that of a flat table loses and doubles nothing: the next update goes on there.
Where an article was read again by another pipeline, the table is made anew from the newest readings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from narrative.store.tables import DERIVED, READING_COLUMNS, flat_name, table_schema

if TYPE_CHECKING:
    from narrative.store.corpus import Corpus

BATCHES_A_COMMIT = 40  # of annotations, about 10,000 articles

Reading = tuple[str, str]  # article_id, key


def update_derived(corpus: Corpus) -> None:
    """Bring every flat table up to the last batch of annotations."""
    last = corpus.last_batch("annotations")
    behind = {name: done for name in DERIVED if (done := corpus.derived_until(name)) < last}
    newest = repeated_readings(corpus) if behind else {}
    for name, done in behind.items():
        if any(batch > done for batch in newest.values()):
            done = 0
        while done < last:
            until = min(done + BATCHES_A_COMMIT, last)
            corpus.derive(name, _rows(corpus, name, done, until, newest), until, replace=done == 0)
            done = until


def repeated_readings(corpus: Corpus) -> dict[Reading, int]:
    """The last batch of each article that was read more than once, by one pipeline after another."""
    columns = ["article_id", "key", "batch"]
    readings = pa.Table.from_batches(
        corpus.read("annotations", columns), pa.schema([table_schema("annotations").field(name) for name in columns])
    )
    spans = readings.group_by(columns[:2]).aggregate([("batch", "min"), ("batch", "max")])
    repeated = spans.filter(pc.field("batch_min") < pc.field("batch_max"))
    rows = zip(*(repeated.column(name).to_pylist() for name in ("article_id", "key", "batch_max")), strict=True)
    return {(article, key): batch for article, key, batch in rows}


def without_older(readings: pa.RecordBatch, repeated: dict[Reading, int]) -> pa.RecordBatch:
    """The rows of the newest reading of each article version."""
    if not repeated:
        return readings
    rows = zip(*(readings.column(name).to_pylist() for name in ("article_id", "key", "batch")), strict=True)
    return readings.filter(
        pa.array([repeated.get((article, key), batch) == batch for article, key, batch in rows], pa.bool_())
    )


def _rows(corpus: Corpus, name: str, after: int, until: int, newest: dict[Reading, int]) -> pa.Table:
    parts = corpus.read("annotations", [*READING_COLUMNS, name], after=after, until=until)
    rows = (flatten(name, without_older(readings, newest)) for readings in parts)
    return pa.Table.from_batches(rows, table_schema(name))


def flatten(name: str, readings: pa.RecordBatch) -> pa.RecordBatch:
    """One row an element of the list column `name`, each with the columns that say which reading it belongs to."""
    lists = readings.column(name)
    parents = pc.list_parent_indices(lists)
    columns = {column: readings.column(column).take(parents) for column in READING_COLUMNS}
    columns |= _fields(pc.list_flatten(lists))
    schema = table_schema(name)
    return pa.RecordBatch.from_arrays([columns[column] for column in schema.names], schema=schema)


def _fields(structs: pa.StructArray, prefix: str = "") -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for field in structs.type:
        values = pc.struct_field(structs, field.name)  # null where the struct is null
        name = flat_name(prefix, field.name)
        columns |= _fields(values, name) if pa.types.is_struct(field.type) else {name: values}
    return columns
