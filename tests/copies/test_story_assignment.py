"""Which story an article gets, and that nothing that arrives later changes it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.copies.assign import Stories
from narrative.extract.plain import title_span
from narrative.records import Article, Origin

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)

LEAD = "The miner Granite Hash sold 1,410 bitcoin in January to pay for a data hall near Amarillo, its filing shows."
REPORT = f"""{LEAD}

The company raised $112 million that way and holds 9,860 coins after the sale. Its chief financial officer said on
Monday that the hall will be let to a maker of language models for twelve years, which brings in $47 million a year.

Shares of the firm rose 6% in early trading. Analysts at Lowmoor Securities called the step overdue and kept a target
of $18, while they warned that power for the second hall has not been secured. The grid operator decides in April."""
OTHER_REPORT = """Granite Hash has parted with a seventh of its treasury. Proceeds of 1,410 bitcoin, roughly $112
million, go into concrete and cooling, the firm told regulators, as it turns a Texan site over to artificial
intelligence.

Investors liked what they read. The stock gained 6% before noon. One shareholder who asked not to be named said that he
would rather own a landlord than a lottery ticket, and pointed at rent of $47 million a year."""


def article(ident: str, text: str, *, hours: float = 0, outlet: str = "Alpha", **fields: object) -> Article:
    title = str(fields.pop("title", ident))
    whole = f"{title}\n\n{text}"
    return Article(
        **{
            "id": ident, "title": title, "outlet": outlet, "published": NOON + timedelta(hours=hours), "text": whole,
            "title_span": title_span(whole, title), **fields,
        }
    )  # fmt: skip


ORIGINAL = article("original", REPORT, title="Granite Hash sells coins for a data hall")


def stories_of(*articles: Article) -> list[str | None]:
    stories = Stories()
    return [stories.place(one)[0].story_id for one in articles]


@pytest.mark.parametrize(
    "copy",
    [
        article("whole", REPORT, hours=5, outlet="Beta", title="Miner swaps bitcoin for AI rent"),
        article("lead", LEAD, hours=1, outlet="Beta", title="Granite Hash sells 1,410 bitcoin"),
        article(
            "edited",
            REPORT.replace("said on\nMonday", "told reporters").replace("early trading", "New York"),
            hours=9,
            outlet="Beta",
        ),
        article("wrapped", f"This article first ran elsewhere.\n\n{REPORT}\n\nFollow us for more.", hours=20),
        article("headline", "", hours=0.1, outlet="Beta", title="Granite Hash sells coins for a data hall $BTC"),
    ],
    ids=lambda copy: copy.id,
)
def test_a_copy_belongs_to_the_story_of_its_original(copy: Article):
    assert stories_of(ORIGINAL, copy) == ["original", "original"]


def test_an_independent_report_of_the_same_event_is_its_own_story():
    report = article("report", OTHER_REPORT, hours=2, outlet="Beta", title="Granite Hash sells bitcoin for AI")
    assert stories_of(ORIGINAL, report) == ["original", "report"]


def test_a_copy_after_three_days_begins_anew():
    late = article("late", REPORT, hours=73, outlet="Beta")
    assert stories_of(ORIGINAL, late) == ["original", "late"]
    assert stories_of(ORIGINAL, late.model_copy(update={"published": NOON + timedelta(hours=71)}))[1] == "original"


def test_an_article_without_a_date_is_nobodys_copy():
    assert stories_of(ORIGINAL, article("undated", REPORT, outlet="Beta", published=None)) == ["original", "undated"]


def test_tomorrows_report_from_the_same_template_is_no_copy():
    def report(day: int, price: int, low: int, trend: str) -> Article:
        text = (
            f"Bitcoin {trend} and trades near ${price:,}. The price is above the 100 hourly moving average. If there "
            f"is a close below ${low:,}, the price could drop to ${low - 900:,}. The next major support is near "
            f"${low - 2100:,}. Hourly MACD: the MACD is losing pace. Hourly RSI: the index is near {price % 47}."
        )
        return article(f"day {day}", text, hours=24 * day, title=f"Bitcoin price {trend}: what traders watch next")

    week = [
        report(0, 71_230, 70_500, "slips"),
        report(1, 73_880, 72_900, "climbs again"),
        report(2, 70_040, 68_100, "stalls"),
    ]
    assert stories_of(*week) == ["day 0", "day 1", "day 2"]


def test_an_outlets_standing_text_makes_no_copies():
    notice = " ".join(f"Our standing disclaimer number {n} says nothing about coins or prices." for n in range(30))
    bodies = ["Ether fell.", "A court in Oslo freed a hacker.", "Kazakhstan taxes miners.", "A vault was found empty.",
              "Toncoin gained after a listing.", "Nobody bought the dip in Doge."]  # fmt: skip
    texts = [article(f"n{n}", f"{body} {notice}", hours=n, title=body) for n, body in enumerate(bodies)]
    assert len(set(stories_of(*texts)[4:])) == 2  # once four headlines have it, it is nobody's own


def test_the_copy_tells_whom_it_repeats():
    copy = article("copy", REPORT, hours=5, outlet="Beta")
    stories = Stories()
    stories.place(ORIGINAL.model_copy(update={"url": "https://alpha.example/1", "author": "A. Writer"}))
    placed, match = stories.place(copy)
    assert placed.origin == Origin(outlet="Alpha", author="A. Writer", url="https://alpha.example/1", published=NOON)
    assert match is not None
    assert (match.id, match.by) == ("original", "words")
    again, _ = stories.place(article("again", REPORT, hours=8, outlet="Gamma"))
    assert again.origin is not None
    assert again.origin.outlet == "Alpha"


def test_what_the_page_says_of_its_origin_is_believed_and_completed():
    stories = Stories()
    stories.place(ORIGINAL)
    credited, _ = stories.place(article("credited", REPORT, hours=5, outlet="Beta", origin=Origin(outlet="Alpha")))
    assert credited.origin == Origin(outlet="Alpha", published=NOON)
    elsewhere, _ = stories.place(article("elsewhere", REPORT, hours=6, outlet="Gamma", origin=Origin(outlet="Omega")))
    assert elsewhere.origin == Origin(outlet="Omega")


def test_an_outlets_own_text_again_has_no_origin():
    stories = Stories()
    stories.place(ORIGINAL)
    assert stories.place(article("again", REPORT, hours=5))[0].origin is None


def test_a_copy_that_came_in_first_keeps_its_story_and_the_original_joins_it():
    copy = article("copy", REPORT, hours=5, outlet="Beta")
    stories = Stories()
    first, second = stories.place(copy)[0], stories.place(ORIGINAL)[0]
    assert (first.story_id, second.story_id) == ("copy", "copy")
    assert second.origin is None


SENTENCES = [
    f"Sentence {n} tells of {word} and of nothing that the others tell, in its own way."
    for n, word in enumerate("amber basalt cobalt dust ember flint granite hail iron jade".split())
]


@st.composite
def corpora(draw: st.DrawFn) -> list[Article]:
    return [
        article(
            f"a{number}",
            " ".join(draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6))),
            hours=draw(st.integers(0, 200)),
            outlet=draw(st.sampled_from(["Alpha", "Beta", "Gamma"])),
            title=draw(st.sampled_from(["Amber", "Dust and iron", "Hail"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]


@settings(max_examples=25, deadline=None)
@given(corpora(), st.integers(0, 12))
def test_what_arrives_later_changes_no_earlier_answer(articles: list[Article], cut: int):
    assert stories_of(*articles)[:cut] == stories_of(*articles[:cut])


@settings(max_examples=25, deadline=None)
@given(corpora(), st.integers(0, 2**16))
def test_answers_do_not_depend_on_what_is_held_beyond_three_days(articles: list[Article], seed: int):
    """Forgetting what is too old, and recalling it in another order, is what batches do."""
    whole = stories_of(*articles)
    found: list[str | None] = []
    placed: list[Article] = []
    for one in articles:
        assert one.published is not None
        moment = one.published.timestamp()
        stories = Stories()
        near = [past for past in placed if past.published and abs(past.published.timestamp() - moment) <= 72 * 3600]
        random.Random(seed).shuffle(near)  # noqa: S311  # a shuffle, no secret
        for past in near:
            stories.recall(past)
        placed.append(stories.place(one)[0])
        found.append(placed[-1].story_id)
    assert found == whole
