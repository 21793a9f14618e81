"""The one place that finds and reads what ships beside the code: `models/` and `corpus/`.

In a checkout (editable install) they lie beside the package; in a wheel they are built into `narrative/_shipped/`.
"""

import tomllib
from pathlib import Path
from typing import Any

from narrative.errors import SettingsError

_PACKAGE = Path(__file__).parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, for instance `shipped("models", "narrative_en")`."""
    beside = _PACKAGE / "_shipped"
    root = beside if beside.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def pipeline_path() -> Path:
    """The saved spaCy pipeline, for `spacy.load(narrative.pipeline_path())`."""
    return shipped("models", "narrative_en")


def read_toml(path: Path) -> dict[str, Any]:
    """A data file.

    Raises:
        SettingsError: it can't be read as TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # no TOML, no UTF-8
        raise SettingsError(f"{path}: {error}") from error
