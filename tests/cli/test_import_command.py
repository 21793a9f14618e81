"""`narrative import` and `narrative corpus`: what bad input gets, and what good input leaves."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.store.corpus import open_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

GOOD = {"id": "1", "title": "Bitcoin rests", "outlet": "X", "published": "2026-02-01", "text": "It did not move today."}


def line(**fields: object) -> bytes:
    return json.dumps({**GOOD, **fields}).encode() + b"\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def _file(name: str, data: bytes) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / name).write_bytes(data)
        return ["import", str(folder / name), "--corpus", str(folder / "corpus")]

    return make


def _with_options(*options: str) -> Callable[[Path], list[str]]:
    return lambda folder: [*_file("a.jsonl", line())(folder), *options]


def _truncated_parquet(folder: Path) -> list[str]:
    pq.write_table(pa.Table.from_pylist([GOOD] * 100), folder / "whole.parquet")
    data = (folder / "whole.parquet").read_bytes()
    return _file("a.parquet", data[: len(data) // 2])(folder)


def _newer(command: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "corpus").mkdir()
        (folder / "corpus" / "corpus.json").write_text('{"format": 99}')
        return command(folder)

    return make


def _read_only(folder: Path) -> list[str]:
    target = (
        Path("/proc/narrative") if os.geteuid() == 0 else folder / "shut" / "corpus"
    )  # root may write anywhere else
    if os.geteuid():
        (folder / "shut").mkdir(mode=0o555)
    return [*_file("a.jsonl", line())(folder)[:2], "--corpus", str(target)]


def _settings(text: str) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "my.toml").write_text(text)
        return [*_file("a.jsonl", line())(folder), "--project", str(folder / "my.toml")]

    return make


def _a_file_as_corpus(folder: Path) -> list[str]:
    (folder / "corpus").touch()
    return _file("a.jsonl", line())(folder)


def _a_folder_as_output(folder: Path) -> list[str]:
    (folder / "a.csv").mkdir()
    return _export("--output", "HERE/a.csv")(folder)


def _info(folder: Path) -> list[str]:
    return ["corpus", "info", "--corpus", str(folder / "corpus")]


def _export(*options: str) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        assert run(*_file("a.jsonl", line())(folder)).exit_code == 0
        options_here = [option.replace("HERE", str(folder)) for option in options]
        return ["corpus", "export", "--corpus", str(folder / "corpus"), *options_here]

    return make


BAD = {
    "no such file": (lambda folder: ["import", "no.jsonl", "--corpus", str(folder / "c")], 1, "no such file"),
    "no corpus named": (lambda folder: ["import", str(folder)], 2, "which corpus?"),
    "empty file": (_file("a.jsonl", b""), 1, "the file is empty"),
    "blank file": (_file("a.csv", b"\n\n \n"), 1, "the file is empty"),
    "empty gzip": (_file("a.jsonl.gz", gzip.compress(b"")), 1, "the file is empty"),
    "broken gzip": (_file("a.jsonl.gz", gzip.compress(line() * 5000)[:-2000]), 1, "damaged or cut short"),
    "truncated Parquet": (_truncated_parquet, 1, "no readable Parquet"),
    "no Parquet": (_file("a.parquet", b"PAR1 but not really"), 1, "no readable Parquet"),
    "binary": (_file("a.jsonl", bytes(range(256)) * 100), 1, "binary data"),
    "UTF-16": (_file("a.csv", "id,text\n1,x\n".encode("utf-16")), 1, "save it as UTF-8"),
    "wrong map column": (_with_options("--map", "text=nosuch"), 1, "no row has the field 'nosuch'"),
    "wrong map field": (_with_options("--map", "colour=text"), 2, "no field 'colour'"),
    "wrong zone": (_with_options("--zone", "Mars/Olympus"), 2, "no such time zone"),
    "wrong embargo": (_with_options("--embargo", "soon"), 2, "write it like"),
    "unknown setting": (_settings('colour = "red"'), 2, "my.toml: unknown key 'colour'"),
    "broken settings": (_settings("corpus ="), 2, "my.toml"),
    "20 MB line": (_file("a.jsonl", line(text="x" * 20_000_000)), 3, "longer than 16 MiB"),
    "20 MB cell": (_file("a.csv", b"id,text\n1," + b"x" * 20_000_000 + b"\n"), 3, "longer than 16 MiB"),
    "too long a text": (_file("a.jsonl", line(text="word " * 250_000)), 3, "split it"),
    "no text": (_file("a.jsonl", line(text="", title="")), 3, "there is no text"),
    "no JSON": (_file("a.jsonl", b"Bitcoin rose.\n"), 3, "no JSON"),
    "future date": (_file("a.jsonl", line(published="2099-01-01")), 3, "lies in the future"),
    "bad date": (_file("a.jsonl", line(published="31/31/2026")), 3, "published"),
    "read-only folder": (_read_only, 1, "/"),
    "a file as corpus": (_a_file_as_corpus, 1, "a corpus is a folder"),
    "missing corpus": (_info, 1, "there is no such corpus"),
    "not a corpus": (lambda folder: ["corpus", "info", "--corpus", str(folder)], 1, "this folder is no corpus"),
    "newer corpus, info": (_newer(_info), 1, "upgrade"),
    "newer corpus, import": (_newer(_file("a.jsonl", line())), 1, "upgrade"),
    "unknown table": (_export("--table", "prices", "--output", "HERE/a.csv"), 2, "a corpus has the tables"),
    "unknown format": (_export("--output", "HERE/a.docx"), 2, "name a file that ends in"),
    "no such folder": (_export("--output", "HERE/no/a.csv"), 2, "does not exist"),
    "folder as output": (_a_folder_as_output, 1, "a.csv: can't be written"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_line(tmp_path: Path, case: str) -> None:
    make, code, message = BAD[case]
    result = run(*make(tmp_path))
    assert result.exit_code == code, result.output
    told = result.stderr.strip().splitlines()
    assert message in told[-1]
    assert "defect" not in result.stderr
    assert "Traceback" not in result.stderr
    if code != 3:
        assert len(told) == 1
    assert result.stdout == ""


def test_a_locked_corpus(tmp_path: Path) -> None:
    arguments = _file("a.jsonl", line())(tmp_path)
    with open_corpus(tmp_path / "corpus", create=True).writing():
        result = run(*arguments)
        assert result.exit_code == 1
        assert f"another process (id {os.getpid()}) is writing" in result.stderr
    assert run(*arguments).exit_code == 0


def test_no_date_is_told_and_the_article_kept(tmp_path: Path) -> None:
    result = run(*_file("a.jsonl", line(published=None))(tmp_path))
    assert result.exit_code == 0
    assert "1 of them have no date" in result.stderr
    assert open_corpus(tmp_path / "corpus").count("articles") == 1


def test_duplicate_ids_are_revisions(tmp_path: Path) -> None:
    result = run(*_file("a.jsonl", line() + line() + line(text="It moved after all."))(tmp_path))
    assert result.exit_code == 0
    assert "1 articles added, 1 revisions, 1 known already" in result.stderr


def test_settings_of_the_project_hold_unless_an_option_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(
        'corpus = "corpus"\nzone = "Asia/Singapore"\n[map]\ntext = "text"\nid = "title"\n'
    )
    source = _file("a.jsonl", line(published="2026-02-01T08:00:00"))(tmp_path)[1]
    assert run("import", source, "--project", str(tmp_path / "my.toml")).exit_code == 0
    assert (
        run("import", source, "--project", str(tmp_path / "my.toml"), "--zone", "UTC", "--map", "id=id").exit_code == 0
    )
    rows = [item for part in open_corpus(tmp_path / "corpus").read("articles") for item in part.to_pylist()]
    assert [(item["id"], item["published"].hour) for item in rows] == [("Bitcoin rests", 0), ("1", 8)]
