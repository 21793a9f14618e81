"""Outlets, the check of their addresses, and the audit of how they were treated, on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from narrative.report.terminal import plain
from narrative.report.wording import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from narrative.collect.audit import OutletAudit
    from narrative.collect.check import Check
    from narrative.collect.registry import Outlet


def print_outlets(outlets: Iterable[Outlet], console: Console) -> None:
    """Write a line an outlet."""
    table = _table(("outlet", "name", "language", "zone"), ("feeds", "sitemaps", "listings"))
    table.add_column("confirmed")
    for outlet in outlets:
        counts = (len(outlet.feeds), len(outlet.sitemaps), len(outlet.listings))
        confirmed = ("in part" if outlet.unconfirmed else "yes") if outlet.confirmed else "no"
        told = (outlet.name, outlet.title, outlet.language, outlet.zone)
        table.add_row(*map(plain, told), *(str(count or "") for count in counts), confirmed)
    console.print(table)


def print_checks(checks: Iterable[Check], console: Console) -> None:
    """Write a line an address."""
    table = _table(("outlet", "", "address"), ("articles", "entries", "maps"))
    table.add_column("newest")
    table.add_column("problem", overflow="fold")
    for check in checks:
        table.add_row(
            check.outlet,
            check.kind,
            plain(check.address),
            *(f"{number:,}" if number else "" for number in (check.articles, check.entries, check.maps)),
            f"{check.newest:%Y-%m-%d}" if check.newest else "",
            plain(check.problem or ""),
        )
    console.print(table)


def print_audit(audits: Iterable[OutletAudit], console: Console) -> None:
    """Write a line an outlet: its requests, how far apart, and what came of them."""
    numbers = ("requests", "busiest day", "not modified", "errors", "slow down", "shortest gap", "asked", "too soon")
    table = _table(("outlet", "from", "to"), numbers)
    table.add_column("left alone until")
    for audit in audits:
        table.add_row(
            plain(audit.outlet),
            f"{audit.first:%Y-%m-%d}",
            f"{audit.last:%Y-%m-%d}",
            *(f"{number:,}" for number in (audit.requests, audit.busiest_day, audit.not_modified, audit.errors)),
            f"{audit.slowed_down:,}",
            *(MISSING if gap is None else f"{gap:.2f} s" for gap in (audit.shortest_gap, audit.delay)),
            f"{audit.too_soon:,}",
            f"{audit.left_alone_until:%Y-%m-%d %H:%M}" if audit.left_alone_until else "",
        )
    console.print(table)


def _table(words: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right")
    return table
