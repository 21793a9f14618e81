"""`narrative duplicates`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How stories with copies are printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


def duplicates(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print them.")] = Format.text,
    output: Annotated[Path | None, typer.Option(help="A file instead of the terminal.")] = None,
    outlet: Annotated[list[str] | None, typer.Option(help="Stories with an article of it. Repeat for more.")] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Show which articles are copies of one text: the story, its origin, the copies and what they share."""
    import sys

    from narrative.cli.streams import check_output, open_output, say
    from narrative.copies.report import duplicates_of
    from narrative.copies.table import write_duplicates
    from narrative.project import load_project
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    wanted = set(outlet or ())
    found = (
        story
        for story in duplicates_of(opened)
        if not wanted or wanted & {one.outlet for one in (story.origin, *story.copies)}
    )
    if output is None:
        write_duplicates(found, sys.stdout, form.value)
        return
    check_output(output)
    with open_output(output) as file:
        count = write_duplicates(found, file, form.value)
    say(f"{count:,} stories with copies written to {output}")
