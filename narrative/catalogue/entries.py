"""The catalogue: one entry a named thing, read from the data files beside this one.

`data/*.jsonl` hold one entry a line, one file a type, sorted by id; an analyst can edit them. `docs/catalogue.md` says
what an entry holds and how to add one. What can be said of an entry alone is checked whenever it is read, what must
hold between entries by `tests/catalogue`.
"""

from __future__ import annotations

from calendar import monthrange
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar, TypeVarTuple

from pydantic import Field, field_validator, model_validator

from narrative.records import Camp, EntityType, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DATA = Path(__file__).parent / "data"

_IDENT = r"^[a-z]+:[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"
_LEAP_YEAR = 2024


class Dated(Record):
    """Something that held from one day to another, both included; an open end is null."""

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"ends on {self.until}, before it begins on {self.since}")
        return self

    def holds(self, on: date | None) -> bool:
        """Whether it held on a day; always where the day is unknown."""
        return on is None or ((self.since is None or self.since <= on) and (self.until is None or on <= self.until))


class DatedForm(Dated):
    """When a name, alias or ticker was the thing's own: MicroStrategy until 2025-02-04."""

    form: str


class Office(Dated):
    """A post that a person held, and the id of where: chair of `institution:federal-reserve`."""

    title: str
    at: str | None = None


class Entry(Record):
    """A named thing: `asset:bitcoin`, `fund:IBIT`, `company:strategy`.

    `aliases` are its other names, matched without regard to case where they hold a space or are longer than four
    letters and are not ordinary words, else as written; `tickers` are matched as written and after a `$`. `ambiguous`
    lists those of its forms that are ordinary words or other things' names too: they count only with evidence, for
    instance one of the `context` words nearby. `camp` is the side it stands for, `belongs_to` the ids of what it is
    part of (a fund: its issuer and its asset). `dated` says of forms when they were current: media keep old names, so
    they link at any time, but where two entries claim a form the date tells them apart. `fiscal_year_end` is the month
    and day of companies that report, the nominal one where the year ends on a weekday. `valid_from` and `valid_to` are
    the thing's own first and last day.
    """

    id: Annotated[str, Field(pattern=_IDENT)]
    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    camp: Camp | None = None
    belongs_to: tuple[str, ...] = ()
    dated: tuple[DatedForm, ...] = ()
    offices: tuple[Office, ...] = ()
    fiscal_year_end: Annotated[str, Field(pattern=r"^\d\d-\d\d$")] | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that can stand for the entry in a text: its name, its aliases, its tickers."""
        return tuple(dict.fromkeys((self.name, *self.aliases, *self.tickers)))

    def is_valid(self, on: date | None) -> bool:
        """Whether the thing existed on a date; always where the date is unknown."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def is_current(self, form: str, on: date | None) -> bool:
        """Whether the thing existed on a date and went by this form; always where the date is unknown."""
        return self.is_valid(on) and all(held.holds(on) for held in self.dated if held.form == form)

    def held_offices(self, on: date) -> tuple[Office, ...]:
        """The offices that a person held on a date."""
        return tuple(office for office in self.offices if office.holds(on))

    @field_validator("fiscal_year_end")
    @classmethod
    def _is_a_day(cls, value: str | None) -> str | None:
        if value is not None:
            month, day = int(value[:2]), int(value[3:])
            if not 1 <= month <= 12 or not 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
                raise ValueError(f"{value} is no month and day")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if faults := _faults(self):
            raise ValueError(f"{self.id}: {', and '.join(faults)}")
        return self


def _faults(entry: Entry) -> list[str]:
    """What contradicts itself in an entry."""
    forms = entry.forms
    faults = [f"the form {form!r} holds no letter or digit" for form in forms if not any(map(str.isalnum, form))]
    faults += [f"the form {form!r} begins or ends with a space" for form in forms if form != form.strip()]
    faults += [f"the ticker {form!r} is not in capitals" for form in entry.tickers if form != form.upper()]
    faults += [f"the ambiguous form {form!r} is none of its forms" for form in entry.ambiguous if form not in forms]
    faults += [f"the dated form {held.form!r} is none of its forms" for held in entry.dated if held.form not in forms]
    if entry.id.partition(":")[0] != entry.type.lower():
        faults.append(f"the id should begin with '{entry.type.lower()}:', as its type is {entry.type}")
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        faults.append(f"it ends on {entry.valid_to}, before it begins on {entry.valid_from}")
    if entry.offices and entry.type != "PERSON":
        faults.append("only a person holds offices")
    if entry.fiscal_year_end and entry.type != "COMPANY":
        faults.append("only a company has a fiscal year")
    if entry.id in entry.belongs_to:
        faults.append("it belongs to itself")
    return faults


class Catalogue:
    """All entries, by id and by canonical name.

    Args:
        entries: unique by id.
        additions: what a user put on top of the shipped entries, as `narrative.catalogue.additions` writes it.
    """

    def __init__(self, entries: tuple[Entry, ...], additions: str = "") -> None:
        self.entries = entries
        self.additions = additions
        self._derived: dict[Any, Any] = {}

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Entries by id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """Entries by canonical name; the first where two share one."""
        return {entry.name: entry for entry in reversed(self.entries)}


@cache
def shipped_catalogue() -> Catalogue:
    """The shipped catalogue, read once a process."""
    lines = (line for path in sorted(DATA.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return Catalogue(tuple(Entry.model_validate_json(line) for line in lines if line.strip()))


_in_use: ContextVar[Catalogue | None] = ContextVar("catalogue_in_use", default=None)


def load_catalogue() -> Catalogue:
    """The catalogue in use: the shipped one, but inside `with using(other):`."""
    return _in_use.get() or shipped_catalogue()


@contextmanager
def using(catalogue: Catalogue | None) -> Iterator[None]:
    """Let everything in this block, and in this thread alone, read with another catalogue; null changes nothing."""
    token = _in_use.set(catalogue or _in_use.get())
    try:
        yield
    finally:
        _in_use.reset(token)


def per_catalogue(function: Callable[[*Ts], T]) -> Callable[[*Ts], T]:
    """`functools.cache` for what a function derives from the catalogue in use; it lives as long as the catalogue."""

    @wraps(function)
    def derived(*arguments: *Ts) -> T:
        held = load_catalogue()._derived
        key = (function, *arguments)
        if key not in held:
            held[key] = function(*arguments)
        return held[key]  # type: ignore[no-any-return]  # what `function` gave

    return derived
