from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from narrative.report.charts import Bars, Chart, Line, Panel, Peak, Shade, Value, draw
from narrative.report.point_values import highest
from narrative.report.scales import TimeScale, date_ticks, fitted, ticks

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
GOLDEN = Path(__file__).with_name("golden_chart.svg")


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def values(*numbers: float | None, thin: tuple[int, ...] = (), band: float | None = None) -> list[Value]:
    return [
        Value(
            day(place), day(place + 1), number,
            None if band is None or number is None else number - band,
            None if band is None or number is None else number + band, place in thin,
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip


def svg(*panels: Panel, days: int = 4, peaks: tuple[Peak, ...] = (), title: str = "A chart") -> etree._Element:
    drawn = draw(Chart("c1", title, "Up and down.", FIRST, day(days), panels, peaks))
    return etree.fromstring(str(drawn))


def paths(root: etree._Element, style: str) -> list[str]:
    return [path.get("d", "") for path in root.iter("path") if path.get("class") == style]


def test_a_small_chart_is_drawn_as_ever() -> None:
    line = values(1, 3, None, 2, thin=(3,), band=0.5)
    chart = Chart(
        "c1", "A chart", "Up and down.", FIRST, day(4),
        (
            Panel(
                "Index", lines=(Line(line, "series"),), reference=2.0, shades=(Shade(FIRST, day(1), "burn-in"),),
                hover=[Value(FIRST, day(1), 1.0, label="5 January: 1")],
            ),
            Panel("Flows", bars=(Bars([Value(FIRST, day(1), 2, 0, 2)], "in"),), height=60),
        ),
        (Peak(1, line[1]),),
    )  # fmt: skip
    assert str(draw(chart)).replace("><", ">\n<") + "\n" == GOLDEN.read_text("utf-8")


def test_missing_days_are_gaps_and_lonely_ones_dots() -> None:
    root = svg(Panel("p", lines=(Line(values(1, 2, None, 3), "s"),)))
    (path,), (dot,) = paths(root, "line s"), paths(root, "dot s")
    assert [command for command in path if command.isalpha()] == ["M", "L"]
    assert [command for command in dot if command.isalpha()] == ["M", "h"]


def test_days_that_have_no_row_are_gaps_too() -> None:
    rows = values(1, 2, 9, 3, 4)
    del rows[2]
    (path,) = paths(svg(Panel("p", lines=(Line(rows, "s"),)), days=5), "line s")
    assert path.count("M") == 2
    (joined,) = paths(svg(Panel("p", lines=(Line(rows, "s", reach=2),)), days=5), "line s")
    assert joined.count("M") == 1


def test_thin_days_are_drawn_apart() -> None:
    root = svg(Panel("p", lines=(Line(values(1, 2, 1, 2, 1, thin=(2,)), "s"),)), days=5)
    (solid,), (thin,) = paths(root, "line s"), paths(root, "line thin s")
    assert (solid.count("M"), solid.count("L")) == (2, 2)
    assert (thin.count("M"), thin.count("L")) == (1, 2)


def test_a_band_ends_where_the_line_does() -> None:
    root = svg(Panel("p", lines=(Line(values(1, 2, None, 3, 2, 2, band=1), "s"),)), days=6)
    (band,) = paths(root, "band s")
    assert [part.count("L") for part in band.split("Z")] == [3, 5, 0]
    root = svg(Panel("p", lines=(Line(values(1, None, 2, 3, thin=(2, 3), band=1), "s"),)))
    assert paths(root, "band s") == ["M0 55.7L250 55.7L250 150L0 150Z"]
    assert len(paths(root, "band thin s")) == 1


def test_wide_bands_of_thin_days_do_not_flatten_the_line() -> None:
    line = values(1, 2, 1)
    line.append(Value(day(3), day(4), 1.5, -1000, 1000, thin=True))
    (path,) = paths(svg(Panel("p", lines=(Line(line, "s"),))), "line s")
    heights = [float(number) for number in re.findall(r" (-?[\d.]+)", path)]
    assert max(heights) - min(heights) > 100


def test_a_log_scale_passes_over_what_has_no_logarithm() -> None:
    root = svg(Panel("p", lines=(Line(values(10, 0, -5, 1000), "s"),), log=True))
    (dots,) = paths(root, "dot s")
    assert dots.count("M") == 2


def test_nothing_to_draw_is_said() -> None:
    root = svg(Panel("p", lines=(Line(values(None, float("nan")), "s"),)))
    assert "no values" in "".join(root.itertext())
    assert not paths(root, "line s")


def test_words_stay_words() -> None:
    hostile = '"><script>alert(1)</script>&'
    root = svg(
        Panel(hostile, lines=(Line(values(1), "s"),), hover=[Value(FIRST, day(1), 1, label=hostile)]), title=hostile
    )
    assert not list(root.iter("script"))
    assert "".join(root.itertext()).count(hostile) == 3
    assert root.find("title") is not None
    assert root.find("desc") is not None


NUMBERS = st.none() | st.floats() | st.integers(-5, 5).map(float)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, st.booleans()), max_size=12), st.booleans())
def test_every_coordinate_is_a_number(
    rows: list[tuple[float | None, float | None, float | None, bool]], log: bool
) -> None:
    line = [Value(day(place), day(place + 1), *row) for place, row in enumerate(rows)]
    panel = Panel("p", lines=(Line(line, "s"),), bars=(Bars(line, "b"),), log=log, hover=line)
    drawn = svg(panel, days=12)
    for element in drawn.iter("path", "line", "text", "rect"):
        for name in ("d", "x", "x1", "x2", "y", "y1", "y2", "width", "height"):
            assert not re.search("nan|inf|e", element.get(name, ""), re.IGNORECASE), (name, element.get(name))


@pytest.mark.parametrize(
    ("low", "high", "log", "expected"),
    [
        (0, 173, False, [0, 50, 100, 150]),
        (-1.4e9, 0.9e9, False, [-1e9, 0, 1e9]),
        (57_000, 105_000, True, [75_000, 100_000]),
        (0.8, 9_000, True, [1, 10, 100, 1000, 10000]),
        (5, 5, False, [4.75, 5, 5.25]),
        (0, 0, False, [0, 0.5, 1]),
    ],
)
def test_ticks_are_round(low: float, high: float, log: bool, expected: list[float]) -> None:
    assert ticks(fitted(low, high, 100, 0, log=log), 2 if log or low < 0 else 3) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (5, ["5 Jan 2026", "6 Jan", "7 Jan", "8 Jan", "9 Jan", "10 Jan"]),
        (40, ["5 Jan 2026", "12 Jan", "19 Jan", "26 Jan", "2 Feb", "9 Feb"]),
        (400, ["Mar 2026", "May", "Jul", "Sep", "Nov", "Jan 2027"]),
        (2000, ["2027", "2028", "2029", "2030", "2031"]),
    ],
)
def test_dates_on_the_axis(days: int, labels: list[str]) -> None:
    shown = [f"{label} {year}".strip() for _, label, year in date_ticks(FIRST, day(days))]
    assert shown[: len(labels)] == labels
    assert len(shown) <= 9


@pytest.mark.parametrize(
    ("days", "numbers", "thin", "expected"),
    [
        (1, [1, 5, 4, 3, 2, 1, 1, 1, 4.5, 2, 1], (), [5]),  # 4.5 lies seven days after 5
        (1, [1, 5, 4, 3, 2, 1, 1, 1, 1, 4.5, 1], (), [5, 4.5]),
        (1, [1, 5, 4], (1,), [4]),  # a thin value is no peak where there are others
        (1, [1, 5, 4], (0, 1, 2), [5]),
        (7, [1, 2, 3, 2, 1, 2], (), [3, 2]),  # neighbouring weeks are slopes
        (30, [1, 2, 3, 1, 4, 1, 2, 1], (), [4, 3, 2]),
    ],
)
def test_peaks_are_higher_than_what_is_near(
    days: int, numbers: list[float], thin: tuple[int, ...], expected: list[float]
) -> None:
    course = [
        Value(day(place * days), day((place + 1) * days), number, thin=place in thin)
        for place, number in enumerate(numbers)
    ]
    peaks = highest(course)
    assert [peak.value.value for peak in peaks] == expected
    assert [peak.number for peak in peaks] == list(range(1, len(expected) + 1))


def test_time_runs_from_left_to_right() -> None:
    scale = TimeScale(FIRST, day(10), 1000)
    assert [scale(day(number)) for number in (0, 2.5, 10)] == [0, 250, 1000]
