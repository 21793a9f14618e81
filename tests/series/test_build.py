from __future__ import annotations

import math
from datetime import date, timedelta

import pandas as pd
import pytest
from told import HeldCorpus, at, compared, one, story

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.errors import CorpusError, SettingsError
from narrative.results import Point
from narrative.series.build import build_series

FIRST = date(2026, 9, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_daily_share_looks_back_seven_days_and_a_day_without_stories_is_missing() -> None:
    # Tuesday to Wednesday of the week after, nothing on day 2; stories that tell it: 1, 0, -, 0, 0, 0, 0, 1, 0.
    stories = [2, 1, 0, 1, 1, 1, 1, 1, 3]
    told = [story(f"{d}-{n}", at(d + n / 10)) for d, number in enumerate(stories) for n in range(number)]
    told[0] = story("0-0", at(0), tells=["defi"])
    told[7] = story("7-0", at(7), tells=["defi"], outlet="Beta")
    points = one(build_series(HeldCorpus(told)).points, "narrative/defi/share")
    expected = [1 / 2, 1 / 3, math.nan, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 6, 1 / 8]  # days 1 to 7, and 2 to 8, at last
    assert list(points["value"]) == pytest.approx(expected, nan_ok=True)
    assert list(points["effective_n"]) == [2, 3, 0, 4, 5, 6, 7, 6, 8]
    assert list(points["stories"]) == stories
    assert list(points["hits"]) == [1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert list(points["outlets"]) == [1, 1, 0, 1, 1, 1, 1, 1, 1]
    assert points["low"].isna().equals(points["value"].isna())
    assert (points["time"] == points["period_end"]).all()
    assert (points["available"] == points["period_end"]).all()


def test_weeks_end_on_sunday_and_months_with_their_last_day() -> None:
    told = [
        story("a", at(5.9), tells=["defi"]),
        story("b", at(6)),
        story("c", at(13)),
        story("d", at(29.9)),
        story("e", at(30)),
    ]
    weeks = build_series(HeldCorpus(told), frequency="W-SUN").points
    months = build_series(HeldCorpus(told), frequency="M").points
    week = one(weeks, "narrative/defi/share")  # 2026-09-07 is a Monday
    assert list(week.index[:3]) == [date(2026, 8, 31), date(2026, 9, 7), date(2026, 9, 14)]
    assert list(week["value"][:2]) == [1.0, 0.0]
    assert week["value"][2:3].isna().item() is False
    month = one(months, "narrative/defi/share")
    assert list(month["period_end"].dt.date) == [date(2026, 10, 1), date(2026, 11, 1)]
    assert list(month["value"]) == [1 / 4, 0.0]


def test_jeffreys_interval_of_a_share() -> None:
    told = [story(f"s{n}", at(n / 100), tells=["defi"] if n < 5 else []) for n in range(20)]
    point = one(build_series(HeldCorpus(told)).points, "narrative/defi/share").iloc[0]
    # Brown, Cai and DasGupta (2001), table of limits of 95% Jeffreys intervals for n = 20, x = 5.
    assert (round(point["low"], 3), round(point["high"], 3)) == (0.102, 0.464)
    never = one(build_series(HeldCorpus(told)).points, "narrative/mining/share").iloc[0]
    assert (never["value"], never["low"]) == (0.0, 0.0)
    assert 0.05 < never["high"] < 0.15


def test_telling_and_rejecting_are_counted_apart() -> None:
    told = [
        story("a", at(0), tells=["defi"]),
        story("b", at(0.1), rejects=["defi"]),
        story("c", at(0.2), rejects=["defi"]),
    ]
    points = build_series(HeldCorpus([*told, story("d", at(0.3))])).points
    assert one(points, "narrative/defi/share")["value"].item() == 0.25
    assert one(points, "narrative/defi/rejects")["value"].item() == 0.5
    assert one(points, "narrative/defi/rejects")["hits"].item() == 2


def test_repeats_count_as_articles_and_paid_pieces_as_nothing() -> None:
    told = [
        story("a", at(0), title="Once", tells=["defi"]),
        story("b", at(0.1), title="Once", tells=["defi"]),
        story("c", at(0.2)),
        story("d", at(0.3), type="sponsored", tells=["defi"]),
    ]
    point = one(build_series(HeldCorpus(told)).points, "narrative/defi/share").iloc[0]
    assert (point["value"], point["articles"], point["stories"], point["hits"]) == (0.5, 3, 2, 1)


def test_stance_is_the_mean_over_the_stories_that_speak_of_a_camp() -> None:
    told = [
        story("a", at(0), ai=0.5, crypto=-0.5),
        story("b", at(0.1), crypto=0.1),
        story("c", at(0.2), ai=-0.1, crypto=0.4),
        story("d", at(0.3)),
    ]
    points = build_series(HeldCorpus(told)).points
    crypto = one(points, "stance/crypto").iloc[0]
    assert crypto["value"] == pytest.approx(0.0)
    assert (crypto["effective_n"], crypto["hits"], crypto["stories"]) == (3, 3, 4)
    deviation = math.sqrt((0.25 + 0.01 + 0.16) / 2 / 3)
    assert crypto["high"] == pytest.approx(1.959964 * deviation)
    spread = one(points, "stance/spread").iloc[0]
    assert spread["value"] == pytest.approx(0.2 - 0.0)
    assert spread["effective_n"] == 2
    # Var(mean of ai) + Var(mean of crypto) - 2 Cov, where the covariance comes from the stories that have both.
    covariance = ((0.5 - 0.2) * -0.5 + (-0.1 - 0.2) * 0.4) / (2 * 3)
    variance = 0.18 / 2 + deviation**2 - 2 * covariance
    assert spread["high"] - spread["value"] == pytest.approx(1.959964 * math.sqrt(variance))
    assert one(points, "stance/ai/ex-price")["value"].isna().all()


def test_comparisons_weigh_by_stories() -> None:
    told = [
        story("a", at(0), comparison=(compared("ai"), compared("ai"))),
        story("b", at(0.1), comparison=(compared("crypto"),)),
        story("c", at(0.2), comparison=(compared("crypto", denied=True),)),
        story("d", at(0.3)),
    ]
    point = one(build_series(HeldCorpus(told)).points, "comparison/balance").iloc[0]
    assert (point["value"], point["effective_n"]) == (pytest.approx((1 - 1 + 1) / 3), 3)


def test_flags() -> None:
    many = [story(f"s{d}-{n}", at(d + n / 20)) for d in range(20) for n in range(6)]
    late = [story(f"b{d}-{n}", at(d + n / 20), outlet="Beta") for d in range(15, 20) for n in range(6)]
    backfilled = [
        story(f"f{n}", at(20 + n / 20), backfilled=n < 2, outlet="Beta" if n % 2 else "Alpha") for n in range(4)
    ]
    points = build_series(HeldCorpus([*many, *late, *backfilled])).points
    share = one(points, "narrative/defi/share")["flags"]
    assert all(("thin" in flags) == (number < 4) for number, flags in enumerate(share))  # 30 stories by day 4
    assert [d for d, flags in enumerate(share) if "spliced" in flags] == [*range(16, 21)]  # Beta: 12 of 48 on day 16
    assert [d for d, flags in enumerate(share) if "backfilled" in flags] == [20]
    since = {entry.id: entry.since for entry in load_taxonomy().narrative}["defi"]
    assert all(("defined_later" in flags) == (end.date() < since) for flags, end in zip(
        share, one(points, "narrative/defi/share")["period_end"], strict=True))  # fmt: skip
    assert not any({"in_sample", "defined_later"} & set(flags) for flags in one(points, "stance/crypto")["flags"])
    old = build_series(HeldCorpus([story("x", at(-1)), story("y", at(0))])).points
    assert [flags[-1:] == ("in_sample",) for flags in one(old, "stance/crypto")["flags"]] == [True, False]


def test_an_outlet_that_leaves_splices_a_series() -> None:
    both = [story(f"{o}{d}-{n}", at(d + n / 20), outlet=o) for d in range(20) for n in range(2) for o in ("A", "B")]
    rest = [story(f"A{d}", at(d), outlet="A") for d in range(20, 40)]
    flags = one(build_series(HeldCorpus([*both, *rest])).points, "stance/crypto")["flags"]
    assert [d for d, raised in enumerate(flags) if "spliced" in raised] == [*range(26, 33)]


def test_splits_by_outlet_and_type_come_beside_the_whole() -> None:
    told = [
        story("a", at(0), tells=["defi"], outlet="A"),
        story("b", at(2), outlet="A", type="opinion"),
        story("c", at(1), tells=["defi"], outlet="B"),
        story("d", at(1.1), tells=["defi"], outlet="B", title="About c"),
        story("e", at(1.2), tells=["defi"], outlet="B", title="About c"),
    ]
    points = build_series(HeldCorpus(told), by="outlet").points
    assert list(one(points, "narrative/defi/share@outlet=A")["effective_n"]) == [1, 0, 2]
    only_b = one(points, "narrative/defi/share@outlet=B")
    assert (list(only_b.index), list(only_b["value"]), list(only_b["stories"])) == ([day(1)], [1.0], [1])
    assert not one(points, "narrative/defi/share").empty
    by_type = build_series(HeldCorpus(told), by="type").points
    assert list(one(by_type, "narrative/defi/rejects@type=opinion").index) == [day(2)]


def test_rows_are_points_in_order() -> None:
    told = [story(f"s{n}", at(n / 3), tells=["defi"], crypto=0.1) for n in range(200)]
    table = build_series(HeldCorpus(told))
    points = table.points
    assert tuple(points.columns) == tuple(Point.model_fields)
    assert points.equals(points.sort_values(["series", "time"], ignore_index=True))
    records = points.tail(400).astype(object).where(points.tail(400).notna(), None).to_dict("records")
    assert len({Point.model_validate(record).vintage for record in records}) == 1
    assert {str(dtype) for dtype in points[["time", "available"]].dtypes} == {"datetime64[us, UTC]"}
    assert table.manifest["left_out"]["sponsored"] == 0
    assert table.manifest["pipelines"][0]["name"] == "t"


def test_the_vintage_is_of_the_content() -> None:
    told = [story(f"s{n}", at(n / 3), tells=["defi"]) for n in range(30)]

    def vintage(*batches: list[object], **options: object) -> str:
        return build_series(HeldCorpus(*batches), **options).manifest["vintage"]

    same = vintage(told)
    assert vintage(told[10:], told[:10]) == same
    assert vintage(told[1:]) != same
    assert vintage(told, frequency="M") != same
    assert vintage([*told[1:], story("s0", at(0), rules="new")]) != same


def test_two_identical_outlets_are_as_one() -> None:
    def told(*outlets: str) -> HeldCorpus:
        return HeldCorpus(
            [
                story(f"{o}{n}", at(n / 8), outlet=o, tells=["defi"] if n % 5 == n // 40 % 3 else [], crypto=n % 7 / 7)
                for n in range(480)
                for o in outlets
            ]
        )

    alone, twice = (build_series(told(*names)).points for names in (("A",), ("A", "B")))
    for series in ("narrative/defi/share", "stance/crypto"):
        pd.testing.assert_series_equal(one(twice, series)["value"], one(alone, series)["value"], rtol=1e-12)
        width, narrow = ((p["high"] - p["low"]).iloc[-1] for p in (one(alone, series), one(twice, series)))
        assert narrow == pytest.approx(width / math.sqrt(2), rel=0.03)
    index = [one(points, "narrative/defi/index")["value"].dropna() for points in (alone, twice)]
    assert len(index[0]) == 30
    # The first days, when neither outlet was known to be large and both were in one pool, leave a trace.
    pd.testing.assert_series_equal(*index, rtol=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"frequency": "h"}, "one of D, W-SUN, M"), ({"by": "author"}, "one of outlet, type")],
)
def test_unknown_settings(options: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        build_series(HeldCorpus([story("a", at(0))]), **options)


def test_nothing_to_count() -> None:
    with pytest.raises(CorpusError, match="run `narrative annotate"):
        build_series(HeldCorpus())
    with pytest.raises(CorpusError, match=r"no article is left to count \(1 language\)"):
        build_series(HeldCorpus([story("a", at(0), language="de")]))
    with pytest.raises(CorpusError, match="no period of M was over"):
        build_series(HeldCorpus([story("a", at(0))]), frequency="M", as_of=at(3))


def test_a_split_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrative.series.build.MOST_POINTS", 100)
    with pytest.raises(SettingsError, match="W-SUN or M"):
        build_series(HeldCorpus([story("a", at(0)), story("b", at(2))]), by="outlet")
