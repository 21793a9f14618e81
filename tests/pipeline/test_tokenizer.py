from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline.tokenizer import create_tokenizer

tokenize = create_tokenizer()(spacy.blank("xx"))


@given(st.text())
def test_no_text_is_changed(text: str) -> None:
    assert tokenize(text).text == text


@given(st.text(alphabet=" \n\t.a1€'’@#\u3002\u0301\U0001f600-", max_size=40))
def test_no_text_of_awkward_signs_is_changed(text: str) -> None:
    assert tokenize(text).text == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Bitcoin’s price", ["Bitcoin", "’s", "price"]),
        ("It doesn't fall", ["It", "doesn't", "fall"]),
        ("$6.2 billion", ["$", "6.2", "billion"]),
        ("up 1,234.5%.", ["up", "1,234.5", "%", "."]),
        ("in the U.S. today", ["in", "the", "U.S.", "today"]),
        ("see https://example.com/a?b=1 now", ["see", "https://example.com/a?b=1", "now"]),
        ("write to desk@example.com", ["write", "to", "desk@example.com"]),
        ("@OdailyChina #BTC", ["@OdailyChina", "#BTC"]),
        ("crypto-friendly", ["crypto", "-", "friendly"]),
        ("Web3 and ERC20", ["Web3", "and", "ERC20"]),
        ("比特币57亿", ["比", "特", "币", "57", "亿"]),
        ("mật mã", ["mật", "mã"]),
        ("cafe\u0301 bar", ["cafe\u0301", "bar"]),
        ("wait.....", ["wait", "....."]),
        ("a\n\nb", ["a", "\n\n", "b"]),
        ("a \n b", ["a", "\n ", "b"]),
        ("  a", ["  ", "a"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == tokens


@pytest.mark.parametrize("unit", ["a", "1,", "(", "😀😁", "a.", "a@", "@", ".", "http://", "a1.", "比", "’s"])
def test_time_grows_linearly(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.perf_counter()
        tokenize(text)
        return time.perf_counter() - start

    seconds(1000)
    assert seconds(400_000) < 20 * 8 * max(seconds(20_000), 0.001)  # quadratic would be 400 times
