"""`narrative corpus info` and `narrative corpus export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

corpus = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Look into a corpus, and take tables out of it.",
)

CorpusOption = Annotated[str | None, typer.Option("--corpus", help="The corpus folder.")]
ProjectOption = Annotated[Path | None, typer.Option("--project", help="Settings, instead of narrative.toml.")]


@corpus.command("info")
def info(
    location: CorpusOption = None,
    project: ProjectOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count what a corpus holds."""
    from narrative.project import load_project
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.information import corpus_information

    settings = load_project(project, location)
    information = corpus_information(open_corpus(corpus_location(location, settings.corpus)))
    typer.echo(information.model_dump_json(indent=1) if as_json else "\n".join(information.lines()))


@corpus.command("export")
def export(
    output: Annotated[Path, typer.Option(help="A file: .jsonl, .csv, .parquet, .sqlite.")],
    table: Annotated[str, typer.Option(help="Which table: articles, annotations, figures, entities …")] = "annotations",
    location: CorpusOption = None,
    project: ProjectOption = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave the articles' words out; keep addresses, hashes and offsets.")
    ] = False,
) -> None:
    """Write a table to a file, with a manifest beside it."""
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.project import load_project
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.export import export_table

    settings = load_project(project, location)
    with progress_bar("Exporting") as progress:
        manifest = export_table(
            open_corpus(corpus_location(location, settings.corpus)),
            table,
            output,
            text=not no_text,
            settings=settings.model_dump(),
            progress=progress,
        )
    say(f"{manifest['rows']:,} rows of {table} written to {output}")
