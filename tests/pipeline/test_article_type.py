from __future__ import annotations

import pytest
from hypothesis import given, settings
from models_by_hand import SURE, ModelByHand
from readers import read, texts

from narrative.pipeline.article_type import TYPES
from narrative.pipeline.encoder.decisions import Decisions

SAID = {"presale": {"type": {"sponsored": SURE}}, "shop": {"type": {"sponsored": 10, "opinion": 8, "news": 0}}}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Is this the best crypto to buy now? Early buyers rush in",
            "The presale has raised $3 million, and the price will rise in the next stage.",
        ),
        (
            "Next 100x gem? Why investors are flocking to a new memecoin",
            "Secure your spot before the presale sells out and enjoy high APY.",
        ),
        (
            "Top 5 crypto presales to watch this week",
            "Each of these projects offers staking rewards and massive gains to early investors.",
        ),
        (
            "3 altcoins to buy before the next bull run",
            "Smart money is piling into a hidden gem whose presale price of $0.02 won't last.",
        ),
    ],
)
def test_paid_pieces_give_themselves_away_by_their_language(title: str, text: str) -> None:
    assert read(f"{title}\n\n{text}", title=title)._.article_type[0] == "sponsored"


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Bitcoin slips below $90,000 as traders sell", "Liquidations rose and open interest fell.", "market_report"),
        ("Exchange raises $40 million in a funding round", "The company said that it will hire in Europe.", "news"),
        ("Regulator warns of presale scams", "The watchdog said fraudsters took $5 million from investors.", "news"),
        ("Casino operator sued over crypto payments", "The court heard the case on Monday.", "news"),
        ("Senate committee delays vote on crypto bill", "Lawmakers said the vote would be in January.", "news"),
        ("Bank to offer bitcoin custody to clients", "The bank partners with a custodian, it said.", "news"),
    ],
)
def test_news_and_market_reports(title: str, text: str, kind: str) -> None:
    assert read(f"{title}\n\n{text}", title=title)._.article_type[0] == kind


def test_the_likeliest_type_is_told_with_its_probability() -> None:
    assert read("A presale began.", model=ModelByHand(SAID))._.article_type == ("sponsored", pytest.approx(1))
    assert read("A race began.", model=ModelByHand(SAID))._.article_type[0] == "news"


@pytest.mark.parametrize(("threshold", "kind"), [(0.1, "sponsored"), (0.95, "opinion")])
def test_a_piece_is_paid_from_the_threshold_on_and_else_what_it_is_likeliest(threshold: float, kind: str) -> None:
    model = ModelByHand(SAID, Decisions(threshold={"sponsored": threshold}))
    assert read("shop shop shop shop", model=model)._.article_type[0] == kind


@settings(deadline=None, max_examples=60)
@given(texts)
def test_every_text_with_a_body_has_a_type(text: str) -> None:
    doc = read(text, model=ModelByHand(SAID))
    assert (doc._.article_type is None) == (not doc._.sentences)
    if doc._.article_type:
        kind, chance = doc._.article_type
        assert kind in TYPES
        assert 0 < chance <= 1
