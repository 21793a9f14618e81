"""The one place that finds what ships beside the code: `models/` and `corpus/`.

In a checkout (editable install) they lie beside the package; in a wheel they are built into `narrative/_shipped/`.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, for instance `shipped("models", "narrative_en")`."""
    beside = _PACKAGE / "_shipped"
    root = beside if beside.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def pipeline_path() -> Path:
    """The saved spaCy pipeline, for `spacy.load(narrative.pipeline_path())`."""
    return shipped("models", "narrative_en")
