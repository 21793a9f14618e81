"""Findings on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table

from narrative.report.sober import conclusion, finding_rows, not_tested
from narrative.report.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from narrative.results import Findings

SHOWN: Final = 10  # of the headline test


def print_findings(findings: Findings, console: Console) -> None:
    """Write the headline test's findings, strongest first, and what to make of them."""
    rows = finding_rows(findings.findings, "primary")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    table.add_column("series")
    table.add_column("asset")
    for name in ("lag", "correlation (95%)", "p", "q", "n"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in rows[:SHOWN]:
        found = "came before" if row.significant else "no evidence"
        table.add_row(plain(row.series), plain(row.asset), row.lag, row.value, row.p, row.q, str(row.n), found)
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN:,} more, none with a smaller q")
    for sentence in conclusion(findings):
        console.print(sentence)
    for series, asset, reason in not_tested(findings)[:1]:
        console.print(plain(f"The first that could not be tested: {series} and {asset}: {reason}."))
