"""`narrative annotate`: one article, many, or what is new in a corpus."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrative.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from narrative.cli.reading import Reading
    from narrative.records import Annotation


class Format(StrEnum):
    """How annotations are written."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    html = "html"
    csv = "csv"
    md = "md"


class EngineName(StrEnum):
    """Where a corpus is annotated."""

    local = "local"


class Device(StrEnum):
    """What runs the encoder."""

    cpu = "cpu"
    torch = "torch"
    cuda = "cuda"


# What is said of sources has no meaning for a corpus, and the other way round.
OF_SOURCES = ("output_format", "published", "title", "outlet", "output")
OF_A_CORPUS = ("engine", "workers", "retry_errors", "opted_out")
NOTES = 5  # sources without a date that are told one by one


def annotate(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...", help="A URL, .html, .txt, .md, .pdf, .jsonl, .warc.gz, a folder, or - for stdin."
        ),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.text,
    published: Annotated[
        str | None, typer.Option(help="When it appeared, to resolve periods: 2026-02-10T06:29Z.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Its title, where the source has none.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Who published it, where the source does not say.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file instead of the terminal.")] = None,
    corpus: Annotated[str | None, typer.Option(help="Annotate what is not yet annotated in this corpus.")] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Your own catalogue entries on top: .jsonl, .toml, .csv.")
    ] = None,
    narratives: Annotated[Path | None, typer.Option(help="Your own narratives on top: .toml.")] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
    device: Annotated[
        Device, typer.Option(help="What runs the encoder: cpu its small weights; torch the full ones, cuda on a GPU.")
    ] = Device.cpu,
    engine: Annotated[EngineName, typer.Option(help="Where a corpus is annotated.")] = EngineName.local,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores if not given.")] = None,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Try again what failed before.")] = False,
    opted_out: Annotated[
        bool, typer.Option("--opted-out", help="Also pages that reserve themselves against text mining.")
    ] = False,
) -> None:
    """Read articles into facts: names, figures, quotes, stance, explanations, narratives."""
    if sources and corpus:
        raise SettingsError("give sources or --corpus, not both")
    _refuse(context, OF_A_CORPUS if sources else OF_SOURCES, "--corpus" if sources else "sources")
    if sources:
        from narrative.catalogue.entries import using
        from narrative.catalogue.taxonomy import using_taxonomy
        from narrative.cli.catalogue import catalogue_of
        from narrative.cli.narratives import taxonomy_of
        from narrative.cli.progress import progress_bar
        from narrative.cli.reading import Reading
        from narrative.cli.streams import open_output
        from narrative.pipeline.encoder.reading import reading_on
        from narrative.project import load_project

        settings = load_project(project)
        held, told = catalogue_of(catalogue, settings), taxonomy_of(narratives, settings)
        reading = Reading(sources, published=published, title=title, outlet=outlet, project=project)
        with (
            using(held),
            using_taxonomy(told),
            reading_on(device.value),
            open_output(output) as file,
            progress_bar("Reading", wanted=not file.isatty()) as progress,
        ):
            _write(_annotations(reading, progress), output_format, file, len(sources))
            reading.require_one()
        reading.finish()
    else:
        _annotate_corpus(corpus, catalogue, narratives, project, device, workers, retry_errors, opted_out)


def _refuse(context: typer.Context, options: tuple[str, ...], place: str) -> None:
    """Raise `SettingsError` for options that would change nothing."""
    names = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    sources = {option: context.get_parameter_source(option) for option in options}
    given = [names[option] for option, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        raise SettingsError(f"{', '.join(given)}: only for {place}; leave it out")


def _annotations(reading: Reading, progress: Callable[[int, int | None], None]) -> Iterator[Annotation]:
    import warnings

    from narrative.cli.streams import say
    from narrative.errors import UndatedWarning
    from narrative.pipeline.annotate import annotate as annotate_article

    told: set[str | None] = set()
    untold = 0
    for done, article in enumerate(reading, 1):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UndatedWarning)
            annotation = annotate_article(article)
        for warning in caught:
            if article.source in told or len(told) == NOTES:
                untold += 1
                continue
            told.add(article.source)
            say(f"note: {warning.message} (say --published DATE)")
        progress(done, None)
        yield annotation
    if untold:
        say(f"note: so it is in {untold:,} more articles without a publication date")


def _write(annotations: Iterator[Annotation], output_format: Format, file: TextIO, sources: int) -> None:
    if output_format is Format.text:
        from narrative.report.terminal import console_for, print_annotation

        console = console_for(file)
        for annotation in annotations:
            print_annotation(annotation, console)
    elif output_format is Format.json:
        from narrative.cli.reading import write_json

        write_json((annotation.model_dump_json(indent=2) for annotation in annotations), file, sources=sources)
    elif output_format is Format.jsonl:
        for annotation in annotations:
            file.write(annotation.model_dump_json() + "\n")
    elif output_format is Format.html:
        from narrative.report.page import html_page

        if pages := list(annotations):
            file.write(html_page(pages) + "\n")
    elif output_format is Format.csv:
        from narrative.report.tables import write_csv

        write_csv(annotations, file)
    else:
        from narrative.report.tables import write_markdown

        for annotation in annotations:
            write_markdown(annotation, file)


def _annotate_corpus(
    corpus: str | None,
    catalogue: Path | None,
    narratives: Path | None,
    project: Path | None,
    device: Device,
    workers: int | None,
    retry_errors: bool,
    opted_out: bool,
) -> None:
    from narrative.catalogue.entries import using
    from narrative.catalogue.taxonomy import using_taxonomy
    from narrative.cli.catalogue import catalogue_of
    from narrative.cli.narratives import taxonomy_of
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.pipeline.encoder.reading import reading_on
    from narrative.project import load_project
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.engine import annotate_corpus
    from narrative.store.local_engine import LocalEngine

    settings = load_project(project, corpus)
    if corpus is None and settings.corpus is None:
        raise SettingsError("what is to be read? Name files, addresses, folders or - for stdin, or say --corpus FOLDER")
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    held, told = catalogue_of(catalogue, settings), taxonomy_of(narratives, settings)
    with using(held), using_taxonomy(told), reading_on(device.value), progress_bar("Annotating") as progress:
        report = annotate_corpus(
            opened, LocalEngine(workers), retry_errors=retry_errors, opted_out=opted_out, progress=progress
        )
    for line in report.lines():
        say(line)
    raise typer.Exit(report.exit_code)
