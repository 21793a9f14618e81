"""Which series is tested on which asset: the family, decided from names alone, before any price is read."""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, ValidationError, field_validator

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.errors import SettingsError
from narrative.records import Record
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_STANCES: Final = ("stance/ai/ex-price", "stance/crypto/ex-price", "stance/spread/ex-price")
_NAMED = 20  # names that a message lists


class Hypothesis(Record):
    """One declaration: these series move before these assets.

    Names may hold `*`, `?` and `[…]`; those of assets are read in any case.
    """

    series: tuple[str, ...] = Field(min_length=1)
    asset: tuple[str, ...] = Field(min_length=1)
    why: str = ""

    @field_validator("series", "asset", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Hypotheses(Record):
    """What a hypotheses file holds: `[[hypothesis]]` tables with `series`, `asset` and, if you like, `why`."""

    hypothesis: tuple[Hypothesis, ...] = Field(min_length=1)


def read_hypotheses(path: Path) -> Hypotheses:
    """Read declared hypotheses.

    Raises:
        SettingsError: the file can't be read, is no TOML, or declares something else.
    """
    try:
        return Hypotheses.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SettingsError(
            f"{path}: {where}: {first['msg']}; write [[hypothesis]] tables with `series`, `asset` and perhaps `why`"
        ) from error


def family_of(
    series_ids: Iterable[str],
    assets: Iterable[str],
    select: Sequence[str] | None = None,
    hypotheses: Hypotheses | None = None,
) -> tuple[tuple[str, str], ...]:
    """The pairs of series and asset that are tested, and corrected for, together.

    With neither `select` nor `hypotheses` it is each asset with the index of every narrative that price doesn't itself
    define, and with the stances that leave sentences about prices out; with every series if none of these is there.

    Args:
        series_ids: the series at hand.
        assets: the assets at hand.
        select: patterns of series, tested on every asset.
        hypotheses: declared pairs, in their order.

    Raises:
        SettingsError: a pattern names nothing that is at hand, or both `select` and `hypotheses` are given.
    """
    series, targets = list(dict.fromkeys(series_ids)), list(dict.fromkeys(assets))
    if hypotheses is not None:
        if select:
            raise SettingsError("the hypotheses are declared in a file, and a selection is given too; give one of them")
        pairs = [
            (name, asset)
            for declared in hypotheses.hypothesis
            for name in _matching(declared.series, series, "series")
            for asset in _matching(declared.asset, targets, "asset", fold=True)
        ]
        return tuple(dict.fromkeys(pairs))
    chosen = _matching(select, series, "series") if select else _default(series)
    return tuple((name, asset) for name in chosen for asset in targets)


def family_hash(family: Iterable[tuple[str, str]], settings: Mapping[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of a family in any order and of the settings that it is tested with."""
    canonical = {"family": sorted(set(family)), "settings": dict(settings)}
    written = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _default(series: list[str]) -> list[str]:
    mechanical = {f"narrative/{entry.id}/index" for entry in load_taxonomy().narrative if entry.mechanical}
    tested = [
        name
        for name in series
        if name in _STANCES or (fnmatchcase(name, "narrative/*/index") and name not in mechanical)
    ]
    return tested or series


def _matching(patterns: Sequence[str], names: list[str], what: str, *, fold: bool = False) -> list[str]:
    """The names that match, in the order of the patterns; a name matches itself, whatever signs it holds."""
    found: dict[str, None] = {}
    for pattern in patterns:
        wanted = pattern.casefold() if fold else pattern
        matches = [
            name for name in names if (key := name.casefold() if fold else name) == wanted or fnmatchcase(key, wanted)
        ]
        if not matches:
            listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
            raise SettingsError(f"no {what} matches {pattern!r}; there are {listed or 'none'}")
        found.update(dict.fromkeys(matches))
    return list(found)
