"""What becomes available later changes nothing that was said before."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from told import HeldCorpus, at, compared, figure, story

from narrative.errors import CorpusError
from narrative.series.build import build_series

if TYPE_CHECKING:
    from narrative.records import Annotation

AS_OF = 40  # days
CHANCES = st.integers(0, 1_000_000).map(random.Random)  # a story has too many choices to be drawn one by one


def stories(chance: random.Random, prefix: str, first: int, last: int) -> list[Annotation]:
    """Stories that became available after the day `first`: seen at once, late, or dated to a day; some don't count."""
    told = []
    for number in range(chance.randint(5, 40)):
        available = at(chance.randint(first * 24 + 1, last * 24) / 24)
        published = available - timedelta(days=chance.choice([0.0, 0.01, 0.7, 12.0]))
        if chance.random() < 0.3:  # a date without a time: known at the day's end
            available = at(chance.randint(first + 1, last))
            published = available - timedelta(days=1)
        told.append(
            story(
                f"{prefix}{number}", published, available=available,
                outlet=chance.choice(["Alpha", "Beta", "Gamma", None]),
                title=chance.choice(["Bitcoin falls", "Bitcoin rises", f"About {prefix} {number}"]),
                type=chance.choice(["news", "news", "news", "sponsored"]), backfilled=chance.random() < 0.5,
                language=chance.choice(["en", "en", "en", "vi"]),
                tells={"defi": chance.uniform(0.1, 1)} if chance.random() < 0.5 else {},
                rejects=["mining"] if chance.random() < 0.3 else [],
                ai=chance.choice([None, chance.uniform(-1, 1)]), crypto=chance.choice([None, chance.uniform(-1, 1)]),
                comparison=(compared("ai"),) if chance.random() < 0.2 else (),
                figures=(figure(chance.uniform(1, 1e9), published.date() - timedelta(days=chance.randint(0, 2))),),
            )
        )  # fmt: skip
    return told


def revised(chance: random.Random, earlier: list[Annotation]) -> list[Annotation]:
    """Later versions of earlier articles: modified since, or imported again with another date."""
    return [
        story(
            item.article.id, item.article.published, available=at(chance.uniform(AS_OF + 0.1, 80)), outlet="Delta",
            title="Another headline", text="Another text.", tells=["defi"], revision=1, crypto=1.0,
        )
        for item in chance.sample(earlier, 3)
    ]  # fmt: skip


def points(*batches: list[Annotation], frequency: str, as_of: float | None = None) -> pd.DataFrame:
    try:
        return build_series(
            HeldCorpus(*batches), frequency=frequency, as_of=None if as_of is None else at(as_of)
        ).points
    except CorpusError:  # nothing was there by then
        return pd.DataFrame({"series": [], "time": []})


@settings(max_examples=10, deadline=None)
@given(CHANCES, st.sampled_from(["D", "W-SUN", "M"]))
def test_what_comes_later_changes_no_row_of_an_earlier_as_of(chance: random.Random, frequency: str) -> None:
    base = stories(chance, "base", -20, AS_OF)
    later = stories(chance, "later", AS_OF, 80)
    revisions = revised(chance, base)
    before = points(base, frequency=frequency, as_of=AS_OF)
    # Whatever was written when, and in whatever order.
    for batches in ((base, later, revisions), (revisions, later, base)):
        pd.testing.assert_frame_equal(points(*batches, frequency=frequency, as_of=AS_OF), before)


@settings(max_examples=8, deadline=None)
@given(CHANCES, st.sampled_from(["D", "W-SUN", "M"]), st.floats(0, AS_OF))
def test_a_row_once_available_stays_as_it_is(chance: random.Random, frequency: str, as_of: float) -> None:
    told = stories(chance, "base", -20, AS_OF)
    then = points(told, frequency=frequency, as_of=as_of)
    if then.empty:
        return
    now = points(told, frequency=frequency).set_index(["series", "time"])
    then = then.set_index(["series", "time"])
    assert (then["available"] <= pd.Timestamp(at(as_of))).all()
    assert then.index.isin(now.index).all()
    pd.testing.assert_frame_equal(
        now.loc[then.index].drop(columns="vintage"), then.drop(columns="vintage"), rtol=1e-9, atol=1e-9
    )


def test_every_value_is_known_from_articles_that_were_available_by_then() -> None:
    """A story moves no value that was available before it was."""
    quiet = [story(f"q{n}", at(n / 3), crypto=0.1) for n in range(150)]
    loud = story("loud", at(20), available=at(33.5), tells=["defi"], crypto=-1.0)
    without, having = (points(told, frequency="D") for told in (quiet, [*quiet, loud]))
    both = without.merge(having, on=["series", "time"], suffixes=("", "_then"))
    changed = both[~(both["value"].eq(both["value_then"]) | (both["value"].isna() & both["value_then"].isna()))]
    assert changed["available"].min() == pd.Timestamp(at(34))
    assert set(changed["series"]) >= {"narrative/defi/share", "stance/crypto"}
