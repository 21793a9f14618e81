"""`narrative collect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def collect(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder; made if there is none.")] = None,
    outlets: Annotated[Path | None, typer.Option(help="A registry of outlets, instead of the one that ships.")] = None,
    outlet: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An outlet of the registry; may be repeated. All if none.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Articles from this day or time on: 2026-02-10. 30 days back if not given.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Articles up to this day, or before this time.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Pages to fetch in this run, at the most.")] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Collect new pages of the registered outlets into a corpus."""
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.collect.collecting import CollectSettings
    from narrative.collect.collecting import collect as collect_pages
    from narrative.collect.registry import read_registry
    from narrative.collect.visits import Window
    from narrative.project import load_project, read_duration
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    registry = read_registry(outlets or (Path(settings.outlets) if settings.outlets else None))
    wanted = CollectSettings(
        window=Window.read(since, until),
        limit=limit,
        contact=settings.contact,
        embargo=read_duration(settings.embargo),
    )
    if wanted.contact is None:
        say('note: sites are told no contact; write `contact = "https://…"` or an address into narrative.toml')
    with progress_bar("Collecting") as progress:
        report = collect_pages(
            open_corpus(corpus_location(corpus, settings.corpus), create=True),
            registry.select(outlet or ()),
            wanted,
            progress=lambda done: progress(done, limit),
        )
    for line in report.lines():
        say(line)
    raise typer.Exit(report.exit_code)
