"""A fingerprint a stage: the hash of the files that decide what the stage does.

The code is hashed with its data, so a change of either gives a new fingerprint without anybody remembering a version.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from narrative import __version__
from narrative.catalogue.entries import load_catalogue, per_catalogue
from narrative.catalogue.taxonomy import load_taxonomy
from narrative.keys import content_hash
from narrative.records import Fingerprint, Pipeline
from narrative.resources import shipped

_PACKAGE = Path(__file__).parent.parent
_CATALOGUE = _PACKAGE / "catalogue"
_TAXONOMY = _CATALOGUE / "data" / "narratives.toml"
_MODELS = shipped("models")
_UPKEEP = _CATALOGUE / "upkeep"  # for those who keep the catalogue; no text is read by it
# What the encoder's answers depend on. A CPU runs other weights than PyTorch does, so the two differ; a GPU gives what
# PyTorch gives on a CPU within a tolerance, and is the same encoder.
_INT8 = ("encoder.onnx", "tokenizer.json", "heads.json", "decisions.json")
_FLOAT = ("encoder.safetensors", "config.json", "tokenizer.json", "heads.json", "decisions.json")


def pipeline_identity() -> Pipeline:
    """Name, version and fingerprints of the pipeline that this package would load, with what is in use.

    That is the catalogue, the taxonomy and the encoder of the thread that asks; `encoder` is null where there is none.
    """
    from narrative.pipeline.encoder.reading import where_in_use

    return _identity(load_taxonomy().additions, *where_in_use())


@cache
def encoder_fingerprint(folder: Path, device: str = "cpu") -> str | None:
    """A hash over the files of a model that are read on a device; null where they are not all there."""
    files = [folder / name for name in (_INT8 if device == "cpu" else _FLOAT)]
    return _hash(files) if all(file.is_file() for file in files) else None


@per_catalogue
def _identity(narratives: str, folder: Path, device: str) -> Pipeline:
    entries = _shipped_entries()
    additions = load_catalogue().additions
    taxonomy = _hash([_TAXONOMY])
    return Pipeline(
        name="narrative_en",
        version=__version__,
        fingerprint=Fingerprint(
            encoder=encoder_fingerprint(folder, device),
            rules=_rules(),
            catalogue=content_hash(entries, additions)[:16] if additions else entries,
            taxonomy=content_hash(taxonomy, narratives)[:16] if narratives else taxonomy,
        ),
    )


@cache
def _rules() -> str:
    return _hash([_PACKAGE / "records.py", *_files(_PACKAGE / "pipeline"), _MODELS / "figure_roles" / "weights.json"])


@cache
def _shipped_entries() -> str:
    return _hash([path for path in _files(_CATALOGUE) if path != _TAXONOMY and _UPKEEP not in path.parents])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _hash(files: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        # Line endings may differ between a checkout on Windows and a wheel.
        data = path.read_bytes().replace(b"\r\n", b"\n")
        code = path.is_relative_to(_PACKAGE) and not path.is_relative_to(_MODELS)  # a wheel holds the models, too
        name = path.relative_to(_PACKAGE).as_posix() if code else path.name
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
