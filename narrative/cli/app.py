"""The `narrative` command: its commands, and how every error becomes one line and an exit code.

Exit 0 done, 1 the input or the data is at fault, 2 wrong usage, 3 done with error rows, 130 interrupted.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from narrative import __version__
from narrative.cli import annotate, schema
from narrative.cli.streams import say
from narrative.errors import NarrativeError

INTERRUPTED = 130


class Commands(TyperGroup):
    """A command group that never shows a traceback unless asked for one."""

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


app.command("annotate")(annotate.annotate)
app.command("schema")(schema.schema)
