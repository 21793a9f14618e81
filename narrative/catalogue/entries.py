"""The catalogue: one entry a named thing, read from the data files beside this one.

`data/*.jsonl` hold one entry a line, one file a type, sorted by id; an analyst can edit them. `tests/catalogue` checks
them against `Entry`.
"""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from pathlib import Path

from narrative.records import Camp, EntityType, Record

DATA = Path(__file__).parent / "data"


class Entry(Record):
    """A named thing: `asset:bitcoin`, `fund:IBIT`, `company:strategy`.

    `aliases` are its other names, matched without regard to case where they hold a space or are longer than four
    letters and are not ordinary words, else as written; `tickers` are matched as written and after a `$`. `ambiguous`
    lists those of its forms that are ordinary words or other things' names too: they count only with evidence, for
    instance one of the `context` words nearby. `camp` is the side it stands for, `belongs_to` the ids of what it is
    part of (a fund: its issuer and its asset).
    """

    id: str
    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    camp: Camp | None = None
    belongs_to: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that can stand for the entry in a text: its name, its aliases, its tickers."""
        return tuple(dict.fromkeys((self.name, *self.aliases, *self.tickers)))

    def is_valid(self, on: date | None) -> bool:
        """Whether the entry existed under these names on a date; always where the date is unknown."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Catalogue:
    """All entries, by id and by canonical name."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Entries by id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """Entries by canonical name; the first where two share one."""
        return {entry.name: entry for entry in reversed(self.entries)}


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue, read once a process."""
    lines = (line for path in sorted(DATA.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return Catalogue(tuple(Entry.model_validate_json(line) for line in lines if line.strip()))
