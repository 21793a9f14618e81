"""The index, held against a plain reading of its definition in docs/series.md."""

from __future__ import annotations

import math
import random
from statistics import stdev

import pytest
from told import HeldCorpus, at, one, story

from narrative.series.build import build_series

DAYS = 45
PRIOR = 20.0


def chatter(days: int = DAYS) -> dict[str, list[list[float | None]]]:
    """By outlet and day, the score of each story; null where it tells something else."""
    chance = random.Random(5)  # noqa: S311 - a test's numbers
    outlets: dict[str, list[list[float | None]]] = {}
    for name, daily, told in (("Large", 6, 0.3), ("Other", 3, 0.15), ("Small", 0, 0.5), ("unknown", 2, 0.2)):
        outlets[name] = [
            [round(chance.uniform(0.5, 1), 2) if chance.random() < told else None for _ in range(daily or (d % 5 == 0))]
            for d in range(days)
        ]
    for stories in outlets.values():
        stories[20] = []  # a day without any story
    outlets["Other"][38:] = [[]] * (days - 38)  # leaves its window on day 44
    return outlets


def corpus_of(outlets: dict[str, list[list[float | None]]]) -> HeldCorpus:
    return HeldCorpus([
        story(f"{name}-{d}-{n}", at(d + n / 10), outlet=None if name == "unknown" else name,
              tells={} if score is None else {"defi": score})
        for name, days in outlets.items()
        for d, scores in enumerate(days)
        for n, score in enumerate(scores)
    ])  # fmt: skip


def by_the_book(outlets: dict[str, list[list[float | None]]]) -> list[float]:
    """The index, day by day with loops."""
    days = len(next(iter(outlets.values())))
    number = {o: [len(s) for s in found] for o, found in outlets.items()}
    told = {o: [sum(x or 0 for x in s) for s in found] for o, found in outlets.items()}
    hits = [sum(x is not None for found in outlets.values() for x in found[d]) for d in range(days)]
    covered = [any(number[o][d] for o in outlets) for d in range(days)]
    counted = [covered[d] and any(covered[:d]) for d in range(days)]
    alone = [{o for o in outlets if o != "unknown" and sum(number[o][max(0, d - 28) : d]) >= 28} for d in range(days)]

    def window(counts: dict[str, list[float]], members: set[str], d: int) -> float:
        return sum(sum(counts[o][max(0, d - 6) : d + 1]) for o in members)

    shares: list[dict[str, float]] = []  # by day, of each outlet and the pool, whether or not it stands alone
    windows: list[dict[str, float]] = []
    values: list[float] = []
    units: list[set[str]] = []
    for d in range(days):
        everywhere_n = sum(sum(number[o][:d]) for o in outlets)
        everywhere = sum(sum(told[o][:d]) for o in outlets) / everywhere_n if everywhere_n else 0.0
        shares.append({})
        windows.append({})
        pasts = {}
        for unit in [*outlets, "pool"]:
            members = set(outlets) - alone[d] if unit == "pool" else {unit}
            if unit == "pool":
                known = sum(number[o][b] for b in range(d) for o in set(outlets) - alone[b])
                known_told = sum(told[o][b] for b in range(d) for o in set(outlets) - alone[b])
            else:
                known, known_told = sum(number[unit][:d]), sum(told[unit][:d])
            pasts[unit] = (known_told + PRIOR * everywhere) / (known + PRIOR)
            windows[d][unit] = window(number, members, d)
            shares[d][unit] = (window(told, members, d) + PRIOR * pasts[unit]) / (windows[d][unit] + PRIOR)
        units.append({u for u in [*alone[d], "pool"] if counted[d] and windows[d][u] > 0})

        def deviation(unit: str, d: int = d, pasts: dict[str, float] = pasts) -> float:
            before = [b for b in range(d) if counted[b] and windows[b][unit] > 0]
            usual = sum(windows[b][unit] for b in before) / len(before) if before else PRIOR
            sampling = math.sqrt(usual * pasts[unit] * (1 - pasts[unit])) / (usual + PRIOR)
            return max(sampling, stdev(shares[b][unit] for b in before) if len(before) > 1 else 0.0)

        def average(b: int, deviation: object = deviation) -> float:
            return sum(shares[b][u] / deviation(u) for u in units[b]) / len(units[b])

        before = [b for b in range(d) if counted[b]]
        if not counted[d] or sum(covered[:d]) < 30 or sum(hits[:d]) < 5:
            values.append(math.nan)
        else:
            values.append(100 * average(d) / (sum(average(b) for b in before) / len(before)))
    return values


def test_the_index_is_what_its_definition_says() -> None:
    outlets = chatter()
    found = one(build_series(corpus_of(outlets)).points, "narrative/defi/index")
    expected = by_the_book(outlets)
    assert list(found["value"]) == pytest.approx(expected, rel=1e-9, nan_ok=True)
    assert sum(not math.isnan(value) for value in expected) == DAYS - 31  # 30 of the days before had stories
    assert found["low"].dropna().ge(0).all()
    assert (found["low"].dropna() < found["value"].dropna()).all()
    assert list(found["hits"][:3]) == [sum(x is not None for o in outlets.values() for x in o[d]) for d in range(3)]


def test_the_index_rises_with_what_is_told_and_scores_weigh() -> None:
    def last(score: float) -> float:
        quiet = [
            story(f"{d}-{n}", at(d + n / 10), tells={"defi": 0.9} if n == d % 5 else {})
            for d in range(38)
            for n in range(5)
        ]
        loud = [story(f"x{n}", at(38 + n / 10), tells={"defi": score}) for n in range(5)]
        return float(one(build_series(HeldCorpus([*quiet, *loud])).points, "narrative/defi/index")["value"].iloc[-1])

    assert last(0.9) > last(0.5) > 100


def test_a_narrative_that_was_hardly_told_has_no_base() -> None:
    told = [
        story(f"{d}-{n}", at(d + n / 10), tells=["defi"] if n == 0 and d in {1, 2, 3, 4, 36} else [])
        for d in range(40)
        for n in range(3)
    ]
    found = one(build_series(HeldCorpus(told)).points, "narrative/defi/index")["value"]
    assert found.iloc[:37].isna().all()
    assert found.iloc[37:].notna().all()


def test_weeks_and_months_have_their_own_burn_in() -> None:
    told = [story(f"{d}-{n}", at(d + n / 10), tells=["defi"] if n == 0 else []) for d in range(150) for n in range(3)]
    weeks = one(build_series(HeldCorpus(told), frequency="W-SUN").points, "narrative/defi/index")["value"]
    assert (weeks.isna().sum(), weeks.iloc[:4].isna().all()) == (4, True)
    months = one(build_series(HeldCorpus(told), frequency="M").points, "narrative/defi/index")["value"]
    assert (months.isna().sum(), months.iloc[:3].isna().all()) == (3, True)
    assert weeks.iloc[-1] == pytest.approx(100, rel=0.02)
