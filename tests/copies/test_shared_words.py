"""Words, shingles, what two texts share, and hostile texts."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest

from narrative.copies.features import NAMES, compare, figure_keys
from narrative.copies.index import Index
from narrative.copies.score import model
from narrative.copies.words import Fingerprint, fingerprint, shingles_of, words_of
from narrative.records import Article, Span

WHEN = datetime(2026, 2, 3, tzinfo=UTC)
NONE = np.zeros(0, np.uint64)


def read(text: str, ident: str = "a", **fields: object) -> Fingerprint:
    return fingerprint(Article(**{"id": ident, "text": text, "published": WHEN, "outlet": ident, **fields}))


def test_words_of_several_scripts_without_addresses():
    assert words_of("Bitcoin fell 3.5% to $1,410 — see https://a.example/b?c=1 比特币") == [
        "bitcoin", "fell", "3.5", "to", "1,410", "see", "比", "特", "币",
    ]  # fmt: skip


def test_shingles_of_few_words_and_of_none():
    assert len(shingles_of([])) == 0
    assert len(shingles_of(["one", "two"])) == 1
    assert len(shingles_of(["one", "two", "three", "four", "five"])) == 2


def test_a_shared_passage_is_measured_in_words():
    passage = "one two three four five six seven eight nine ten"
    shared = compare(read(f"{passage} alpha beta"), read(f"gamma delta {passage} epsilon", "b"), NONE)
    assert shared.passage == 10
    assert shared.share == pytest.approx(7 / 9)


def test_what_is_marked_as_boilerplate_is_not_compared():
    text = "Follow us on every channel that you know of today. Own words."
    marked = read(text, boilerplate=(Span(start=0, end=text.index("Own")),))
    assert compare(marked, read("Follow us on every channel that you know of today. Others.", "b"), NONE).words == 0


def test_features_are_symmetric_and_go_by_their_names():
    one, other = (
        read("Miners sold 1,410 coins for $112 million in May."),
        read("Miners sold 1,410 coins, all told.", "b"),
    )
    assert compare(one, other, NONE).features == compare(other, one, NONE).features
    assert len(compare(one, other, NONE).features) == len(NAMES)
    assert 0 < model().score(compare(one, other, NONE).features) < 1


def test_figures_are_compared_by_value_and_unit():
    assert set(figure_keys("It lost $6.2 billion, or 31%.")) & set(
        figure_keys("Some 6,200 million dollars, 31 percent")
    )


def test_a_summary_of_23_words_finds_its_report_wherever_it_stands_in_it():
    filler = " ".join(f"word{n}" for n in range(1500))
    lead = (
        "the exchange froze every account in march after its auditor could not find eleven thousand coins that two "
        "books said it held safely"
    )
    index = Index()
    index.add(read(f"{filler} {lead} {filler[::-1]}", "report"))
    assert [one.id for one in index.candidates(read(lead, "summary"))[0]] == ["report"]


@pytest.mark.parametrize("unit", ["1,", "9", "a ", "(", "😀", "比", "a" * 50 + " ", "https://", "\ud800"])
def test_a_megabyte_of_anything_takes_no_time(unit: str):
    text = (unit * (1_000_000 // len(unit)))[:1_000_000]
    started = time.process_time()
    one = read(text)
    index = Index()
    index.add(one)
    index.candidates(read(text, "b"))
    assert time.process_time() - started < 1.0
