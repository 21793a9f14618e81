"""WARC files → pages, by warcio (the extra `collect`)."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from typing import IO, TYPE_CHECKING, Any

from narrative.collect.opt_out import reserved_by_headers
from narrative.errors import InputError, MissingExtra, NarrativeError
from narrative.extract.files import gunzipped
from narrative.extract.moments import read_stamp
from narrative.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST = 10_000_000  # bytes of one page, decompressed
LARGEST_RECORD = 1_000_000_000  # bytes that are skipped to get to the next one
LONGEST_LINE = 65_536  # bytes of a header
MOST_LINES = 100_000  # of headers and chunks of one record
_HTML = ("text/html", "application/xhtml+xml")


def pages_from_warc(
    stream: IO[bytes], source: str, wanted: Callable[[str], object] | None = None
) -> Iterator[Page | NarrativeError]:
    """The HTML responses of status 200, as pages; what is too large as an error.

    Args:
        stream: the archive, gzipped or not.
        source: its name, for errors.
        wanted: whether the page of an address is, all are if not given; others are skipped unread.

    Raises:
        MissingExtra: warcio is not installed.
        InputError: the archive is damaged from some point on, is none, or holds no HTML.
    """
    try:
        import warcio.archiveiterator  # type: ignore[import-untyped]  # noqa: F401  # ships no types
        from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtra("collect", f"reading {source}") from error
    found = False
    try:
        for record in _records(stream, source):
            headers = record.http_headers
            content_type = (headers.get_header("Content-Type") or "").lower() if headers else ""
            if record.rec_type != "response" or not content_type.startswith(_HTML) or headers.get_statuscode() != "200":
                continue
            found = True
            url = record.rec_headers.get_header("WARC-Target-URI") or source
            if wanted is not None and not wanted(url):
                continue
            body = record.content_stream().read(LARGEST + 1)
            if len(body) > LARGEST:
                yield InputError(f"{source}: {url}", f"more than {LARGEST:,} bytes of HTML")
                continue
            try:
                fetched = read_stamp(record.rec_headers.get_header("WARC-Date") or "").moment
            except ValueError as error:
                yield InputError(f"{source}: {url}", f"WARC-Date: {error}")
                continue
            yield Page(
                url=url,
                body=body,
                content_type=content_type,
                charset=charset_of(content_type),
                fetched=fetched,
                opt_out=reserved_by_headers(headers.get_header) is not None,
            )
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as error:
        raise InputError(source, "the WARC file is damaged or cut short") from error
    if not found:
        raise InputError(source, "there are no HTML responses in it")


class _Piecemeal:
    """A stream that gives what is there, so that a cut end costs no more than what was cut."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._given = 0

    def read(self, length: int) -> bytes:
        piece = self._stream.read1(length)
        self._given += len(piece)
        return piece

    def tell(self) -> int:
        return self._given


def _records(stream: IO[bytes], source: str) -> Iterator[Any]:
    """The records, by a reader that a hostile archive can't keep busy or make talkative.

    warcio joins a line of any length piece by piece, collects headers without end, and tells of faults on stderr.
    """
    from warcio.archiveiterator import ArchiveIterator

    records = ArchiveIterator(_Piecemeal(gunzipped(stream, source)))
    reader = records.reader
    whole_line = reader.readline
    lines = 0

    def readline(length: int | None = None) -> bytes:
        nonlocal lines
        lines += 1
        if lines > MOST_LINES:
            raise ValueError("a record of too many lines")
        line: bytes = whole_line(min(length or LONGEST_LINE, LONGEST_LINE))
        return line

    reader.readline = readline
    while True:
        with redirect_stderr(io.StringIO()):
            record = next(records, None)
        if record is None:
            return
        if (record.length or 0) > LARGEST_RECORD:
            raise ValueError("a record that is too long")
        lines = 0
        yield record


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type."""
    _, found, rest = (content_type or "").partition("charset=")
    return rest.split(";")[0].strip(" \"'") or None if found else None
