"""Every export: a file that appears once it is whole, and the manifest beside it.

The manifest says what the file is, what made it, and what it was made from.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic_core import to_json

from narrative import __version__
from narrative.errors import CorpusError, SettingsError

MANIFEST: Final = "narrative.manifest/1"


def check_export(output: Path, suffixes: Collection[str]) -> None:
    """See that an export can go to a file of this name.

    Raises:
        SettingsError: no such format or folder.
    """
    if output.suffix.lower() not in suffixes:
        raise SettingsError(f"--output {output}: name a file that ends in {', '.join(suffixes)}")
    if not output.parent.is_dir():
        raise SettingsError(f"--output {output}: the folder {output.parent} does not exist; make it first")


def export_file(
    output: Path,
    write: Callable[[Path], object],
    describe: Callable[[], Mapping[str, Any]],
    *,
    settings: Mapping[str, Any] | None,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """Write a file, which appears once it is whole, and its manifest.

    Args:
        output: where to.
        write: writes the file to the path that it is given.
        describe: what the manifest says of it, asked once it is written.
        settings: the project's.
        clock: for the manifest's `created`.

    Returns:
        The manifest.

    Raises:
        CorpusError: the file can't be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as folder:
            part = Path(folder) / output.name
            write(part)
            manifest = manifest_of(part, output.name, clock(), settings=settings, **describe())
            part.replace(output)
        write_manifest(output, manifest)
    except OSError as error:
        raise CorpusError(f"{output}: can't be written: {error.strerror or error}") from error
    return manifest


def manifest_path(output: Path) -> Path:
    """Where the manifest of a file is."""
    return output.with_name(f"{output.name}.manifest.json")


def manifest_of(
    file: Path, name: str, created: datetime, *, settings: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """The manifest of a written file that is to be called `name`: `fields`, its hash, the version, when it was made."""
    return {
        "schema": MANIFEST,
        "file": name,
        "sha256": sha256_of(file),
        **fields,
        "settings": without_folders(settings or {}),
        "narrative": __version__,
        "created": created.astimezone(UTC),
    }


def without_folders(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with the names of files alone: where they lie on somebody's machine is nobody else's business."""
    return {name: _without_folder(value) for name, value in settings.items()}


def _without_folder(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_without_folder(one) for one in value]
    if isinstance(value, Mapping):
        return without_folders(value)
    return Path(value).name if isinstance(value, (str, Path)) and Path(value).is_absolute() else value


def write_manifest(output: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest beside its file."""
    manifest_path(output).write_bytes(to_json(manifest, indent=1) + b"\n")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
