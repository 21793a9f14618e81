"""Gates of the reader of entities: the table of ambiguous mentions, the lockbox of the gold, and speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import entities
import gold
import pytest

from narrative.catalogue.entries import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def test_the_table_names_entries_of_the_catalogue():
    table = entities.cases()
    assert len(table) >= 200
    assert {case.id for case in table if case.id} <= set(load_catalogue().by_id)


def test_ambiguous_mentions_that_nobody_tuned_on():
    scores = entities.score_table()
    assert scores["unseen"]["accuracy"] >= 0.93
    assert scores["linked"]["accuracy"] >= 0.93
    assert scores["not linked"]["accuracy"] >= 0.95


@pytest.mark.shared
def test_scores_of_the_lockbox_are_as_sure_as_they_say(shared: Path):
    rows = gold.gold("lockbox")
    found = [annotation["entities"] for annotation in gold.read_gold(rows)]
    assert entities.calibration_error(entities.outcomes(zip(rows, found, strict=True))) <= 0.07


@pytest.mark.shared
def test_words_a_second(shared: Path):
    assert entities.words_a_second([row["text"] for row in gold.gold("open")]) >= 20_000
