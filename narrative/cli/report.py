"""`narrative report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narrative.cli.series import Frequency


def report(
    output: Annotated[Path, typer.Option(help="The HTML file.")],
    corpus: Annotated[str | None, typer.Option(help="The corpus folder, for the articles behind the series.")] = None,
    series: Annotated[Path | None, typer.Option(help="Series in a file, instead of making them anew.")] = None,
    findings: Annotated[Path | None, typer.Option(help="What `narrative correlate --output` wrote.")] = None,
    prices: Annotated[list[Path] | None, typer.Option(help="Price files, for the charts. Repeat for more.")] = None,
    asset: Annotated[list[str] | None, typer.Option(help="Assets to draw. Repeat for more.")] = None,
    frequency: Annotated[Frequency | None, typer.Option(help="Of the series made anew; daily if not said.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Only what was known then.")] = None,
    title: Annotated[str | None, typer.Option(help="The report's heading.")] = None,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Write one offline HTML file: charts, findings, and the articles behind them."""
    from narrative.catalogue.taxonomy import using_taxonomy
    from narrative.cli.narratives import taxonomy_of
    from narrative.cli.points import points_of
    from narrative.cli.streams import check_output, open_output, say
    from narrative.market.findings_file import read_findings
    from narrative.market.prices import read_prices
    from narrative.project import load_project, read_as_of
    from narrative.report.findings_page import TITLE, report_page
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.runs import utc_now

    settings = load_project(project, corpus)
    check_output(output)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    moment = read_as_of(as_of) if as_of else None
    points, _ = points_of(
        None if series else corpus, series, settings, frequency=frequency.value if frequency else None, as_of=moment
    )
    files = prices or [Path(price) for price in settings.prices]
    with using_taxonomy(taxonomy_of(None, settings)):
        page = report_page(
            opened,
            points,
            read_findings(findings) if findings else None,
            read_prices(files, asset) if files else None,
            as_of=moment,
            title=title or TITLE,
            settings=settings.model_dump(),
            created=utc_now(),
        )
    with open_output(output) as file:
        file.write(page)
    say(f"report written to {output}")
