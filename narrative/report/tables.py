"""Figures as CSV and an annotated article as Markdown."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from narrative.report.segments import lines
from narrative.report.wording import FIGURE_COLUMNS, figure_row, heading, narrative, stance
from narrative.spreadsheet import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from narrative.records import Annotation
    from narrative.report.segments import Line

CSV_COLUMNS = (
    "article_id", "outlet", "published", "start", "end", "text", "value", "high", "unit", "kind", "measure",
    "direction", "subject", "subject_id", "period_start", "period_end", "modality", "status", "attributed_to", "score",
)  # fmt: skip


def write_csv(annotations: Iterable[Annotation], file: TextIO) -> None:
    """One row a figure, by `CSV_COLUMNS`; safe to open in a spreadsheet."""
    writer = csv.DictWriter(file, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for annotation in annotations:
        article = annotation.article
        for figure in annotation.figures:
            row = figure.model_dump(mode="json", exclude={"subject", "period", "attributed_to"})
            row |= {
                "article_id": article.id,
                "outlet": article.outlet,
                "published": article.published.isoformat() if article.published else None,
                "subject": figure.subject.name if figure.subject else None,
                "subject_id": figure.subject.id if figure.subject else None,
                "period_start": figure.period.start if figure.period else None,
                "period_end": figure.period.end if figure.period else None,
                "attributed_to": figure.attributed_to.name if figure.attributed_to else None,
            }
            writer.writerow({key: safe_cell(value) for key, value in row.items()})


def write_markdown(annotation: Annotation, file: TextIO) -> None:
    """The article, sentence by sentence with its stance, then its figures."""
    article = annotation.article
    file.write(f"# {escape_markdown(heading(article))}\n\n")
    published = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no publication date"
    file.write(" · ".join(escape_markdown(part) for part in (article.outlet, published, article.type) if part) + "\n\n")
    file.write(f"AI: {stance(annotation.stance.ai)} · crypto: {stance(annotation.stance.crypto)}  \n")
    file.write(f"Narratives: {', '.join(narrative(one) for one in annotation.narratives) or 'none'}\n\n")
    paragraphs: list[list[str]] = [[]]
    for line in lines(annotation):
        if line.title:
            continue
        if line.opens_paragraph:
            paragraphs.append([])
        paragraphs[-1].append(_sentence(line))
    file.writelines(" ".join(paragraph) + "\n\n" for paragraph in paragraphs if paragraph)
    if annotation.figures:
        file.write("| " + " | ".join(FIGURE_COLUMNS) + " |\n" + "|---" * len(FIGURE_COLUMNS) + "|\n")
        for figure in annotation.figures:
            row = figure_row(figure)
            file.write("| " + " | ".join(escape_markdown(row[column]) for column in FIGURE_COLUMNS) + " |\n")
    else:
        file.write("No figures.\n")


def _sentence(line: Line) -> str:
    text = escape_markdown(" ".join(line.text.split()))
    if line.boilerplate:
        return f"~~{text}~~"
    cells = (("AI", line.sentence.ai), ("crypto", line.sentence.crypto)) if line.sentence else ()
    signs = ", ".join(f"{camp} {'−' if cell.label < 0 else '+' if cell.label else '0'}" for camp, cell in cells if cell)
    return f"{text} *[{signs}]*" if signs else text


def escape_markdown(text: str) -> str:
    """Text that stays text in Markdown and in HTML made from it."""
    escaped = "".join("\\" + char if char in "\\`*_[]#|~<>" else char for char in text)
    return escaped.replace("&", "&amp;").replace("\n", " ")
