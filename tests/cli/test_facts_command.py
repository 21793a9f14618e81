"""`narrative facts` on an annotated corpus."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.manifest import sha256_of
from narrative.results import Fact
from narrative.store.arrow import from_arrow, schema_of
from narrative.store.corpus import open_corpus

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("a", "X", "2026-02-04T08:00:00Z", "US spot Bitcoin ETFs lost $903 million on February 3, according to SoSoValue."),
    ("b", "Y", "2026-02-04T09:00:00Z", "Spot Bitcoin ETFs saw $903.2 million in net outflows on February 3."),
    ("c", "=Z", "2026-02-04T10:00:00Z", "US spot Bitcoin ETFs recorded $90.3 million in outflows on February 3."),
    ("d", "X", "2026-02-05T09:00:00Z", "US spot Ether ETFs attracted $51 million on February 4."),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("facts")
    rows = [
        {"id": ident, "title": f"T {ident}", "outlet": outlet, "published": published, "text": text}
        for ident, outlet, published, text in ROWS
    ]
    (folder / "a.jsonl").write_text("".join(json.dumps(item) + "\n" for item in rows))
    name = str(folder / "corpus")
    assert CliRunner().invoke(app, ["import", str(folder / "a.jsonl"), "--corpus", name]).exit_code == 0
    assert CliRunner().invoke(app, ["annotate", "--corpus", name]).exit_code == 0
    return name


def run(corpus: str, *options: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["facts", "--corpus", corpus, *options])
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_table_for_people(corpus: str) -> None:
    shown = run(corpus, "--kind", "flow")
    assert "−$903.2M" in shown
    assert "−$90.3M: likely a slip of magnitude" in " ".join(shown.split())
    assert "US spot Ether" in shown
    assert "+$51M" in shown
    assert "no figure of these" in run(corpus, "--subject", "Dogecoin")


def test_json_for_programs(corpus: str) -> None:
    found = json.loads(run(corpus, "--json", "--subject", "Bitcoin ETFs", "--kind", "flow"))
    assert found["schema"] == "narrative.facts/1"
    (fact,) = (Fact.model_validate(item) for item in found["facts"])
    assert (fact.value, fact.direction, fact.stories, fact.independent_sources) == (903.2e6, "out", 2, 2)
    assert fact.sources == ("SoSoValue",)
    assert fact.period.start == fact.period.end == date(2026, 2, 3)
    ident, *_, body = ROWS[0]
    assert fact.first.article_id == ident
    text = f"T {ident}\n\n{body}"
    assert text[fact.first.start : fact.first.end] == "$903 million"
    assert text[fact.first.sentence_start : fact.first.sentence_end] == body


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_files_hold_the_same_and_have_a_manifest(corpus: str, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"facts{suffix}"
    run(corpus, "--output", str(output), "--kind", "flow", "--since", "2026-02-03")
    facts = [Fact.model_validate(item) for item in json.loads(run(corpus, "--json", "--kind", "flow"))["facts"]]
    assert len(facts) == 2
    if suffix == ".json":
        assert [Fact.model_validate(item) for item in json.loads(output.read_text())["facts"]] == facts
    elif suffix == ".parquet":
        table = pq.read_table(output)
        assert table.schema.equals(schema_of(Fact))
        assert list(from_arrow(table, Fact)) == facts
    else:
        rows = list(csv.DictReader(output.read_text("utf-8").splitlines()))
        assert [float(row["value"]) for row in rows] == [fact.value for fact in facts]
        assert [row["subject_id"] for row in rows] == [fact.subject.id for fact in facts]
        assert [row["period_start"] for row in rows] == [str(fact.period.start) for fact in facts]
        assert json.loads(rows[0]["dissent"])[0]["tellings"][0]["outlet"] == "=Z"
        assert not any(cell.startswith("=") for row in rows for cell in row.values())
    manifest = json.loads((tmp_path / f"facts{suffix}.manifest.json").read_text())
    assert (manifest["content"], manifest["rows"], manifest["since"]) == ("narrative.facts/1", 2, "2026-02-03")
    assert manifest["sha256"] == sha256_of(output)
    assert len(list(tmp_path.iterdir())) == 2


def test_as_of_takes_away_what_came_later(corpus: str) -> None:
    available = open_corpus(corpus).dataset("annotations").to_table(columns=["article_id", "available"]).to_pydict()
    known = dict(zip(available["article_id"], available["available"], strict=True))["a"]
    moment = f"{known + timedelta(minutes=1):%Y-%m-%dT%H:%MZ}"
    (fact,) = json.loads(run(corpus, "--json", "--kind", "flow", "--as-of", moment))["facts"]
    assert (fact["value"], fact["basis"], datetime.fromisoformat(fact["available"])) == (
        903e6, "single", known.replace(tzinfo=UTC),
    )  # fmt: skip


def test_wrong_options_are_told(corpus: str, tmp_path: Path) -> None:
    for options in (["--kind", "flows"], ["--since", "soon"], ["--output", str(tmp_path / "facts.xls")]):
        result = CliRunner().invoke(app, ["facts", "--corpus", corpus, *options])
        assert result.exit_code in {1, 2}
        assert options[0] in result.stderr
        assert len(result.stderr.splitlines()) == 1
