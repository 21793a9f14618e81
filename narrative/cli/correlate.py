"""`narrative correlate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narrative.cli.series import Frequency
from narrative.errors import SettingsError


def correlate(
    corpus: Annotated[str | None, typer.Option(help="The corpus folder, whose series are made anew.")] = None,
    series: Annotated[
        Path | None, typer.Option(help="Series in a file instead; only time, series and value are needed.")
    ] = None,
    prices: Annotated[
        list[Path] | None,
        typer.Option(help="CSV of daily closes: date and a column an asset, or one asset's OHLCV. Repeat for more."),
    ] = None,
    select: Annotated[list[str] | None, typer.Option(help="Series to test, * allowed. Repeat for more.")] = None,
    asset: Annotated[list[str] | None, typer.Option(help="Assets to test; all of the files if none. Repeat.")] = None,
    hypotheses: Annotated[Path | None, typer.Option(help="TOML that declares which series is tested on what.")] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(help="When a price is taken: '16:00 America/New_York', or 'BTC=24:00 UTC' for one asset."),
    ] = None,
    frequency: Annotated[Frequency | None, typer.Option(help="Of the corpus's series; daily if not said.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Only what was known then.")] = None,
    max_lag: Annotated[int | None, typer.Option(min=1, help="Longest lead in bars; 10, 4 weeks or 3 months.")] = None,
    resamples: Annotated[int, typer.Option(min=99, max=1_000_000, help="Of the null, at least.")] = 20_000,
    seed: Annotated[
        int, typer.Option(min=0, help="Start of all random numbers: the same gives the same findings.")
    ] = 0,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="False discoveries that are accepted.")] = 0.05,
    output: Annotated[Path | None, typer.Option(help="A JSON file for the findings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Test whether series come before prices, corrected for everything that was tried."""
    from narrative.cli.points import points_of
    from narrative.cli.progress import progress_bar
    from narrative.cli.streams import check_output, open_output, say
    from narrative.market.study import study
    from narrative.project import load_project, read_as_of
    from narrative.report.findings_table import print_findings
    from narrative.report.terminal import console_for

    settings = load_project(project, corpus)
    check_output(output)
    files = prices or [Path(price) for price in settings.prices]
    if not files:
        raise SettingsError("against which prices? Say --prices FILE, or write `prices = [...]` into narrative.toml")
    # What is declared on the command line wins over what the project declares.
    declared = hypotheses or (Path(settings.hypotheses) if settings.hypotheses and not select else None)
    points, source = points_of(
        corpus,
        series,
        settings,
        frequency=frequency.value if frequency else None,
        as_of=read_as_of(as_of) if as_of else None,
    )
    with progress_bar("Testing") as progress:
        findings = study(
            points,
            files,
            source=source,
            select=select,
            assets=asset,
            hypotheses=declared,
            closes=close or ([settings.close] if settings.close else None),
            max_lag=max_lag,
            resamples=resamples,
            seed=seed,
            alpha=alpha,
            settings=settings.model_dump(),
            progress=progress,
        )
    if output is not None:
        with open_output(output) as file:
            file.write(findings.model_dump_json(indent=1) + "\n")
        say(f"{len(findings.findings):,} findings written to {output}")
    if as_json:
        typer.echo(findings.model_dump_json(indent=1))
    elif output is None:
        import sys

        print_findings(findings, console_for(sys.stdout))
