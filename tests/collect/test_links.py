from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.collect.links import Entry, address_of, distinct

BASE = "https://wire.example/news/today"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("story", "https://wire.example/news/story"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("HTTPS://Wire.Example:443/A?utm_source=x&b=1#c", "https://wire.example/A?b=1"),
        ("http://wire.example:8080/a", "http://wire.example:8080/a"),
        (" /a\n b ", "https://wire.example/ab"),
        ("?page=2", "https://wire.example/news/today?page=2"),
        ("", None),
        ("mailto:desk@wire.example", None),
        ("javascript:void(0)", None),
        ("https://me:secret@wire.example/", None),
        ("https://wire.example:99999/", None),
        ("https://[::1/", None),
        ("https:///a", "https://wire.example/a"),  # as RFC 3986 joins it
        ("/" + "a" * 3_000, None),
    ],
)
def test_addresses_are_canonical_or_none(href: str, address: str | None) -> None:
    assert address_of(href, BASE) == address


@settings(deadline=None)
@given(st.text(max_size=60))
def test_an_address_stays_what_it_is(href: str) -> None:
    address = address_of(href, BASE)
    assert address is None or address_of(address, BASE) == address


def test_entries_of_one_address_become_one_that_knows_what_each_tells() -> None:
    assert distinct([Entry("u"), Entry("v"), Entry("u", title="Later")]) == (Entry("u", title="Later"), Entry("v"))
