"""A user's own entries on top of the shipped ones: what becomes of them, of reading with them, and of the rest."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import narrative
from narrative.catalogue.additions import additions_text, merged, with_additions
from narrative.catalogue.entries import load_catalogue, per_catalogue, shipped_catalogue, using
from narrative.pipeline.fingerprint import pipeline_identity
from narrative.store.corpus import open_corpus
from narrative.store.engine import annotate_corpus
from narrative.store.importing import import_files
from narrative.store.local_engine import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from narrative.catalogue.entries import Catalogue

TEXT = "Quorvex Labs said on Monday that it sold 500 bitcoin to Strategy, formerly MicroStrategy."
OWN = {"id": "company:quorvex-labs", "name": "Quorvex Labs", "camp": "crypto"}


def own(*fields: dict[str, object]) -> Catalogue:
    return with_additions(additions_text(fields))


def links(catalogue: Catalogue | None = None) -> dict[str, str | None]:
    annotation = narrative.annotate(TEXT, published="2026-02-10", catalogue=catalogue)
    return {entity.text: entity.id for entity in annotation.entities}


def test_what_is_given_replaces_and_aliases_are_added() -> None:
    known = shipped_catalogue().by_id["company:strategy"]
    changed = merged(
        known, {"id": known.id, "name": "Strategy Holdings", "aliases": ["Stratholm"], "tickers": ["STRH"]}
    )
    assert set(changed.aliases) == {*known.aliases, "Strategy", "Stratholm"}
    assert (changed.name, changed.tickers, changed.camp) == ("Strategy Holdings", ("STRH",), known.camp)
    assert merged(known, {"id": known.id}) == known


def test_the_text_of_additions_does_not_depend_on_order() -> None:
    other = {"camp": "crypto", "name": "Œuvre", "id": "asset:oeuvre"}
    assert additions_text([OWN, other]) == additions_text([other, dict(reversed(OWN.items()))])
    assert own(OWN, other).by_id["asset:oeuvre"].name == "Œuvre"
    assert with_additions("") is shipped_catalogue()


def test_reading_with_additions_leaves_other_readings_alone() -> None:
    before = links()
    assert before.get("Quorvex Labs") is None
    assert links(own(OWN))["Quorvex Labs"] == "company:quorvex-labs"
    assert links(own(OWN))["Strategy"] == "company:strategy"
    assert links() == before
    assert load_catalogue() is shipped_catalogue()


def test_the_fingerprint_tells_what_was_added() -> None:
    def fingerprint(catalogue: Catalogue | None) -> dict[str, str | None]:
        with using(catalogue):
            return pipeline_identity().fingerprint.model_dump()

    shipped, first, same = fingerprint(None), fingerprint(own(OWN)), fingerprint(own(dict(reversed(OWN.items()))))
    assert first == same
    assert {name for name in shipped if shipped[name] != first[name]} == {"catalogue"}
    assert first != fingerprint(own(OWN | {"camp": "ai"}))
    annotation = narrative.annotate(TEXT, published="2026-02-10", catalogue=own(OWN))
    assert annotation.pipeline.fingerprint.catalogue == first["catalogue"]


def test_a_catalogue_is_in_use_in_its_block_and_thread_alone() -> None:
    mine = own(OWN)
    with ThreadPoolExecutor(1) as thread, using(mine):
        assert load_catalogue() is mine
        assert thread.submit(load_catalogue).result() is shipped_catalogue()
        with using(None):
            assert load_catalogue() is mine
        with pytest.raises(KeyError), using(own()):
            raise KeyError
        assert load_catalogue() is mine


def test_what_is_derived_is_derived_once_a_catalogue() -> None:
    calls: list[tuple[str, int]] = []

    @per_catalogue
    def size(word: str) -> int:
        calls.append((word, len(load_catalogue().entries)))
        return calls[-1][1]

    mine = own(OWN)
    for catalogue in (None, mine, None, mine):
        with using(catalogue):
            assert size("a") == len(load_catalogue().entries)
    assert len(calls) == 2
    assert size("b") == size("a")


@pytest.mark.parametrize("articles", [3, 60])  # read in this process, and in workers
def test_a_corpus_is_read_anew_with_additions(tmp_path: Path, articles: int) -> None:
    rows = [
        {"id": str(number), "published": "2026-02-10", "outlet": "X", "text": f"{TEXT} It was sale {number}."}
        for number in range(articles)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    corpus = open_corpus(tmp_path / "corpus", create=True)
    import_files(corpus, [str(tmp_path / "a.jsonl")])

    def read(catalogue: Catalogue | None) -> tuple[int, int]:
        with using(catalogue):
            report = annotate_corpus(corpus, LocalEngine(1))
        return report.annotated, report.failed

    assert read(None) == (articles, 0)
    assert ids(corpus.dataset("entities").to_table().column("id").to_pylist()) == 0
    assert read(own(OWN)) == (articles, 0)
    assert ids(corpus.dataset("entities").to_table().column("id").to_pylist()) == articles
    assert read(own(OWN)) == read(None) == (0, 0)


def ids(column: Sequence[str | None]) -> int:
    return column.count("company:quorvex-labs")
