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
    from narrative.catalogue.upkeep.validation import read_catalogue
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
    from narrative.market.correlate import correlate
    from narrative.market.prices import read_prices
    from narrative.pipeline.annotate import annotate, annotate_batch
    from narrative.pipeline.load import load
    from narrative.records import Annotation, Article, Page
    from narrative.resources import pipeline_path
    from narrative.results import Finding, Findings, Point
    from narrative.schemas import json_schema
    from narrative.series.build import build_series
    from narrative.series.export import export_series, read_series
    from narrative.store.corpus import Corpus, open_corpus

_HOMES = {
    "narrative.catalogue.upkeep.validation": ("read_catalogue",),
    "narrative.errors": (
        "AddressRefused", "CorpusError", "FetchError", "InputError", "MissingExtra", "NarrativeError",
        "NarrativeWarning", "RobotsRefused", "SettingsError", "UndatedWarning",
    ),
    "narrative.market.correlate": ("correlate",),
    "narrative.market.prices": ("read_prices",),
    "narrative.pipeline.annotate": ("annotate", "annotate_batch"),
    "narrative.pipeline.load": ("load",),
    "narrative.records": ("Annotation", "Article", "Page"),
    "narrative.resources": ("pipeline_path",),
    "narrative.results": ("Finding", "Findings", "Point"),
    "narrative.schemas": ("json_schema",),
    "narrative.series.build": ("build_series",),
    "narrative.series.export": ("export_series", "read_series"),
    "narrative.store.corpus": ("Corpus", "open_corpus"),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [  # noqa: RUF022 - what is used first comes first
    "annotate", "annotate_batch", "load", "pipeline_path", "open_corpus", "read_catalogue",
    "build_series", "export_series", "read_series",
    "read_prices", "correlate", "json_schema",
    "Annotation", "Article", "Page", "Corpus", "Point", "Finding", "Findings",
    "NarrativeError", "InputError", "FetchError", "AddressRefused", "RobotsRefused", "CorpusError", "SettingsError",
    "MissingExtra", "NarrativeWarning", "UndatedWarning",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'narrative' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
