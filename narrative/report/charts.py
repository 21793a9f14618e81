"""Charts as SVG: panels of lines, bands and bars above one time axis.

Heights are in pixels and widths in percent, so that text keeps its size however wide the page is. Colours are the
page's, by class. A null or infinite value is a gap; thin values are dashed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from narrative.report.scales import Scale, TimeScale, date_ticks, fitted, ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

WIDTH: Final = 1000.0  # units of a panel's own width, which the page stretches
HOVER_LIMIT: Final = 800  # labels of a panel; beyond, they are too narrow to point at

_HEAD, _GAP, _AXIS = 25, 16, 36  # pixels above a panel, below it, and of the time axis
_LARGEST = 1e100  # beyond, positions would overflow
_PEAK_ROOM = 0.12  # above the highest value, for its number


@dataclass(frozen=True)
class Value:
    """What was measured over [`start`, `end`): a value with its band, drawn in the middle; `label` tells it."""

    start: datetime
    end: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    thin: bool = False
    label: str = ""


@dataclass(frozen=True)
class Line:
    """Values that are joined where one follows the other within `reach` lengths of the earlier one."""

    values: Sequence[Value]
    style: str
    reach: float = 1.0


@dataclass(frozen=True)
class Bars:
    """Bars from `low` to `high` over [`start`, `end`)."""

    values: Sequence[Value]
    style: str


@dataclass(frozen=True)
class Shade:
    """A stretch of time that is set off, with a word."""

    start: datetime
    end: datetime
    text: str = ""


@dataclass(frozen=True)
class Peak:
    """A numbered moment of the first panel."""

    number: int
    value: Value


@dataclass(frozen=True)
class Panel:
    """One plot: what is drawn over what scale.

    `ends` are values that the scale must reach, `tick` writes its values (null: no axis), `hover` holds the labels that
    a pointer reads.
    """

    title: str
    lines: Sequence[Line] = ()
    bars: Sequence[Bars] = ()
    height: int = 150
    log: bool = False
    reference: float | None = None
    ends: Sequence[float] = ()
    tick: Callable[[float], str] | None = field(default="{:,.10g}".format)
    shades: Sequence[Shade] = ()
    hover: Sequence[Value] = ()


@dataclass(frozen=True)
class Chart:
    """Panels over the time from `first` to `last`, with a title and a description for who can't see them."""

    id: str
    title: str
    description: str
    first: datetime
    last: datetime
    panels: Sequence[Panel]
    peaks: Sequence[Peak] = ()


def draw(chart: Chart) -> Markup:
    """The chart as an `svg` element; everything that came from outside is escaped."""
    time = TimeScale(chart.first, chart.last, WIDTH)
    parts: list[str] = []
    top = 0
    for number, panel in enumerate(chart.panels):
        parts += _panel(panel, time, top, chart.peaks if number == 0 else ())
        top += _HEAD + panel.height + _GAP
    bottom = top - _GAP
    parts += _time_axis(chart, time, bottom)
    return Markup(  # noqa: S704 - every part is escaped where it is made
        f'<svg class="chart" role="img" aria-labelledby="{escape(chart.id)}-t {escape(chart.id)}-d" '
        f'width="100%" height="{bottom + _AXIS}">'
        f'<title id="{escape(chart.id)}-t">{escape(chart.title)}</title>'
        f'<desc id="{escape(chart.id)}-d">{escape(chart.description)}</desc>{"".join(parts)}</svg>'
    )


def _panel(panel: Panel, time: TimeScale, top: int, peaks: Sequence[Peak]) -> Iterator[str]:
    plot_top = top + _HEAD
    yield f'<text class="name" x="0" y="{top + 12}">{escape(panel.title)}</text>'
    scale = _scale(panel, _PEAK_ROOM if peaks else 0.0)
    if scale is None:
        yield f'<text class="tick" x="0" y="{plot_top + 14}">no values</text>'
        return
    yield from _value_axis(panel, scale, plot_top)
    for shade in panel.shades:
        yield from _shade(shade, time, plot_top, panel.height)
    yield (
        f'<svg y="{plot_top}" width="100%" height="{panel.height}" viewBox="0 0 {_n(WIDTH)} {panel.height}" '
        'preserveAspectRatio="none">'
    )
    for bars in panel.bars:
        yield _path(_bars(bars, time, scale), f"bar {bars.style}")
    for line in panel.lines:
        yield _path(_band(line, time, scale, thin=True), f"band thin {line.style}")
        yield _path(_band(line, time, scale, thin=False), f"band {line.style}")
    for line in panel.lines:
        yield _path(_stretches(line, time, scale, thin=True), f"line thin {line.style}")
        yield _path(_stretches(line, time, scale, thin=False), f"line {line.style}")
        yield _path(_dots(line, time, scale), f"dot {line.style}")
    yield from _hover(panel, time)
    yield "</svg>"
    for peak in peaks:
        yield from _peak(peak, time, scale, plot_top, panel.height)


def _value_axis(panel: Panel, scale: Scale, top: int) -> Iterator[str]:
    values = ticks(scale, max(2, panel.height // 45)) if panel.tick else []
    for value in sorted({*values, *([panel.reference] if panel.reference is not None else [])}):
        at = _n(top + scale(value))
        yield f'<line class="{"zero" if value == panel.reference else "grid"}" x1="0" x2="100%" y1="{at}" y2="{at}"/>'
        if panel.tick and value in values:
            yield f'<text class="tick y" x="-8" y="{at}" dy=".32em">{escape(panel.tick(value))}</text>'


def _scale(panel: Panel, room: float) -> Scale | None:
    # Bands of thin values run wide; they are cut at the panel's edge rather than flatten everything else.
    seen = [value for value in panel.ends if _drawn(value, panel.log)]
    for line in panel.lines:
        for one in line.values:
            around = (one.value,) if one.thin else (one.value, one.low, one.high)
            seen += [value for value in around if value is not None and _drawn(value, panel.log)]
    for bars in panel.bars:
        for one in bars.values:
            seen += [value for value in (one.low, one.high) if value is not None and _drawn(value, panel.log)]
    if not seen:
        return None
    if panel.reference is not None:
        seen.append(panel.reference)
    low, high = min(seen), max(seen)
    return fitted(low, high + (high - low) * room, panel.height, 0, log=panel.log)


def _drawn(value: float | None, log: bool) -> bool:
    return value is not None and abs(value) < _LARGEST and (value > 1 / _LARGEST or not log)  # not for NaN either


def _runs(line: Line, scale: Scale) -> Iterator[list[Value]]:
    """The values that follow one another without a gap."""
    run: list[Value] = []
    for one in line.values:
        if not _drawn(one.value, scale.log):
            continue
        if run and not _follows(run[-1], one, line.reach):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _stretches(line: Line, time: TimeScale, scale: Scale, *, thin: bool) -> Iterator[str]:
    """The steps from value to value, either those next to a thin value or the others."""
    for run in _runs(line, scale):
        end: Value | None = None
        for one, after in pairwise(run):
            if (one.thin or after.thin) == thin:
                yield (
                    f"L{_at(after, time, scale)}"
                    if end is one
                    else f"M{_at(one, time, scale)}L{_at(after, time, scale)}"
                )
                end = after


def _dots(line: Line, time: TimeScale, scale: Scale) -> Iterator[str]:
    """The values that stand alone, as lines of no length with round ends."""
    return (f"M{_at(run[0], time, scale)}h0" for run in _runs(line, scale) if len(run) == 1)


def _band(line: Line, time: TimeScale, scale: Scale, *, thin: bool) -> Iterator[str]:
    """The bands of the runs that are thin throughout, or of the others; a value alone is as wide as its period."""
    for run in _runs(line, scale):
        held = [
            (_n(_middle(one, time)), _n(scale(one.low)), _n(scale(one.high)))
            for one in run
            if one.low is not None
            and one.high is not None
            and _drawn(one.low, scale.log)
            and _drawn(one.high, scale.log)
        ]
        if not held or all(one.thin for one in run) != thin:
            continue
        if len(held) == 1:
            left, right = _n(time(run[0].start)), _n(time(run[-1].end))
            held = [(left, *held[0][1:]), (right, *held[0][1:])]
        edge = [f"{x} {high}" for x, _, high in held] + [f"{x} {low}" for x, low, _ in reversed(held)]
        yield f"M{'L'.join(edge)}Z"


def _bars(bars: Bars, time: TimeScale, scale: Scale) -> Iterator[str]:
    for one in bars.values:
        if not (_drawn(one.low, scale.log) and _drawn(one.high, scale.log)) or one.low == one.high:
            continue
        left, right = time(one.start), time(one.end)
        inset = (right - left) * 0.1
        low, high = scale(one.low or 0.0), scale(one.high or 0.0)
        yield f"M{_n(left + inset)} {_n(low)}V{_n(high)}H{_n(right - inset)}V{_n(low)}Z"


def _hover(panel: Panel, time: TimeScale) -> Iterator[str]:
    if len(panel.hover) > HOVER_LIMIT:
        return
    for one in panel.hover:
        left, right = time(one.start), time(one.end)
        yield (
            f'<rect class="h" x="{_n(left)}" width="{_n(right - left)}" height="{panel.height}">'
            f"<title>{escape(one.label)}</title></rect>"
        )


def _shade(shade: Shade, time: TimeScale, top: int, height: int) -> Iterator[str]:
    left, right = _percent(time(shade.start)), _percent(time(shade.end) - time(shade.start))
    yield f'<rect class="shade" x="{left}" y="{top}" width="{right}" height="{height}"/>'
    if shade.text:
        yield f'<text class="tick" x="{left}" dx="6" y="{top + 14}">{escape(shade.text)}</text>'


def _peak(peak: Peak, time: TimeScale, scale: Scale, top: int, height: int) -> Iterator[str]:
    x = _percent(_middle(peak.value, time))
    at = top + scale(peak.value.value or 0.0)
    y = max(at - 15, top - 6)
    yield f'<line class="stem" x1="{x}" x2="{x}" y1="{_n(y)}" y2="{_n(top + height)}"/>'
    yield f'<circle class="peak" cx="{x}" cy="{_n(y)}" r="8.5"/>'
    yield f'<text class="peak" x="{x}" y="{_n(y)}" dy=".34em">{peak.number}</text>'


def _time_axis(chart: Chart, time: TimeScale, y: int) -> Iterator[str]:
    yield f'<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
    for moment, label, year in date_ticks(chart.first, chart.last):
        x = _percent(time(moment))
        yield f'<line class="axis" x1="{x}" x2="{x}" y1="{y}" y2="{y + 5}"/>'
        yield f'<text class="tick x" x="{x}" y="{y + 17}">{label}</text>'
        if year:
            yield f'<text class="tick x" x="{x}" y="{y + 31}">{year}</text>'


def _follows(before: Value, after: Value, reach: float) -> bool:
    return after.start - before.end <= (before.end - before.start) * (reach - 1)


def _at(one: Value, time: TimeScale, scale: Scale) -> str:
    return f"{_n(_middle(one, time))} {_n(scale(one.value or 0.0))}"


def _middle(one: Value, time: TimeScale) -> float:
    return (time(one.start) + time(one.end)) / 2


def _path(commands: Iterator[str], style: str) -> str:
    drawn = "".join(commands)
    return f'<path class="{escape(style)}" d="{drawn}"/>' if drawn else ""


def _percent(position: float) -> str:
    return f"{_n(position / WIDTH * 100, 2)}%"


def _n(number: float, digits: int = 1) -> str:
    """A number in as few characters as the eye can tell apart."""
    text = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
