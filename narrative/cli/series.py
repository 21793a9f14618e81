"""`narrative series`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Frequency(StrEnum):
    """How long a period is."""

    day = "D"
    week = "W-SUN"
    month = "M"


class By(StrEnum):
    """What a series is split by."""

    outlet = "outlet"
    type = "type"


def series(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder.")] = None,
    output: Annotated[Path | None, typer.Option(help="A .csv, .parquet or .json file; CSV on stdout if none.")] = None,
    frequency: Annotated[Frequency, typer.Option(help="Daily, weekly to Sunday, or monthly.")] = Frequency.day,
    by: Annotated[By | None, typer.Option(help="Split by outlet or by type of article as well.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what was known then: 2026-02-10 or 2026-02-10T06:29Z.")
    ] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Turn an annotated corpus into narrative time series."""
    from narrative.catalogue.taxonomy import using_taxonomy
    from narrative.cli.narratives import taxonomy_of
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.project import load_project, read_as_of
    from narrative.series.build import build_series
    from narrative.series.export import check_output, export_series, write_csv
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    moment = read_as_of(as_of) if as_of else None
    if output is not None:
        check_output(output)
    with using_taxonomy(taxonomy_of(None, settings)), progress_bar("Counting") as progress:
        table = build_series(
            opened, frequency=frequency.value, as_of=moment, by=by.value if by else None, progress=progress
        )
    if output is None:
        import sys

        write_csv(table.points, sys.stdout)
        return
    manifest = export_series(table, output, settings=settings.model_dump())
    say(f"{manifest['rows']:,} points of {manifest['series']:,} series written to {output}")
