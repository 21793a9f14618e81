"""A user's own narratives on top of the shipped ones: a description and example sentences each.

They come from a TOML file, a table `[[narrative]]` each, and travel as text, a JSON object a line sorted by id, so that
worker processes read with what the main process read, and so that the taxonomy's fingerprint tells what was added.
`narrative.pipeline.own_narratives` reads them in articles; `docs/narratives.md` tells how to write one.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, ValidationError

from narrative.catalogue.taxonomy import NarrativeEntry, Taxonomy, shipped_taxonomy
from narrative.errors import SettingsError
from narrative.records import Probability, Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES: Final = 1_000_000
MAX_NARRATIVES: Final = 200
MAX_EXAMPLES: Final = 100
MAX_CHARACTERS: Final = 1_000  # of a description or an example

_RESERVED = frozenset({"other"})  # a cause that belongs to no narrative
_KEYS = ("id", "title", "description", "examples", "threshold", "since", "measured")


class Measured(Record):
    """How a threshold was found: `narrative define` writes it, nothing reads by it.

    Each of `precision`, `recall` and `f1` is the estimate and the ends of its 95% interval.
    """

    stories: int
    answers: int
    yes: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    f1: tuple[float, float, float]
    seed: int
    encoder: str | None


class OwnNarrative(NarrativeEntry):
    """A narrative that a user defined.

    Args:
        examples: sentences that tell it.
        threshold: the score from which an article tells it; null for `narrative.pipeline.own_narratives.THRESHOLD`.
        since: the day on which it was defined; without one every point of its series says "defined later".
        measured: how the threshold was found.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=MAX_CHARACTERS)
    examples: tuple[str, ...] = Field(default=(), max_length=MAX_EXAMPLES)
    threshold: Probability | None = None
    since: date = date.max
    mechanical: bool = False
    measured: Measured | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What its vectors are made of."""
        return (self.description, *self.examples)


def own_narratives(taxonomy: Taxonomy) -> tuple[OwnNarrative, ...]:
    """The user's part of a taxonomy."""
    return tuple(entry for entry in taxonomy.narrative if isinstance(entry, OwnNarrative))


def read_own_narratives(path: Path) -> Taxonomy:
    """The shipped taxonomy with the narratives of a file on top.

    Raises:
        SettingsError: the file can't be read, or holds no narratives.
    """
    return with_narratives(additions_text(narratives_in(path)))


def narratives_in(path: Path) -> tuple[OwnNarrative, ...]:
    """The narratives of a file.

    Raises:
        SettingsError: the file can't be read, or holds no narratives.
    """
    import tomllib

    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SettingsError(f"{path}: larger than {MAX_BYTES / 1e6:.0f} MB; leave some narratives out")
        found = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply") from error
    except ValueError as error:  # no TOML, no UTF-8
        raise SettingsError(f"{path}: {error}") from error
    tables = found.get("narrative")
    if set(found) != {"narrative"} or not isinstance(tables, list) or not tables:
        raise SettingsError(f"{path}: it needs a table [[narrative]] for each narrative, and nothing else")
    if len(tables) > MAX_NARRATIVES:
        raise SettingsError(f"{path}: more than {MAX_NARRATIVES} narratives; leave some out")
    entries = tuple(own_narrative(fields, _where(path, number, fields)) for number, fields in enumerate(tables, 1))
    ids = [entry.id for entry in entries]
    if twice := sorted({ident for ident in ids if ids.count(ident) > 1}):
        raise SettingsError(f"{path}: {', '.join(twice)}: defined twice; give each narrative an id of its own")
    return entries


def own_narrative(fields: Any, where: str) -> OwnNarrative:
    """A narrative of its fields.

    Args:
        fields: as a file gives them.
        where: they are from, for errors.

    Raises:
        SettingsError: they make no narrative.
    """
    if isinstance(fields, dict) and (unknown := sorted(set(fields) - set(_KEYS))):
        raise SettingsError(f"{where}: unknown key '{unknown[0]}'; there are {', '.join(_KEYS)}")
    try:
        entry = OwnNarrative.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if name == "id" and first["type"] != "missing":
            raise SettingsError(f"{where}: an id is written in small letters and hyphens: bank-runs") from error
        raise SettingsError(f"{where}: {name}: {first['msg']}") from error
    if entry.id in _RESERVED or entry.id in shipped_taxonomy().ids:
        raise SettingsError(f"{where}: the id {entry.id} is taken by a shipped narrative; choose another")
    for text in entry.sentences:
        if not text.strip() or len(text) > MAX_CHARACTERS:
            raise SettingsError(f"{where}: {text[:40]!r}: write 1 to {MAX_CHARACTERS:,} characters")
    return entry


def additions_text(narratives: Sequence[OwnNarrative]) -> str:
    """What decides the reading of a user's narratives, as text that does not depend on their order."""
    ordered = sorted(narratives, key=lambda entry: entry.id)
    return "".join(entry.model_dump_json(exclude={"measured"}, exclude_defaults=True) + "\n" for entry in ordered)


@lru_cache(maxsize=8)
def with_narratives(text: str) -> Taxonomy:
    """The shipped taxonomy with the narratives that `additions_text` wrote on top."""
    if not text:
        return shipped_taxonomy()
    own = tuple(OwnNarrative.model_validate(json.loads(line)) for line in text.splitlines())
    shipped = shipped_taxonomy()
    return shipped.model_copy(update={"narrative": (*shipped.narrative, *own), "additions": text})


def _where(path: Path, number: int, fields: Any) -> str:
    given = fields.get("id") if isinstance(fields, dict) else None
    return f"{path}: narrative {number}" + (f" ({given})" if isinstance(given, str) else "")
