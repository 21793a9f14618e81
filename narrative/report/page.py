"""Annotated articles as one offline HTML page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from narrative.report.segments import lines
from narrative.report.wording import (
    EXPLANATION_COLUMNS,
    FIGURE_COLUMNS,
    explanation_row,
    figure_row,
    heading,
    name,
    narrative,
    number,
    period,
    stance,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from narrative.records import Annotation


def html_page(annotations: Sequence[Annotation]) -> str:
    """A page that needs nothing else: text with its marks, stance in the margin, a table of figures an article."""
    return _template().render(
        annotations=annotations, lines=lines, columns=FIGURE_COLUMNS, explanation_columns=EXPLANATION_COLUMNS,
        heading=heading, narrative=narrative, stance=stance, name=name, number=number, period=period,
    )  # fmt: skip


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("narrative.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure_row": figure_row, "explanation_row": explanation_row}
    return environment.get_template("annotated.html")
