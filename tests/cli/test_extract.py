"""`narrative extract`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.records import Article

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

TEXT = "Bitcoin rose 4% to $71,200 on Monday, said traders, and ether stayed at $2,050."


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments)], input=stdin)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_line_an_article(text: Path) -> None:
    done = run(text, "-", "--published", "2026-02-10T06:29Z", "--title", "Up", "--outlet", "Ours", stdin=TEXT)
    assert done.exit_code == 0
    first, second = (Article.model_validate_json(line) for line in done.stdout.splitlines())
    assert (first.source, second.source) == (str(text), "stdin")
    assert (first.text, first.title, first.outlet) == (TEXT, "Up", "Ours")
    assert first.published is not None
    assert first.published.isoformat() == "2026-02-10T06:29:00+00:00"


def test_json_is_an_object_for_one_and_a_list_for_more(text: Path, tmp_path: Path) -> None:
    assert json.loads(run(text, "--format", "json").stdout)["text"] == TEXT
    assert [item["text"] for item in json.loads(run(text, text, "--format", "json").stdout)] == [TEXT, TEXT]
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps({"id": str(number), "text": TEXT}) + "\n" for number in range(3)), "utf-8")
    assert [item["id"] for item in json.loads(run(lines, "--format", "json").stdout)] == ["0", "1", "2"]
    listed = run(text, tmp_path / "none.txt", "--format", "json")
    assert [item["text"] for item in json.loads(listed.stdout)] == [TEXT]


def test_some_failed(text: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "none.txt", text)
    assert done.exit_code == 3
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines() == [f"error: {tmp_path / 'none.txt'}: there is no such file or folder"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "paste the text"),
        (b'{"id": "1"}\n', "no field 'text'"),
    ],
)
def test_nothing_could_be_read(tmp_path: Path, data: bytes, said: str) -> None:
    output = tmp_path / "out.jsonl"
    done = run("-", "--output", output, stdin=data)
    assert done.exit_code == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert said in line
    assert not output.exists()


def test_output_file(text: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    assert run(text, "--output", output).exit_code == 0
    assert Article.model_validate_json(output.read_text("utf-8")).text == TEXT


def test_a_date_in_the_future_and_one_that_is_none(text: Path) -> None:
    for date, said in (("2099-01-01", "in the future"), ("soon", "2026-02-10")):
        done = run(text, "--published", date)
        assert done.exit_code == 1
        assert said in done.stderr


def test_wrong_usage() -> None:
    assert run().exit_code == 2
    assert run("a.txt", "--format", "yaml").exit_code == 2
