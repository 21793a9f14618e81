"""A corpus, its series and their findings as one offline HTML page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from narrative import __version__
from narrative.errors import MissingExtra
from narrative.manifest import without_folders

try:
    from narrative.report.coverage_chart import coverage_chart, coverage_outlets, stories_by_day
    from narrative.report.evidence import Evidence, Window, evidence_of
    from narrative.report.facts_section import shown_facts
    from narrative.report.point_values import completed, span_of
    from narrative.report.series_charts import (
        NarrativeChart,
        charted_narratives,
        flow_charts,
        narrative_chart,
        other_charts,
        stance_chart,
    )
    from narrative.series.stories import Stories, read_stories
    from narrative.store.pipelines import pipelines_of
except ImportError as error:
    raise MissingExtra("corpus", "a report") from error

from narrative.report.charts import draw
from narrative.report.sober import conclusion, finding_rows, not_tested
from narrative.report.titles import narrative_description, narrative_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from jinja2 import Template

    from narrative.report.charts import Peak
    from narrative.results import Findings
    from narrative.store.corpus import Corpus

TITLE: Final = "What crypto media tell, against price"
ROWS: Final = 30  # of the headline test that are shown before "more"
LOOK_BACK: Final = timedelta(days=7)  # what a daily point counts

# What an article is left out for, in the words of the page.
_LEFT_OUT = {
    "undated": "have no date", "revision": "are later versions of an article", "later": "became available later",
    "language": "are in other languages than English", "sponsored": "are paid for",
    "repeat": "repeat a headline of the same outlet within 72 hours",
}  # fmt: skip

# What a flag of points says.
_FLAGS = {
    "thin": "thin: few stories stand behind them",
    "spliced": "spliced: an outlet of weight enters or leaves, which moves a share by itself",
    "backfilled": "backfilled: when half or more of their stories became available is assumed",
    "in_sample": "in sample: the reader's rules were written with texts of this time in view",
    "defined_later": "defined later: the narrative was defined after this time",
}


@dataclass(frozen=True)
class PeakEvidence:
    """A high point of a narrative in words, and the articles behind it."""

    peak: Peak
    evidence: Evidence

    @property
    def day(self) -> str:
        """The day on which, or with which, its period ends."""
        return _last_day(self.peak.value.end)

    @property
    def label(self) -> str:
        """Day, value, hits of stories."""
        return self.peak.value.label


@dataclass(frozen=True)
class Told:
    """One narrative of the page; `anchor` begins the addresses inside it, `stories` is how many tell it."""

    anchor: str
    title: str
    description: str
    stories: int
    drawn: NarrativeChart
    peaks: Sequence[PeakEvidence]


def report_page(
    corpus: Corpus,
    points: pd.DataFrame,
    findings: Findings | None,
    prices: pd.DataFrame | None = None,
    *,
    stories: Stories | None = None,
    as_of: datetime | None = None,
    title: str = TITLE,
    settings: Mapping[str, Any] | None = None,
    created: datetime | None = None,
) -> str:
    """The report as HTML that needs nothing else: no network, no script.

    Args:
        corpus: annotated; the articles behind the points come from it.
        points: one row a point with the columns of `narrative.results.Point`.
        findings: what `narrative correlate` found; null if nothing was tested.
        prices: daily closes, a column an asset; the first is drawn below the narratives.
        stories: of the corpus, if they were read already.
        as_of: up to which moment articles are let in; should be that of the points.
        title: the page's.
        settings: the project's, for the manifest.
        created: when, for the manifest; left out if null.
    """
    points = completed(points)
    stories = stories if stories is not None else read_stories(corpus, as_of=as_of)
    price = prices[prices.columns[0]] if prices is not None and len(prices.columns) else None
    span = span_of(points)
    counted = _within(stories.counted, span)
    by_day = stories_by_day(counted)
    told = _told(corpus, stories, points, span, findings, price) if span else []
    coverage = coverage_chart(points, by_day, span) if span else None
    return _template().render(
        title=title,
        version=__version__,
        first_day=f"{span[0]:%Y-%m-%d}" if span else "",
        last_day=_last_day(span[1]) if span else "",
        articles=len(stories.articles) + sum(stories.left_out.values()) - stories.left_out.get("repeat", 0),
        stories=len(counted),
        outlets=int(counted["outlet"].nunique()),
        held=len(stories.counted),
        left_out=[(number, _LEFT_OUT.get(name, name)) for name, number in stories.left_out.items() if number],
        flags=_flags(points),
        conclusion=conclusion(findings) if findings else [],
        tested=findings is not None,
        told=told,
        stance=stance_chart(points, span) if span else None,
        flows=flow_charts(points, span) if span else [],
        others=other_charts(points, findings, span, price) if span else [],
        facts=shown_facts(corpus, stories, span) if span else None,
        coverage=coverage,
        outlet_key=[(f"o{place}", name) for place, name in enumerate(coverage_outlets(by_day))],
        primary=finding_rows(findings.findings, "primary") if findings else [],
        secondary=finding_rows(findings.findings, "secondary") if findings else [],
        not_tested=not_tested(findings) if findings else [],
        rows=ROWS,
        procedure=findings.procedure if findings else None,
        manifest=_manifest(corpus, points, findings, stories, settings, created),
    )


def _told(
    corpus: Corpus,
    stories: Stories,
    points: pd.DataFrame,
    span: tuple[datetime, datetime],
    findings: Findings | None,
    price: pd.Series[Any] | None,
) -> list[Told]:
    chosen = charted_narratives(points, findings)
    drawn = [narrative_chart(f"n{place}", points, name, span, price) for place, name in enumerate(chosen, 1)]
    peaks = [(one, peak) for one in drawn for peak in one.peaks]
    windows = [
        Window(one.narrative, min(peak.value.start, peak.value.end - LOOK_BACK), peak.value.end) for one, peak in peaks
    ]
    found = [
        (one.narrative, PeakEvidence(peak, evidence))
        for (one, peak), evidence in zip(peaks, evidence_of(corpus, stories, windows), strict=True)
    ]
    rows = stories.narratives
    number = rows[rows["tells"].astype(bool)].groupby("narrative", observed=True)["article"].nunique()
    return [
        Told(
            one.chart.id, narrative_title(one.narrative), narrative_description(one.narrative),
            int(number.get(one.narrative, 0)), one, [evidence for name, evidence in found if name == one.narrative],
        )
        for one in drawn
    ]  # fmt: skip


def _within(counted: pd.DataFrame, span: tuple[datetime, datetime] | None) -> pd.DataFrame:
    """The stories of the time that the series cover; a file's series may be of another than the corpus's."""
    if span is None:
        return counted
    kept: pd.DataFrame = counted[(counted["placed"] >= span[0]) & (counted["placed"] < span[1])]
    return kept


def _flags(points: pd.DataFrame) -> list[tuple[str, str]]:
    """Which part of the points with a value carries each flag, and what it says."""
    flags = points["flags"][points["value"].notna()]
    parts = {name: float(flags.map(lambda held, name=name: name in held).mean()) for name in _FLAGS if len(flags)}
    return [(f"{part:.0%}" if part >= 0.01 else "under 1%", _FLAGS[name]) for name, part in parts.items() if part]


def _last_day(end: datetime) -> str:
    return f"{end - timedelta(microseconds=1):%Y-%m-%d}"


def _manifest(
    corpus: Corpus,
    points: pd.DataFrame,
    findings: Findings | None,
    stories: Stories,
    settings: Mapping[str, Any] | None,
    created: datetime | None,
) -> str:
    """What the page was made from, as JSON to be read by people."""
    manifest = {
        "narrative": __version__,
        "created": created,
        "corpus": {
            "folder": corpus.folder.name,
            "annotations_version": stories.table_version,
            "pipelines": pipelines_of(corpus, set(stories.articles["fingerprint"].astype(str))),
            "as_of": stories.as_of,
            "left_out": stories.left_out,
        },
        "series": {
            "points": len(points),
            "series": int(points["series"].nunique()),
            "vintages": sorted({str(vintage) for vintage in points["vintage"].unique()})[:20],
        },
        "findings": findings.manifest if findings else None,
        "procedure": findings.procedure.model_dump(mode="json") if findings else None,
        "settings": without_folders(settings or {}),
    }
    return json.dumps(manifest, indent=1, ensure_ascii=False, default=str)


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
    environment.filters |= {"draw": draw}
    return environment.get_template("report.html")
