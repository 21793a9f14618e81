"""`narrative facts`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Length(StrEnum):
    """How long a period is."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"
    rolling = "rolling"
    other = "other"


class Status(StrEnum):
    """Which figures facts are made of."""

    actual = "actual"
    expected = "expected"


def facts(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder.")] = None,
    output: Annotated[Path | None, typer.Option(help="A .csv, .parquet or .json file; a table if none.")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="A name, ticker or catalogue id. Repeat for more.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="flow, price, liquidation, … Repeat for more.")] = None,
    since: Annotated[str | None, typer.Option(help="Periods that end on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Periods that begin on this day or earlier.")] = None,
    duration: Annotated[list[Length] | None, typer.Option(help="Of the period. Repeat for more.")] = None,
    min_stories: Annotated[int, typer.Option(min=1, help="That agree on the value.")] = 1,
    status: Annotated[Status, typer.Option(help="What happened, or what is expected.")] = Status.actual,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what was known then: 2026-02-10 or 2026-02-10T06:29Z.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Reconcile what outlets report of one thing and period: the value, who says so, who disagrees."""
    import sys

    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.project import load_project, read_as_of
    from narrative.report.facts_table import print_facts
    from narrative.report.terminal import console_for
    from narrative.series.facts import facts_of, made_of, selection_of
    from narrative.series.facts_export import check_facts_output, export_facts, write_facts_json
    from narrative.series.stories import read_stories
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    moment = read_as_of(as_of) if as_of else None
    selection = selection_of(
        subject or (), kind or (), since=since, until=until, durations=duration or (), min_stories=min_stories
    )
    if output is not None:
        check_facts_output(output)
    with progress_bar("Reading") as progress:
        stories = read_stories(opened, as_of=moment, status=status.value, progress=progress)
    found = facts_of(stories, status=status.value, selection=selection)
    if output is not None:
        manifest = export_facts(
            found, output, made_of=made_of(opened, stories, status.value, selection), settings=settings.model_dump()
        )
        say(f"{manifest['rows']:,} facts written to {output}")
    elif as_json:
        write_facts_json(found, sys.stdout)
    else:
        print_facts(found, console_for(sys.stdout), by_period=bool(selection.subjects))
