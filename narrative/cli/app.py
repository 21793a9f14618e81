"""The `narrative` command: its commands, and how every error becomes one line and an exit code.

Exit 0 done, 1 the input or the data is at fault, 2 wrong usage, 3 done with error rows, 130 interrupted.

A command is imported when it is run, so that `narrative --help` answers at once however many there are.
"""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from narrative import __version__
from narrative.cli.streams import say
from narrative.errors import NarrativeError

INTERRUPTED = 130

# Name: (where it is, what it does). A module's attribute is a function, or a Typer app for a group of commands.
COMMANDS = {
    "annotate": ("narrative.cli.annotate:annotate", "Read articles into facts."),
    "collect": ("narrative.cli.collect:collect", "Collect new pages of outlets into a corpus."),
    "import": ("narrative.cli.import_articles:import_articles", "Import articles into a corpus."),
    "outlets": ("narrative.cli.outlets:outlets", "See who is collected, what answers, and how they were treated."),
    "series": ("narrative.cli.series:series", "Turn an annotated corpus into narrative time series."),
    "facts": ("narrative.cli.facts:facts", "Reconcile what outlets report of one thing and period."),
    "correlate": ("narrative.cli.correlate:correlate", "Test whether series come before prices."),
    "report": ("narrative.cli.report:report", "Write one offline HTML file of series, findings and evidence."),
    "coverage": ("narrative.cli.coverage:coverage", "Tell what a corpus can carry."),
    "duplicates": ("narrative.cli.duplicates:duplicates", "Show which articles are copies of one text."),
    "corpus": ("narrative.cli.corpus:corpus", "Look into a corpus, and take tables out of it."),
    "catalogue": ("narrative.cli.catalogue:catalogue", "Look into the catalogue of named things, and make it grow."),
    "define": ("narrative.cli.define:define", "Define a narrative of your own, and try it on a corpus."),
    "extract": ("narrative.cli.extract:extract", "Turn pages into article records."),
    "demo": ("narrative.cli.demo:demo", "Go the whole way on the sample that ships."),
    "schema": ("narrative.cli.schema:schema", "Print the JSON Schema of a record."),
}


class Commands(TyperGroup):
    """The commands of `COMMANDS`, and no traceback unless asked for one."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, as listed."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command, or null for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            command = typer.main.get_command(found)
        else:
            alone = typer.Typer(rich_markup_mode=None, add_completion=False)
            alone.command()(found)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what goes wrong into one line on stderr."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            say("interrupted")
            ctx.exit(INTERRUPTED)
        except (TyperException, typer.Exit, typer.Abort, BrokenPipeError):
            raise  # typer's own endings
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            say(f"error: {_in_one_line(error)}")
            ctx.exit(error.exit_code if isinstance(error, NarrativeError) else 1)


def _in_one_line(error: Exception) -> str:
    if isinstance(error, NarrativeError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'system'}: {error.strerror or error}"
    what = str(error).partition("\n")[0]
    return f"unexpected {type(error).__name__}: {what} (a defect in narrative: `narrative --debug …` shows where)"


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help answers in half the time
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"narrative {__version__}")
        raise typer.Exit


@app.callback()
def narrative(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read crypto media into facts, and a corpus of them into narrative time series."""
