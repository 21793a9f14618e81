"""Points → CSV, Parquet or JSON with a manifest beside it, and back."""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic_core import to_json

from narrative.manifest import check_export, export_file
from narrative.results import Point
from narrative.series.reading import read_series
from narrative.spreadsheet import safe_cell
from narrative.store.arrow import schema_of
from narrative.store.runs import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from narrative.series.build import SeriesTable
    from narrative.store.runs import Clock

SERIES_SCHEMA: Final = "narrative.series/1"
DIGITS: Final = 10  # significant ones of a number; what is beyond differs from machine to machine
_ROWS = 50_000  # written at once

__all__ = ["check_output", "export_series", "read_series", "write_csv"]


def export_series(
    table: SeriesTable, output: Path, *, settings: Mapping[str, Any] | None = None, clock: Clock = utc_now
) -> dict[str, Any]:
    """Write points to a file, in the format that its suffix names; it appears once it is whole.

    Args:
        table: what `build_series` returned.
        output: a file ending in .csv, .parquet or .json.
        settings: what the project's settings were, for the manifest.
        clock: for the manifest's `created`.

    Returns:
        The manifest, which is also written to `output` + `.manifest.json`.

    Raises:
        SettingsError: no such format or folder.
        CorpusError: the file can't be written.
    """
    check_output(output)
    return export_file(
        output,
        lambda part: _WRITERS[output.suffix.lower()](table.points, part),
        lambda: {"rows": len(table.points), **table.manifest},
        settings=settings,
        clock=clock,
    )


def check_output(output: Path) -> None:
    """See that points can go to a file of this name.

    Raises:
        SettingsError: no such format or folder.
    """
    check_export(output, _WRITERS)


def write_csv(points: pd.DataFrame, file: IO[str]) -> None:
    """Write points as CSV: times as `2025-11-21T00:00:00Z`, flags joined by a space, nothing where a value is null."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(points.columns)
    for first in range(0, len(points), _ROWS):
        part = points.iloc[first : first + _ROWS]
        writer.writerows(zip(*(_cells(part[name]) for name in part.columns), strict=True))


def _cells(column: pd.Series[Any]) -> list[Any]:
    if column.dtype.kind == "M":
        return [f"{moment}Z" for moment in column.to_numpy("datetime64[s]").astype(str)]
    if column.dtype.kind == "f":
        return [_shortest(value) for value in column.to_numpy(float)]
    if column.dtype.kind in "iub":
        return column.tolist()
    return [safe_cell(" ".join(value) if isinstance(value, tuple) else value) for value in column]


def _shortest(value: float) -> str:
    return "" if value != value else repr(_rounded(value)).removesuffix(".0")


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _write_csv(points: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(points, file)


def _write_parquet(points: pd.DataFrame, path: Path) -> None:
    schema = schema_of(Point)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in _parts(points):
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))


def _write_json(points: pd.DataFrame, path: Path) -> None:
    schema = schema_of(Point)
    with path.open("wb") as file:
        file.write(b'{"schema":"%s","points":[' % SERIES_SCHEMA.encode())
        between = b"\n"
        for part in _parts(points):
            for row in pa.Table.from_pandas(part, schema=schema, preserve_index=False).to_pylist():
                file.write(between + to_json(row))
                between = b",\n"
        file.write(b"\n]}\n")


def _parts(points: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """A piece at a time, numbers as CSV has them."""
    for first in range(0, max(len(points), 1), _ROWS):
        part = points.iloc[first : first + _ROWS]
        floats = [name for name in part.columns if part[name].dtype.kind == "f"]
        yield part.assign(
            **{name: np.array([_rounded(value) for value in part[name].to_numpy(float)]) for name in floats}
        )


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
}
