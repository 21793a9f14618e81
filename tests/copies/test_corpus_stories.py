"""Stories of a corpus: imports that go on from one another, what series count, and `narrative duplicates`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.store import importing
from narrative.store.corpus import open_corpus
from narrative.store.importing import import_files

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.store.corpus import Corpus

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEXTS = [
    "The exchange Pelorus froze withdrawals on Sunday after its auditor could not find 11,000 ether that two of its "
    "books said it held. Customers with more than $2,000 must wait until a court in Valletta has spoken.",
    "A senator from Ohio wants miners to publish what they pay for power. Her bill, which names nobody, follows a "
    "winter in which three towns near a mine paid 40% more for electricity than the year before.",
    "Kelp Protocol lets holders vote on a fee switch from Thursday. If it passes, one sixth of what traders pay would "
    "go to those who lock their tokens for two years, some $9 million at the pace of last quarter.",
]


def row(number: int, text: int, *, day: int, hour: int, outlet: str, **fields: object) -> dict[str, object]:
    return {
        "id": f"a{number}", "title": f"Report {number}", "outlet": outlet, "text": TEXTS[text], "language": "en",
        "published": f"2026-02-{day:02}T{hour:02}:00:00Z", **fields,
    }  # fmt: skip


ROWS = [
    row(0, 0, day=1, hour=8, outlet="Alpha"),
    row(1, 1, day=1, hour=9, outlet="Beta"),
    row(2, 0, day=1, hour=20, outlet="Beta"),
    row(3, 2, day=2, hour=7, outlet="Alpha"),
    row(4, 0, day=3, hour=6, outlet="Gamma"),
    row(5, 1, day=9, hour=6, outlet="Gamma"),  # long after
    row(6, 2, day=1, hour=5, outlet="=Beta"),  # the original of a3, which came in late
]
EXPECTED = {"a0": "a0", "a1": "a1", "a2": "a0", "a3": "a3", "a4": "a0", "a5": "a5", "a6": "a3"}


def imported(folder: Path, *files: list[dict[str, object]]) -> Corpus:
    corpus = open_corpus(folder / "corpus", create=True)
    for number, rows in enumerate(files):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(json.dumps(item) + "\n" for item in rows), "utf-8")
        import_files(corpus, [str(path)], clock=lambda: NOW)
    return corpus


def stories(corpus: Corpus, table: str = "articles") -> dict[str, str]:
    rows = [item for part in corpus.read(table, ["id", "story_id"]) for item in part.to_pylist()]
    return {item["id"]: item["story_id"] for item in rows}


@pytest.mark.parametrize("size", [1, 2, 3, len(ROWS)])
def test_stories_are_the_same_however_the_articles_are_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
):
    monkeypatch.setattr(importing, "COMMIT_ARTICLES", size)
    assert stories(imported(tmp_path, ROWS)) == EXPECTED


def test_an_import_goes_on_from_what_the_corpus_holds(tmp_path: Path):
    assert stories(imported(tmp_path, ROWS[:2], ROWS[2:3], ROWS[3:])) == EXPECTED


def test_a_revision_stays_in_the_story_of_its_first_version(tmp_path: Path):
    revised = {**ROWS[2], "text": "This article was withdrawn."}
    corpus = imported(tmp_path, ROWS[:3], [revised])
    assert stories(corpus, "revisions") == {"a2": "a0"}


def test_a_copy_gets_the_date_of_its_original(tmp_path: Path):
    corpus = imported(tmp_path, ROWS)
    origins = {item["id"]: item["origin"] for part in corpus.read("articles") for item in part.to_pylist()}
    assert origins["a2"]["outlet"] == "Alpha"
    assert origins["a2"]["published"] == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert origins["a0"] is None


def run(corpus: Corpus, *options: str) -> str:
    result = CliRunner().invoke(app, ["duplicates", "--corpus", str(corpus.folder), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_duplicates_tells_story_origin_copies_and_what_they_share(tmp_path: Path):
    corpus = imported(tmp_path, ROWS)
    found = json.loads(run(corpus, "--format", "json"))
    assert {story["story_id"]: story["origin"]["id"] for story in found} == {"a0": "a0", "a3": "a6"}
    first = next(story for story in found if story["story_id"] == "a0")
    assert [copy["id"] for copy in first["copies"]] == ["a2", "a4"]
    assert first["copies"][0]["score"] > 0.9
    assert first["copies"][0]["figures"] >= 2
    assert len(run(corpus, "--format", "jsonl").splitlines()) == 2
    assert "'=Beta" in run(corpus, "--format", "csv")
    assert "2 stories have copies, 3 in all" in run(corpus)
    assert "no article is a copy of another" in run(corpus, "--outlet", "Nobody")
    run(corpus, "--format", "csv", "--output", str(tmp_path / "copies.csv"))
    assert len((tmp_path / "copies.csv").read_text().splitlines()) == 6
