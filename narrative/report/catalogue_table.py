"""Catalogue entries and gaps on a terminal."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from narrative.report.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from narrative.catalogue.entries import Catalogue, Dated, Entry
    from narrative.catalogue.upkeep.gaps import Gap
    from narrative.catalogue.upkeep.search import Match

SHOWN: Final = 20  # of a list of names that may be long


def entry_line(entry: Entry) -> str:
    """An entry in a line, for lists that are written as they come: id, name, camp, other forms."""
    others = ", ".join(form for form in entry.forms if form != entry.name)
    return plain(f"{entry.id:<36} {entry.name:<32} {entry.camp or '':<7} {others}").rstrip()


def print_match(match: Match, members: Sequence[Entry], catalogue: Catalogue, console: Console) -> None:
    """Write what the catalogue knows of an entry that was searched for."""
    entry = match.entry
    head = Text(plain(entry.name), style="bold").append(f"  {entry.id}", style="cyan")
    if match.form not in (entry.name, entry.id):
        head.append(f"  found as “{plain(match.form)}”", style="bright_black")
    console.print(head, soft_wrap=True)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in _told(entry, members, catalogue):
        grid.add_row(f"  {label}", Text(plain(value)))
    console.print(grid)
    console.print()


def print_gaps(gaps: Sequence[Gap], console: Console) -> None:
    """Write the names that no entry covers, each with a sentence."""
    if not gaps:
        console.print("every frequent name is covered")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", overflow="fold", max_width=32)
    table.add_column("perhaps")
    table.add_column("stories", justify="right")
    table.add_column("outlets", justify="right")
    table.add_column("for instance", overflow="fold")
    for gap in gaps:
        example = plain(gap.examples[0]) if gap.examples else ""
        sentence = Text(example, style="bright_black")
        sentence.highlight_words([plain(gap.name)], style="default")
        table.add_row(Text(plain(gap.name)), gap.type or "", f"{gap.stories:,}", f"{gap.outlets:,}", sentence)
    console.print(table)


def _told(entry: Entry, members: Sequence[Entry], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield "type", f"{entry.type}, {entry.camp}" if entry.camp else entry.type
    ranges = {held.form: _span(held) for held in entry.dated}
    forms = [_dated(form, ranges.get(form)) for form in entry.forms if form != entry.name or form in ranges]
    if forms:
        yield "forms", ", ".join(forms)
    if entry.ambiguous:
        yield "ambiguous", f"{', '.join(entry.ambiguous)}: counted only with evidence"
    if entry.context:
        yield "evidence", ", ".join(entry.context)
    if entry.belongs_to:
        yield "belongs to", _named((catalogue.by_id.get(ident) for ident in entry.belongs_to), len(entry.belongs_to))
    if members:
        yield "holds", _named(members, len(members))
    for office in entry.offices:
        place = catalogue.by_id.get(office.at) if office.at else None
        yield "office", _dated(f"{office.title}, {place.name}" if place else office.title, _span(office))
    if entry.fiscal_year_end:
        yield "fiscal year", f"ends on {entry.fiscal_year_end}"
    if entry.valid_from or entry.valid_to:
        yield (
            "existed",
            " ".join(
                word
                for word in (entry.valid_from and f"from {entry.valid_from}", entry.valid_to and f"to {entry.valid_to}")
                if word
            ),
        )


def _dated(what: str, when: str | None) -> str:
    return f"{what} ({when})" if when else what


def _span(held: Dated) -> str:
    ends = (held.since and f"since {held.since}", held.until and f"until {held.until}")
    return ", ".join(end for end in ends if end)


def _named(entries: Iterable[Entry | None], number: int) -> str:
    named = ", ".join(f"{entry.name} ({entry.id})" for entry in islice(entries, SHOWN) if entry)
    return f"{named} and {number - SHOWN:,} more" if number > SHOWN else named
