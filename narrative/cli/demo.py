"""`narrative demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    output: Annotated[Path, typer.Option(help="The folder to leave everything in.")] = Path("narrative-demo"),
) -> None:
    """Go the whole way on the sample, offline: corpus, series, findings, report."""
    import sys

    from narrative.cli.streams import say
    from narrative.demo import run_demo
    from narrative.report.findings_table import print_findings
    from narrative.report.terminal import console_for

    findings = run_demo(output, say=say)
    print_findings(findings, console_for(sys.stdout))
    say(f"open {output / 'report.html'} in a browser; {output / 'README.md'} says what the sample is, and is not")
