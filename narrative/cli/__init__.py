"""The command line: one file a command, no logic."""


def main() -> None:
    """The entry point of the `narrative` command."""
    try:
        from narrative.cli.app import app

        app(prog_name="narrative")
    except KeyboardInterrupt:  # before the command has begun
        raise SystemExit(130) from None
