from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from told import HeldCorpus, at, figure, one, sentence, story

from narrative.series.build import build_series

if TYPE_CHECKING:
    import pandas as pd

    from narrative.records import Annotation

BITCOIN = "flow/fund:us-spot-bitcoin-etfs"


def flows(*told: Annotation, unit: str = "D") -> pd.DataFrame:
    """The flow points of these stories; some days further back make the series long enough to be shown."""
    filler = [story(f"filler{d}", at(d + 1.5), figures=(figure(1.0, at(d).date()),)) for d in range(-40, -34)]
    weeks = [
        story(f"w{w}", at(7 * w), figures=(figure(1.0, at(7 * w - 8).date(), at(7 * w - 2).date()),))
        for w in range(-9, -3)
    ]
    points = build_series(HeldCorpus([*filler, *weeks, *told])).points
    return one(points[points["period_start"] >= at(-20)], f"{BITCOIN}/{unit}")


def test_a_flow_is_what_most_stories_say_and_no_sum() -> None:
    day = at(0).date()
    points = flows(
        story("a", at(1.1), figures=(figure(900.0, day, direction="out"), figure(5.0, day))),
        story("b", at(1.2), figures=(figure(903.0, day, direction="out"),), outlet="Beta"),
        story("c", at(1.3), figures=(figure(90.0, day),)),
    )
    assert list(points.index) == [day]
    point = points.iloc[0]
    assert (point["value"], point["low"], point["high"]) == (-900, -903, 90)
    assert (point["stories"], point["hits"], point["outlets"], point["effective_n"]) == (3, 2, 2, 2)
    assert (point["time"], point["available"]) == (at(1), at(2))
    assert point["flags"] == ()


def test_what_is_reported_after_the_day_of_the_first_report_comes_too_late() -> None:
    day = at(0).date()
    first = story("a", at(1.1), figures=(figure(900.0, day),))
    late = story("b", at(2), figures=(figure(100.0, day),))
    same_evening = story("c", at(0.95), figures=(figure(400.0, day),))
    assert flows(first, late)["value"].item() == 900
    assert flows(first, late)["flags"].item() == ("thin",)
    point = flows(first, late, same_evening).iloc[0]
    assert (point["value"], point["available"]) == (400, at(1))


def test_a_flow_can_not_be_known_before_its_day_has_begun() -> None:
    assert flows(story("a", at(-0.5), figures=(figure(900.0, at(0).date()),))).empty


def test_a_day_first_told_a_month_later_is_history() -> None:
    day = at(0).date()
    assert len(flows(story("a", at(30.9), figures=(figure(900.0, day),)))) == 1
    assert flows(story("a", at(31), figures=(figure(900.0, day),))).empty


def test_repeats_and_paid_pieces_report_no_flows() -> None:
    day = at(0).date()
    points = flows(
        story("a", at(1.1), title="One", figures=(figure(10.0, day),)),
        story("b", at(1.2), title="One", figures=(figure(20.0, day),)),
        story("c", at(1.3), type="sponsored", figures=(figure(30.0, day),)),
    )
    assert (points["value"].item(), points["stories"].item()) == (10, 1)


@pytest.mark.parametrize(("days", "counts"), [(5, True), (7, True), (6, False)])
def test_weeks_run_from_monday_to_friday_or_sunday(days: int, counts: bool) -> None:
    monday = at(6)
    week = figure(70.0, monday.date(), (monday + timedelta(days=days - 1)).date())
    points = flows(story("a", at(12.5), figures=(week,)), unit="W")
    if not counts:
        assert points.empty
        return
    assert (points["period_start"].item(), points["time"].item()) == (monday, monday + timedelta(days=7))
    assert points["available"].item() == monday + timedelta(days=7)
    assert flows(story("a", at(15.5), figures=(week,)), unit="W")["available"].item() == at(16)


def test_a_week_that_begins_on_another_day_is_none() -> None:
    assert flows(story("a", at(15), figures=(figure(70.0, at(7).date(), at(13).date()),)), unit="W").empty


def test_a_week_told_before_its_friday_is_over_is_none() -> None:
    week = figure(70.0, at(6).date(), at(12).date())
    assert flows(story("a", at(10.9), figures=(week,)), unit="W").empty
    assert len(flows(story("a", at(11.1), figures=(week,)), unit="W")) == 1


def test_what_is_told_as_a_total_or_of_a_saturday_is_no_days_flow() -> None:
    assert flows(story("a", at(4.9), figures=(figure(70.0, at(4).date()),))).empty
    words = "Funds drew Noth in cumulative inflows on Tuesday, while Noth came in on the day."
    total, own = (
        figure(value, at(0).date(), start=place, end=place + 4)
        for value, place in ((900.0, words.index("Noth")), (9.0, words.rindex("Noth")))
    )
    told = story("a", at(1), text=words, sentences=(sentence(words, words),), figures=(total, own))
    assert flows(told)["value"].item() == 9


def test_a_subject_needs_five_points() -> None:
    told = [story(f"s{d}", at(d + 1.5), figures=(figure(1.0, at(d).date()),)) for d in range(6, 11)]
    assert f"{BITCOIN}/D" in set(build_series(HeldCorpus(told)).points["series"])
    assert f"{BITCOIN}/D" not in set(build_series(HeldCorpus(told[:4])).points["series"])
    assert f"{BITCOIN}/D" not in set(build_series(HeldCorpus(told), as_of=at(11)).points["series"])
