"""Findings on a terminal, in sober words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from narrative.results import Finding, Findings

SHOWN = 20  # of the headline test


def print_findings(findings: Findings, console: Console) -> None:
    """Write the headline test's findings, strongest first, and what to make of them."""
    headline = [finding for finding in findings.findings if finding.role == "primary"]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for name in ("series", "asset"):
        table.add_column(name)
    for name in ("lag", "correlation", "95%", "p", "q", "n"):
        table.add_column(name, justify="right")
    table.add_column("")
    for finding in headline[:SHOWN]:
        table.add_row(*_row(finding))
    console.print(table)
    if len(headline) > SHOWN:
        console.print(f"… and {len(headline) - SHOWN:,} more, none with a smaller q")
    for line in conclusions(findings):
        console.print(line, soft_wrap=True)


def conclusions(findings: Findings) -> Iterator[str]:
    """What the findings say and don't say, a sentence each."""
    headline = [finding for finding in findings.findings if finding.role == "primary"]
    found = [finding for finding in headline if finding.significant]
    alpha = f"{findings.procedure.alpha:.0%}"
    left_out = findings.manifest.get("left_out", [])
    if not headline:
        yield "Nothing was tested."
        return
    if found:
        yield (
            f"{len(found)} of {len(headline)} series came before a price more closely than chance explains; "
            f"at most {alpha} of such discoveries are expected to be false."
        )
    else:
        yield f"None of {len(headline)} series came before a price more closely than chance explains (q below {alpha})."
    if left_out:
        first = left_out[0]
        yield (
            f"{len(left_out)} more pairs could not be tested and count as tests that found nothing; "
            f"the first: {first['series']} and {first['asset']}: {first['reason']}"
        )
    naive = findings.procedure.naive
    if naive and naive.tried:
        yield (
            f"Plain correlation would have claimed {naive.levels} of {naive.tried} pairs against price levels and "
            f"{naive.returns} against returns."
        )
    rate = findings.procedure.false_positive_rate.get("lead-lag")
    if rate:
        yield (
            f"Measured on unrelated series of this length, the test fires in {rate.value:.1%} "
            f"({rate.low:.1%} to {rate.high:.1%})."
        )
    power = findings.procedure.power.get("lead-lag")
    if power:
        yield (
            f"It would notice a true lead of correlation {power.effect:.2f} in {power.value:.0%} "
            f"({power.low:.0%} to {power.high:.0%}) of cases, before correcting for many tests."
        )


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.series,
        finding.asset,
        str(finding.lag),
        f"{finding.value:+.2f}",
        f"{finding.low:+.2f} to {finding.high:+.2f}",
        f"{finding.p:.4f}",
        f"{finding.q:.3f}",
        str(finding.n),
        "came before" if finding.significant else "no evidence",
    )
