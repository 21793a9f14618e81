"""`narrative coverage`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def coverage(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder.")] = None,
    output: Annotated[Path | None, typer.Option(help="A CSV file of articles by day and outlet.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Tell what a corpus can carry: outlets by day, depth, gaps, breaks, repeats, delays."""
    import sys

    from narrative.cli.streams import check_output, open_output, say
    from narrative.project import load_project
    from narrative.report.coverage_table import print_coverage
    from narrative.report.terminal import console_for
    from narrative.series.coverage import coverage_by_day, coverage_of
    from narrative.spreadsheet import safe_cell
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    check_output(output)
    found = coverage_of(opened)
    if as_json:
        typer.echo(found.model_dump_json(indent=1))
    elif output is None:
        print_coverage(found, console_for(sys.stdout))
    if output is not None:
        days = coverage_by_day(opened)
        days["outlet"] = days["outlet"].map(safe_cell)
        with open_output(output) as file:
            days.to_csv(file, index=False)
        say(f"{len(days):,} rows written to {output}")
