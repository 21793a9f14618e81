"""The whole way on the sample that ships: pages → corpus → series → findings → report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from narrative.errors import SettingsError
from narrative.market.prices import read_prices
from narrative.market.study import study
from narrative.report.findings_page import report_page
from narrative.resources import shipped
from narrative.series.build import build_series
from narrative.series.export import export_series
from narrative.store.corpus import open_corpus
from narrative.store.engine import annotate_corpus
from narrative.store.importing import import_files
from narrative.store.local_engine import LocalEngine
from narrative.store.runs import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from narrative.results import Findings
    from narrative.store.runs import Clock

ASSETS: Final = ("BTC", "NVDA")
README: Final = "README.md"
FREQUENCY: Final = "W-SUN"  # the sample has about a story a day, which is too few for daily values


def run_demo(
    output: Path,
    *,
    seed: int = 0,
    workers: int | None = None,
    clock: Clock = utc_now,
    say: Callable[[str], object] = lambda line: None,
) -> Findings:
    """Leave `corpus/`, `series.csv`, `findings.json` and `report.html` in a folder; a second run finds the first's.

    Args:
        output: a new folder, an empty one, or one that a demo was run in.
        seed: of the test's random numbers.
        workers: processes that read; as many as cores if not given.
        clock: for what is stored.
        say: told what is done, a line a step.

    Raises:
        SettingsError: the folder holds something else.
        KeyboardInterrupt: the reading was interrupted; what was read is kept for the next demo.
    """
    sample = shipped("corpus", "sample")
    _claim(output, (sample / README).read_bytes())
    corpus = open_corpus(output / "corpus", create=True)
    for line in import_files(corpus, [str(sample / "pages")], clock=clock).lines():
        say(line)
    read = annotate_corpus(corpus, LocalEngine(workers), clock=clock)
    for line in read.lines():
        say(line)
    if read.interrupted:
        raise KeyboardInterrupt
    table = build_series(corpus, frequency=FREQUENCY)
    manifest = export_series(table, output / "series.csv", clock=clock)
    say(f"{manifest['rows']:,} points of {manifest['series']:,} series written to {output / 'series.csv'}")
    prices = sample / "prices.csv"
    findings = study(table.points, [prices], source=table.manifest, assets=ASSETS, seed=seed, clock=clock)
    (output / "findings.json").write_text(findings.model_dump_json(indent=1) + "\n", "utf-8")
    say(f"{len(findings.findings):,} findings written to {output / 'findings.json'}")
    page = report_page(
        corpus, table.points, findings, read_prices([prices], ASSETS), title="The sample, measured", created=clock()
    )
    (output / "report.html").write_text(page, "utf-8")
    return findings


def _claim(output: Path, readme: bytes) -> None:
    """Put the sample's README into the folder, by whose heading a later demo knows its own; else it must be empty."""
    own, heading = output / README, readme.partition(b"\n")[0]
    known = own.is_file() and own.read_bytes().partition(b"\n")[0] == heading
    if output.is_file() or (output.is_dir() and any(output.iterdir()) and not known):
        raise SettingsError(f"--output {output}: this holds other things; name a new or an empty folder")
    output.mkdir(parents=True, exist_ok=True)
    own.write_bytes(readme)
