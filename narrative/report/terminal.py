"""An annotated article on a terminal: the text with its marks, a margin of stance, and a table of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrative.report.segments import Line, Segment, lines
from narrative.report.wording import (
    EXPLANATION_COLUMNS,
    FIGURE_COLUMNS,
    MISSING,
    explanation_row,
    figure_row,
    heading,
    narrative,
    stance,
)

if TYPE_CHECKING:
    from typing import TextIO

    from narrative.records import Annotation, SentenceStance

_ENTITY_STYLES = {
    "ASSET": "cyan", "FUND": "bright_blue", "COMPANY": "green", "PERSON": "magenta", "INSTITUTION": "bright_magenta",
    "PROTOCOL": "bright_cyan", "INDEX": "bright_green", "POLICY": "blue", "PLACE": "bright_black",
}  # fmt: skip
_STANCE_STYLES = {1: "green", 0: "bright_black", -1: "red"}
_STANCE_SIGNS = {1: "▲", 0: "●", -1: "▼"}
_WIDEST = 120  # columns
_WIDE = 110  # columns that a table of nine fields needs


def print_annotation(annotation: Annotation, console: Console) -> None:
    """Write one annotated article."""
    console.print(_heading(annotation))
    console.print(_body(annotation))
    if annotation.figures:
        console.print(_figures(annotation, console))
    else:
        console.print("no figures\n")
    if annotation.explanations:
        console.print(_explanations(annotation))


def console_for(file: TextIO) -> Console:
    """A console on `file`: colours only where it is a terminal, lines no longer than one can read."""
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if not console.is_terminal or console.width > _WIDEST:
        console.width = _WIDEST
    return console


def plain(text: str) -> str:
    """Text that can't steer a terminal: control characters and changes of direction become spaces."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _heading(annotation: Annotation) -> Text:
    article = annotation.article
    facts = [
        article.outlet,
        f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no publication date",
        article.author,
        article.type and f"{article.type.replace('_', ' ')} ({article.type_score or 0:.2f})",
        article.depth,
        article.language,
    ]
    text = Text()
    if article.title_span is None:
        text.append(plain(heading(article)) + "\n", style="bold")
    text.append(" · ".join(plain(fact) for fact in facts if fact) + "\n", style="bright_black")
    text.append("AI ").append(stance(annotation.stance.ai), style=_style(annotation.stance.ai))
    text.append("   crypto ").append(stance(annotation.stance.crypto), style=_style(annotation.stance.crypto))
    told = ", ".join(narrative(one) for one in annotation.narratives)
    text.append(f"\nnarratives: {told or MISSING}\n")
    return text


def _body(annotation: Annotation) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=11, no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines(annotation):
        if line.before.count("\n") > 1:
            grid.add_row("", "")
        text = Text(style="bold" if line.title else "")
        for segment in line.segments:
            text.append(plain(segment.text).replace("\n", " "), style=_segment_style(segment, line))
        grid.add_row(_margin(line), text)
    grid.add_row("", "")
    return grid


def _margin(line: Line) -> Text:
    margin = Text()
    if line.sentence is not None:
        for label, cell in (("AI", line.sentence.ai), ("crypto", line.sentence.crypto)):
            mark = f"{label}{_STANCE_SIGNS[cell.label]}" if cell else ""
            margin.append(f"{mark:4}" if label == "AI" else mark, style=_style(cell))
    elif line.boilerplate:
        margin.append("skipped", style="bright_black")
    return margin


def _segment_style(segment: Segment, line: Line) -> str:
    if line.boilerplate:
        return "bright_black"
    if segment.figure is not None:
        return "bold yellow"
    if segment.entity is not None:
        return _ENTITY_STYLES[segment.entity.type]
    return "italic" if segment.quoted else ""


def _figures(annotation: Annotation, console: Console) -> Table:
    """A field a column, or on a narrow terminal two fields a cell: nine columns would cut every word."""
    rows = [
        {column: plain(cell).replace("\n", " ") for column, cell in figure_row(figure).items()}
        for figure in annotation.figures
    ]
    return _wide_figures(rows) if console.width >= _WIDE else _narrow_figures(rows)


def _wide_figures(rows: list[dict[str, str]]) -> Table:
    table = _table()
    for column in FIGURE_COLUMNS:
        value = column == "value"
        table.add_column(column, overflow="fold", justify="right" if value else "left", no_wrap=value)
    for row in rows:
        table.add_row(*(Text(row[column]) for column in FIGURE_COLUMNS))
    return table


def _narrow_figures(rows: list[dict[str, str]]) -> Table:
    table = _table()
    for column in ("figure", "kind", "subject, source", "period"):
        table.add_column(column, overflow="fold", min_width=10)
    for row in rows:
        moved = "" if row["direction"] == MISSING else f" {row['direction']}"
        source = "" if row["source"] == MISSING else f"says {row['source']}"
        first, _, last = row["period"].partition(" to ")
        table.add_row(
            _two_lines(row["text"], f"{row['value']} {row['unit']}"),
            _two_lines(row["kind"] + moved, row["status"]),
            _two_lines(row["subject"], source),
            Text(f"{first}\nto {last}" if last else first),
        )
    return table


def _two_lines(upper: str, lower: str) -> Text:
    return Text(upper).append(f"\n{lower}", style="bright_black") if lower else Text(upper)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _explanations(annotation: Annotation) -> Table:
    table = _table()
    for column in EXPLANATION_COLUMNS:
        table.add_column(column, overflow="fold")
    for explanation in annotation.explanations:
        row = explanation_row(explanation, annotation.article.text)
        table.add_row(*(Text(plain(row[column]).replace("\n", " ")) for column in EXPLANATION_COLUMNS))
    return table


def _style(cell: SentenceStance | None) -> str:
    return _STANCE_STYLES[cell.label] if cell else "bright_black"
