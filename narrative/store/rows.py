"""Rows of other people's files: JSON Lines, CSV and Parquet, a bounded piece at a time.

What is wrong with one row is yielded in its place; what is wrong with the whole file is raised.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.errors import InputError
from narrative.extract.files import gunzipped, limited_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 16 * 1024 * 1024  # bytes; the longest article that is read, with every character escaped, stays under this
PATIENCE = 1 << 30  # bytes of one line that are skipped before the rest of the file is given up
SNIFFED = 8192  # bytes
PARQUET_ROWS = 250

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SUFFIXES = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class Row:
    """One row: where it stands (`file:line`) and its fields as they came."""

    source: str
    values: dict[str, Any]


def has_rows(path: Path) -> bool:
    """Whether the file's name says that it is one of rows."""
    return not path.is_dir() and _kind(path) is not None


def read_rows(path: Path) -> Iterator[Row | InputError]:
    """Every row of a file, gzipped or not.

    Raises:
        InputError: the file can't be opened, is empty, binary, or broken from some point on.
    """
    name = str(path)
    try:
        if path.stat().st_size == 0:
            raise InputError(name, "the file is empty")
        yield from _READERS[_kind(path) or "json"](path)
    except OSError as error:
        raise InputError(name, error.strerror or str(error)) from error


def _kind(path: Path) -> str | None:
    return _SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _lines(path: Path) -> Iterator[tuple[int, str | InputError]]:
    """The lines of a text file, each with its number, or what is wrong with it."""
    with path.open("rb") as raw, gunzipped(raw, str(path)) as stream:
        head = stream.peek(SNIFFED)[:SNIFFED]
        if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError(str(path), "this is binary data or UTF-16, not UTF-8 text; save it as UTF-8")
        if not head.strip():
            raise InputError(str(path), "the file is empty")
        for number, line in limited_lines(stream, MAX_LINE, PATIENCE):
            where = f"{path}:{number}"
            if line is None:
                yield number, InputError(where, f"the line is longer than {MAX_LINE >> 20} MiB, which no article is")
                continue
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                yield number, InputError(where, f"the line is not UTF-8 (byte {error.start})")


def _json(path: Path) -> Iterator[Row | InputError]:
    for number, line in _lines(path):
        if isinstance(line, InputError):
            yield line
        elif line.strip():
            yield _json_row(line, f"{path}:{number}")


def _json_row(line: str, where: str) -> Row | InputError:
    try:
        values = json.loads(line, parse_constant=lambda constant: None)
    except RecursionError:
        return InputError(where, "the JSON is nested too deeply")
    except ValueError as error:
        return InputError(where, f"no JSON: {error}"[:200])
    if not isinstance(values, dict):
        return InputError(where, "one JSON object a line is needed, this is something else")
    return Row(where, {key: storable(value) for key, value in values.items()})


def _csv(path: Path) -> Iterator[Row | InputError]:
    faults: list[InputError] = []

    def texts() -> Iterator[str]:
        for _, line in _lines(path):
            if isinstance(line, InputError):
                faults.append(line)
            else:
                yield line.replace("\0", "")

    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    lines = texts()
    first = next(lines, "")
    header = next(csv.reader([first], delimiter=_delimiter(first)), [])
    rows = csv.reader(lines, delimiter=_delimiter(first))
    while True:
        where = f"{path}:{rows.line_num + 2}"  # the header is line 1
        try:
            cells = next(rows)
        except StopIteration:
            yield from faults
            return
        except csv.Error as error:
            yield InputError(where, f"no CSV: {error}")
            continue
        yield from faults
        faults.clear()
        if not cells:
            continue
        if len(cells) == len(header):
            yield Row(where, dict(zip(header, cells, strict=True)))
        else:
            yield InputError(where, f"{len(cells)} cells where the header has {len(header)}")


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)


def _parquet(path: Path) -> Iterator[Row | InputError]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=PARQUET_ROWS):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(f"{path}:{number}", values)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputError(str(path), f"no readable Parquet after row {number}: {reason}") from error


def storable(value: Any) -> Any:
    """The value with each lone surrogate replaced by U+FFFD, one code point for one."""
    return _LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) and not value.isascii() else value


_READERS = {"json": _json, "csv": _csv, "parquet": _parquet}
