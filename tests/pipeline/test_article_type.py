from __future__ import annotations

import pytest
from hypothesis import given
from readers import read, texts

from narrative.pipeline.article_type import article_types

PAID = [
    (
        "Is this the best crypto to buy now? Early buyers rush in",
        "The presale has raised $3 million, and the price will rise in the next stage.",
    ),
    (
        "Next 100x gem? Why investors are flocking to a new memecoin",
        "Secure your spot before the presale sells out and enjoy high APY.",
    ),
    (
        "Miners of tomorrow: earn $500 a day with cloud mining",
        "Sign up today and receive a $15 welcome bonus. No hardware is needed.",
    ),
    (
        "Acme launches trading competition with a $500,000 prize pool",
        "Dubai, June 3rd, 2025, Chainwire — Acme, a leading exchange, is proud to announce its summer event.",
    ),
    (
        "Forget Solana: this low-cap altcoin could turn $100 into $10,000",
        "Don't miss out: stage 4 of the token sale is selling fast.",
    ),
    (
        "Top 5 crypto presales to watch this week",
        "Each of these projects offers staking rewards and massive gains to early investors.",
    ),
    (
        "Crypto casino offers 200 free spins to new players",
        "Use the bonus code and join the VIP club. Deposit and withdraw in bitcoin.",
    ),
    (
        "PRESS RELEASE: Zephyr Labs integrates its wallet",
        "Zephyr Labs, a global leader in custody, today announced an integration. Media contact: press@zephyr.example.",
    ),
    (
        "Dogecoin holders are quietly buying this AI token",
        "Audited by experts, the presale token offers a 50% bonus. Join the presale on the official website.",
    ),
    (
        "3 altcoins to buy before the next bull run",
        "Smart money is piling into a hidden gem whose presale price of $0.02 won't last.",
    ),
]
UNPAID = [
    ("Bitcoin slips below $90,000 as traders sell", "Liquidations rose and open interest fell."),
    ("Exchange raises $40 million in a funding round", "The company said that it will hire in Europe."),
    ("Regulator warns of presale scams", "The watchdog said that fraudsters had taken $5 million from investors."),
    ("Casino operator sued over crypto payments", "The court heard the case on Monday."),
    ("Senate committee delays vote on crypto bill", "Lawmakers said the vote would take place in January."),
    ("Norway plans to ban new crypto mines", "The government said the ban would save power."),
    ("Ethereum developers set the date of the next upgrade", "The fork will go live in December, they said on a call."),
    ("Opinion: stablecoins need clearer rules", "I believe that issuers should publish their reserves."),
    ("Hackers drain $12 million from lending protocol", "The attacker moved the coins through a mixer, police said."),
    ("Bank to offer bitcoin custody to clients", "The bank partners with a custodian, a spokesperson said."),
]


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


@pytest.mark.parametrize(("title", "lead"), PAID)
def test_paid_pieces_give_themselves_away_by_their_language(title: str, lead: str) -> None:
    assert read(f"{title}\n\n{lead}", title=title)._.article_type[0] == "sponsored"


@pytest.mark.parametrize(("title", "lead"), UNPAID)
def test_news_is_not_taken_for_promotion(title: str, lead: str) -> None:
    assert read(f"{title}\n\n{lead}", title=title)._.article_type[0] != "sponsored"


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
