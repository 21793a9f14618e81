"""The narrative taxonomy: which stories there are, since when, and the cues that tell them.

`data/narratives.toml` is the list; an analyst can edit it. Its hash is the taxonomy's fingerprint.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError, model_validator

from narrative.errors import SettingsError
from narrative.records import Record
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

NARRATIVES = Path(__file__).parent / "data" / "narratives.toml"


class CueWeights(Record):
    """What a cue of each strength weighs."""

    strong: float
    plain: float
    faint: float


class NarrativeEntry(Record):
    """A story that media tell; `mechanical` where price itself defines it."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    title: str
    description: str
    since: date
    mechanical: bool
    signals: dict[str, float] = Field(default_factory=dict)
    strong: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()


class Calibration(Record):
    """How cues become a probability; the data file gives the formula."""

    intercept: float
    title: float
    body: float
    total: float
    explained: float
    cap: float


class Taxonomy(Record):
    """Every narrative, with the cues that tell it and what they weigh.

    `additions` is what a user put on top, as `narrative.catalogue.own_narratives` writes it.
    """

    version: str
    coins: tuple[str, ...]
    opposites: tuple[tuple[str, str], ...]
    weights: CueWeights
    narrative: tuple[NarrativeEntry, ...]
    calibration: Calibration
    additions: str = ""

    @model_validator(mode="after")
    def _ids_are_known_and_unique(self) -> Taxonomy:
        ids = [entry.id for entry in self.narrative]
        twice = sorted({ident for ident in ids if ids.count(ident) > 1})
        if twice:
            raise ValueError(f"defined twice: {', '.join(twice)}")
        unknown = sorted({ident for pair in self.opposites for ident in pair} - set(ids))
        if unknown:
            raise ValueError(f"opposites that are not defined: {', '.join(unknown)}")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the file's order."""
        return tuple(entry.id for entry in self.narrative)

    def cues(self) -> dict[str, dict[str, float]]:
        """By cue, the narratives that it tells and what it weighs for each; `{coin}` is spelt out."""
        found: dict[str, dict[str, float]] = {}
        for entry in self.narrative:
            for strength, weight in self.weights:
                for written in getattr(entry, strength):
                    names = self.coins if "{coin}" in written else ("",)
                    for name in names:
                        cue = found.setdefault(written.replace("{coin}", name), {})
                        cue[entry.id] = max(weight, cue.get(entry.id, 0.0))
        return found


def read_taxonomy(path: Path = NARRATIVES) -> Taxonomy:
    """Read a taxonomy file.

    Raises:
        SettingsError: it is no TOML, or not a taxonomy.
    """
    try:
        return Taxonomy.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def shipped_taxonomy() -> Taxonomy:
    """The shipped taxonomy, read once a process."""
    return read_taxonomy()


_in_use: ContextVar[Taxonomy | None] = ContextVar("taxonomy_in_use", default=None)


def load_taxonomy() -> Taxonomy:
    """The taxonomy in use: the shipped one, but inside `with using_taxonomy(other):`."""
    return _in_use.get() or shipped_taxonomy()


@contextmanager
def using_taxonomy(taxonomy: Taxonomy | None) -> Iterator[None]:
    """Let everything in this block, and in this thread alone, read with another taxonomy; null changes nothing."""
    token = _in_use.set(taxonomy or _in_use.get())
    try:
        yield
    finally:
        _in_use.reset(token)
