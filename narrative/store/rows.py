"""Rows of other people's files: JSON Lines, CSV and Parquet, a bounded piece at a time.

What is wrong with one row is yielded in its place; what is wrong with the whole file is raised.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from narrative.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 16 * 1024 * 1024  # bytes; the longest article that is read, with every character escaped, stays under this
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
        if _kind(path) == "parquet":
            yield from _parquet(path)
            return
        with _open(path) as stream:
            yield from (_csv if _kind(path) == "csv" else _json)(stream, name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(name, f"the gzip data is broken or cut short ({error}); what came before is kept") from error
    except OSError as error:
        raise InputError(name, error.strerror or str(error)) from error


def _kind(path: Path) -> str | None:
    return _SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    stream: Any = gzip.open(path) if packed or path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - the caller closes it
    head = stream.read(8192)
    if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        stream.close()
        raise InputError(str(path), "this is binary data or UTF-16, not UTF-8 text; save it as UTF-8")
    if not head.strip():
        stream.close()
        raise InputError(str(path), "the file is empty")
    stream.seek(0)
    return stream  # type: ignore[no-any-return]  # gzip.open's type depends on its mode


def _lines(stream: IO[bytes], name: str) -> Iterator[tuple[int, str | InputError]]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > MAX_LINE:
            while not line.endswith(b"\n") and (line := stream.readline(1 << 20)):
                pass
            yield number, InputError(where, f"the line is longer than {MAX_LINE >> 20} MiB")
            continue
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            yield number, InputError(where, f"the line is not UTF-8 (byte {error.start})")


def _json(stream: IO[bytes], name: str) -> Iterator[Row | InputError]:
    for number, line in _lines(stream, name):
        if isinstance(line, InputError):
            yield line
        elif line.strip():
            yield _json_row(line, f"{name}:{number}")


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


def _csv(stream: IO[bytes], name: str) -> Iterator[Row | InputError]:
    faults: list[InputError] = []

    def texts() -> Iterator[str]:
        for _, line in _lines(stream, name):
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
        where = f"{name}:{rows.line_num + 2}"  # the header is line 1
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
