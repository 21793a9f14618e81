"""The series that a command works on: of a file, or made from a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative.errors import SettingsError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from narrative.project import Project


def points_of(
    corpus: str | None, series: Path | None, settings: Project, *, frequency: str = "D", as_of: datetime | None = None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The points, and for the manifest where they are from.

    Raises:
        SettingsError: both a corpus and a file are named, or neither.
        InputError: the file holds no series.
        CorpusError: there is no such corpus.
    """
    from narrative.cli.progress import progress_bar
    from narrative.manifest import sha256_of
    from narrative.series.build import build_series
    from narrative.series.export import read_series
    from narrative.store.corpus import corpus_location, open_corpus

    if series is not None:
        if corpus:
            raise SettingsError("give --corpus or --series, not both")
        points = read_series(series)
        return points, {"file": series.name, "sha256": sha256_of(series)}
    with progress_bar("Counting") as progress:
        opened = open_corpus(corpus_location(corpus, settings.corpus))
        table = build_series(opened, frequency=frequency, as_of=as_of, progress=progress)
    return table.points, table.manifest
