"""WARC files → pages, by warcio (the extra `collect`)."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from narrative.collect.opt_out import reserved_by_headers
from narrative.errors import InputError, MissingExtra, NarrativeError
from narrative.extract.moments import read_stamp
from narrative.records import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 10_000_000  # bytes of one page, decompressed
_HTML = ("text/html", "application/xhtml+xml")


def pages_from_warc(stream: IO[bytes], source: str) -> Iterator[Page | NarrativeError]:
    """The HTML responses of status 200, as pages; what is too large or damaged as an error.

    Raises:
        MissingExtra: warcio is not installed.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # ships no types
        from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # as above
    except ImportError as error:
        raise MissingExtra("collect", f"reading {source}") from error
    found = False
    try:
        for record in ArchiveIterator(stream):
            headers = record.http_headers
            content_type = (headers.get_header("Content-Type") or "").lower() if headers else ""
            if record.rec_type != "response" or not content_type.startswith(_HTML) or headers.get_statuscode() != "200":
                continue
            found = True
            url = record.rec_headers.get_header("WARC-Target-URI") or source
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


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type."""
    _, found, rest = (content_type or "").partition("charset=")
    return rest.split(";")[0].strip(" \"'") or None if found else None
