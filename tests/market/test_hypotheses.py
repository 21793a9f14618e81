from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from narrative.errors import SettingsError
from narrative.market.hypotheses import family_hash, family_of, read_hypotheses

if TYPE_CHECKING:
    from pathlib import Path

SERIES = [
    "narrative/etf-outflows/index",
    "narrative/etf-outflows/share",
    "narrative/bear-market/index",
    "narrative/my-own-story/index",
    "stance/ai",
    "stance/ai/ex-price",
    "stance/spread/ex-price",
    "flow/bitcoin-etfs/D",
]


def declared(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "hypotheses.toml"
    file.write_text(text, "utf-8")
    return file


def test_what_is_tested_if_nothing_is_said() -> None:
    chosen = (
        "narrative/etf-outflows/index",
        "narrative/my-own-story/index",
        "stance/ai/ex-price",
        "stance/spread/ex-price",
    )
    assert family_of(SERIES, ["BTC", "ETH"]) == tuple((name, asset) for name in chosen for asset in ("BTC", "ETH"))


def test_all_of_somebody_elses_series() -> None:
    assert family_of(["b", "a", "b"], ["BTC"]) == (("b", "BTC"), ("a", "BTC"))


def test_select() -> None:
    assert family_of(SERIES, ["BTC"], ["stance/*", "flow/*/D"]) == (
        ("stance/ai", "BTC"),
        ("stance/ai/ex-price", "BTC"),
        ("stance/spread/ex-price", "BTC"),
        ("flow/bitcoin-etfs/D", "BTC"),
    )
    assert family_of(["a[b]", "ab"], ["BTC"], ["a[b]"]) == (("a[b]", "BTC"), ("ab", "BTC"))
    with pytest.raises(SettingsError, match=r"no series matches 'Stance/\*'; there are narrative/etf-outflows/index, "):
        family_of(SERIES, ["BTC"], ["stance/*", "Stance/*"])


def test_hypotheses(tmp_path: Path) -> None:
    file = declared(
        tmp_path,
        """
        [[hypothesis]]
        series = ["stance/ai*", "flow/bitcoin-etfs/D"]
        asset = "btc"
        why = "tone comes before price"
        [[hypothesis]]
        series = "stance/ai"
        asset = ["*"]
        """,
    )
    assert family_of(SERIES, ["BTC", "NVDA"], hypotheses=read_hypotheses(file)) == (
        ("stance/ai", "BTC"),
        ("stance/ai/ex-price", "BTC"),
        ("flow/bitcoin-etfs/D", "BTC"),
        ("stance/ai", "NVDA"),
    )
    with pytest.raises(SettingsError, match="no asset matches 'btc'; there are NVDA"):
        family_of(SERIES, ["NVDA"], hypotheses=read_hypotheses(file))
    with pytest.raises(SettingsError, match="no series matches"):
        family_of(["stance/ai"], ["BTC"], hypotheses=read_hypotheses(file))
    with pytest.raises(SettingsError, match="give one of them"):
        family_of(SERIES, ["BTC"], ["stance/ai"], read_hypotheses(file))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hypothesis = 3",
        "[[hypothesis]]\nseries = 'a'",
        "[[hypothesis]]\nseries = []\nasset = 'BTC'",
        "[[hypothesis]]\nseries = 'a'\nasset = 'BTC'\nlag = 3",
        "[[hypotheses]]\nseries = 'a'\nasset = 'BTC'",
        "[[hypothesis",
    ],
)
def test_a_file_that_declares_something_else(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"hypotheses\.toml"):
        read_hypotheses(declared(tmp_path, text))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_hypotheses(tmp_path / "absent.toml")


def test_the_hash_is_of_the_family_and_the_settings_and_not_of_their_order() -> None:
    family = (("a", "BTC"), ("b", "ETH"))
    known = family_hash(family, {"alpha": 0.05, "max_lag": None})
    # sha256sum of {"family":[["a","BTC"],["b","ETH"]],"settings":{"alpha":0.05,"max_lag":null}}
    assert known == "1f5bab4d15649d1357fdfcdaf70a3696596b8919fe614b535f9740f2b7298ca5"
    assert family_hash(reversed(family), {"max_lag": None, "alpha": 0.05}) == known
    assert family_hash(family[:1], {"alpha": 0.05, "max_lag": None}) != known
    assert family_hash(family, {"alpha": 0.01, "max_lag": None}) != known
    assert family_hash((("a", "ETH"), ("b", "BTC")), {"alpha": 0.05, "max_lag": None}) != known
