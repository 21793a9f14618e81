"""`narrative catalogue`: list, search, validate, gaps."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narrative.catalogue.entries import Catalogue
    from narrative.project import Project

HELP = """Look into the catalogue of named things, and make it grow.

Your own entries go on top with --catalogue FILE (of annotate too), or with catalogue = "FILE" in
narrative.toml. FILE is JSON Lines, an entry a line; TOML, a table [[entry]] each; or CSV, with ; between the
values of a list. An entry needs an id and a name: {"id": "company:acme", "name": "Acme"}. Under the id of a
shipped entry, the fields given replace its own, and aliases are added to them. A corpus is annotated anew when
what FILE says has changed."""

catalogue = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=HELP
)


class Camp(StrEnum):
    """The side that an entry stands for."""

    ai = "ai"
    crypto = "crypto"


OwnOption = Annotated[Path | None, typer.Option("--catalogue", help="Your own entries on top: .jsonl, .toml, .csv.")]
ProjectOption = Annotated[Path | None, typer.Option("--project", help="Settings, instead of narrative.toml.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")]


def catalogue_of(own: Path | None, settings: Project) -> Catalogue:
    """The shipped catalogue, with the entries of the user's file on top: the one given, else of the settings."""
    from narrative.catalogue.entries import shipped_catalogue
    from narrative.catalogue.upkeep.validation import read_catalogue

    file = own or (Path(settings.catalogue) if settings.catalogue else None)
    return read_catalogue(file) if file else shipped_catalogue()


@catalogue.command("list")
def list_entries(
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="ASSET, FUND, COMPANY, PERSON, INSTITUTION, …")
    ] = None,
    camp: Annotated[Camp | None, typer.Option(help="Only what stands for this side.")] = None,
    as_json: JsonOption = False,
    own: OwnOption = None,
    project: ProjectOption = None,
) -> None:
    """List the entries, a line each."""
    import sys
    from typing import get_args

    from narrative.errors import SettingsError
    from narrative.project import load_project
    from narrative.records import EntityType
    from narrative.report.catalogue_table import entry_line

    types = get_args(EntityType)
    wanted = type_.upper() if type_ else None
    if wanted and wanted not in types:
        raise SettingsError(f"--type {type_}: there is no such type; write one of {', '.join(types)}")
    for entry in catalogue_of(own, load_project(project)).entries:
        if (wanted is None or entry.type == wanted) and (camp is None or entry.camp == camp.value):
            sys.stdout.write((entry.model_dump_json() if as_json else entry_line(entry)) + "\n")


@catalogue.command("search")
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="An id, a name, a ticker, or nearly so.")],
    limit: Annotated[int, typer.Option(min=1, help="Entries at the most.")] = 10,
    as_json: JsonOption = False,
    own: OwnOption = None,
    project: ProjectOption = None,
) -> None:
    """Find entries by what one remembers of them; case, accents and small slips count for nothing."""
    import json
    import sys

    from narrative.catalogue.upkeep.search import members_of, search_catalogue
    from narrative.errors import InputError
    from narrative.project import load_project
    from narrative.report.catalogue_table import print_match
    from narrative.report.terminal import console_for

    held = catalogue_of(own, load_project(project))
    found = search_catalogue(" ".join(words), held, limit)
    if not found:
        raise InputError(f"“{' '.join(words)[:100]}”", "no entry goes by anything like it; try a part of it")
    console = console_for(sys.stdout)
    for match in found:
        members = members_of(match.entry.id, held)
        if as_json:
            told = {"found": match.form, "score": match.score, "members": [member.id for member in members]}
            sys.stdout.write(json.dumps({**told, "entry": match.entry.model_dump(mode="json")}) + "\n")
        else:
            print_match(match, members, held, console)


@catalogue.command("validate")
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Your own entries; the shipped ones if none.")
    ] = None,
) -> None:
    """Tell every fault of the shipped entries or of your own files: where, what, and how to mend it."""
    from narrative.catalogue.entries import shipped_catalogue
    from narrative.catalogue.upkeep.validation import faults_of, shipped_faults
    from narrative.cli.streams import say

    if files:
        whole, faults = faults_of(files)
        what = f"{whole:,} entries on top of the shipped {len(shipped_catalogue().entries):,}"
    else:
        faults = shipped_faults()
        what = "the shipped entries"
    for fault in faults:
        typer.echo("".join(letter if letter.isprintable() else " " for letter in str(fault)))
    if faults:
        say(f"{len(faults):,} {'fault' if len(faults) == 1 else 'faults'}")
        raise typer.Exit(1)
    say(f"no fault in {what}")


@catalogue.command("gaps")
def gaps(
    corpus: Annotated[str | None, typer.Option(help="The annotated corpus.")] = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="Names at the most.")] = 50,
    as_json: JsonOption = False,
    own: OwnOption = None,
    project: ProjectOption = None,
) -> None:
    """Find names that a corpus speaks of often and that no entry covers, with sentences."""
    import sys

    from narrative.catalogue.entries import using
    from narrative.catalogue.upkeep.gaps import find_gaps
    from narrative.cli.progress import progress_bar
    from narrative.errors import CorpusError
    from narrative.project import load_project
    from narrative.report.catalogue_table import print_gaps
    from narrative.report.terminal import console_for
    from narrative.store.corpus import corpus_location, open_corpus

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    if not opened.count("annotations"):
        told = f"nothing in it is annotated; run `narrative annotate --corpus {opened.folder}` first"
        raise CorpusError(f"{opened.folder}: {told}")
    with using(catalogue_of(own, settings)), progress_bar("Reading") as progress:
        found = find_gaps(opened, top, progress=progress)
    if as_json:
        sys.stdout.writelines(gap.model_dump_json() + "\n" for gap in found)
    else:
        print_gaps(found, console_for(sys.stdout))
