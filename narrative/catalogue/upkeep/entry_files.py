"""Files of catalogue entries: JSONL (one entry a line), TOML (`[[entry]]`), CSV (lists with `;` between).

What is read here is fields and where they stand; `upkeep.validation` says whether they make entries.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections import Counter
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from narrative.catalogue.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_BYTES: Final = 16_000_000
MAX_LINE: Final = 20_000  # characters
MAX_ENTRIES: Final = 50_000

_MAX_DOTS = 300
_ENTRY_HEADER = re.compile(r"\s*\[\[\s*entry\s*\]\]")
_LISTS = frozenset(name for name, field in Entry.model_fields.items() if field.annotation == tuple[str, ...])
_NESTED = ("dated", "offices")  # no cell of a table can hold them


class Fault(NamedTuple):
    """Something wrong in a file of entries: where, what, and how to mend it; `line` is null for the file as such."""

    file: str
    line: int | None
    what: str
    mend: str

    def __str__(self) -> str:
        """In one line, beginning as compilers do."""
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.what}; {self.mend}"


class Row(NamedTuple):
    """The fields of one entry as they were given, and the line on which it begins."""

    file: str
    line: int | None
    fields: dict[str, Any]


class _TwiceError(ValueError):
    """A field that a JSON object gives twice."""


def read_rows(path: Path) -> Iterator[Row | Fault]:
    """The entries of a file one after another; a fault in the place of what can't be read."""
    file = str(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        yield Fault(file, None, "of no known kind", f"name a file that ends in {', '.join(_READERS)}")
        return
    text = _text(path)
    if isinstance(text, Fault):
        yield text
        return
    for number, row in enumerate(reader(file, text)):
        if number == MAX_ENTRIES:
            yield Fault(file, row.line, f"more than {MAX_ENTRIES:,} entries", "leave some out")
            return
        yield row


def _text(path: Path) -> str | Fault:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        return Fault(str(path), None, error.strerror or str(error), "name a file that can be read")
    if len(data) > MAX_BYTES:
        return Fault(str(path), None, f"larger than {MAX_BYTES / 1e6:.0f} MB", "leave some entries out")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Fault(str(path), data.count(b"\n", 0, error.start) + 1, "not UTF-8", "save the file as UTF-8")
    for number, line in enumerate(text.split("\n"), 1):  # parsers take their time over monstrous lines
        if len(line) > MAX_LINE:
            return Fault(str(path), number, f"a line of {len(line):,} characters", f"write {MAX_LINE:,} at most")
    return text


def _json_lines(file: str, text: str) -> Iterator[Row | Fault]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line, object_pairs_hook=_unique)
        except _TwiceError as error:
            yield Fault(file, number, f"the field {str(error)!r} is given twice", "keep one of them")
        except json.JSONDecodeError as error:
            yield Fault(file, number, f"no JSON: {error.msg} at character {error.colno}", "write one object a line")
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
            yield Fault(file, number, f"no JSON: {error}", "write one object a line")
        else:
            yield _row(file, number, fields)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise _TwiceError(name)
    return dict(pairs)


def _toml(file: str, text: str) -> Iterator[Row | Fault]:
    for number, line in enumerate(text.split("\n"), 1):  # tomllib is quadratic in the parts of a dotted key
        if (dots := line.count(".")) > _MAX_DOTS:
            yield Fault(file, number, f"{dots:,} dots in a line", "write lists over several lines, and no dotted keys")
            return
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        yield Fault(file, int(at[1]) if at else None, f"no TOML: {error}", "write every entry as a table [[entry]]")
        return
    entries = tables.pop("entry", [])
    if tables or not isinstance(entries, list):
        yield Fault(file, None, f"{next(iter(tables), 'entry')!r} is no entry", "write each as a table [[entry]]")
    if isinstance(entries, list):
        lines = [number for number, line in enumerate(text.split("\n"), 1) if _ENTRY_HEADER.match(line)]
        known = len(lines) == len(entries)  # else one of them stands in a string
        for number, entry in enumerate(entries):
            yield _row(file, lines[number] if known else None, _as_json(entry))


def _as_json(value: Any) -> Any:
    """TOML's own dates as JSON has them."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list) else value


def _csv(file: str, text: str) -> Iterator[Row | Fault]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    behind = 0
    try:
        for cells in rows:
            line, behind = behind + 1, rows.line_num
            if not any(cells):
                continue
            if not columns:
                columns = [cell.strip() for cell in cells]
                if fault := _faulty_header(file, line, columns):
                    yield fault
                    return
            elif len(cells) != len(columns):
                what = f"{len(cells)} cells under {len(columns)} columns"
                yield Fault(file, line, what, "put a cell that holds a comma into double quotes")
            else:
                filled = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()}
                yield Row(file, line, {name: _cell(name, cell) for name, cell in filled.items()})
    except csv.Error as error:
        yield Fault(file, behind + 1, f"no CSV: {error}", "put the cell into double quotes, and double those inside")


def _faulty_header(file: str, line: int, columns: list[str]) -> Fault | None:
    if "id" not in columns:
        return Fault(file, line, "no column 'id'", "name the columns in the first line: id, name, aliases …")
    if len(set(columns)) < len(columns):
        return Fault(file, line, "two columns of one name", "keep one of them")
    nested = next((name for name in columns if name in _NESTED), None)
    return Fault(file, line, f"no cell can hold {nested!r}", "write these entries in JSONL or TOML") if nested else None


def _cell(name: str, cell: str) -> Any:
    return [part.strip() for part in cell.split(";") if part.strip()] if name in _LISTS else cell


def _row(file: str, line: int | None, fields: Any) -> Row | Fault:
    return Row(file, line, fields) if isinstance(fields, dict) else Fault(
        file, line, "no entry", 'write an object: {"id": "company:…", "name": "…"}'
    )  # fmt: skip


_READERS: Final[dict[str, Callable[[str, str], Iterator[Row | Fault]]]] = {
    ".jsonl": _json_lines, ".toml": _toml, ".csv": _csv,
}  # fmt: skip
