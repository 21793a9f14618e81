from __future__ import annotations

import pytest
from models_by_hand import SURE, ModelByHand
from readers import read

BEARISH, BULLISH = {"tone": {"-1": SURE}}, {"tone": {"1": SURE}}


def test_each_target_has_a_tone_of_its_own() -> None:
    text = "Solana crashed to a yearly low, and its holders fled. Ether surged to a record high, and traders cheered."
    tones = {target.name: target.label for target in read(text)._.targets}
    assert tones == {"Solana": -1, "Ethereum": 1}


def test_a_score_is_the_mean_over_the_mentions_whatever_their_words() -> None:
    model = ModelByHand({"bitcoin": BULLISH, "btc": BEARISH, "solana": BEARISH})
    bitcoin, solana = read("Bitcoin rose. BTC fell. Bitcoin stayed. Solana moved.", model=model)._.targets
    assert (bitcoin.name, bitcoin.id, bitcoin.mentions, bitcoin.label) == ("Bitcoin", "asset:bitcoin", 3, 1)
    assert bitcoin.score == pytest.approx(1 / 3, abs=1e-3)
    assert (solana.name, solana.mentions, solana.label, solana.score) == ("Solana", 1, -1, pytest.approx(-1))


def test_people_and_places_are_no_targets() -> None:
    assert read("Elon Musk spoke in Lisbon.", model=ModelByHand({}))._.targets == ()


def test_a_mention_in_boilerplate_does_not_count() -> None:
    text = "Bitcoin fell. Ether rose.\nFeatured image from Coinbase, chart from TradingView.com"
    assert {target.name for target in read(text, model=ModelByHand({}))._.targets} == {"Bitcoin", "Ethereum"}
