"""Finding entries by what one remembers of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.catalogue.entries import Catalogue, Entry, shipped_catalogue
from narrative.catalogue.upkeep.search import members_of, search_catalogue


def entry(ident: str, name: str, *aliases: str, belongs_to: tuple[str, ...] = ()) -> Entry:
    kind = ident.partition(":")[0].upper()
    return Entry.model_validate({"id": ident, "name": name, "type": kind, "aliases": aliases, "belongs_to": belongs_to})


SMALL = Catalogue((
    entry("company:zurich-labs", "Zürich Labs", "ZL Labs"),
    entry("company:exemplar", "Exemplar", "Exemplar Holdings"),
    entry("fund:EXMP", "EXMP", "Exemplar Bitcoin Trust", belongs_to=("company:exemplar",)),
    entry("person:ada-quill", "Ada Quill", "Quill"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("zurich labs", "company:zurich-labs"),
        ("ZÜRICHLABS", "company:zurich-labs"),
        ("Zurich", "company:zurich-labs"),
        ("exmp", "fund:EXMP"),
        ("fund:EXMP", "fund:EXMP"),
        ("Examplar", "company:exemplar"),
        ("exemplar bitcon", "fund:EXMP"),
        ("quill ada", "person:ada-quill"),
        ("Aba Quil", None),
        ("", None),
        ("§", None),
        ("zebra", None),
    ],
)
def test_what_is_found_first(words: str, first: str | None) -> None:
    found = search_catalogue(words, SMALL)
    assert (found[0].entry.id if found else None) == first


def test_the_same_comes_before_what_holds_it() -> None:
    found = search_catalogue("exemplar", SMALL)
    assert [(match.entry.id, match.form) for match in found] == [
        ("company:exemplar", "Exemplar"), ("fund:EXMP", "Exemplar Bitcoin Trust"),
    ]  # fmt: skip
    assert found[0].score == 1 > found[1].score
    assert len(search_catalogue("exemplar", SMALL, limit=1)) == 1


def test_what_belongs_to_an_entry() -> None:
    assert [member.id for member in members_of("company:exemplar", SMALL)] == ["fund:EXMP"]


def test_a_former_name_of_the_shipped_catalogue_is_found() -> None:
    best = search_catalogue("microstrategy", shipped_catalogue())[0]
    assert (best.entry.id, best.form) == ("company:strategy", "MicroStrategy")


def test_any_words_are_searched_quickly() -> None:
    for words in ("etherium", "a " * 10_000, "bitcoin etf " * 500, "x" * 100_000):
        started = time.perf_counter()
        search_catalogue(words, shipped_catalogue())
        assert time.perf_counter() - started < 2


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_can_be_searched_for(words: str) -> None:
    assert all(0 < match.score <= 1 for match in search_catalogue(words, SMALL))
