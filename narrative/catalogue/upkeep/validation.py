"""Whether entries make a catalogue: every fault of the shipped files or of a user's own, and how to mend it."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import ValidationError

from narrative.catalogue.additions import additions_text, merged, with_additions
from narrative.catalogue.entries import DATA, Entry, shipped_catalogue
from narrative.catalogue.folding import fold
from narrative.catalogue.upkeep.entry_files import Fault, Row, read_rows
from narrative.errors import SettingsError
from narrative.records import EntityType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from narrative.catalogue.entries import Catalogue

MAX_FORMS: Final = 100  # of an entry, and of its context words
MAX_FORM: Final = 120  # characters

_SUGGESTED: Final = 20  # ids of a run that are looked for; each takes some milliseconds
_FIELDS = tuple(Entry.model_fields)
_BESIDE = frozenset([("ASSET", "PROTOCOL"), ("PROTOCOL", "ASSET")])  # told apart by the words nearby
_MENDING = {
    "missing": "add it",
    "string_type": "write a text in quotes",
    "tuple_type": "write a list of texts",
    "string_pattern_mismatch": "write an id like company:blackrock, a fiscal year's end like 12-31",
    "date_from_datetime_parsing": "write a day like 2025-02-04",
    "date_type": "write a day like 2025-02-04",
    "date_from_datetime_inexact": "write a day like 2025-02-04",
    "string_unicode": "write it anew",
}
_MENDING_OF_VALUES = {
    "is none of its forms": "list it under aliases or tickers too",
    "is not in capitals": "write tickers in capitals",
    "should begin with": "correct the id or the type",
    "before it begins": "swap or correct the dates",
    "belongs to itself": "leave its own id out of belongs_to",
    "no month and day": "write it like 12-31",
}


def shipped_faults() -> list[Fault]:
    """Every fault of the files that ship."""
    known: dict[str, Entry] = {}
    rows: list[tuple[Row, Entry]] = []
    faults: list[Fault] = []
    before: tuple[Row, Entry] | None = None
    for row, entry in _entries(sorted(DATA.glob("*.jsonl")), {}, faults):
        if entry.id in known:
            faults.append(_fault(row, f"{entry.id} is there twice", "keep one of them"))
        elif before and before[0].file == row.file:
            if entry.type != before[1].type:
                faults.append(_fault(row, f"{entry.type} among {before[1].type}", "move it to the file of its type"))
            elif entry.id < before[1].id:
                faults.append(_fault(row, f"{entry.id} stands behind {before[1].id}", "sort the file by id"))
        before = row, entry
        known.setdefault(entry.id, entry)
        rows.append(before)
    return faults + list(_between(rows, known))


def read_catalogue(file: Path) -> Catalogue:
    """The shipped catalogue with the entries of a user's file on top: new ones, and changes of those that ship.

    Args:
        file: JSONL, TOML or CSV; `docs/catalogue.md` says what an entry holds. Where an id ships already, the fields
            given replace the shipped ones, and aliases are added to them.

    Raises:
        SettingsError: the file has faults; the first is told.
    """
    rows, faults = _read([file])
    if faults:
        more = f" (and {len(faults) - 1:,} more: `narrative catalogue validate {file}` lists them)"
        raise SettingsError(f"{faults[0]}{more if len(faults) > 1 else ''}")
    return with_additions(additions_text(row.fields for row, _ in rows))


def faults_of(files: Sequence[Path]) -> tuple[int, list[Fault]]:
    """How many entries the files have that nothing is wrong with by themselves, and every fault of the files."""
    rows, faults = _read(files)
    return len(rows), faults


def _read(files: Sequence[Path]) -> tuple[list[tuple[Row, Entry]], list[Fault]]:
    shipped = shipped_catalogue().by_id
    known = dict(shipped)
    given: dict[str, Row] = {}
    rows: list[tuple[Row, Entry]] = []
    faults: list[Fault] = []
    for row, entry in _entries(files, shipped, faults):
        if first := given.get(entry.id):
            faults.append(_fault(row, f"{entry.id} is given in line {first.line} of {first.file} already", "join them"))
            continue
        given[entry.id] = row
        known[entry.id] = entry
        rows.append((row, entry))
    faults += _between(rows, known)
    faults += _claimed_twice(rows, known)
    places = {str(file): number for number, file in enumerate(files)}
    return rows, sorted(faults, key=lambda fault: (places[fault.file], fault.line or 0))


def _entries(files: Iterable[Path], known: Mapping[str, Entry], faults: list[Fault]) -> Iterator[tuple[Row, Entry]]:
    """The entries with which nothing is wrong by themselves; what is wrong with the others goes to `faults`."""
    for row in (row for file in files for row in read_rows(file)):
        if isinstance(row, Fault):
            faults.append(row)
        elif found := _alone(row, known):
            faults += found
        else:
            yield row, merged(known.get(row.fields["id"]), row.fields)


def _unreadable(row: Row) -> Fault | None:
    """What is wrong with fields before they are put together: monstrous or unprintable texts, no id."""
    if not isinstance(row.fields.get("id"), str):
        return _fault(row, "no id", "add one, like company:blackrock: the type, a colon, letters, digits, hyphens")
    for name, value in row.fields.items():
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        if len(texts) > MAX_FORMS:
            return _fault(row, f"{len(texts)} values of {name!r}", f"write {MAX_FORMS} at most")
        for text in filter(lambda text: isinstance(text, str), texts):
            if len(text) > MAX_FORM:
                return _fault(row, f"a value of {name!r} has {len(text):,} characters", f"write {MAX_FORM} at most")
            if not text.strip():
                return _fault(row, f"{name!r} holds an empty text", "leave it out")
            if not text.isprintable():
                return _fault(row, f"{text!r} holds a character that is not printed", "leave it out")
    return None


def _alone(row: Row, known: Mapping[str, Entry]) -> list[Fault]:
    """What is wrong with an entry by itself."""
    if fault := _unreadable(row):
        return [fault]
    try:
        entry = merged(known.get(row.fields["id"]), row.fields)
    except ValidationError as error:
        return [_fault(row, *_told(first, row.fields)) for first in error.errors()]
    return [
        _fault(row, f"the form {form!r} is one letter", "list it under ambiguous, with words of its context")
        for form in entry.forms
        if len(form) == 1 and form not in entry.ambiguous
    ]


def _told(first: ErrorDetails, fields: Mapping[str, Any]) -> tuple[str, str]:
    """What pydantic found, in words, and how to mend it."""
    name = ".".join(map(str, first["loc"]))
    kind = first["type"]
    if kind == "extra_forbidden":
        near = get_close_matches(str(first["loc"][-1]), _FIELDS, 1)
        return f"unknown field {name!r}", f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_FIELDS)}"
    if kind == "missing":
        return f"the field {name!r} is missing", "add it"
    if kind == "literal_error":
        allowed = ", ".join(get_args(EntityType)) if name == "type" else str(first["ctx"]["expected"])
        what = f"{name} {fields[name]!r}" if name in fields else f"the id's beginning in {fields.get('id')!r}"
        return f"{what} is none that there is", f"write one of {allowed}"
    if kind == "value_error":
        what = str(first["ctx"]["error"]).removeprefix(f"{fields.get('id')}: ")
        mend = next((mend for part, mend in _MENDING_OF_VALUES.items() if part in what), "correct it")
        return f"{name}: {what}" if name else what, mend
    what = first["msg"][0].lower() + first["msg"][1:]
    return f"{name}: {what}", _MENDING.get(kind, "correct it")


def _between(rows: Sequence[tuple[Row, Entry]], known: Mapping[str, Entry]) -> Iterator[Fault]:
    """References to what does not exist, and circles of them."""
    looked_for = 0
    for row, entry in rows:
        named = [("belongs_to", ident) for ident in entry.belongs_to]
        named += [("offices", office.at) for office in entry.offices if office.at]
        for field, ident in named:
            if ident in known:
                continue
            looked_for += 1
            near = get_close_matches(ident, known, 1) if looked_for <= _SUGGESTED else []
            mend = f"did you mean {near[0]}?" if near else "correct the id, or add an entry for it"
            yield _fault(row, f"{field} names {ident}, which is no entry", mend)
    try:
        TopologicalSorter({entry.id: entry.belongs_to for entry in known.values()}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        at = next((row for row, entry in rows if entry.id in circle), None)
        if at:
            yield _fault(at, f"belongs_to goes in a circle: {' → '.join(circle[:9])}", "break it")


def _claimed_twice(rows: Sequence[tuple[Row, Entry]], known: Mapping[str, Entry]) -> Iterator[Fault]:
    """Forms that were given, are another entry's too, and are not marked as ambiguous."""
    claims: dict[str, list[Entry]] = {}
    for entry in known.values():
        for form in {fold(form) for form in entry.forms}:
            claims.setdefault(form, []).append(entry)
    shipped = shipped_catalogue().by_id
    for row, entry in rows:
        before = shipped.get(entry.id)
        added = [form for form in entry.forms if before is None or form not in before.forms]
        for form in added:
            others = [
                other.id
                for other in claims[fold(form)]
                if other.id != entry.id and (other.type, entry.type) not in _BESIDE
            ]
            if others and form not in entry.ambiguous:
                mend = "list it under ambiguous, with words of its context, or leave it out"
                if before is None and entry.name in shipped_catalogue().by_name:
                    mend = f"to change that entry, give its id; else {mend}"
                yield _fault(row, f"the form {form!r} is {', '.join(others[:3])}'s too", mend)


def _fault(row: Row, what: str, mend: str) -> Fault:
    return Fault(row.file, row.line, what, mend)
