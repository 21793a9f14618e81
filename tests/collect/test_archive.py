"""Raw answers in WARC files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrative.collect.archive import Archive, Archived
from narrative.collect.fetch import Answer
from narrative.errors import CorpusError
from narrative.extract.warc import pages_from_warc
from narrative.records import Page

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is what is written, not that the disk has it."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def answer(number: int, body: bytes = b"<html>Bitcoin rose.</html>") -> Answer:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{number}"'), ("Content-Encoding", "gzip"))
    return Answer(f"http://news.example/{number}", 200, headers, body)


def write(archive: Archive, number: int, body: bytes = b"<html>Bitcoin rose.</html>") -> Archived:
    asked = f"http://news.example/asked/{number}"
    return archive.write(answer(number, body), asked=asked, outlet="news", opt_out=None, fetched=NOW)


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "pages")
    written = [write(archive, number, bytes([number]) * 1000) for number in range(3)]
    noted = archive.write(answer(9), asked="http://a.example/é", outlet="o", opt_out="robots.txt: CCBot", fetched=NOW)
    for record in [*written, noted]:
        found = archive.read(record.file, record.start)
        assert found[:7] == record[:7]
        assert found.answer.body == record.answer.body
        assert found.answer.header("ETag") == record.answer.header("ETag")
        assert found.answer.header("Content-Encoding") is None  # the body is kept decoded
    archive.close()


def test_the_importer_reads_a_closed_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "pages", largest=1)
    write(archive, 0)
    write(archive, 1)
    archive.close()
    closed = next(path for path in (tmp_path / "pages").iterdir() if path.name.endswith(".warc.gz"))
    with closed.open("rb") as stream:
        (page,) = pages_from_warc(stream, str(closed))
    assert isinstance(page, Page)
    assert (page.url, page.body, page.fetched) == ("http://news.example/0", answer(0).body, NOW)


def test_a_file_that_is_large_enough_is_closed_and_another_begun(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "pages", largest=2_000)
    names = [write(archive, number, bytes(range(256)) * 4).file for number in range(6)]
    archive.close()
    assert len(set(names)) > 1
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == sorted(
        {f"{name}.open" if name == names[-1] else name for name in names}
    )
    again = Archive(tmp_path / "pages", largest=10_000)
    assert write(again, 7).file == names[-1]  # goes on with the open one
    again.close()


def test_torn_at_any_byte_whole_records_are_adopted(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "pages")
    written = [write(archive, number) for number in range(3)]
    archive.close()
    path = only_file(tmp_path / "pages")
    name, data = written[0].file, path.read_bytes()
    borders = {record.start + offset for record in written for offset in (-1, 0, 1, record.length // 2)}
    for length in sorted({0, 1, *borders, len(data) - 1, len(data)}):
        path.write_bytes(data[:length])
        found = list(Archive(path.parent).recover(name, 0))
        whole = [record for record in written if record.start + record.length <= length]
        assert [record[:4] for record in found] == [record[:4] for record in whole]
        end = written[len(whole) - 1].start + written[len(whole) - 1].length if whole else written[0].start
        assert path.stat().st_size == (end if length >= written[0].start else 0)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.binary(min_size=1, max_size=200))
def test_garbage_behind_the_known_is_cut_off(tmp_path: Path, garbage: bytes) -> None:
    folder = tmp_path / "pages"
    archive = Archive(folder)
    known = write(archive, 1)
    archive.close()
    path = folder / f"{known.file}.open"
    path.write_bytes(path.read_bytes() + garbage)
    archive = Archive(folder)
    assert list(archive.recover(known.file, known.start + known.length)) == []
    after = write(archive, 2)
    assert archive.read(after.file, after.start).answer.url == "http://news.example/2"
    archive.close()
    path.unlink()


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path / "pages")
    first = write(archive, 1)
    path = only_file(tmp_path / "pages")
    size = path.stat().st_size

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(CorpusError, match="No space left"):
            write(archive, 2)
    assert path.stat().st_size == size
    assert write(archive, 3).start == first.start + first.length
    archive.close()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "pages")
    record = write(archive, 1)
    with pytest.raises(CorpusError, match="damaged"):
        archive.read(record.file, record.start + 3)
    with pytest.raises(CorpusError, match="No such file"):
        archive.read("other.warc.gz", 0)
    archive.close()


@pytest.mark.parametrize("name", ["X-A\r\nX-B", "Ünï", "X A"])
def test_odd_headers_do_no_harm(tmp_path: Path, name: str) -> None:
    archive = Archive(tmp_path / "pages")
    odd = Answer("http://news.example/a", 200, ((name, "a\r\nWARC-Type: x"), ("ETag", "é\x00")), b"<html></html>")
    record = archive.write(odd, asked="http://news.example/\r\na", outlet="news", opt_out=None, fetched=NOW)
    assert archive.read(record.file, record.start).answer.body == b"<html></html>"
    archive.close()
