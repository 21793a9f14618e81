"""What the command line and the importer are given → articles, one at a time.

Nothing here raises for a bad source: the error takes the article's place, and the rest goes on.
"""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF8
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from narrative.errors import InputError, NarrativeError
from narrative.extract.encoding import binary_kind, decode, refuse_feed
from narrative.extract.files import gunzipped, read_limited
from narrative.extract.lines import articles_from_lines
from narrative.extract.moments import LATEST, is_future
from narrative.extract.plain import article_from_text
from narrative.keys import content_hash
from narrative.records import Article, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from narrative.collect.fetch import Fetcher

STDIN = "-"
SNIFFED = 4_096  # bytes
LARGEST_TEXT = 5_000_000  # bytes; a million characters in any alphabet
_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
_URL = re.compile(r"https?://", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}://", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:www\.|[a-z0-9-]+\.(?:com|co|news|io|org|net)/)\S*", re.IGNORECASE)


class _Given(NamedTuple):
    """What the caller knows better than the source."""

    published: date | str | None
    title: str | None
    outlet: str | None
    now: datetime | None


def read_sources(
    sources: Iterable[str],
    *,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    fetcher: Fetcher | None = None,
    now: datetime | None = None,
) -> Iterator[Article | NarrativeError]:
    """Articles of URLs, files, folders of HTML files and standard input (`-`), as a stream.

    Args:
        sources: URLs; `.html`, `.txt`, `.md`, `.pdf`, `.jsonl`, `.warc` files, gzip too; folders of HTML files; `-` for
            standard input. What has another suffix is told by its content.
        published: a publication date that goes before a page's own and behind that of a JSONL line.
        title: the same for the title.
        outlet: the same for the outlet.
        fetcher: the way to the network, the guarded one if not given.
        now: to refuse dates in the future; without it they pass.

    Yields:
        An article, or the error that stands for it.
    """
    given = _Given(published, title, outlet, now)
    for source in sources:
        try:
            for item in _read(source, given, fetcher):
                yield _checked(item, now)
        except NarrativeError as error:
            yield error
        except OSError as error:
            yield InputError(source, _system_reason(error))


def is_url(source: str) -> bool:
    """Whether a source is to be fetched."""
    return _URL.match(source) is not None


def _checked(item: Article | NarrativeError, now: datetime | None) -> Article | NarrativeError:
    if isinstance(item, Article) and now is not None and item.published is not None and is_future(item.published, now):
        which = "" if item.id in {content_hash(item.text), content_hash(item.url or "")} else f"{item.id}: "
        return InputError(
            item.source or item.id,
            f"{which}published {item.published:%Y-%m-%d}, in the future; correct the date, or leave it out",
        )
    return item


def _system_reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return error.strerror or str(error) or "can't be read"


def _read(source: str, given: _Given, fetcher: Fetcher | None) -> Iterator[Article | NarrativeError]:
    if source == STDIN:
        yield from _from_stream(sys.stdin.buffer, "stdin", given)
    elif is_url(source):
        yield _from_url(source, given, fetcher)
    else:
        yield from _from_path(source, given)


def _from_url(url: str, given: _Given, fetcher: Fetcher | None) -> Article:
    if fetcher is None:
        from narrative.collect.fetch import HttpFetcher

        fetcher = HttpFetcher()
    page = fetcher.fetch(url)
    if page.body.startswith(b"%PDF-"):
        from narrative.extract.pdf import article_from_pdf

        return article_from_pdf(page.body, url, published=given.published, title=given.title, outlet=given.outlet)
    return _from_page(page, url, given)


def _from_path(source: str, given: _Given) -> Iterator[Article | NarrativeError]:
    if not source.strip() or "\x00" in source:
        raise InputError(source or "''", "this is no file name and no address")
    path = Path(source)
    if path.is_dir():
        yield from _from_folder(path, given)
        return
    if not path.exists():
        if _OTHER_SCHEME.match(source):
            raise InputError(source, "only http:// and https:// addresses are fetched")
        if _BARE_HOST.fullmatch(source):
            raise InputError(source, f"there is no such file; if it is an address, write https://{source}")
    if not path.is_file() and path.exists():
        raise InputError(source, "this is no ordinary file; what comes through a pipe is read from stdin: -")
    with path.open("rb") as raw:
        name = path.name.lower()
        if name.endswith((".warc", ".warc.gz")):
            from narrative.extract.warc import pages_from_warc

            for item in pages_from_warc(raw, source):
                yield _tried(item, source, given) if isinstance(item, Page) else item
            return
        yield from _from_stream(raw, source, given)


def _from_folder(folder: Path, given: _Given) -> Iterator[Article | NarrativeError]:
    pages = sorted(path for path in folder.rglob("*") if path.name.lower().endswith(_HTML_SUFFIXES) and path.is_file())
    if not pages:
        raise InputError(str(folder), "there are no .html files in this folder")
    for path in pages:
        try:
            yield from _from_path(str(path), given)
        except NarrativeError as error:
            yield error
        except OSError as error:
            yield InputError(str(path), _system_reason(error))


def _from_stream(raw: IO[bytes], source: str, given: _Given) -> Iterator[Article | NarrativeError]:
    """By suffix where that is known, else by the first bytes."""
    stream = gunzipped(raw, source)
    start = stream.peek(SNIFFED)[:SNIFFED]
    bare = start.removeprefix(BOM_UTF8).lstrip()
    name = source.lower().removesuffix(".gz")
    if not start:
        raise InputError(source, "it is empty")
    if start.startswith(b"%PDF-") or name.endswith(".pdf"):
        from narrative.extract.pdf import LARGEST_PDF, article_from_pdf

        data = read_limited(stream, LARGEST_PDF, source)
        yield article_from_pdf(data, source, published=given.published, title=given.title, outlet=given.outlet)
    elif name.endswith((".jsonl", ".ndjson")) or (_is_lines(bare) and not name.endswith((".txt", ".md"))):
        if binary_kind(start) or b"\x00" in start:
            raise InputError(source, f"this is {binary_kind(start) or 'binary data'}, not JSON Lines in UTF-8")
        yield from articles_from_lines(
            stream, source, published=given.published, title=given.title, outlet=given.outlet
        )
    elif name.endswith(_HTML_SUFFIXES) or _HTML.match(bare):
        from narrative.extract.page import LARGEST

        page = Page(url=source, body=read_limited(stream, LARGEST, source), fetched=_moment(raw, given))
        yield _from_page(page, source, given)
    else:
        text = decode(read_limited(stream, LARGEST_TEXT, source), source)
        refuse_feed(text, source)
        yield article_from_text(text, source=source, published=given.published, title=given.title, outlet=given.outlet)


def _is_lines(start: bytes) -> bool:
    """Whether the first line is a JSON object, or may be one that does not end here."""
    import json

    line, end, _ = start.partition(b"\n")
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return not end and len(start) > SNIFFED // 2 and line.startswith((b'{"', b'{ "'))
    except RecursionError:
        return False


def _tried(page: Page, source: str, given: _Given) -> Article | NarrativeError:
    try:
        return _from_page(page, source, given)
    except NarrativeError as error:
        return error


def _from_page(page: Page, source: str, given: _Given) -> Article:
    from narrative.extract.page import article_from_page

    return article_from_page(page, source=source, published=given.published, title=given.title, outlet=given.outlet)


def _moment(raw: IO[bytes], given: _Given) -> datetime:
    """When the page was there at the latest: no later than its file."""
    if given.now is not None:
        return given.now
    import os

    try:
        return datetime.fromtimestamp(os.fstat(raw.fileno()).st_mtime, UTC)
    except OSError:  # no file behind the stream
        return LATEST
