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
) -> None:
    """Turn pages into article records: text, title, outlet, dates, origin, links."""
    from datetime import UTC, datetime

    from narrative.cli.streams import open_output, say
    from narrative.errors import NarrativeError
    from narrative.extract.sources import read_sources

    done, failed = 0, 0
    with open_output(output) as file:
        alone: str | None = None  # the first one of JSON, until it is known whether there are more
        for article in read_sources(sources, published=published, title=title, outlet=outlet, now=datetime.now(UTC)):
            if isinstance(article, NarrativeError):
                failed += 1
                say(f"error: {article}")
                continue
            done += 1
            if output_format is Format.jsonl:
                file.write(article.model_dump_json() + "\n")
            elif done == 1:
                alone = article.model_dump_json(indent=2)
            else:
                file.write(f"[\n{alone}" if done == 2 else "")
                file.write(f",\n{article.model_dump_json(indent=2)}")
        if not done:
            raise typer.Exit(1)  # inside, so that no empty file is left
        if alone is not None:
            file.write(alone + "\n" if done == 1 and len(sources) == 1 else "\n]\n" if done > 1 else f"[\n{alone}\n]\n")
    if failed:
        raise typer.Exit(3)
