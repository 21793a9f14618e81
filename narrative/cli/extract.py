"""`narrative extract`: pages to article records, without reading them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How articles are written."""

    json = "json"
    jsonl = "jsonl"


def extract(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="A URL, .html, .txt, .md, .pdf, .jsonl, .warc.gz, a folder, or - for stdin."
        ),
    ],
    output_format: Annotated[
        Format, typer.Option("--format", help="A line an article, or JSON for people.")
    ] = Format.jsonl,
    published: Annotated[str | None, typer.Option(help="When it appeared: 2026-02-10T06:29Z.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title, where the source has none.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Who published it, where the source does not say.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file instead of the terminal.")] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Turn pages into article records: text, title, outlet, dates, origin, links."""
    from narrative.cli.reading import Reading, write_json
    from narrative.cli.streams import open_output

    reading = Reading(sources, published=published, title=title, outlet=outlet, project=project)
    with open_output(output) as file:
        if output_format is Format.json:
            write_json((article.model_dump_json(indent=2) for article in reading), file, sources=len(sources))
        else:
            for article in reading:
                file.write(article.model_dump_json() + "\n")
        reading.require_one()
    reading.finish()
