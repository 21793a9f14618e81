"""`narrative corpus info` and `export` on what an import left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    rows = [
        {"id": str(n), "title": "T", "outlet": "X", "published": f"2026-02-0{n + 1}", "text": "Words."}
        for n in range(3)
    ]
    rows.append({"id": "bad", "published": "never", "text": "Words."})
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(item) + "\n" for item in rows))
    folder = str(tmp_path / "corpus")
    assert CliRunner().invoke(app, ["import", str(tmp_path / "a.jsonl"), "--corpus", folder]).exit_code == 3
    return folder


def test_info_for_programs(corpus: str) -> None:
    result = CliRunner().invoke(app, ["corpus", "info", "--corpus", corpus, "--json"])
    found = json.loads(result.stdout)
    assert (found["articles"], found["annotated"], found["waiting"]) == (3, 0, 3)
    assert found["published_from"] == "2026-02-01T00:00:00Z"
    assert list(found["errors"].values()) == [1]


def test_info_for_people(corpus: str) -> None:
    result = CliRunner().invoke(app, ["corpus", "info", "--corpus", corpus])
    assert result.exit_code == 0
    assert "published    2026-02-01 to 2026-02-03" in result.stdout
    assert "outlets      X 3" in result.stdout


def test_export_writes_the_file_and_its_manifest(corpus: str, tmp_path: Path) -> None:
    output = tmp_path / "articles.csv"
    result = CliRunner().invoke(
        app, ["corpus", "export", "--corpus", corpus, "--table", "articles", "--output", str(output), "--no-text"]
    )
    assert result.exit_code == 0
    assert "3 rows of articles written" in result.stderr
    assert "Words." not in output.read_text("utf-8")
    assert json.loads((tmp_path / "articles.csv.manifest.json").read_text("utf-8"))["rows"] == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.jsonl",
        "articles.csv",
        "articles.csv.manifest.json",
        "corpus",
    ]
