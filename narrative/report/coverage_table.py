"""The coverage of a corpus on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from narrative.report.terminal import plain
from narrative.report.wording import MISSING

if TYPE_CHECKING:
    from rich.console import Console

    from narrative.series.coverage import Coverage

SHOWN = 30  # outlets, the largest


def print_coverage(coverage: Coverage, console: Console) -> None:
    """Write a table of the outlets, and what the corpus lacks."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    table.add_column("outlet")
    table.add_column("from")
    table.add_column("to")
    for name in ("articles", "repeats", "days", "longest gap", "full", "summary", "headline", "seen after h", "90%"):
        table.add_column(name, justify="right")
    largest = sorted(coverage.outlets, key=lambda outlet: (-outlet.articles, outlet.outlet))
    for outlet in largest[:SHOWN]:
        table.add_row(
            plain(outlet.outlet),
            str(outlet.first),
            str(outlet.last),
            f"{outlet.articles:,}",
            f"{outlet.repeats:,}",
            f"{outlet.days:,}",
            f"{outlet.longest_gap:,}",
            *(f"{outlet.depth.get(depth, 0):,}" for depth in ("full", "summary", "headline")),
            *(MISSING if lag is None else f"{lag:.1f}" for lag in (outlet.lag_median, outlet.lag_90)),
        )
    console.print(table)
    if len(largest) > SHOWN:
        rest = largest[SHOWN:]
        console.print(f"… and {len(rest):,} more outlets with {sum(outlet.articles for outlet in rest):,} articles")
    for line in coverage.lines():
        console.print(plain(line), soft_wrap=True)
