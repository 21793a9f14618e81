"""Raw answers in WARC files, a gzip member each, on disk before anybody relies on them.

The file that is written to ends in `.open`; a closed one does not, and never changes. Names elsewhere are those of the
closed file. After a kill, whole records that the ledger does not know are adopted and a torn one is cut off.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from narrative import __version__
from narrative.collect.fetch import Answer
from narrative.errors import CorpusError, MissingExtra

try:
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # ships no types
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # as above
    from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]  # as above
    from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]  # as above
except ImportError as error:
    raise MissingExtra("collect", "collecting") from error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path
    from typing import IO, Any

FOLDER = "pages"
LARGEST_FILE = 256 * 1024 * 1024  # bytes, before the next one is begun
_CHUNK = 1 << 16
_OPEN = ".open"
_OUTLET = "X-Narrative-Outlet"
_OPT_OUT = "X-Narrative-Opt-Out"
_ASKED = "X-Narrative-Asked"
# Bodies are kept decoded, in one piece.
_TOKEN = re.compile(r"[!#-'*+.0-9A-Z^-z|~-]{1,200}")
_TRANSPORT = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie"})


class Archived(NamedTuple):
    """An answer in the archive: where it lies, the address that led to it, its outlet, and what reserved it."""

    file: str
    start: int
    length: int
    asked: str
    outlet: str
    opt_out: str | None
    fetched: datetime
    answer: Answer


class Archive:
    """The archive of a corpus, for its one writer.

    Args:
        folder: where the files lie; made if there is none.
        largest: bytes after which a file is closed.
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST_FILE) -> None:
        self._folder, self._largest = folder, largest
        self._file: FileIO | None = None
        self._name = ""
        folder.mkdir(exist_ok=True)

    def recover(self, name: str, known: int) -> Iterator[Archived]:
        """The whole records of a file behind `known` bytes; what is torn after them is cut off."""
        path = self._path(name)
        size = path.stat().st_size
        if size <= known:
            return
        whole = known
        with path.open("rb") as stream:
            stream.seek(known)
            for found in _records(stream, name):
                whole = max(whole, found[0])
                if found[1] is not None:
                    yield found[1]
        if whole < size:
            with path.open("r+b") as stream:
                stream.truncate(whole)
                os.fsync(stream.fileno())

    def files(self) -> list[str]:
        """The names of all files, the oldest first."""
        return sorted({path.name.removesuffix(_OPEN) for path in self._folder.glob("*.warc.gz*")})

    def _path(self, name: str) -> Path:
        closed = self._folder / name
        return closed if closed.exists() else self._folder / (name + _OPEN)

    def write(self, answer: Answer, *, asked: str, outlet: str, opt_out: str | None, fetched: datetime) -> Archived:
        """Write an answer and return once it is on disk.

        Raises:
            CorpusError: the disk is full or fails; the file is as it was.
        """
        data = _record(answer, asked, outlet, opt_out, fetched)
        try:
            file = self._to_write(fetched)
            start = file.tell()
            try:
                _write(file, data)
            except OSError:
                file.truncate(start)
                file.seek(start)
                raise
        except OSError as error:
            raise CorpusError(f"{self._folder}: can't be written to: {error.strerror or error}") from error
        return Archived(self._name, start, len(data), asked, outlet, opt_out, fetched, answer)

    def read(self, name: str, start: int) -> Archived:
        """One answer.

        Raises:
            CorpusError: it is not there.
        """
        path = self._path(name)
        try:
            with path.open("rb") as stream:
                stream.seek(start)
                found = next((record for _, record in _records(stream, name) if record is not None), None)
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror or error}") from error
        if found is None:
            raise CorpusError(f"{path}: damaged; there is no answer at byte {start:,}")
        return found

    def close(self) -> None:
        """Let go of the open file; the next collector goes on with it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _to_write(self, now: datetime) -> FileIO:
        if self._file is None:
            left = sorted(path.name for path in self._folder.glob(f"*{_OPEN}"))
            if left:
                self._name = left[-1].removesuffix(_OPEN)
                self._file = (self._folder / (self._name + _OPEN)).open("ab", buffering=0)
        if self._file is not None and self._file.tell() >= self._largest:
            self._file.close()
            (self._folder / (self._name + _OPEN)).rename(self._folder / self._name)
            self._file = None
        if self._file is None:
            self._begin(now)
        assert self._file is not None  # noqa: S101  # begun above
        return self._file

    def _begin(self, now: datetime) -> None:
        name = f"narrative-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{len(self.files()):05}.warc.gz"
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=True)
        about = {"software": f"narrative/{__version__}", "format": "WARC/1.1", "robots": "obey"}
        writer.write_record(writer.create_warcinfo_record(name, about))
        file = (self._folder / (name + _OPEN)).open("ab", buffering=0)
        _write(file, buffer.getvalue())
        _sync_folder(self._folder)
        self._name, self._file = name, file


def _write(file: FileIO, data: bytes) -> None:
    """Write all of it, to the disk itself; nothing stays in a buffer that a later write would bring along."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
    os.fsync(file.fileno())


def digest_of(body: bytes) -> str:
    """What tells whether a page is as it was."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _record(answer: Answer, asked: str, outlet: str, opt_out: str | None, fetched: datetime) -> bytes:
    headers = [
        (name, value) for name, value in answer.headers if _TOKEN.fullmatch(name) and name.lower() not in _TRANSPORT
    ]
    headers.append(("Content-Length", str(len(answer.body))))
    told = {
        "WARC-Date": f"{fetched.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        _OUTLET: outlet,
        _ASKED: asked,
        **({_OPT_OUT: opt_out} if opt_out else {}),
    }
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    writer.write_record(
        writer.create_warc_record(
            answer.url,
            "response",
            payload=BytesIO(answer.body),
            length=len(answer.body),  # else it would be copied to a temporary file
            http_headers=StatusAndHeaders(f"{answer.status} OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={name: _one_line(value) for name, value in told.items()},
        )
    )
    return buffer.getvalue()


def _records(stream: IO[bytes], name: str) -> Iterator[tuple[int, Archived | None]]:
    """The end of each whole record from here on, and the record if it is an answer; a torn one ends it."""
    while True:
        start = stream.tell()
        member = _member(stream)
        if member is None:
            return
        archived = None
        try:
            for record in ArchiveIterator(BytesIO(member)):
                if record.rec_type == "response":
                    archived = _archived(record, record.rec_headers.get_header, record.content_stream().read())
        except (ArchiveLoadFailed, EOFError, ValueError, AttributeError, TypeError):
            return
        end = start + len(member)
        yield end, archived._replace(file=name, start=start, length=len(member)) if archived else None


def _member(stream: IO[bytes]) -> bytes | None:
    """The gzip member that begins here, its checksum being right; null if there is no whole one."""
    start = stream.tell()
    member = zlib.decompressobj(wbits=31)
    try:
        while not member.eof:
            chunk = stream.read(_CHUNK)
            if not chunk:
                return None
            member.decompress(chunk)
    except zlib.error:
        return None
    end = stream.tell() - len(member.unused_data)
    stream.seek(start)
    return stream.read(end - start)


def _archived(record: Any, told: Any, body: bytes) -> Archived:
    answer = Answer(
        told("WARC-Target-URI"), int(record.http_headers.get_statuscode()), tuple(record.http_headers.headers), body
    )
    return Archived(
        "", 0, 0, told(_ASKED) or answer.url, told(_OUTLET) or "", told(_OPT_OUT),
        datetime.fromisoformat(told("WARC-Date")), answer,
    )  # fmt: skip


def _one_line(value: str) -> str:
    return "".join(char if char.isprintable() else " " for char in value)


def _sync_folder(folder: Path) -> None:
    """Put the name of a new file on disk, too, where the system lets a folder be opened."""
    if os.name == "nt":  # pragma: no cover
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
