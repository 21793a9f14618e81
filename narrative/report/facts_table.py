"""Facts on a terminal."""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table

from narrative.report.facts_wording import dissent, fact_period, fact_subject, fact_value, note
from narrative.report.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from narrative.results import Fact

SHOWN: Final = 60
DISSENTS: Final = 3  # of a fact


def print_facts(facts: Iterable[Fact], console: Console, *, by_period: bool = False) -> None:
    """Write the facts that most stories agree on, and how many more there are.

    Args:
        facts: taken one after another; only those shown are kept.
        console: where to.
        by_period: whether to show them in the order of time, else the best supported first.
    """
    counted = _Counted(facts)
    best = nlargest(SHOWN, counted, key=lambda fact: (fact.stories, fact.independent_sources, fact.period.end))
    if by_period:
        best.sort(key=lambda fact: (fact.subject.name, fact.kind, fact.period.start, fact.period.end))
    if not best:
        console.print("no figure of these subjects, kinds and days says for which period it holds")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    table.add_column("period", no_wrap=True)
    table.add_column("what", min_width=18)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("stories", justify="right", no_wrap=True)
    table.add_column("sources", justify="right", no_wrap=True)
    table.add_column("first seen", max_width=18)
    table.add_column("others say, notes")
    for fact in best:
        table.add_row(
            fact_period(fact),
            plain(fact_subject(fact)),
            plain(fact_value(fact)),
            str(fact.stories),
            str(fact.independent_sources),
            plain(f"{fact.first.available:%m-%d} {fact.first.outlet}"),
            plain("; ".join([*(dissent(one, fact.unit) for one in fact.dissent[:DISSENTS]), *note(fact)])),
        )
    console.print(table)
    if counted.number > len(best):
        console.print(f"… and {counted.number - len(best):,} more, with fewer stories; --output writes all")


class _Counted:
    """What passes, counted."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = facts
        self.number = 0

    def __iter__(self) -> Iterator[Fact]:
        for fact in self._facts:
            self.number += 1
            yield fact
