"""`narrative import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def import_articles(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="JSONL, CSV or Parquet (.gz too), HTML, a folder of HTML, WARC."),
    ],
    corpus: Annotated[str | None, typer.Option(help="The corpus folder; made if there is none.")] = None,
    fields: Annotated[
        str | None,
        typer.Option("--map", help="Field names: text=title+body,published=published_utc,outlet=source."),
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Zone of times that have none: America/New_York.")] = None,
    embargo: Annotated[
        str | None, typer.Option(help="How long after publication a story counts as known: 15m, 2h.")
    ] = None,
    outlets: Annotated[
        Path | None,
        typer.Option(help="Of WARC files, only articles of this registry's outlets; that which ships: shipped."),
    ] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Import articles into a corpus."""
    from narrative.cli.outlets import registry_of
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.project import load_project, read_duration, read_zone
    from narrative.store.archives import is_archive
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.fields import field_map, read_field_map
    from narrative.store.importing import ImportSettings, import_files

    settings = load_project(project, corpus)
    archives = any(is_archive(Path(source)) for source in sources)
    registry = registry_of(outlets, settings) if archives and (outlets or settings.outlets) else None
    told = ImportSettings(
        fields=read_field_map(fields) if fields else field_map(settings.map, "[map]"),
        zone=read_zone(zone or settings.zone),
        embargo=read_duration(embargo or settings.embargo),
        outlets=registry,
    )
    opened = open_corpus(corpus_location(corpus, settings.corpus), create=True)
    with progress_bar("Importing") as progress:
        report = import_files(opened, sources, told, progress=lambda done: progress(done, None))
    for line in report.lines():
        say(line)
    if registry:
        from narrative.series.weeks import outlet_weeks

        for line in outlet_weeks(opened, [outlet.title for outlet in registry.outlets]).lines():
            say(line)
    raise typer.Exit(report.exit_code)
