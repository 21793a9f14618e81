"""The series that a command works on: of a file, or made from a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative.errors import InputError, SettingsError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from narrative.project import Project


def points_of(
    corpus: str | None,
    series: Path | None,
    settings: Project,
    *,
    frequency: str | None = None,
    as_of: datetime | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The points, and for the manifest where they are from.

    Args:
        corpus: a corpus whose series are made.
        series: a file of series instead, whose points are as they are.
        settings: of the project.
        frequency: of the series that are made; daily if not given.
        as_of: only what was known then.

    Raises:
        SettingsError: both a corpus and a file are named, or neither, or a frequency for the points of a file.
        InputError: the file holds no series, or nothing that was known by then.
        CorpusError: there is no such corpus.
    """
    from narrative.catalogue.taxonomy import using_taxonomy
    from narrative.cli.narratives import taxonomy_of
    from narrative.cli.progress import progress_bar
    from narrative.manifest import sha256_of
    from narrative.series.build import build_series
    from narrative.series.export import read_series
    from narrative.store.corpus import corpus_location, open_corpus

    if series is not None:
        if corpus:
            raise SettingsError("give --corpus or --series, not both")
        if frequency:
            raise SettingsError(f"--frequency {frequency} is for series made of a corpus; those of a file have theirs")
        points = read_series(series)
        source: dict[str, Any] = {"file": series.name, "sha256": sha256_of(series)}
        if as_of is not None:
            points = points[points["available"] <= as_of]
            source["as_of"] = as_of
            if points.empty:
                raise InputError(str(series), f"nothing in it was known by {as_of:%Y-%m-%d %H:%M}; take a later time")
        return points, source
    with using_taxonomy(taxonomy_of(None, settings)), progress_bar("Counting") as progress:
        opened = open_corpus(corpus_location(corpus, settings.corpus))
        table = build_series(opened, frequency=frequency or "D", as_of=as_of, progress=progress)
    return table.points, table.manifest
