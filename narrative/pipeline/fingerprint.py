"""A fingerprint a stage: the hash of the files that decide what the stage does.

The code is hashed with its data, so a change of either gives a new fingerprint without anybody remembering a version.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from narrative import __version__
from narrative.catalogue.entries import load_catalogue, per_catalogue
from narrative.keys import content_hash
from narrative.records import Fingerprint, Pipeline
from narrative.resources import shipped

_PACKAGE = Path(__file__).parent.parent
_CATALOGUE = _PACKAGE / "catalogue"
_WEIGHTS = shipped("models", "figure_roles", "weights.json")
_UPKEEP = _CATALOGUE / "upkeep"  # for those who keep the catalogue; no text is read by it


@per_catalogue
def pipeline_identity() -> Pipeline:
    """Name, version and fingerprints of the pipeline that this package would load, with the catalogue in use."""
    taxonomy = _CATALOGUE / "data" / "narratives.toml"
    entries = _hash([path for path in _files(_CATALOGUE) if path != taxonomy and _UPKEEP not in path.parents])
    additions = load_catalogue().additions
    return Pipeline(
        name="narrative_en",
        version=__version__,
        fingerprint=Fingerprint(
            rules=_hash([_PACKAGE / "records.py", *_files(_PACKAGE / "pipeline"), _WEIGHTS]),
            catalogue=content_hash(entries, additions)[:16] if additions else entries,
            taxonomy=_hash([taxonomy]),
        ),
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _hash(files: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        # Line endings may differ between a checkout on Windows and a wheel.
        data = path.read_bytes().replace(b"\r\n", b"\n")
        inside = path.relative_to(_PACKAGE) if path.is_relative_to(_PACKAGE) and path != _WEIGHTS else Path(path.name)
        digest.update(f"{inside.as_posix()}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
