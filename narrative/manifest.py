"""The manifest beside every export: what the file is, what made it, and what it was made from."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_json

from narrative import __version__

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "narrative.manifest/1"


def manifest_path(output: Path) -> Path:
    """Where the manifest of a file is."""
    return output.with_name(f"{output.name}.manifest.json")


def manifest_of(file: Path, name: str, created: datetime, **fields: Any) -> dict[str, Any]:
    """The manifest of a written file that is to be called `name`: `fields`, its hash, the version, when it was made."""
    return {
        "schema": MANIFEST,
        "file": name,
        "sha256": sha256_of(file),
        **fields,
        "narrative": __version__,
        "created": created.astimezone(UTC),
    }


def write_manifest(output: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest beside its file."""
    manifest_path(output).write_bytes(to_json(manifest, indent=1) + b"\n")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
