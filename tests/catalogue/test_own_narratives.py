"""Files of a user's own narratives: what they may hold, and what becomes of the taxonomy."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from narrative.catalogue.own_narratives import (
    Measured,
    additions_text,
    narratives_in,
    own_narratives,
    read_own_narratives,
    with_narratives,
)
from narrative.catalogue.taxonomy import load_taxonomy, shipped_taxonomy, using_taxonomy
from narrative.define.entries import toml_entry
from narrative.errors import SettingsError
from narrative.pipeline.fingerprint import pipeline_identity
from narrative.report.titles import narrative_title, series_title
from narrative.series.build import _defined

if TYPE_CHECKING:
    from pathlib import Path

RUNS = """
[[narrative]]
id = "bank-runs"
title = "Bank runs"
description = "Depositors pull their money out of banks"
examples = ["Customers queued to withdraw their savings."]
since = 2026-02-03
"""
PLAIN = '[[narrative]]\nid = "l2-wars"\ntitle = "L2 wars"\ndescription = "Rollups fight for users"\n'


def file(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_they_come_after_the_shipped_ones(tmp_path: Path) -> None:
    taxonomy = read_own_narratives(file(tmp_path, RUNS + PLAIN))
    assert taxonomy.ids == (*shipped_taxonomy().ids, "bank-runs", "l2-wars")
    assert [entry.id for entry in own_narratives(taxonomy)] == ["bank-runs", "l2-wars"]
    assert own_narratives(shipped_taxonomy()) == ()
    assert with_narratives(taxonomy.additions).narrative == taxonomy.narrative  # what a worker gets


def test_series_and_titles_know_them_while_they_are_in_use(tmp_path: Path) -> None:
    with using_taxonomy(read_own_narratives(file(tmp_path, RUNS + PLAIN))):
        assert series_title("narrative/bank-runs/share") == "Bank runs, share of stories"
        assert _defined("narrative/bank-runs/share") == date(2026, 2, 3)
        assert _defined("narrative/l2-wars/share") == date.max  # nobody knows since when
    assert narrative_title("bank-runs") == "bank-runs"
    assert load_taxonomy() is shipped_taxonomy()


def test_the_fingerprint_of_the_taxonomy_tells_what_decides_the_reading(tmp_path: Path) -> None:
    def fingerprint(text: str) -> dict[str, str | None]:
        with using_taxonomy(read_own_narratives(file(tmp_path, text))):
            return pipeline_identity().fingerprint.model_dump()

    shipped = pipeline_identity().fingerprint.model_dump()
    one, other = fingerprint(RUNS), fingerprint(RUNS.replace("savings", "money"))
    assert len({shipped["taxonomy"], one["taxonomy"], other["taxonomy"]}) == 3
    assert {**one, "taxonomy": None} == {**shipped, "taxonomy": None}
    assert fingerprint(RUNS + PLAIN) == fingerprint(PLAIN + RUNS)
    assert fingerprint(RUNS) == one


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    (entry,) = narratives_in(file(tmp_path, RUNS))
    measured = Measured(
        stories=10,
        answers=6,
        yes=2,
        precision=(1, 0.5, 1),
        recall=(0.5, 0.1, 0.9),
        f1=(0.6, 0.2, 1),
        seed=1,
        encoder="e",
    )
    title = 'Quoted "runs"\\ on\tbanks\x7f… 🏦'
    entry = entry.model_copy(update={"threshold": 0.25, "measured": measured, "title": title})
    assert narratives_in(file(tmp_path, toml_entry(entry))) == (entry,)
    assert additions_text([entry]) == additions_text([entry.model_copy(update={"measured": None})])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "needs a table [[narrative]]"),
        ("narrative = 3", "needs a table [[narrative]]"),
        (RUNS + 'other = "x"', "unknown key 'other'"),
        ('other = "x"\n' + RUNS, "and nothing else"),
        (RUNS + RUNS, "bank-runs: defined twice"),
        (RUNS.replace("bank-runs", "defi"), "narrative 1 (defi): the id defi is taken"),
        (RUNS.replace("bank-runs", "other"), "taken"),
        (RUNS.replace("bank-runs", "Bank runs"), "small letters and hyphens"),
        (RUNS.replace('title = "Bank runs"', ""), "title: Field required"),
        (RUNS + "threshold = 1.5", "threshold"),
        (RUNS.replace("Customers queued to withdraw their savings.", " "), "write 1 to 1,000 characters"),
        (RUNS.replace("savings", "s" * 2000), "write 1 to 1,000 characters"),
        (RUNS + "strong = ['bank run*']", "unknown key 'strong'"),
        ("[[narrative]]\nid = ", "own.toml"),
        ("x = " + "[" * 100_000, "own.toml"),
        ("narrative = [1]", "narrative 1"),
        (PLAIN * 201, "more than 200"),
        ("#" * 1_000_001, "larger than"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        read_own_narratives(file(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_own_narratives(tmp_path / "absent.toml")
