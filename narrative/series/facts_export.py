"""Facts → CSV, Parquet or JSON with a manifest beside it, a piece at a time."""

from __future__ import annotations

import csv
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic_core import to_json

from narrative.manifest import check_export, export_file
from narrative.results import FACTS_SCHEMA, Fact
from narrative.series.export import DIGITS
from narrative.spreadsheet import safe_cell
from narrative.store.arrow import schema_of, to_arrow
from narrative.store.runs import utc_now
from narrative.store.tables import flat_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from narrative.store.runs import Clock

_ROWS = 1_000  # written at once
_NAMES: Final = tuple(field.name for field in flat_fields(pa.struct(list(schema_of(Fact)))))


def export_facts(
    facts: Iterable[Fact],
    output: Path,
    *,
    made_of: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
) -> dict[str, Any]:
    """Write facts to a file, in the format that its suffix names; it appears once it is whole.

    Parquet and JSON hold the records; in CSV `first.outlet` is the column `first_outlet`, and lists are JSON.

    Args:
        facts: taken one after another.
        output: a file ending in .csv, .parquet or .json.
        made_of: what the facts were made from, for the manifest.
        settings: what the project's settings were, for the manifest.
        clock: for the manifest's `created`.

    Returns:
        The manifest, which is also written to `output` + `.manifest.json`.

    Raises:
        SettingsError: no such format or folder.
        CorpusError: the file can't be written.
    """
    check_facts_output(output)
    count = 0

    def counted() -> Iterator[Fact]:
        nonlocal count
        for fact in facts:
            count += 1
            yield fact

    return export_file(
        output,
        lambda part: _WRITERS[output.suffix.lower()](counted(), part),
        lambda: {"content": FACTS_SCHEMA, "rows": count, **made_of},
        settings=settings,
        clock=clock,
    )


def check_facts_output(output: Path) -> None:
    """See that facts can go to a file of this name.

    Raises:
        SettingsError: no such format or folder.
    """
    check_export(output, _WRITERS)


def write_facts_json(facts: Iterable[Fact], file: IO[str]) -> None:
    """Write facts as `{"schema": "narrative.facts/1", "facts": […]}`, one a line."""
    file.write(f'{{"schema":"{FACTS_SCHEMA}","facts":[')
    between = "\n"
    for fact in facts:
        file.write(between + fact.model_dump_json())
        between = ",\n"
    file.write("\n]}\n")


def _write_json(facts: Iterator[Fact], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        write_facts_json(facts, file)


def _write_parquet(facts: Iterator[Fact], path: Path) -> None:
    with pq.ParquetWriter(path, schema_of(Fact), compression="zstd") as writer:
        while piece := list(islice(facts, _ROWS)):
            writer.write_batch(to_arrow(piece, Fact))


def _write_csv(facts: Iterator[Fact], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_NAMES)
        writer.writerows([_cell(value) for value in _flat(fact.model_dump(mode="json"))] for fact in facts)


def _flat(row: Mapping[str, Any]) -> Iterator[Any]:
    """The values in the order of `_NAMES`."""
    for value in row.values():
        if isinstance(value, dict):
            yield from _flat(value)
        else:
            yield value


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(f"{value:.{DIGITS}g}")).removesuffix(".0")
    return to_json(value).decode() if isinstance(value, list) else safe_cell(value)


_WRITERS: dict[str, Callable[[Iterator[Fact], Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
}
