"""A price file as a table of text cells: CSV, gzip or not, or Parquet. What the cells mean is for `prices`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from narrative.errors import InputError
from narrative.extract.files import gunzipped

LARGEST: Final = 30_000_000  # bytes, unpacked: a century of daily closes of a hundred assets
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 2_000
LONGEST_NAME: Final = 200  # characters of a column's

_SEPARATORS = (",", ";", "\t")
_SUFFIXES = (".gz", ".csv", ".tsv", ".txt", ".parquet")


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The cells of one file, stripped: a list a row, as long as the header. `lines` says where each row stands."""

    source: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    @property
    def stem(self) -> str:
        """The file's name without its folder and endings."""
        name = Path(self.source).name
        while (ending := Path(name).suffix.lower()) in _SUFFIXES:
            name = name[: -len(ending)]
        return name


def read_table(path: Path) -> PriceTable:
    """Read the cells of a price file.

    Raises:
        InputError: there is no such file, it is empty or larger than `LARGEST`, or it is no table.
    """
    source = str(path)
    data = _bytes_of(path)
    header, rows, lines = _parquet(data, source) if data.startswith(b"PAR1") else _csv(data, source)
    if not rows:
        raise InputError(source, "holds a header and no rows; give a row a day")
    strange = next((name for name in header if not name.isprintable() or len(name) > LONGEST_NAME), None)
    if strange is not None:
        raise InputError(source, f"a column is called {strange[:40]!r}; is this a CSV of prices?")
    twice = next((name for place, name in enumerate(header) if name and name in header[:place]), None)
    if twice is not None:
        raise InputError(source, f"two columns are called {twice!r}; keep one or rename it")
    return PriceTable(source, header, rows, lines)


def _bytes_of(path: Path) -> bytes:
    source = str(path)
    try:
        with path.open("rb") as raw:
            data = gunzipped(raw, source).read(LARGEST + 1)
    except FileNotFoundError as error:
        raise InputError(source, "no such file; name a CSV or Parquet file of daily closes") from error
    except OSError as error:
        raise InputError(source, f"{error.strerror or error}; name a CSV or Parquet file of daily closes") from error
    if len(data) > LARGEST:
        raise InputError(source, f"more than {LARGEST / 1e6:.0f} MB; keep the date and the closes to be tested")
    if not data.strip():
        raise InputError(source, "is empty; give a CSV with the column `date` and a column an asset")
    return data


def _csv(data: bytes, source: str) -> tuple[tuple[str, ...], list[list[str]], list[int]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(source, "is no CSV text in UTF-8; save the prices as CSV") from error
    if "\0" in text:
        raise InputError(source, "is binary, neither CSV nor Parquet; save the prices as CSV")
    first = text.lstrip().partition("\n")[0]
    separator = next((mark for mark in _SEPARATORS if mark in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: tuple[str, ...] = ()
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if not header:
                header = tuple(row)
                _refuse_size(0, len(header), source)
                continue
            if any(row[len(header) :]) or len(row) < len(header):
                raise InputError(
                    source,
                    f"line {reader.line_num} has {len(row)} cells, the header {len(header)}; mend or remove the line",
                )
            rows.append(row[: len(header)])
            lines.append(reader.line_num)
            _refuse_size(len(rows), 0, source)
    except csv.Error as error:
        raise InputError(source, f"line {reader.line_num} is no CSV ({error}); save the prices as CSV") from error
    return header, rows, lines


def _parquet(data: bytes, source: str) -> tuple[tuple[str, ...], list[list[str]], list[int]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _refuse_size(file.metadata.num_rows, file.metadata.num_columns, source)
        table = file.read()
        columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(source, "is a damaged Parquet file; write it anew, or save the prices as CSV") from error
    rows = [list(row) for row in zip(*columns, strict=True)]
    return tuple(table.column_names), rows, list(range(1, len(rows) + 1))


def _refuse_size(rows: int, columns: int, source: str) -> None:
    if rows > MOST_ROWS:
        raise InputError(source, f"more than {MOST_ROWS:,} rows; give one close a day")
    if columns > MOST_COLUMNS:
        raise InputError(source, f"more than {MOST_COLUMNS:,} columns; keep the date and the closes to be tested")


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()
