"""The command line: one file a command, no logic."""


def main() -> None:
    """The entry point of the `narrative` command."""
    from narrative.cli.app import app

    app(prog_name="narrative")
