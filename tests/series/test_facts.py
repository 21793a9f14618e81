"""What outlets report of one thing, reconciled."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import HeldCorpus, at, figure, sentence, story

from narrative.errors import SettingsError
from narrative.series.facts import duration_of, facts_of, selection_of
from narrative.series.stories import read_stories

if TYPE_CHECKING:
    from datetime import datetime

    from narrative.records import Annotation, Figure, Status
    from narrative.results import Fact

DAY = at(0).date()
SCALES = {"K": 1e3, "M": 1e6, "B": 1e9, " million": 1e6, " billion": 1e9}


def said(text: str, first: date = DAY, last: date | None = None, **fields: Any) -> Figure:
    """A figure of an outflow as printed: `$903M`, `$1.2 billion`."""
    number, scale = next((text[1:].removesuffix(end), scale) for end, scale in SCALES.items() if text.endswith(end))
    value = float(number.replace(",", "")) * scale
    return figure(value, first, last, **{"text": text, "direction": "out", **fields})


def facts(*told: Annotation, status: Status = "actual", as_of: datetime | None = None, **selection: Any) -> list[Fact]:
    found = read_stories(HeldCorpus(told), as_of=as_of, status=status)
    return list(facts_of(found, status=status, selection=selection_of(**selection)))


def fact(*told: Annotation, **options: Any) -> Fact:
    (found,) = facts(*told, **options)
    return found


def stories(*printed: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[Annotation]:
    """One story a figure, told one after another: outlet, text, fields."""
    return [
        story(f"s{n}", at(1 + n / 24), outlet=one[0], figures=(said(one[1], **(one[2] if len(one) > 2 else {})),))
        for n, one in enumerate(printed)
    ]


OVER = {"modality": "over"}


def test_figures_that_rounding_allows_agree_on_the_finest() -> None:
    found = fact(*stories(("Alpha", "$903M"), ("Beta", "$903.2 million"), ("Gamma", "$900M", OVER), ("Delta", "$0.9B")))
    assert (found.value, found.direction, found.basis) == (903.2e6, "out", "unanimous")
    assert (found.stories, found.outlets, found.independent_sources, found.dissent) == (4, 4, 4, ())
    assert (found.low, found.high) == (900e6, 903.2e6)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("$523M", "$523.4M", True),
        ("$523M", "$524.4M", False),
        ("$520M", "$524M", True),
        ("$492.1M", "$463.1M", False),
        ("$500M", "$523M", True),
        ("$500M", "$545M", False),
        ("$1.2B", "$1,240M", True),
        ("$1.20B", "$1,240M", False),
        ("$1B", "$1.2B", False),
        ("$96.6M", "$96.67M", True),  # cut off
        ("$96.7M", "$96.6M", True),
        ("$96.8M", "$96.6M", False),
    ],
)
def test_the_printed_digits_decide_what_agrees(one: str, other: str, agree: bool) -> None:
    for first, second in ((one, other), (other, one)):
        assert (fact(*stories(("Alpha", first), ("Beta", second))).basis == "unanimous") is agree


@pytest.mark.parametrize(
    ("modality", "text", "agree"),
    [
        ("over", "$870M", True),
        ("over", "$910M", False),
        ("under", "$910M", True),
        ("up_to", "$870M", False),
        ("approx", "$870M", False),
        ("approx", "$900M", True),
    ],
)
def test_words_open_a_side(modality: str, text: str, agree: bool) -> None:
    told = stories(("Alpha", "$890.5M"), ("Beta", "$890.5M"), ("Gamma", text, {"modality": modality}))
    assert fact(*told).stories == (3 if agree else 2)
    assert fact(*told).value == 890.5e6


def test_a_bound_that_leaves_the_value_open_neither_agrees_nor_disagrees() -> None:
    found = fact(*stories(("Alpha", "$890.5M"), ("Beta", "$400M", OVER), ("Gamma", "$2B", {"modality": "up_to"})))
    assert (found.value, found.stories, found.dissent, found.passed_over, found.basis) == (890.5e6, 1, (), 2, "single")


def test_the_value_of_most_stories_wins_and_the_others_are_named() -> None:
    told = stories(("Alpha", "$90.3M"), ("Beta", "$903M"), ("Gamma", "$903M"), ("Delta", "$700M"))
    found = fact(*told)
    assert (found.value, found.basis, found.stories, found.dissenting_stories) == (903e6, "disputed", 2, 2)
    slip, other = found.dissent
    assert (slip.value, slip.reason, slip.ratio, slip.difference) == (90.3e6, "magnitude", pytest.approx(0.1), 812.7e6)
    assert (other.value, other.reason, other.tellings[0].outlet) == (700e6, "value", "Delta")
    assert fact(*told, *stories_of("Epsilon", "$903M")).basis == "majority"


def stories_of(outlet: str, text: str, **fields: Any) -> list[Annotation]:
    return [story(f"of-{outlet}", at(1.9), outlet=outlet, figures=(said(text, **fields),))]


def test_without_agreement_the_middle_is_taken_and_nothing_is_added() -> None:
    found = fact(*stories(("Alpha", "$100M"), ("Beta", "$310M"), ("Gamma", "$207M")))
    assert (found.value, found.basis, found.stories, len(found.dissent)) == (207e6, "disputed", 1, 2)


def test_the_other_sign_disagrees() -> None:
    found = fact(*stories(("Alpha", "$520M"), ("Beta", "$520M", {"direction": "in"}), ("Gamma", "$520M")))
    (other,) = found.dissent
    assert (found.direction, other.direction, other.reason, other.difference) == ("out", "in", "sign", 1040e6)


def test_a_figure_without_a_sign_agrees_with_either() -> None:
    found = fact(*stories(("Alpha", "$520M", {"direction": None}), ("Beta", "$520M")))
    assert (found.direction, found.stories) == ("out", 2)


def test_of_a_story_the_figure_counts_that_others_support() -> None:
    mixed = story("mixed", at(1), figures=(said("$1.1M"), said("$524M"), said("$1.22B")))
    found = fact(mixed, *stories_of("Beta", "$524M"))
    assert (found.value, found.basis, found.passed_over) == (524e6, "unanimous", 2)
    alone = fact(mixed)
    assert (alone.value, alone.basis, alone.passed_over) == (1.1e6, "unclear", 2)


def test_a_source_that_many_cite_is_one() -> None:
    found = fact(
        *stories(
            ("Alpha", "$903M", {"attributed_to": {"name": "SoSoValue", "id": "company:sosovalue"}}),
            ("Beta", "$903M", {"attributed_to": {"name": "SoSoValue"}}),
            ("Gamma", "$903M", {"attributed_to": {"name": "Glass Node"}}),
            ("Delta", "$903M", {"attributed_to": {"name": "Glassnode"}}),
            ("Epsilon", "$903M"),
            ("Epsilon", "$903M"),
        )
    )
    assert (found.stories, found.outlets, found.independent_sources) == (6, 5, 3)
    assert found.sources == ("SoSoValue", "Glass Node", "Glassnode")


def test_copies_and_repeats_are_no_sources() -> None:
    words = "The spot funds lost $903M on the first day of the month."
    own = {"text": words, "sentences": (sentence(words, words),)}
    copied = [
        story(f"c{n}", at(1 + n), outlet=outlet, figures=(said("$903M"),), **own)
        for n, outlet in enumerate(["Alpha", "Beta"])
    ]
    found = fact(*copied)
    assert (found.stories, found.independent_sources, found.copies) == (2, 1, 1)
    repeated = fact(story("a", at(1), title="One", figures=(said("$1M"),)),
                    story("b", at(1.5), title="One", figures=(said("$1M"),)))  # fmt: skip
    assert repeated.stories == 1


def test_a_repost_is_told_by_who_had_it_first() -> None:
    reposted = story("b", at(2), outlet="Beta", origin={"outlet": "Alpha"}, figures=(said("$903M"),))
    assert fact(*stories(("Alpha", "$903M")), reposted).independent_sources == 1


def test_other_things_are_other_facts() -> None:
    told = [
        said("$1M"), said("$1M", subject={"name": "IBIT", "id": "fund:IBIT"}), said("$1M", kind="volume"),
        said("$1M", unit="EUR"), said("$1M", measure="change"), said("$1M", DAY, DAY + timedelta(days=1)),
    ]  # fmt: skip
    assert len(facts(story("a", at(2), figures=tuple(told)))) == 6
    assert facts(story("a", at(2), figures=(figure(1.0, DAY, period=None), figure(1.0, DAY, subject=None)))) == []


def test_a_week_taken_for_a_day_yields_to_the_day_and_is_explained() -> None:
    week = (at(-1).date(), at(5).date())
    misread = story("m", at(6.1), figures=(said("$1.11B", at(3).date()),))
    right = story("r", at(6.2), outlet="Beta", figures=(said("$492.1M", at(3).date()),))
    weekly = [story(f"w{n}", at(6.3), outlet=n, figures=(said("$1.11B", *week),)) for n in ("Gamma", "Delta")]
    day, of_week = sorted(facts(misread, right, *weekly), key=lambda one: one.period.end)
    assert (day.value, day.dissent[0].reason) == (492.1e6, "period")
    assert day.dissent[0].told_of == f"{week[0]} to {week[1]}"
    assert (of_week.duration, of_week.value, of_week.stories) == ("week", 1.11e9, 2)


def test_one_funds_flow_taken_for_that_of_all_is_explained() -> None:
    ibit = {"subject": {"name": "IBIT", "id": "fund:IBIT"}}
    group = stories(("Alpha", "$523M"), ("Beta", "$870M"))
    found = facts(*group, *stories_of("Gamma", "$523M", **ibit))
    of_all = next(one for one in found if one.subject.id == "fund:us-spot-bitcoin-etfs")
    assert (of_all.value, of_all.dissent[0].reason, of_all.dissent[0].told_of) == (870e6, "subject", "IBIT")


def test_what_is_not_over_is_told_up_to_the_day() -> None:
    september = (at(0).date(), at(29).date())
    first = story("a", at(9.5), figures=(said("$2B", *september),))
    last = story("b", at(31), figures=(said("$3.5B", *september),))
    so_far, whole = facts(first, last)
    assert (so_far.period.end, so_far.cumulative, so_far.value) == (at(9).date(), True, 2e9)
    assert (whole.duration, whole.cumulative) == ("month", False)
    expected = story("c", at(1), figures=(said("$9B", *september, status="expected"),))
    assert fact(expected, status="expected").period.end == september[1]
    assert facts(story("d", at(-0.5), figures=(said("$9B"),))) == []


@pytest.mark.parametrize(
    ("start", "end", "told", "duration"),
    [
        ("2026-03-02", "2026-03-02", "2026-03-03", "day"),
        ("2026-03-02", "2026-03-08", "2026-03-09", "week"),
        ("2026-03-02", "2026-03-06", "2026-03-09", "week"),
        ("2026-03-02", "2026-03-06", "2026-03-06", "other"),
        ("2026-03-03", "2026-03-09", "2026-03-10", "other"),
        ("2026-03-02", "2026-03-03", "2026-03-03", "rolling"),
        ("2026-03-02", "2026-03-03", "2026-03-05", "other"),
        ("2026-02-01", "2026-02-28", "2026-03-05", "month"),
        ("2026-01-01", "2026-03-31", "2026-04-05", "quarter"),
        ("2026-02-01", "2026-04-30", "2026-05-05", "other"),
        ("2025-01-01", "2025-12-31", "2026-04-05", "year"),
    ],
)
def test_what_a_period_is(start: str, end: str, told: str, duration: str) -> None:
    assert duration_of(*map(date.fromisoformat, (start, end, told))) == duration


def test_a_level_moves_and_a_flow_adds_up() -> None:
    price = {"kind": "price", "direction": "down", "subject": {"name": "Bitcoin", "id": "asset:bitcoin"}}
    found = fact(*stories(("Alpha", "$82K", price), ("Beta", "$84.5K", price)))
    assert (found.dissent[0].reason, found.cumulative) == ("moves", False)


def test_first_seen_and_available() -> None:
    early = story("early", at(1), outlet="Beta", available=at(3), figures=(said("$903M", start=8, end=12),),
                  text="It lost $903M.", sentences=(sentence("It lost $903M.", "It lost $903M."),))  # fmt: skip
    found = fact(*stories(("Alpha", "$700M")), *stories_of("Alpha", "$903M"), early)
    assert (found.first.outlet, found.first.article_id, found.first.available) == ("Alpha", "of-Alpha", at(1.9))
    assert found.available == at(3)
    assert [telling.article_id for telling in found.tellings] == ["of-Alpha", "early"]
    telling = found.tellings[1]
    assert (telling.start, telling.end, telling.sentence_start, telling.sentence_end) == (8, 12, 0, 14)
    assert found.dissent[0].tellings[0].article_id == "s0"


def test_selections() -> None:
    ibit = {"subject": {"name": "IBIT", "id": "fund:IBIT"}, "kind": "volume"}
    told = (*stories(("Alpha", "$903M"), ("Beta", "$903M")), *stories_of("Gamma", "$1M", **ibit))

    def found(*subjects: str, **options: Any) -> set[str | None]:
        return {one.subject.id for one in facts(*told, subjects=subjects, **options)}

    both = {"fund:IBIT", "fund:us-spot-bitcoin-etfs"}
    assert found() == both == found("ibit", "Bitcoin ETFs")
    assert found("US SPOT BITCOIN ETFS") == found(kinds=["flow"]) == found(min_stories=2) == {max(both)}
    assert found(since="2026-09-02") == found(until="2026-08-31") == found("nobody") == set()
    assert found(since="2026-09-01", until="2026-09-01", durations=["day"]) == both
    with pytest.raises(SettingsError, match="--kind flows"):
        selection_of(kinds=["flows"])
    with pytest.raises(SettingsError, match="--since"):
        selection_of(since="yesterday")


def test_a_flood_of_values_of_one_thing_stays_quick() -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    told = [
        story(f"s{n}", at(1 + n / 2000), title=f"t{n}",
              figures=tuple(said(f"${chance.uniform(1, 900):.3f}M") for _ in range(20)))
        for n in range(300)
    ]  # fmt: skip
    found = fact(*told)
    assert found.stories + found.dissenting_stories == 300
    assert len(found.tellings) <= 50
    assert len(found.dissent) <= 20


CHANCES = st.integers(0, 1_000_000).map(random.Random)


@settings(max_examples=15, deadline=None)
@given(CHANCES)
def test_the_order_of_writing_is_nothing_and_later_news_changes_no_earlier_fact(chance: random.Random) -> None:
    told = [
        story(
            f"s{n}", at(chance.uniform(1, 10)), outlet=chance.choice(["Alpha", "Beta", "Gamma"]),
            figures=tuple(
                said(chance.choice(["$903M", "$903.2M", "$90.3M", "$850M"]), at(chance.randint(-2, 0)).date(),
                     direction=chance.choice(["in", "out", None]))
                for _ in range(chance.randint(1, 3))
            ),
        )
        for n in range(chance.randint(1, 25))
    ]  # fmt: skip
    moment = at(chance.uniform(1, 10))
    known = [one for one in told if one.article.available and one.article.available <= moment]
    then = facts(*told, as_of=moment)
    assert then == facts(*known)
    assert all(one.available <= moment for one in then)
    chance.shuffle(told)
    assert facts(*told, as_of=moment) == then
