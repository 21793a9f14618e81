"""Where a repost says it comes from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.extract.origin import find_origin
from narrative.records import Link

BODY = "Bitcoin rose by a tenth on Monday.\n" * 30


@pytest.mark.parametrize(
    ("credit", "outlet", "author", "url"),
    [
        ("Original compilation: TechFlow", "TechFlow", None, None),
        ("Written by: Ana, Mars Finance", "Mars Finance", "Ana", None),
        ("Author: Ana Example, PANews", "PANews", "Ana Example", None),
        ("**Author:** Ana Example, Delta Research", "Delta Research", "Ana Example", None),
        ("原文作者：Ana Example  编译：深潮 TechFlow", "TechFlow", "Ana Example", None),
        ("撰文：小安，火星财经", "Mars Finance", "小安", None),
        ("作者｜小安  来源｜金色财经", "Jinse Finance", "小安", None),
        ("本文转载自吴说区块链，作者小安。", "WuBlockchain", None, None),
        ("Compiled by | Odaily (@OdailyChina) Translator | Ana (@ana)", "Odaily", None, None),
        ("Reprinted from: Unknown Gazette", "Unknown Gazette", None, None),
        ("Source: Cointelegraph", "Cointelegraph", None, None),
        ("Source: https://www.coindesk.com/markets/a", "CoinDesk", None, "https://www.coindesk.com/markets/a"),
        ("Originally published at ambcrypto.com.", "AMBCrypto", None, None),
        ("*This story was originally published by Decrypt on Feb 3.*", "Decrypt", None, None),
        ("This article is republished from The Conversation under a licence.", "The Conversation", None, None),
        (
            "Editor's note: This article first appeared on Bitcoin Magazine and is reposted here.",
            "Bitcoin Magazine",
            None,
            None,
        ),
        ("The post Coins rise, but why appeared first on NewsBTC.", "NewsBTC", None, None),
        ("Original link: https://a.example/1", None, None, "https://a.example/1"),
        ("This article is sourced from the internet: Coins rise again", None, None, None),
        ("Bài viết này được lấy từ internet: Coins rise again", None, None, None),
    ],
)
def test_credits(credit: str, outlet: str | None, author: str | None, url: str | None) -> None:
    for text in (f"Coins rise again\n{credit}\n{BODY}", f"Coins rise again\n{BODY}{credit}\n"):
        origin = find_origin(text)
        assert origin is not None
        assert (origin.outlet, origin.author, origin.url) == (outlet, author, url)


@pytest.mark.parametrize(
    "line",
    [
        "Written by: Ana Example",  # a byline
        "Source: TradingView",  # a chart
        "Source: data of the exchange",
        "First published in March.",
        "The paper was originally published by Ana Example in 2008.",
        "Sources: people familiar with the matter",
        "He wrote: Bitcoin is dead",
    ],
)
def test_no_credits(line: str) -> None:
    assert find_origin(f"Coins rise again\n{line}\n{BODY}") is None
    assert find_origin(f"{BODY}{line}\n") is None


def test_the_middle_of_an_article_and_the_tail_of_another_are_not_read() -> None:
    assert find_origin(f"{BODY}Original compilation: TechFlow\n{BODY}") is None
    assert find_origin(f"{BODY}Related: Another one\nOriginal compilation: TechFlow\n") is None


def test_an_outlet_is_not_its_own_origin() -> None:
    assert find_origin(f"Written by: Ana, 火星财经\n{BODY}", outlet="Mars Finance") is None


def test_the_address_of_a_linked_credit() -> None:
    text = f"{BODY}This article was first published on Decrypt.\n"
    start = text.index("Decrypt")
    link = Link(start=start, end=start + 7, href="https://decrypt.co/1")
    origin = find_origin(text, links=[link])
    assert origin is not None
    assert origin.url == "https://decrypt.co/1"


@pytest.mark.parametrize("filling", ["Source: ", "the post ", "a.", "@", "(", "作者：", "by ", "\n", "Author | "])
def test_linear(filling: str) -> None:
    began = time.monotonic()
    find_origin(filling * (1_000_000 // len(filling)))
    assert time.monotonic() - began < 3


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    find_origin(text)
