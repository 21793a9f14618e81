"""Tables of a corpus → JSON Lines, CSV, Parquet or SQLite, each with a manifest beside it.

Rows are streamed in the order of writing, and a file appears only once it is whole. Annotations as JSON Lines are the
records themselves (`Annotation.model_dump_json`), the newest of each article version. In CSV and SQLite nested columns
are JSON. Bytes are base64, but in Parquet.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from base64 import b64encode
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import to_json

from narrative.errors import CorpusError, SettingsError
from narrative.manifest import check_export, export_file
from narrative.records import Annotation
from narrative.spreadsheet import safe_cell
from narrative.store.arrow import from_arrow
from narrative.store.corpus import FORMAT
from narrative.store.derived import repeated_readings, without_older
from narrative.store.pipelines import pipelines_of
from narrative.store.runs import utc_now
from narrative.store.tables import TABLES, table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from narrative.store.corpus import Corpus
    from narrative.store.runs import Clock

    Rows = Iterator[pa.RecordBatch]
    Writer = Callable[[Path, str, pa.Schema, Rows], None]

# Fields that repeat the article's words, wherever they are nested.
_WORDS = {"text", "title", "trace"}
# A plain number begins like a formula and is none.
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?\Z")


def export_table(
    corpus: Corpus,
    name: str,
    output: Path,
    *,
    text: bool = True,
    settings: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
    progress: Callable[[int, int], object] | None = None,
) -> dict[str, Any]:
    """Write one table to a file, in the format that its suffix names.

    Args:
        corpus: where from.
        name: `annotations`, `figures` or another of `narrative.store.tables.TABLES`.
        output: a file ending in .jsonl, .csv, .parquet, .sqlite or .db.
        text: false leaves out the article's words and keeps addresses, hashes and offsets.
        settings: what the project's settings were, for the manifest.
        clock: for the manifest's `created`.
        progress: called with how many rows are written, and how many there are.

    Returns:
        The manifest, which is also written to `output` + `.manifest.json`.

    Raises:
        SettingsError: no such table, format or folder.
        CorpusError: the file can't be written.
    """
    if name not in TABLES:
        raise SettingsError(f"--table {name}: a corpus has the tables {', '.join(TABLES)}")
    check_export(output, _WRITERS)
    writer = _WRITERS[output.suffix.lower()]
    schema = table_schema(name) if text else pa.schema([_nullable(field) for field in table_schema(name)])
    count = _Count(corpus.count(name), progress)
    version = corpus.version(name)
    found = corpus.read(name)
    if name == "annotations":
        repeated = repeated_readings(corpus)
        found = (without_older(part, repeated) for part in found)
    rows = count.over(found if text else (_without_words(part, schema) for part in found))
    try:
        return export_file(
            output,
            lambda part: writer(part, name, schema, rows),
            lambda: {
                "table": name,
                "table_version": version,
                "rows": count.rows,
                "text": text,
                "time_span": count.span(),
                "pipelines": pipelines_of(corpus, count.fingerprints),
                "corpus_format": FORMAT,
            },
            settings=settings,
            clock=clock,
        )
    except sqlite3.Error as error:
        raise CorpusError(f"{output}: can't be written: {error}") from error


class _Count:
    """Rows and time span of what passes."""

    def __init__(self, total: int, progress: Callable[[int, int], object] | None) -> None:
        self.rows = 0
        self.fingerprints: dict[str, None] = {}
        self._total, self._progress = total, progress
        self._first: datetime | None = None
        self._last: datetime | None = None

    def over(self, parts: Rows) -> Rows:
        for part in parts:
            self.rows += part.num_rows
            column = next((name for name in ("published", "started", "at") if name in part.schema.names), None)
            if column is not None:
                ends = pc.min_max(part.column(column)).as_py()
                self._first = min(filter(None, (self._first, ends["min"])), default=None)
                self._last = max(filter(None, (self._last, ends["max"])), default=None)
            if "fingerprint" in part.schema.names:
                self.fingerprints.update(dict.fromkeys(part.column("fingerprint").unique().to_pylist()))
            yield part
            if self._progress:
                self._progress(self.rows, self._total)

    def span(self) -> dict[str, datetime] | None:
        return {"start": self._first, "end": self._last} if self._first and self._last else None


def _nullable(field: pa.Field) -> pa.Field:
    kind = field.type
    if pa.types.is_struct(kind):
        kind = pa.struct([_nullable(part) for part in kind])
    elif pa.types.is_list(kind):
        kind = pa.list_(_nullable(kind.value_field))
    return pa.field(field.name, kind, nullable=True)


def _without_words(part: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([_silent(row) for row in part.to_pylist()], schema=schema)


def _silent(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: None if name in _WORDS else _silent(part) for name, part in value.items()}
    return [_silent(part) for part in value] if isinstance(value, list) else value


def _write_jsonl(path: Path, name: str, schema: pa.Schema, rows: Rows) -> None:
    whole = name == "annotations" and schema.equals(table_schema(name))
    with path.open("wb") as file:
        for part in rows:
            if whole:
                file.writelines(item.model_dump_json().encode() + b"\n" for item in from_arrow(part, Annotation))
            else:
                file.writelines(to_json(row, bytes_mode="base64") + b"\n" for row in part.to_pylist())


def _write_csv(path: Path, name: str, schema: pa.Schema, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(schema.names)
        for part in rows:
            writer.writerows([_cell(value) for value in row.values()] for row in part.to_pylist())


def _cell(value: Any) -> Any:
    value = _flat(value)
    return value if isinstance(value, str) and _NUMBER.match(value) else safe_cell(value)


def _flat(value: Any) -> Any:
    if isinstance(value, dict | list):
        return to_json(value).decode()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _write_parquet(path: Path, name: str, schema: pa.Schema, rows: Rows) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in rows:
            writer.write_batch(part.cast(schema))


def _write_sqlite(path: Path, name: str, schema: pa.Schema, rows: Rows) -> None:
    columns = ", ".join(f'"{field.name}" {_sqlite_type(field.type)}' for field in schema)
    places = ", ".join("?" * len(schema))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f'CREATE TABLE "{name}" ({columns})')  # names are ours, from the schema
        insert = f'INSERT INTO "{name}" VALUES ({places})'  # noqa: S608 - as above
        for part in rows:
            database.executemany(insert, ([_flat(value) for value in row.values()] for row in part.to_pylist()))


def _sqlite_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    return "REAL" if pa.types.is_floating(kind) else "TEXT"


_WRITERS: dict[str, Writer] = {
    ".jsonl": _write_jsonl,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".sqlite": _write_sqlite,
    ".db": _write_sqlite,
}
