"""Tables → files."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from small_corpora import NOW, row

from narrative.errors import SettingsError
from narrative.records import Annotation
from narrative.store.arrow import from_arrow
from narrative.store.engine import annotate_corpus
from narrative.store.export import export_table
from narrative.store.information import corpus_information
from narrative.store.local_engine import LocalEngine
from narrative.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from narrative.store.corpus import Corpus

MARK = "Zebra"
FORMULAS = ["=1+1", "+SUM(A1)", "-2+3", "@here", "\tx", "-5.5%", "-7"]


@pytest.fixture
def corpus(make_corpus: Callable[..., Corpus], fixed_pipeline: Callable[[str], None]) -> Corpus:
    rows = [
        row(number, title=f"{MARK} {number}", text=f"{MARK} 比特币 {number}\n“more”, they said") for number in range(9)
    ]
    rows += [row(100 + number, author=author, text="RAISE") for number, author in enumerate(FORMULAS)]
    rows[0]["url"] = "https://example.org/0"
    made = make_corpus(rows)
    annotate_corpus(made, LocalEngine(1, "fake_readers:frail"))
    return made


def read_back(output: Path, name: str) -> list[object]:
    if output.suffix == ".jsonl":
        return [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    if output.suffix == ".csv":
        with output.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if output.suffix == ".parquet":
        return list(pq.read_table(output).to_pylist())
    with closing(sqlite3.connect(output)) as database:
        return database.execute(f'select * from "{name}"').fetchall()  # noqa: S608 - a name of ours


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".sqlite"])
@pytest.mark.parametrize("text", [True, False])
def test_every_table_in_every_format(corpus: Corpus, tmp_path: Path, suffix: str, text: bool) -> None:
    for name in TABLES:
        output = tmp_path / f"{name}{suffix}"
        manifest = export_table(corpus, name, output, text=text, clock=lambda: NOW)
        assert manifest["rows"] == corpus.count(name) == len(read_back(output, name))
        assert text or MARK.encode() not in output.read_bytes()


def test_annotations_as_lines_are_the_records(corpus: Corpus, tmp_path: Path) -> None:
    export_table(corpus, "annotations", tmp_path / "a.jsonl")
    records = [record for part in corpus.read("annotations") for record in from_arrow(part, Annotation)]
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert lines == [record.model_dump_json() for record in records]
    assert [Annotation.model_validate_json(line) for line in lines] == records


def test_without_text_addresses_hashes_and_offsets_stay(corpus: Corpus, tmp_path: Path) -> None:
    export_table(corpus, "annotations", tmp_path / "a.jsonl", text=False)
    first = json.loads((tmp_path / "a.jsonl").read_text("utf-8").splitlines()[0])
    assert first["article"]["url"] == "https://example.org/0"
    assert first["article"]["text"] is None
    assert len(first["key"]) == 32
    assert first["entities"][0]["end"] == 4
    assert first["entities"][0]["text"] is None


def test_spreadsheets_get_no_formulas(corpus: Corpus, tmp_path: Path) -> None:
    export_table(corpus, "articles", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        authors = [item["author"] for item in csv.DictReader(file)][9:]
    assert authors == ["'=1+1", "'+SUM(A1)", "'-2+3", "'@here", "x", "-5.5%", "-7"]
    export_table(corpus, "sentences", tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["ai_score"] == "-0.5"


def test_the_manifest_says_what_it_is(corpus: Corpus, tmp_path: Path) -> None:
    output = tmp_path / "f.csv"
    export_table(corpus, "figures", output, settings={"zone": "UTC"}, clock=lambda: NOW)
    manifest = json.loads((tmp_path / "f.csv.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()
    assert manifest["time_span"] == {"start": "2026-02-01T10:00:00Z", "end": "2026-02-01T10:00:00Z"}
    assert [item["fingerprint"]["rules"] for item in manifest["pipelines"]] == ["first"]
    assert manifest["settings"] == {"zone": "UTC"}
    assert manifest["created"] == "2026-03-01T00:00:00Z"


def test_only_the_newest_reading_is_exported(
    corpus: Corpus, tmp_path: Path, fixed_pipeline: Callable[[str], None]
) -> None:
    fixed_pipeline("second")
    annotate_corpus(corpus, LocalEngine(1, "fake_readers:second"))
    manifest = export_table(corpus, "annotations", tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == manifest["rows"] == corpus.count("articles")
    assert {json.loads(line)["pipeline"]["fingerprint"]["rules"] for line in lines} == {"second"}


@pytest.mark.parametrize(("name", "file"), [("prices", "a.csv"), ("figures", "a.xlsx"), ("figures", "no/folder/a.csv")])
def test_what_can_not_be_exported(corpus: Corpus, tmp_path: Path, name: str, file: str) -> None:
    with pytest.raises(SettingsError):
        export_table(corpus, name, tmp_path / file)


def test_information(corpus: Corpus) -> None:
    found = corpus_information(corpus)
    assert (found.articles, found.annotated, found.waiting) == (16, 9, 7)
    assert found.errors == {"ValueError: this article is too much": 7}
    assert found.outlets == {"The Daily Test": 16}
    assert found.bytes_on_disk > 10_000
    assert found.pipelines[0].annotations == 9
    annotate_corpus(corpus, LocalEngine(1, "fake_readers:first"), retry_errors=True)
    assert corpus_information(corpus).errors == {}
