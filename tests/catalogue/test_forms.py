from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.catalogue.entries import Catalogue, Entry
from narrative.catalogue.forms import FormIndex, fold

COINS = Catalogue(
    (
        Entry(id="asset:bitcoin", name="Bitcoin", type="ASSET", tickers=("BTC",)),
        Entry(id="company:oracle", name="Oracle", type="COMPANY", ambiguous=("Oracle",)),
        Entry(id="institution:sec", name="SEC", type="INSTITUTION", aliases=("U.S. SEC",)),
        Entry(id="company:moody-s", name="Moody's", type="COMPANY"),
    )
)
INDEX = FormIndex(COINS, nothing=["Bitcoin maxi"], lower_tickers=["btc"])


def found(text: str) -> list[tuple[str, int]]:
    return [(text[hit.start : hit.end], len(hit.forms)) for hit in INDEX.find(text, fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bitcoin and BTC", [("bitcoin", 1), ("BTC", 1)]),
        ("$BTC, $btc, btc", [("$BTC", 1), ("$btc", 1), ("btc", 1)]),
        ("Bitcoins", []),
        ("bitcoin.org and @bitcoin", []),
        ("sell-off.Bitcoin fell", [("Bitcoin", 1)]),
        ("an oracle, Oracle, ORACLE", [("Oracle", 1), ("ORACLE", 1)]),
        ("a sec", []),
        ("the U.S. SEC", [("U.S. SEC", 1), ("SEC", 1)]),
        ("Moody’s", [("Moody’s", 1)]),
        ("Bitcoin maxi", [("Bitcoin", 1), ("Bitcoin maxi", 0)]),
    ],
)
def test_find(text, expected):
    assert found(text) == expected


@given(st.text())
def test_folding_keeps_offsets(text):
    assert len(fold(text)) == len(text)


def test_folding_keeps_offsets_where_lower_case_is_longer():
    assert fold("İBTC’s") == "İbtc's"
