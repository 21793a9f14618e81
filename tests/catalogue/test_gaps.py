"""Names that a corpus speaks of and no entry covers."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from narrative.catalogue.upkeep.gaps import EXAMPLE_LENGTH, Gap, find_gaps
from narrative.catalogue.upkeep.names import in_title_case, is_part_of_name, names_in
from narrative.cli.app import app
from narrative.store.corpus import Corpus, open_corpus

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Counter({"strong": 9, "the": 9, "traders": 9, "research": 9})

NAMES = {
    "We met Quorvex Labs and the Zimbral team.": {"Quorvex Labs", "Zimbral"},
    "Strong demand came from Quorvex.": {"Quorvex"},
    "Quorvex rose again.": set(),  # a word that begins a sentence may be any
    "It is the Bureau of Quorvex Labs.": {"Bureau", "Quorvex Labs", "Bureau of Quorvex Labs"},
    "The AI-driven 90K rally of mid-May came back.": set(),
    "They use 21Quorvex, iQuorvex and $QVX (QVY).": {"21Quorvex", "iQuorvex", "QVX", "QVY"},
    "Ask @Quorvex or x.com/Quorvex today.": set(),
    "He said Quorvex’s founder left.": {"Quorvex"},
}  # fmt: skip


@pytest.mark.parametrize("sentence", NAMES)
def test_the_names_of_a_sentence(sentence: str) -> None:
    assert set(names_in(sentence, 0, len(sentence), [], SMALL)) == NAMES[sentence]


def test_what_is_taken_is_no_name_and_parts_names() -> None:
    sentence = "We met Quorvex Bitcoin Labs here."
    at = sentence.index("Bitcoin")
    assert set(names_in(sentence, 0, len(sentence), [(at, at + 7)], SMALL)) == {"Quorvex", "Labs"}


def test_headlines_are_told_from_sentences() -> None:
    assert in_title_case("Quorvex Launches Staking for Holders in Europe")
    assert not in_title_case("Quorvex launches staking for holders in Europe")


def test_a_word_beside_a_capital_is_part_of_a_longer_name() -> None:
    sentence = "we heard that Ada Quill joined the team of Ada in a plain sentence"
    first, last = sentence.index("Ada"), sentence.rindex("Ada")
    assert is_part_of_name(sentence, first, first + 3)
    assert not is_part_of_name(sentence, last, last + 3)


@pytest.mark.parametrize("unit", ["A", "A of ", "A and ", "Ab-", "A’b ", "{", "a1", "(A) "])
def test_time_grows_with_the_text(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    started = time.perf_counter()
    in_title_case(text)
    for _ in names_in(text, 0, len(text), [], Counter()):
        pass
    assert time.perf_counter() - started < 3


@settings(deadline=None)
@given(st.text("aAb Bof.-’&$1\n", max_size=80))
def test_every_name_stands_in_its_text(text: str) -> None:
    for name in names_in(text, 0, len(text), [], Counter()):
        assert name in text
        assert len(name.split()) <= 12


ROWS = [
    ("X", "The exchange Quorvex Labs listed Bitcoin. Strong demand followed, and the price rose."),
    ("X", "Traders like Quorvex Labs for its fees. It has strong sales."),
    ("Y", "On Tuesday the team at Quorvex Labs spoke to Coinbase about Bitcoin."),
    ("Y", "We heard that Zimbral bought Bitcoin. Follow Plugmaster on our page."),
    ("Z", "It seems that Zimbral sold Bitcoin. Follow Plugmaster on our page."),
    ("Z", "They said so. Follow Plugmaster on our page."),
    ("Z", "A Strong Day for the Strong Hands. They are strong, strong, strong and strong."),
    ("Z", "El mercado celebra hoy con Vorpalix la noticia de que los precios de la moneda suben otra vez."),
    ("Z", "El mercado lamenta hoy con Vorpalix la noticia de que los precios de la moneda caen otra vez."),
]  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("gaps")
    rows = [
        {"id": str(number), "outlet": outlet, "published": "2026-02-10", "text": text}
        for number, (outlet, text) in enumerate(ROWS)
    ]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    name = str(folder / "corpus")
    for command in (["import", str(folder / "a.jsonl")], ["annotate"]):
        assert CliRunner().invoke(app, [*command, "--corpus", name]).exit_code == 0
    return open_corpus(name)


def test_names_are_counted_by_story_and_outlet(corpus: Corpus) -> None:
    steps: list[tuple[int, int]] = []
    found = {gap.name: gap for gap in find_gaps(corpus, progress=lambda done, total: steps.append((done, total)))}
    assert list(found) == ["Quorvex Labs", "Zimbral"]  # a footer and what is linked, small or Spanish are none
    best = found["Quorvex Labs"]
    assert (best.stories, best.outlets, len(best.examples)) == (3, 2, 2)
    assert all("Quorvex Labs" in example and len(example) <= EXAMPLE_LENGTH + 2 for example in best.examples)
    assert (found["Zimbral"].stories, found["Zimbral"].outlets) == (2, 2)
    assert steps[-1] == (3 * len(ROWS), 3 * len(ROWS))
    assert [gap.name for gap in find_gaps(corpus, 1)] == ["Quorvex Labs"]


def test_the_command_shows_gaps_and_takes_own_entries(corpus: Corpus, tmp_path: Path) -> None:
    def run(*options: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["catalogue", "gaps", "--corpus", str(corpus.folder), *options])
        assert result.exit_code == code, result.output
        return result.stdout

    shown = " ".join(run().split())
    assert "name perhaps stories outlets for instance" in shown
    assert "Quorvex Labs" in shown
    rows = [Gap.model_validate_json(line) for line in run("--json").splitlines()]
    assert [row.name for row in rows] == ["Quorvex Labs", "Zimbral"]
    own = tmp_path / "own.csv"
    own.write_text("id,name\ncompany:quorvex-labs,Quorvex Labs\n")
    assert [json.loads(line)["name"] for line in run("--json", "--catalogue", str(own)).splitlines()] == ["Zimbral"]


def test_a_corpus_that_is_not_annotated_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": "Bitcoin rose."}))
    name = str(tmp_path / "corpus")
    assert CliRunner().invoke(app, ["import", str(tmp_path / "a.jsonl"), "--corpus", name]).exit_code == 0
    result = CliRunner().invoke(app, ["catalogue", "gaps", "--corpus", name])
    assert result.exit_code == 1
    assert "nothing in it is annotated; run `narrative annotate --corpus" in result.stderr
