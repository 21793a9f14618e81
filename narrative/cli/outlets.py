"""`narrative outlets`: list, check, audit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narrative.collect.registry import Registry
    from narrative.project import Project

SHIPPED = "shipped"
HELP = """Look into the registry of outlets, see which of their addresses answer, and how they were treated.

--outlets FILE, or outlets = "FILE" in narrative.toml, names a registry of your own: TOML, a table [[outlet]] each."""

outlets = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=HELP
)

RegistryOption = Annotated[
    Path | None, typer.Option("--outlets", help="The registry, instead of the one of narrative.toml or that ships.")
]
NamesOption = Annotated[
    list[str] | None, typer.Option("--outlet", metavar="NAME", help="Only this outlet; may be given again.")
]
ProjectOption = Annotated[Path | None, typer.Option("--project", help="Settings, instead of narrative.toml.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")]


def registry_of(own: Path | None, settings: Project) -> Registry:
    """The registry of the file given, else of the settings, else the one that ships, which `shipped` names, too."""
    from narrative.collect.registry import read_registry

    if own is not None:
        return read_registry(None if str(own) == SHIPPED else own)
    return read_registry(Path(settings.outlets) if settings.outlets else None)


@outlets.command("list")
def list_outlets(
    registry: RegistryOption = None,
    names: NamesOption = None,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """List the outlets, a line each."""
    import sys

    from narrative.project import load_project
    from narrative.report.outlets_table import print_outlets
    from narrative.report.terminal import console_for

    found = registry_of(registry, load_project(project)).select(names or ())
    if as_json:
        sys.stdout.writelines(outlet.model_dump_json() + "\n" for outlet in found)
    else:
        print_outlets(found, console_for(sys.stdout))


@outlets.command("check")
def check(
    registry: RegistryOption = None,
    names: NamesOption = None,
    contact: Annotated[str | None, typer.Option(help="Address or URL that site owners can complain to.")] = None,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Ask every feed, sitemap and listing once, politely, and tell which answer with articles."""
    import sys

    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import say
    from narrative.collect.check import check_outlets
    from narrative.project import load_project
    from narrative.report.outlets_table import print_checks
    from narrative.report.terminal import console_for

    settings = load_project(project)
    found = registry_of(registry, settings).select(names or ())
    asked = sum(len(outlet.addresses) - 1 for outlet in found)
    checks = []
    with progress_bar("Checking") as progress:
        for done, checked in enumerate(check_outlets(found, contact=contact or settings.contact), 1):
            checks.append(checked)
            progress(done, asked)
    if as_json:
        sys.stdout.writelines(checked.model_dump_json() + "\n" for checked in checks)
    else:
        print_checks(checks, console_for(sys.stdout))
    silent = sum(not checked.answers for checked in checks)
    say(f"{len(checks) - silent:,} of {len(checks):,} addresses answer with articles or further maps")
    raise typer.Exit(3 if silent else 0)


@outlets.command("audit")
def audit(
    corpus: Annotated[str | None, typer.Option(help="The corpus that was collected into.")] = None,
    names: NamesOption = None,
    since: Annotated[str | None, typer.Option(help="Only requests from this day or moment on.")] = None,
    requests: Annotated[bool, typer.Option("--requests", help="List every request to the outlets named.")] = False,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Sum up every request that was made of each outlet: how many, why, how far apart, and what came of them."""
    import json
    import sys

    from narrative.collect.audit import audit as audit_of
    from narrative.collect.audit import requests as requests_of
    from narrative.errors import SettingsError
    from narrative.project import load_project
    from narrative.report.outlets_table import print_audit
    from narrative.report.terminal import console_for
    from narrative.store.corpus import corpus_location, open_corpus

    opened = open_corpus(corpus_location(corpus, load_project(project, corpus).corpus))
    if requests:
        if not names:
            raise SettingsError("--requests: name the outlet, too: --outlet NAME")
        for name in names:
            sys.stdout.writelines(json.dumps(row, default=str) + "\n" for row in requests_of(opened, name))
        return
    found = audit_of(opened, names or (), since=_moment(since))
    if as_json:
        sys.stdout.writelines(each.model_dump_json() + "\n" for each in found)
    else:
        print_audit(found, console_for(sys.stdout))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    from narrative.errors import SettingsError
    from narrative.extract.moments import read_stamp

    try:
        return read_stamp(text).moment
    except ValueError as error:
        raise SettingsError(f"--since: {error}; write it like 2026-02-10 or 2026-02-10T06:29Z") from error
