from __future__ import annotations

import pytest
from hypothesis import given
from readers import read, texts

from narrative.pipeline.article_type import article_types


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Acme to acquire exchange for $3 million", "The company said the deal closes in May.", "news"),
        (
            "Bitcoin slips below $80,000 as ETF outflows mount",
            "Traders watch support. Open interest fell and liquidations rose.",
            "market_report",
        ),
        (
            "Best crypto to buy now: presale nears its end",
            "Join the presale today. Early investors are offered staking rewards.",
            "sponsored",
        ),
        (
            "Morning Minute: Bitcoin holds on",
            "Crypto majors were mixed. In other news, a bank did something.",
            "digest",
        ),
    ],
)
def test_types(title: str, text: str, kind: str) -> None:
    assert read(f"{title}\n\n{text}", title=title)._.article_type[0] == kind


def test_news_of_a_presale_is_surer_to_be_sponsored_with_every_sign() -> None:
    one = article_types("Token presale begins", "A presale began.")["sponsored"]
    many = article_types(
        "Token presale begins", "A presale began. Join the giveaway, sign up, and earn staking rewards."
    )["sponsored"]
    assert many > one


@given(texts, texts)
def test_probabilities_add_up(title: str, text: str) -> None:
    types = article_types(title, text)
    assert sum(types.values()) == pytest.approx(1)
    assert read(text, title=title)._.article_type[1] == pytest.approx(max(types.values()), abs=1e-4)
