"""Copies that share no words."""

from __future__ import annotations

from datetime import UTC, datetime

from narrative.copies.translation import in_one_order, translated
from narrative.copies.words import Fingerprint, fingerprint
from narrative.records import Article, Origin

ORIGINAL = (
    "Tether minted $2 billion of USDT on Tron in October. Circle followed with $1.25 billion of USDC. Together the two "
    "issuers added 4.1% to supply within 9 days, while Binance took in 61.5% of the new coins, Bybit 12.2%, OKX 8.7%."
)
# What a translator into Chinese and another one back make of it.
BACK = (
    "October saw Tether issue a further 2 billion dollars worth of USDT upon the Tron chain; Circle came after it, "
    "issuing 1.25 billion dollars in USDC. Supply from both issuers thus grew 4.1% inside 9 days. Of these new coins "
    "61.5% flowed to Binance, to Bybit 12.2%, to OKX 8.7%."
)
INDEPENDENT = (
    "Stablecoin supply is swelling again. Binance alone received 61.5% of the coins created this month, data show. "
    "The largest batch came from Tether, $2 billion on Tron; USDC grew by $1.25 billion. Traders read the 4.1% rise as "
    "dry powder, though a similar rise of 3.8% in March came to nothing and bitcoin lost 11%."
)


def read(text: str, outlet: str, **fields: object) -> Fingerprint:
    when = datetime(2025, 10, 20, tzinfo=UTC)
    return fingerprint(Article(**{"id": outlet, "outlet": outlet, "text": text, "published": when, **fields}))


def test_a_text_that_was_translated_and_translated_back_is_told_by_its_figures():
    assert translated(read(BACK, "Beta"), read(ORIGINAL, "Alpha")) is not None


def test_an_independent_report_with_some_of_the_figures_is_not():
    assert translated(read(INDEPENDENT, "Beta"), read(ORIGINAL, "Alpha")) is None


def test_where_words_differ_too_the_credit_or_an_encoder_decides():
    text = "泰达 $2 billion，$1.25 billion；4.1%，9 天。币安 61.5%，12.2%，8.7%。"
    original = read(ORIGINAL, "Alpha")
    assert translated(read(text, "Beta"), original) is None
    assert translated(read(text, "Beta", origin=Origin(outlet="Alpha")), original) is not None
    assert translated(read(text, "Beta"), original, lambda one, other: 0.9) is not None


def test_the_order_of_things():
    assert in_one_order("abcde", "xaybzc") == 3
    assert in_one_order([], [1]) == 0
