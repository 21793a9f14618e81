"""Lines of a PDF → paragraphs."""

from __future__ import annotations

import pytest

from narrative.extract.pdf import unwrapped


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (
            "Funds bleed again\nInvestors pulled $523 million out of bitcoin funds on Tuesday, the largest one-\n"
            "day withdrawal in months, as Farside Investors wrote.\nBy Ann Lee",
            "Funds bleed again\nInvestors pulled $523 million out of bitcoin funds on Tuesday, the largest one-day "
            "withdrawal in months, as Farside Investors wrote.\nBy Ann Lee",
        ),
        ("A headline that had to be broken for its\nsize", "A headline that had to be broken for its size"),
        ("Price\n4%\n5%", "Price\n4%\n5%"),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("", ""),
    ],
)
def test_only_breaks_for_want_of_room_are_undone(page: str, text: str) -> None:
    assert unwrapped(page) == text
