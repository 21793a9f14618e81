from __future__ import annotations

import time

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


def test_twenty_thousand_forms_are_found_in_linear_time():
    many = [
        Entry(id=f"asset:x{i}", name=f"Coin{i:05d} Name", type="ASSET", tickers=(f"T{i:05d}",)) for i in range(10_000)
    ]
    index = FormIndex(Catalogue(tuple(many)))

    def seconds(times: int) -> float:
        text = "Coin00123 Name rose and T09999 fell while the others stayed where they were. " * times
        folded = fold(text)
        begin = time.perf_counter()
        assert sum(1 for _ in index.find(text, folded)) == 2 * times
        return time.perf_counter() - begin

    seconds(100)
    assert seconds(4000) < 12 * seconds(1000) + 0.2  # four times the length; sixteen if quadratic


@given(st.text())
def test_folding_keeps_offsets(text):
    assert len(fold(text)) == len(text)


def test_folding_keeps_offsets_where_lower_case_is_longer():
    assert fold("İBTC’s") == "İbtc's"
