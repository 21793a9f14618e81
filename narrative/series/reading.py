"""Files of series, ours or other people's → points."""

from __future__ import annotations

import io
import json
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from narrative.errors import InputError, MissingExtra

try:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise MissingExtra("corpus", "a series") from error

from narrative.extract.files import gunzipped
from narrative.extract.moments import read_stamp
from narrative.results import Point

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST: Final = 256 << 20  # bytes, unpacked
MOST_ROWS: Final = 5_000_000
NEEDED: Final = ("time", "series", "value")
_TIMES = ("time", "period_start", "period_end", "available")
_COUNTS = ("articles", "stories", "outlets", "hits")
_NUMBERS = ("value", "low", "high", "effective_n", *_COUNTS)
_NULLS = {"", "nan", "null", "none", "na", "n/a"}
_SHOWN = 12  # columns in a message


def read_series(path: str | Path) -> pd.DataFrame:
    """Read points from CSV, Parquet or JSON (a list of records, or ours); only time, series and value are needed.

    A `time` with a time of day is when the value was known; of a date alone, that is the end of that day. A time
    without a zone is UTC. Gzip is undone.

    Returns:
        The columns of `narrative.results.Point` that the file has, and always `time, series, value, available`, in the
        order of series and time; other columns are left out. Times are UTC, flags tuples.

    Raises:
        InputError: there is no such file, or it does not hold series.
    """
    name, path = str(path), Path(path)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix not in _READERS:
        raise InputError(name, f"a series file ends in {', '.join(_READERS)}")
    try:
        if path.is_dir():
            raise InputError(name, "this is a folder; name a file")
        if path.stat().st_size > LARGEST:
            raise InputError(name, _TOO_LARGE)
        found = _READERS[suffix](path, name)
    except FileNotFoundError as error:
        raise InputError(name, "there is no such file") from error
    except OSError as error:
        raise InputError(name, error.strerror or str(error)) from error
    return _points(found, name)


def _points(found: pd.DataFrame, name: str) -> pd.DataFrame:
    found = found.rename(columns={column: str(column).strip().lower() for column in found.columns})
    missing = [column for column in NEEDED if column not in found.columns]
    if missing:
        shown = ", ".join(map(str, found.columns[:_SHOWN])) + (", …" if len(found.columns) > _SHOWN else "")
        raise InputError(
            name, f"no column {' and no column '.join(missing)}; it needs {', '.join(NEEDED)}, it has {shown}"
        )
    found = found.loc[:, ~found.columns.duplicated()]
    if found.empty:
        raise InputError(name, "there are no rows in it")
    points = pd.DataFrame(index=found.index)
    for column in (column for column in Point.model_fields if column in found.columns):
        if column in _TIMES:
            points[column], dates = _times(found[column], column, name)
            if column == "time":
                known = points[column] + pd.to_timedelta(dates.astype(int), unit="D")
        elif column in _NUMBERS:
            numbers = _numbers(found[column], column, name)
            points[column] = numbers.fillna(0).astype(np.int64) if column in _COUNTS else numbers
        elif column == "flags":
            points[column] = [_flags(value) for value in found[column]]
        else:
            points[column] = [_text(value) for value in found[column]]
    for column in ("time", "series"):
        empty = points[column].isna() | (points[column] == "")
        if empty.any():
            raise InputError(name, f"row {_row(empty)}: {column} is empty")
    points["available"] = points["available"].fillna(known) if "available" in points else known
    twice = points.duplicated(["time", "series"])
    if twice.any():
        row = points[twice].iloc[0]
        raise InputError(name, f"row {_row(twice)}: {row['series']} has {row['time']:%Y-%m-%d %H:%M} twice; keep one")
    ordered = [column for column in Point.model_fields if column in points]
    return points[ordered].sort_values(["series", "time"], ignore_index=True)


def _numbers(column: pd.Series[Any], name: str, source: str) -> pd.Series[Any]:
    if column.dtype.kind in "iuf":
        numbers = column.astype(float)
        wrong = numbers.abs().eq(np.inf)
    else:
        texts = pd.Series([_text(value) for value in column], index=column.index, dtype=object)
        null = texts.str.lower().isin(_NULLS)
        numbers = pd.to_numeric(texts.where(~null, None), errors="coerce").astype(float)
        wrong = (numbers.isna() & ~null) | numbers.abs().eq(np.inf)
    if wrong.any():
        raise InputError(source, f"row {_row(wrong)}: {name} {str(column[wrong].iloc[0])[:40]!r} is no number")
    return numbers


def _times(column: pd.Series[Any], name: str, source: str) -> tuple[pd.Series[Any], Any]:
    """The moments in UTC, and which of them are dates alone."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").astype("datetime64[us, UTC]"), np.zeros(len(column), bool)
    if column.dtype.kind == "M":  # without a zone: dates, if none has a time of day
        moments = column.astype("datetime64[us]").dt.tz_localize("UTC")
        return moments, np.full(len(column), bool((moments.dropna() == moments.dropna().dt.floor("D")).all()))
    if column.dtype == object:  # lists and such: to be refused below
        column = column.map(lambda value: value if isinstance(value, Hashable) else str(value))
    codes, values = pd.factorize(column, use_na_sentinel=True)
    stamps = []
    for code, value in enumerate(values):
        try:
            blank = isinstance(value, str) and value.strip().lower() in _NULLS
            stamps.append(None if blank else read_stamp(value if not isinstance(value, np.generic) else value.item()))
        except (ValueError, TypeError, AttributeError) as error:
            row = _row(pd.Series(codes == code, index=column.index))
            raise InputError(source, f"row {row}: {name}: {str(error)[:120]}") from error
    naive = np.array([stamp and stamp.moment.replace(tzinfo=None) for stamp in [*stamps, None]], "datetime64[us]")
    days = np.array([stamp is not None and stamp.precision == "day" for stamp in [*stamps, None]])
    found = pd.Series(naive[codes], index=column.index)  # what is null has the code -1, the last
    return found.dt.tz_localize("UTC"), days[codes]


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()


def _flags(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or value is None or isinstance(value, float):
        return tuple(_text(value).split())
    return tuple(str(flag) for flag in value)


def _row(wrong: pd.Series[Any]) -> int:
    """The first wrong row, the one behind the header being 1."""
    return int(np.flatnonzero(wrong.to_numpy())[0]) + 1


def _read_csv(path: Path, name: str) -> pd.DataFrame:
    data = _bytes(path, name)
    first = data[: data.find(b"\n") + 1 or len(data)][:65_536].decode("utf-8", "replace")
    try:
        found = pd.read_csv(
            io.BytesIO(data), sep=max(",;\t|", key=first.count), dtype=str, keep_default_na=False, encoding="utf-8-sig",
            nrows=MOST_ROWS + 1, skipinitialspace=True,
        )  # fmt: skip
        return _without_blank_end(_not_too_many(found, name))
    except pd.errors.EmptyDataError as error:
        raise InputError(name, "the file is empty") from error
    except (ValueError, OverflowError) as error:  # no UTF-8; rows of other lengths
        raise InputError(name, f"no CSV: {' '.join(str(error).split())[:160]}") from error


def _without_blank_end(found: pd.DataFrame) -> pd.DataFrame:
    """Without the rows of separators alone that spreadsheets leave behind the last one."""
    if found.empty or any(_text(value) for value in found.iloc[-1]):
        return found
    said = pd.concat([found[name].fillna("").str.strip() != "" for name in found], axis=1).any(axis=1)
    return found.iloc[: int(said.to_numpy().nonzero()[0].max(initial=-1)) + 1]


def _read_json(path: Path, name: str) -> pd.DataFrame:
    try:
        found = json.loads(_bytes(path, name))
    except RecursionError as error:
        raise InputError(name, "the JSON is nested too deeply") from error
    except ValueError as error:
        raise InputError(name, f"no JSON: {str(error)[:120]}") from error
    rows = found.get("points") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(name, 'a list of records is needed: [{"time": …, "series": …, "value": …}, …]')
    columns = dict.fromkeys(column for row in rows for column in row)
    return _not_too_many(
        pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=object) for column in columns}), name
    )


def _read_parquet(path: Path, name: str) -> pd.DataFrame:
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows > MOST_ROWS:
                raise InputError(name, _TOO_MANY)
            columns = [column for column in file.schema_arrow.names if column.strip().lower() in Point.model_fields]
            groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
            if sum(group.total_byte_size for group in groups) > 4 * LARGEST:
                raise InputError(name, _TOO_LARGE)
            table = file.read(columns=columns or None)
        frame: pd.DataFrame = table.to_pandas(date_as_object=True)
        return frame.reset_index()
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise InputError(name, f"no readable Parquet: {' '.join(str(error).split())[:160]}") from error


def _bytes(path: Path, name: str) -> bytes:
    with path.open("rb") as raw:
        data = gunzipped(raw, name).read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(name, _TOO_LARGE)
    if not data.strip():
        raise InputError(name, "the file is empty")
    return data


def _not_too_many(found: pd.DataFrame, name: str) -> pd.DataFrame:
    if len(found) > MOST_ROWS:
        raise InputError(name, _TOO_MANY)
    return found


_TOO_LARGE = f"more than {LARGEST >> 20} MB; split the file by series"
_TOO_MANY = f"more than {MOST_ROWS:,} rows; split the file by series"
_READERS: dict[str, Callable[[Path, str], pd.DataFrame]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".json": _read_json,
}
