"""Findings back from the file that `narrative correlate --output` wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from narrative.errors import InputError
from narrative.results import Findings

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 50_000_000  # bytes


def read_findings(path: Path) -> Findings:
    """Read findings.

    Raises:
        InputError: the file can't be read, or holds something else.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(str(path), f"larger than {LARGEST / 1e6:.0f} MB, so no findings of ours")
        return Findings.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(
            str(path), f"these are no findings ({where}: {first['msg']}); make them with `narrative correlate --output`"
        ) from error
