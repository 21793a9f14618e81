"""What changed between two versions."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from narrative.extract.revisions import difference, difference_lines

OLD = "Funds return\n\nThe fund took in $10 million. Shares rose. Ana Example said so."
NEW = OLD.replace("$10", "$12") + " Correction: an earlier version erred."


def test_a_correction_and_a_note_are_told_with_their_place() -> None:
    changed, added = difference(OLD, NEW)
    assert (changed.what, changed.old, changed.new) == (
        "changed",
        ("The fund took in $10 million.",),
        ("The fund took in $12 million.",),
    )
    assert NEW[changed.start : changed.end] == "The fund took in $12 million."
    assert (added.what, NEW[added.start : added.end]) == ("added", "Correction: an earlier version erred.")
    assert list(difference_lines(OLD, NEW))[:2] == [
        "- The fund took in $10 million.",
        "+ The fund took in $12 million.",
    ]


def test_what_is_taken_out_has_a_place_too() -> None:
    (removed,) = difference("One fell. Two rose. Three slept.", "One fell. Three slept.")
    assert (removed.what, removed.old, removed.start, removed.end) == ("removed", ("Two rose.",), 10, 10)


def test_chinese_sentences_and_white_space() -> None:
    assert difference("比特币上涨。以太坊下跌。", "比特币上涨。\n以太坊下跌。 ") == ()
    assert difference("比特币上涨。以太坊下跌。", "比特币上涨。以太坊持平。")[0].old == ("以太坊下跌。",)


@given(st.text(alphabet="ab. \n。!", max_size=60), st.text(alphabet="ab. \n。!", max_size=60))
def test_places_hold_what_is_new(old: str, new: str) -> None:
    for change in difference(old, new):
        assert "".join(new[change.start : change.end].split()) == "".join("".join(change.new).split())
    assert difference(old, old) == ()


def test_a_long_text_of_equal_sentences_takes_no_time() -> None:
    start = time.perf_counter()
    difference("It rose. " * 20_000, "It rose. " * 19_999 + "It fell.")
    assert time.perf_counter() - start < 10
