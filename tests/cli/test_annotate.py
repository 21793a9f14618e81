"""`narrative annotate` on sources: what it writes, and what bad input gets."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli import main
from narrative.cli.app import app
from narrative.records import Annotation

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

TEXT = "Bitcoin rose 4% to $71,200 on Monday, said traders."
UNDATED = "no publication date, so these periods stay null: “Monday”"


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["annotate", *map(str, arguments)], input=stdin)


def lines_of(*rows: dict[str, str]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


# What it writes


def test_text_shows_the_article_and_its_figures(text: Path) -> None:
    done = run(text, "--published", "2026-02-10", "--title", "Up again", "--outlet", "Ours")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Up again\nOurs · 2026-02-10 00:00 UTC")
    row = next(line for line in done.stdout.splitlines() if "71,200 " in line and "USD" in line)
    assert "price" in row
    assert "2026-02-09" in row


def test_json_is_an_object_for_one_and_a_list_for_more(text: Path) -> None:
    one = Annotation.model_validate_json(run(text, "--format", "json").stdout)
    assert one.article.source == str(text)
    assert [item["schema"] for item in json.loads(run(text, text, "--format", "json").stdout)] == [
        "narrative.annotation/1"
    ] * 2


def test_jsonl_is_a_line_an_article_with_the_ids_it_was_given() -> None:
    given = lines_of({"id": "7", "text": TEXT, "published": "2026-02-10"}, {"id": "x", "text": "Ether fell 2%."})
    done = run("-", "--format", "jsonl", stdin=given)
    read = [Annotation.model_validate_json(line) for line in done.stdout.splitlines()]
    assert [(one.article.id, one.article.source, one.article.text) for one in read] == [
        ("7", "stdin", TEXT),
        ("x", "stdin", "Ether fell 2%."),
    ]


def test_csv_is_one_table_over_all_sources(text: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(text, "-", "--format", "csv", stdin="Ether fell 2%.").stdout)))
    assert [row["text"] for row in rows] == ["4%", "$71,200", "2%"]
    assert len({row["article_id"] for row in rows}) == 2


@pytest.mark.parametrize(("form", "opening"), [("html", "<!doctype html>"), ("md", "# ")])
def test_formats_for_people(text: Path, form: str, opening: str) -> None:
    done = run(text, "--format", form)
    assert done.stdout.startswith(opening)
    assert "71,200" in done.stdout


def test_output_is_a_file_and_nothing_else(text: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "a.jsonl"
    output.parent.mkdir()
    done = run(text, "--format", "jsonl", "--output", output)
    assert (done.exit_code, done.stdout) == (0, "")
    assert Annotation.model_validate_json(output.read_text("utf-8")).article.text == TEXT
    assert list(output.parent.iterdir()) == [output]


def test_what_fails_leaves_an_older_output_as_it_was(tmp_path: Path) -> None:
    output = tmp_path / "a.jsonl"
    output.write_text("older")
    assert run(tmp_path / "none.txt", "--output", output).exit_code == 1
    assert output.read_text() == "older"
    assert list(tmp_path.iterdir()) == [output]


# Several sources, and notes


def test_what_can_not_be_read_is_told_and_the_rest_goes_on(text: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "none.txt", text, "--format", "jsonl", "--published", "2026-02-10")
    assert done.exit_code == 3
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines() == [f"error: {tmp_path / 'none.txt'}: there is no such file or folder"]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    page = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1><p>{1}</p></article></body></html>"
    for name in ("b", "a"):
        (tmp_path / f"{name}.html").write_text(page.format(f"Story {name}", TEXT * 6), "utf-8")
    done = run(tmp_path, "--format", "jsonl", "--published", "2026-02-10")
    assert [json.loads(line)["article"]["title"] for line in done.stdout.splitlines()] == ["Story a", "Story b"]


def test_undated_periods_are_told_once_a_source(text: Path) -> None:
    done = run(text, "-", "--format", "jsonl", stdin=lines_of(*({"id": str(n), "text": TEXT} for n in range(3))))
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"note: {text}: {UNDATED} (say --published DATE)",
        f"note: stdin: {UNDATED} (say --published DATE)",
        "note: so it is in 2 more articles without a publication date",
    ]
    assert run(text, "--published", "2026-02-10").stderr == ""


# Bad input: what is given, the exit code, a phrase of the line


def _file(name: str, data: bytes, *options: str) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / name).write_bytes(data)
        return [str(folder / name), *options]

    return make


def _page(body: str, title: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def _unwritable(folder: Path) -> list[str]:
    (folder / "shut").mkdir(mode=0o555)
    shut = Path("/proc") if os.geteuid() == 0 else folder / "shut"  # root may write anywhere else
    return [*GOOD(folder), "--output", str(shut / "a.json")]


def _no_folder(folder: Path) -> list[str]:
    return [*GOOD(folder), "--output", str(folder / "no" / "a.json")]


def _folder_as_output(folder: Path) -> list[str]:
    return [*GOOD(folder), "--output", str(folder)]


GOOD = _file("good.txt", TEXT.encode())
FUTURE = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
ROW = {"id": "1", "text": TEXT, "published": "2026-02-10"}
BAD = {
    "not an article": (_file("a.html", _page("<p>Contact us</p>")), 1, "not an article"),
    "login wall": (_file("a.html", _page("<h1>Sign in</h1><p>Log in to continue reading</p>", "Log in")), 1, "login"),
    "bot wall": (_file("a.html", _page("Checking your browser", "Just a moment...")), 1, "robot check"),
    "feed": (_file("a.xml", b'<?xml version="1.0"?><rss version="2.0"></rss>'), 1, "a feed"),
    "empty": (_file("a.txt", b""), 1, "it is empty"),
    "blank": (_file("a.txt", b" \n\t\n"), 1, "no text in it"),
    "picture": (_file("a.html", b"\x89PNG\r\n\x1a\n" + bytes(99)), 1, "a PNG image"),
    "binary": (_file("a.txt", bytes(range(256)) * 20), 1, "binary data"),
    "damaged PDF": (_file("a.pdf", b"%PDF-1.7 but no more"), 1, "the PDF is damaged"),
    "damaged WARC": (_file("a.warc", b"no archive"), 1, "the WARC file is damaged"),
    "damaged gzip": (_file("a.txt.gz", gzip.compress(TEXT.encode() * 99)[:-9]), 1, "damaged or cut short"),
    "10 MB of HTML": (_file("a.html", _page("<p>Bitcoin rose.</p>" * 550_000)), 1, "more than 10,000,000 bytes"),
    "deep HTML": (_file("a.html", b"<html><body>" + b"<div>" * 100_000 + TEXT.encode()), 1, "nested too deeply"),
    "gzip bomb": (_file("a.txt.gz", gzip.compress(bytes(50_000_000))), 1, "more than 5,000,000 bytes"),
    "too long a text": (_file("a.txt", b"Bitcoin rose. " * 80_000), 1, "so split it"),
    "deep JSON": (_file("a.jsonl", b'{"text":' + b"[" * 100_000), 1, "not JSON"),
    "half a surrogate": (_file("a.jsonl", b'{"text": "\\ud83d"}\n'), 1, "half a surrogate pair"),
    "duplicate id": (_file("a.jsonl", lines_of(ROW, ROW)), 3, "a.jsonl:2: the id '1' was there before"),
    "wrong date in a line": (_file("a.jsonl", lines_of({**ROW, "published": "soon"})), 1, "write it like 2026-02-10"),
    "future date in a line": (_file("a.jsonl", lines_of({**ROW, "published": FUTURE})), 1, "1: published"),
    "future date": (_file("a.txt", TEXT.encode(), "--published", FUTURE), 1, "a.txt: published"),
    "wrong date": (_file("a.txt", TEXT.encode(), "--published", "tomorrow"), 1, "write it like 2026-02-10"),
    "missing file": (lambda folder: [str(folder / "a.txt")], 1, "there is no such file"),
    "no address": (lambda folder: ["ftp://example.com/a"], 1, "only http:// and https://"),
    "private address": (lambda folder: ["http://10.0.0.1/a"], 1, "this address is not public"),
    "no folder for the output": (_no_folder, 2, "make it first"),
    "folder as output": (_folder_as_output, 2, "this is a folder"),
    "unwritable folder": (_unwritable, 1, "can't be written"),
    "no settings": (_file("a.txt", TEXT.encode(), "--project", "none.toml"), 2, "none.toml: No such file"),
    "sources and a corpus": (_file("a.txt", TEXT.encode(), "--corpus", "c"), 2, "not both"),
    "nothing to read": (lambda folder: [], 2, "what is to be read?"),
    "workers for a source": (_file("a.txt", TEXT.encode(), "--workers", "2"), 2, "--workers: only for --corpus"),
    "output of a corpus": (lambda folder: ["--corpus", str(folder), "--output", "a"], 2, "--output: only for sources"),
    "missing corpus": (lambda folder: ["--corpus", str(folder / "c")], 1, "there is no such corpus"),
    "unknown device": (_file("a.txt", TEXT.encode(), "--device", "tpu"), 2, "'tpu' is not one of"),
    "unknown format": (_file("a.txt", TEXT.encode(), "--format", "yaml"), 2, "'yaml' is not one of"),
}  # fmt: skip


@pytest.mark.enable_socket  # a written address is resolved, and refused
@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.chdir(tmp_path)  # no narrative.toml of the working folder
    make, code, message = BAD[case]
    done = run(*make(tmp_path))
    assert done.exit_code == code, done.output
    told = done.stderr.strip().splitlines()
    assert message in told[-1]
    assert "defect" not in done.stderr
    assert "Traceback" not in done.stderr
    if case not in {"unknown format", "unknown device"}:  # Typer says how a command is used, too
        assert len(told) == 1
    if code != 3:
        assert done.stdout == ""
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("piece", ["9,", "(", "<b", "😀", "“"])
def test_a_long_line_is_read(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(piece * (20_000 // len(piece.encode())), "utf-8")
    started = time.process_time()
    assert run(path, "--format", "csv").exit_code == 0
    assert time.process_time() - started < 20  # the encoder reads some thousand word pieces a second


def test_wrong_encodings_are_told_apart(tmp_path: Path) -> None:
    for encoding in ("utf-16", "cp1252"):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes("“Café Bitcoin” rose 4% to €71,200 on 9 February 2026.".encode(encoding))
        assert "€71,200" in run(path).stdout


# Endings that need a process


def _started(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "narrative", "annotate", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # What a shell starts in the background ignores interrupts, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    path.write_bytes(lines_of(*({"id": str(n), "text": TEXT, "published": "2026-02-10"} for n in range(5_000))))
    return path


def test_a_closed_pipe_ends_it_quietly(many: Path) -> None:
    with _started(many, "--format", "jsonl") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"schema"')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_interrupt_leaves_no_output(many: Path, tmp_path: Path) -> None:
    process = _started(many, "--output", tmp_path / "out.txt")
    # Once it reads: while it loads, some library's import may swallow an interrupt.
    while not any(part.stat().st_size for part in tmp_path.glob(".out.txt.*")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == b"interrupted\n"
    assert list(tmp_path.iterdir()) == [many]


def test_an_interrupt_before_the_command_has_begun_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("narrative.cli.app.app", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
