"""Charts of series: points and prices → what `narrative.report.charts` draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from narrative.report.charts import Bars, Chart, Line, Panel, Peak, Shade, Value
from narrative.report.evidence import TITLE_CHARACTERS, shortened
from narrative.report.point_values import (
    DAY,
    NO_VALUE,
    describe,
    highest,
    moment,
    money,
    percent,
    period,
    plain,
    signed,
    values_of,
)
from narrative.report.titles import narrative_title, subject_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pandas as pd

    from narrative.results import Findings

    Span = tuple[datetime, datetime]

NARRATIVES: Final = 8  # charts, besides those in significant findings
FLOWS: Final = 4  # charts
OTHERS: Final = 8  # charts
FEWEST_FLOWS: Final = 5  # values that make a chart

_OUR_KINDS = ("narrative/", "stance/", "comparison/", "explains/", "flow/", "asset/")
_PRICE_REACH = 5.0  # closes up to five days apart are joined: a long weekend is no gap


@dataclass(frozen=True)
class NarrativeChart:
    """A chart of one narrative: which series it shows (`index` or `share`), and its highest points."""

    narrative: str
    kind: str
    chart: Chart
    peaks: tuple[Peak, ...]


def charted_narratives(points: pd.DataFrame, findings: Findings | None, most: int = NARRATIVES) -> list[str]:
    """The most told narratives, by stories, and those that a significant headline finding names."""
    told: dict[str, int] = {}
    for series, hits in points[points["value"] > 0].groupby("series")["hits"].sum().items():
        match str(series).split("/"):
            case ["narrative", narrative, "share" | "index"]:
                told[narrative] = max(told.get(narrative, 0), int(hits))
    ranked = sorted(told, key=lambda narrative: (-told[narrative], narrative))
    named = {
        one.series.split("/")[1]
        for one in (findings.findings if findings else ())
        if one.significant and one.role == "primary" and one.series.startswith("narrative/")
    }
    return [name for place, name in enumerate(ranked) if place < most or name in named]


def narrative_chart(
    ident: str, points: pd.DataFrame, narrative: str, span: Span, price: pd.Series[Any] | None = None
) -> NarrativeChart:
    """Index, or share where the index is in its burn-in most of the time, above the price on the same time."""
    first, last = span
    index, share = (points[points["series"] == f"narrative/{narrative}/{kind}"] for kind in ("index", "share"))
    known = int(index["value"].notna().sum())
    kind = "index" if known and 2 * known >= int(share["value"].notna().sum()) else "share"
    rows = index if kind == "index" else share
    tick = percent if kind == "share" else plain
    values = values_of(rows, tick)
    peaks = highest(values)
    title = f"{narrative_title(narrative)}: {_KIND_TITLES[kind]}"
    main = Panel(
        _KIND_TITLES[kind].capitalize(),
        lines=(Line(values, "series"),),
        reference=100.0 if kind == "index" else None,
        ends=() if kind == "index" else (0.0,),
        tick=tick,
        shades=tuple(_burn_in(index, first)) if kind == "index" else (),
        hover=values,
    )
    panels = [main, *_price_panels(price, span)]
    described = describe(values, tick, _KIND_TITLES[kind])
    if len(panels) > 1:
        described += f" Below: {panels[1].title}."
    return NarrativeChart(narrative, kind, Chart(ident, title, described, first, last, panels, peaks), peaks)


def stance_chart(points: pd.DataFrame, span: Span) -> Chart | None:
    """Both camps' stance, and the spread between them below."""
    camps = {
        camp: values_of(points[points["series"] == f"stance/{camp}"], signed) for camp in ("ai", "crypto", "spread")
    }
    if not any(one.value is not None for values in camps.values() for one in values):
        return None
    both = Panel(
        "Stance, from −1 (unfavourable) to +1 (favourable)",
        lines=(Line(camps["ai"], "ai"), Line(camps["crypto"], "crypto")), reference=0.0, tick=signed,
        hover=_both(camps["ai"], camps["crypto"]),
    )  # fmt: skip
    spread = Panel(
        "Spread: AI less crypto", lines=(Line(camps["spread"], "series"),),
        reference=0.0, tick=signed, height=100, hover=camps["spread"],
    )  # fmt: skip
    described = " ".join(
        f"{name}: {describe(camps[camp], signed, 'stance')}"
        for camp, name in (("ai", "AI"), ("crypto", "Crypto"), ("spread", "Spread"))
    )
    return Chart("stance", "How stories treat AI and crypto", described, *span, (both, spread))


def other_charts(
    points: pd.DataFrame, findings: Findings | None, span: Span, price: pd.Series[Any] | None = None, most: int = OTHERS
) -> list[Chart]:
    """Series of kinds that are not ours, from somebody else's file: those of significant headline findings first."""
    strange = points[~points["series"].str.startswith(_OUR_KINDS) & points["value"].notna()]
    found = [one.series for one in (findings.findings if findings else ()) if one.significant and one.role == "primary"]
    names = sorted(strange["series"].unique(), key=lambda name: (name not in found, name))
    return [
        _other_chart(f"other-{n}", name, points[points["series"] == name], span, price)
        for n, name in enumerate(names[:most])
    ]


def _other_chart(ident: str, series: str, rows: pd.DataFrame, span: Span, price: pd.Series[Any] | None) -> Chart:
    values = values_of(rows, plain)
    panels = [Panel("Value", lines=(Line(values, "series"),), tick=plain, hover=values), *_price_panels(price, span)]
    return Chart(ident, shortened(series, TITLE_CHARACTERS), describe(values, plain, "series"), *span, panels)


def flow_charts(points: pd.DataFrame, span: Span, most: int = FLOWS) -> list[Chart]:
    """Reported flows of the subjects with the most points, daily before weekly, one chart each."""
    within = (points["period_start"] >= span[0]) & (points["period_end"] <= span[1]) & points["value"].notna()
    flows = points[points["series"].str.fullmatch(r"flow/[^/]+/[DW]") & within]
    counts = flows.groupby("series")["value"].size()
    series = sorted(counts[counts >= FEWEST_FLOWS].index, key=lambda name: (-int(counts[name]), name))
    daily = {name.split("/")[1] for name in series if name.endswith("/D")}
    shown = [name for name in series if name.endswith("/D") or name.split("/")[1] not in daily]
    return [_flow_chart(f"flow-{n}", name, flows[flows["series"] == name], span) for n, name in enumerate(shown[:most])]


_KIND_TITLES: Final = {"index": "index (mean 100)", "share": "share of stories"}


def _flow_chart(ident: str, series: str, rows: pd.DataFrame, span: Span) -> Chart:
    into: list[Value] = []
    out: list[Value] = []
    for row in rows.to_dict("records"):
        start, end, value = moment(row["period_start"]), moment(row["period_end"]), float(row["value"])
        label = f"{period(start, end)}: {money(value)}, reported by {_count(row['hits'], 'story', 'stories')}"
        (into if value >= 0 else out).append(Value(start, end, value, min(value, 0.0), max(value, 0.0), label=label))
    step = "day" if series.endswith("/D") else "week"
    panel = Panel(
        f"US dollars a {step}: in above, out below", bars=(Bars(into, "in"), Bars(out, "out")), reference=0.0,
        tick=money, height=110, hover=(*into, *out),
    )  # fmt: skip
    described = f"{_count(len(rows), step, f'{step}s')} reported: {len(into):,} in, {len(out):,} out."
    return Chart(ident, f"Reported flows: {subject_title(series.split('/')[1])}", described, *span, (panel,))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _price_panels(price: pd.Series[Any] | None, span: Span) -> list[Panel]:
    closes = {} if price is None else {moment(day): float(close) for day, close in price.dropna().items()}
    values = [
        Value(day, day + DAY, close) for day, close in sorted(closes.items()) if span[0] <= day < span[1] and close > 0
    ]
    if price is None or not values:
        return []
    line = Line(values, "price", reach=_PRICE_REACH)
    return [Panel(f"{price.name}, daily close (log scale)", lines=(line,), height=90, log=True, tick=plain)]


def _burn_in(index: pd.DataFrame, first: datetime) -> Iterable[Shade]:
    start = moment(index.loc[index["value"].notna(), "period_start"].min())
    if start > first:
        yield Shade(first, start, "burn-in")


def _both(ai: Sequence[Value], crypto: Sequence[Value]) -> list[Value]:
    other = {one.start: one.label.partition(": ")[2] for one in crypto}
    return [
        Value(one.start, one.end, None, label=f"AI, {one.label}\ncrypto: {other.get(one.start, NO_VALUE)}")
        for one in ai
    ]
