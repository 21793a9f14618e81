from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from told import HeldCorpus, at, compared, figure, sentence, story, write

from narrative.series.stories import read_stories
from narrative.store.corpus import open_corpus

if TYPE_CHECKING:
    from pathlib import Path


def ids(corpus: HeldCorpus, **options: object) -> list[str]:
    return list(read_stories(corpus, **options).counted["article_id"])


def test_a_headline_that_its_outlet_repeats_within_72_hours_counts_once() -> None:
    first, later = at(0), at(3)
    corpus = HeldCorpus(
        [
            story("again", later, title="Bitcoin FALLS, again"),
            story("first", first, title="Bitcoin falls again"),
            story("elsewhere", later, title="Bitcoin falls again", outlet="Beta"),
            story("much-later", later + timedelta(seconds=1), title="Bitcoin falls again"),
        ]
    )
    stories = read_stories(corpus)
    assert list(stories.counted["article_id"]) == ["first", "elsewhere", "much-later"]
    assert len(stories.articles) == 4
    assert stories.left_out["repeat"] == 1


def test_of_two_repeats_the_one_that_was_known_first_counts_whatever_its_date() -> None:
    corpus = HeldCorpus(
        [
            story("older-but-seen-late", at(0), available=at(1), title="One"),
            story("seen-first", at(0.5), title="One"),
        ]
    )
    assert ids(corpus) == ["seen-first"]


def test_sponsored_foreign_and_undated_articles_are_left_out() -> None:
    corpus = HeldCorpus(
        [
            story("paid", at(0), type="sponsored"),
            story("german", at(0), language="de"),
            story("undated", None, available=at(0)),
            story("nowhere", at(0), outlet=None),
            story("blank", at(0), outlet=" "),
            story("unread-language", at(0), language=None),
        ]
    )
    stories = read_stories(corpus)
    assert set(stories.counted["article_id"]) == {"nowhere", "blank", "unread-language"}
    assert set(stories.counted["outlet"]) == {"unknown", "Alpha"}
    counts = {name: number for name, number in stories.left_out.items() if number}
    assert counts == {"undated": 1, "language": 1, "sponsored": 1}


def test_the_last_reading_of_the_first_dated_revision_counts() -> None:
    first = story("a", at(1), text="First version.", tells=["defi"])
    undated = story("b", None, text="First version.")
    corpus = HeldCorpus(
        [first, undated],
        [story("a", at(1), available=at(0), text="Imported again, with an earlier date.", revision=1)],
        [story("b", at(2), text="Second version.", revision=1)],
        [first.model_copy(update={"pipeline": story("x", at(0), rules="new").pipeline, "narratives": ()})],
    )
    stories = read_stories(corpus)
    assert list(stories.counted["available"]) == [at(1), at(2)]
    assert stories.narratives.empty
    assert stories.left_out["revision"] == 1


def test_one_outlet_under_two_spellings_is_one() -> None:
    corpus = HeldCorpus([story("a", at(0), outlet="CoinDesk"), story("b", at(0), outlet="coindesk.com")])
    assert set(read_stories(corpus).counted["outlet"]) == {"CoinDesk"}


def test_an_article_counts_when_it_became_available_and_a_day_at_its_end() -> None:
    corpus = HeldCorpus(
        [
            story("to-the-second", at(0.5)),
            story("date-only", at(0), available=at(1)),
            story("at-midnight", at(1)),
            story("seen-late", at(0.25), available=at(5.5)),
            story("known-before-it-was-published", at(3), available=at(2)),
        ]
    )
    placed = read_stories(corpus).articles.set_index("article_id")["placed"]
    assert placed["to-the-second"] == at(0.5)
    assert placed["date-only"] == at(1) - timedelta(microseconds=1)
    assert placed["at-midnight"] == at(1)
    assert placed["seen-late"] == at(5.5) - timedelta(microseconds=1)
    assert placed["known-before-it-was-published"] == at(3)
    assert "known-before-it-was-published" not in ids(corpus, as_of=at(2.5))


def test_as_of_lets_in_what_was_available() -> None:
    corpus = HeldCorpus([story("early", at(0)), story("late", at(0), available=at(2)), story("on-time", at(1))])
    assert ids(corpus, as_of=at(1)) == ["early", "on-time"]
    assert ids(corpus, as_of=at(1).replace(tzinfo=None)) == ["early", "on-time"]


def test_tone_without_prices_leaves_out_price_figures_and_price_words() -> None:
    text = "Bitcoin SLUMPED badly. Bitcoin stood at $60,000. Banks adopt bitcoin. AI is everywhere. AI priceless."
    sentences = (
        sentence(text, "Bitcoin SLUMPED badly.", crypto=-1.0),
        sentence(text, "Bitcoin stood at $60,000.", crypto=0.5, ai=0.1),
        sentence(text, "Banks adopt bitcoin.", crypto=0.8),
        sentence(text, "AI is everywhere.", ai=0.2),
        sentence(text, "AI priceless.", ai=0.6),
    )
    at_60k = text.index("$60")
    price = figure(60_000.0, at(0).date(), kind="price", start=at_60k, end=at_60k + 7, text="$60,000")
    quiet = story(
        "quiet", at(1), text="Bitcoin rose.", sentences=(sentence("Bitcoin rose.", "Bitcoin rose.", crypto=1.0),)
    )
    counted = read_stories(
        HeldCorpus([story("a", at(0), text=text, sentences=sentences, figures=(price,)), quiet])
    ).counted
    assert counted["crypto_ex_price"].iloc[0] == pytest.approx(0.8)
    assert counted["ai_ex_price"].iloc[0] == pytest.approx(0.4)
    assert counted[["ai_ex_price", "crypto_ex_price"]].iloc[1].isna().all()


def test_comparisons_are_balanced_and_a_denied_one_counts_against() -> None:
    corpus = HeldCorpus(
        [
            story("a", at(0), comparison=(compared("ai"), compared("ai"), compared("crypto"))),
            story("b", at(1), comparison=(compared("ai", denied=True),)),
            story("c", at(2)),
        ]
    )
    counted = read_stories(corpus).counted
    assert list(counted["comparisons"]) == [3, 1, 0]
    assert list(counted["balance"]) == [1, -1, 0]


def test_figures_with_subject_and_period_are_mentions() -> None:
    day = at(0).date()
    corpus = HeldCorpus(
        [
            story(
                "a",
                at(1),
                figures=(
                    figure(100.0, day),
                    figure(200.0, day, high=400.0, direction="out"),
                    figure(1.0, day, status="expected"),
                    figure(2.0, day, measure="change"),
                    figure(3.0, day, unit="BTC"),
                    figure(4.0, day, direction=None),
                    figure(5.0, day, kind="volume"),
                    figure(6.0, day, period=None),
                    figure(7.0, day, subject={"name": "Bitcoin", "id": "asset:bitcoin"}),
                    figure(8.0, day, subject=None),
                    figure(9.0, day, subject={"name": "IBIT"}),
                ),
            )
        ]
    )
    mentions = read_stories(corpus).mentions
    assert list(mentions["value"]) == [100, 300, 2, 3, 4, 5, 7, 9]
    assert list(mentions["sign"]) == [1, -1, 1, 1, 0, 0, 1, 1]
    assert list(mentions["subject"][-2:]) == ["asset:bitcoin", "fund:IBIT"]
    assert list(read_stories(corpus, status="expected").mentions["value"]) == [1]


def test_what_is_read_of_a_delta_table_is_the_same(tmp_path: Path) -> None:
    told = [story(f"s{n}", at(n / 7), outlet="Alpha" if n % 3 else "Beta", tells={"defi": 0.5}) for n in range(40)]
    kept = read_stories(write(open_corpus(tmp_path / "corpus", create=True), told[:25], told[25:]))
    held = read_stories(HeldCorpus(told[:25], told[25:]))
    assert kept.counted.drop(columns="fingerprint").equals(held.counted.drop(columns="fingerprint"))
    assert kept.narratives.equals(held.narratives)
