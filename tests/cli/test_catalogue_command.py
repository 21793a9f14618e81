"""`narrative catalogue`, and `--catalogue` of `narrative annotate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.records import Annotation

if TYPE_CHECKING:
    from pathlib import Path

OWN = {
    "id": "company:quorvex-labs", "name": "Quorvex Labs", "camp": "crypto", "belongs_to": ["company:coinbase"],
    "aliases": ["Old Quorvex"], "dated": [{"form": "Old Quorvex", "until": "2024-05-01"}],
    "valid_from": "2020-01-02",
}  # fmt: skip
TEXT = "Quorvex Labs bought 500 bitcoin, the firm said."


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stdout + result.stderr


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(OWN))
    return path


def test_list_tells_types_and_camps(own: Path) -> None:
    lines = run("catalogue", "list", "--type", "fund", "--camp", "crypto").splitlines()
    assert any(line.split()[:3] == ["fund:IBIT", "IBIT", "crypto"] for line in lines)
    assert all(line.startswith("fund:") for line in lines)
    rows = [json.loads(line) for line in run("catalogue", "list", "--json", "--catalogue", own).splitlines()]
    assert len(rows) > 2_500
    assert [row["name"] for row in rows if row["id"] == OWN["id"]] == ["Quorvex Labs"]
    assert "write one of ASSET" in run("catalogue", "list", "--type", "planet", code=2)


def test_search_shows_what_an_entry_is(own: Path) -> None:
    shown = run("catalogue", "search", "old", "quorvx", "--catalogue", own)
    for part in (
        "Quorvex Labs  company:quorvex-labs  found as “Old Quorvex”", "COMPANY, crypto",
        "Old Quorvex (until 2024-05-01)", "Coinbase (company:coinbase)", "from 2020-01-02",
    ):  # fmt: skip
        assert part in shown
    shown = run("catalogue", "search", "blackrock", "--limit", 1)
    assert "IBIT (fund:IBIT)" in shown
    row = json.loads(run("catalogue", "search", "blackrock", "--limit", 1, "--json"))
    assert row["entry"]["id"] == "company:blackrock"
    assert "fund:IBIT" in row["members"]
    assert "no entry goes by anything like it" in run("catalogue", "search", "qqqqzzzz", code=1)


def test_validate_tells_faults_and_exits_1(tmp_path: Path, own: Path) -> None:
    assert run("catalogue", "validate") == ""
    assert run("catalogue", "validate", own) == ""
    bad = tmp_path / "bad.csv"
    bad.write_text("id,name,tickers\ncompany:x-y,X Y,\ncompany:x-z,X Z,xzz\n")
    told = run("catalogue", "validate", own, bad, code=1)
    assert f"{bad}:3: the ticker 'xzz' is not in capitals; write tickers in capitals" in told
    assert "1 fault" in told


def test_annotate_reads_with_own_entries(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    article = tmp_path / "a.txt"
    article.write_text(TEXT)

    def idents(*options: object) -> set[str | None]:
        read = Annotation.model_validate_json(run("annotate", article, "--format", "json", *options))
        return {entity.id for entity in read.entities}

    assert OWN["id"] not in idents()
    assert OWN["id"] in idents("--catalogue", own)
    (tmp_path / "narrative.toml").write_text('catalogue = "own.jsonl"\n')
    assert OWN["id"] in idents("--project", tmp_path / "narrative.toml")
    monkeypatch.chdir(tmp_path)
    assert OWN["id"] in idents()
    assert OWN["id"] not in idents("--project", _empty(tmp_path))


def test_a_faulty_catalogue_is_told_before_anything_is_read(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}")
    told = run("annotate", tmp_path / "a.txt", "--catalogue", bad, code=2)
    assert f"error: {bad}:1: no id" in told
    assert "No such file" in run("annotate", tmp_path / "a.txt", "--catalogue", tmp_path / "none.toml", code=2)


def test_a_corpus_is_read_anew_with_own_entries(tmp_path: Path, own: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "published": "2026-02-10", "text": TEXT}))
    corpus = tmp_path / "corpus"
    run("import", tmp_path / "a.jsonl", "--corpus", corpus)
    annotate = ["annotate", "--corpus", str(corpus)]
    told = [
        CliRunner().invoke(app, [*annotate, *options]).stderr.split()[0]
        for options in ([], ["--catalogue", str(own)], ["--catalogue", str(own)], [])
    ]
    assert told == ["1", "1", "0", "0"]


def _empty(folder: Path) -> Path:
    path = folder / "empty.toml"
    path.write_text("")
    return path
