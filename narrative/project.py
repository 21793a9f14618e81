"""The settings of a project: `narrative.toml` in the corpus or the working folder, or the file that `--project` names.

It holds what would be repeated on every command line; an option given there wins. It goes into every manifest.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from narrative.errors import SettingsError
from narrative.extract.moments import read_stamp

FILE = "narrative.toml"

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_PATHS = ("corpus", "outlets", "hypotheses", "catalogue", "narratives")


class Project(BaseModel):
    """What `narrative.toml` holds; paths are made absolute from the file's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: str | None = None
    outlets: str | None = None
    contact: str | None = None
    map: dict[str, str] = Field(default_factory=dict)
    zone: str = "UTC"
    close: str | None = None
    embargo: str = "0s"
    prices: tuple[str, ...] = ()
    hypotheses: str | None = None
    catalogue: str | None = None
    narratives: str | None = None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        read_zone(value)
        return value

    @field_validator("embargo")
    @classmethod
    def _readable_embargo(cls, value: str) -> str:
        read_duration(value)
        return value

    @field_validator("prices", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


def load_project(file: Path | None = None, corpus: str | Path | None = None) -> Project:
    """The settings: of `file`, else of the corpus folder, else of the working folder, else what holds without any.

    Raises:
        SettingsError: the file can't be read, is no TOML, or has a key or value that means nothing.
    """
    if file is not None:
        return _read(file)
    folders = [Path(corpus)] if corpus is not None and "://" not in str(corpus) else []
    found = next((folder / FILE for folder in [*folders, Path()] if (folder / FILE).is_file()), None)
    return _read(found) if found else Project()


def read_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        SettingsError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"zone '{name}': no such time zone; write it like America/New_York or UTC") from error


def read_duration(text: str) -> timedelta:
    """A length of time such as `90s`, `15m`, `2h` or `1d`.

    Raises:
        SettingsError: it is none.
    """
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", text.strip())
    if match is None:
        raise SettingsError(f"embargo '{text}': write it like 90s, 15m, 2h or 1d")
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def read_as_of(text: str) -> datetime:
    """The moment up to which something counts as known; a day alone counts to its end, in UTC.

    Raises:
        SettingsError: it is no date or time.
    """
    try:
        stamp = read_stamp(text)
    except ValueError as error:
        raise SettingsError(f"--as-of: {error}; write it like 2026-02-10 or 2026-02-10T06:29Z") from error
    return stamp.moment + timedelta(days=1) if stamp.precision == "day" else stamp.moment


def _read(file: Path) -> Project:
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror or error}") from error
    except ValueError as error:  # no TOML, no UTF-8
        raise SettingsError(f"{file}: {error}") from error
    try:
        project = Project.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{file}: unknown key '{key}'; there are {', '.join(Project.model_fields)}") from error
        raise SettingsError(f"{file}: {key}: {first['msg']}") from error
    except SettingsError as error:
        raise SettingsError(f"{file}: {error}") from error
    here = file.absolute().parent
    resolved = {name: _from(here, value) for name in _PATHS if (value := getattr(project, name))}
    # A price may also be a symbol, to be fetched.
    prices = tuple(_from(here, price) if (here / price).exists() else price for price in project.prices)
    return project.model_copy(update={**resolved, "prices": prices})


def _from(folder: Path, path: str) -> str:
    return path if "://" in path else str(folder / Path(path).expanduser())
