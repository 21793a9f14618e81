"""Reads crypto media into facts, and a corpus of them into narrative time series.

>>> import narrative
>>> annotation = narrative.annotate("US spot Bitcoin ETFs lost $523 million on Tuesday.", published="2025-11-19T09:00Z")
>>> annotation.figures[0].value
523000000.0

Names are imported when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from narrative.errors import (
        AddressRefused,
        CorpusError,
        FetchError,
        InputError,
        MissingExtra,
        NarrativeError,
        NarrativeWarning,
        RobotsRefused,
        SettingsError,
        UndatedWarning,
    )
    from narrative.pipeline.annotate import annotate, annotate_batch
    from narrative.pipeline.load import load
    from narrative.records import Annotation, Article, Page
    from narrative.resources import pipeline_path
    from narrative.schemas import json_schema
    from narrative.store.corpus import Corpus, open_corpus

_HOMES = {
    "narrative.errors": (
        "AddressRefused", "CorpusError", "FetchError", "InputError", "MissingExtra", "NarrativeError",
        "NarrativeWarning", "RobotsRefused", "SettingsError", "UndatedWarning",
    ),
    "narrative.pipeline.annotate": ("annotate", "annotate_batch"),
    "narrative.pipeline.load": ("load",),
    "narrative.records": ("Annotation", "Article", "Page"),
    "narrative.resources": ("pipeline_path",),
    "narrative.schemas": ("json_schema",),
    "narrative.store.corpus": ("Corpus", "open_corpus"),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [  # noqa: RUF022 - what is used first comes first
    "annotate", "annotate_batch", "load", "pipeline_path", "open_corpus", "json_schema",
    "Annotation", "Article", "Page", "Corpus",
    "NarrativeError", "InputError", "FetchError", "AddressRefused", "RobotsRefused", "CorpusError", "SettingsError",
    "MissingExtra", "NarrativeWarning", "UndatedWarning",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'narrative' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
