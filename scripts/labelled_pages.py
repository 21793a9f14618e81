"""Forty pages of crypto media, labelled paragraph by paragraph; `pages.py` measures on them.

`tests/gates/labelled_pages.json` names each page by the file and place it comes from, and holds the hashes of the
paragraphs that are its article, so that no publisher's text is kept here. What a feed or an export holds as a fragment
is set into a page as its site would, with a heading and the time.

    python scripts/labelled_pages.py SOURCE…   print the paragraphs of pages by number, to label them
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import gold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

LABELS = Path(__file__).parent.parent / "tests" / "gates" / "labelled_pages.json"
SAMPLE = Path(__file__).parent.parent / "corpus" / "sample" / "pages"
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "head", "noscript", "svg", "button", "select"})
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def labelled() -> list[dict[str, Any]]:
    """The pages' sources and the hashes of their paragraphs."""
    read: list[dict[str, Any]] = json.loads(LABELS.read_text("utf-8"))
    return read


def source_page(source: str) -> tuple[str, bytes]:
    """Address and HTML of a page by its source: `genkinhe:41`, `bitcoinmag:2`, `raw:NAME`, `sample:OUTLET/PATH`."""
    kind, _, place = source.partition(":")
    if kind == "genkinhe":
        item = _genkinhe()[int(place)]
        return item["link"], _as_page(item["title"], item["description"], item["pub_date"])
    if kind == "bitcoinmag":
        entry = _bitcoin_magazine()[int(place)]
        return entry.findtext("link", ""), _as_page(
            entry.findtext("title", ""), entry.findtext(_CONTENT, ""), entry.findtext("pubDate", "")
        )
    if kind == "raw":
        return "https://de.cointelegraph.com/" + place, _raw(place)
    return "https://www." + place, (SAMPLE / place).read_bytes()


def paragraphs(page: bytes) -> list[str]:
    """Everything that a page shows, a line a block, outside menus of the browser itself."""
    from lxml.html import HTMLParser, document_fromstring

    tree = document_fromstring(page, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    lines = (" ".join(line.split()) for line in "".join(_walk(tree)).split("\0"))
    return [line for line in lines if line]


def paragraph_hash(line: str) -> str:
    """Sixteen hexadecimal digits over the letters and digits of a line."""
    letters = re.sub(r"[\W_]+", "", line.casefold())
    return hashlib.blake2b(letters.encode(), digest_size=8).hexdigest()


def _walk(element: HtmlElement) -> Iterator[str]:
    block = element.tag in _BLOCKS
    if element.tag not in _UNSEEN:
        yield "\0" if block else ""
        yield element.text or ""
        for child in element:
            yield from _walk(child)
        yield "\0" if block else ""
    yield element.tail or ""


def _as_page(title: str, body: str, published: str) -> bytes:
    title = html.escape(title)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    ).encode()


@cache
def _genkinhe() -> list[dict[str, Any]]:
    path = gold.shared() / "data" / "news" / "genkinhe_html_2026-08.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def _bitcoin_magazine() -> list[ElementTree.Element]:
    feed = _raw("jinfeng__cache__bitcoinmag_20260711_0731.txt").decode("utf-8-sig")
    return list(ElementTree.fromstring(feed).iter("item"))  # noqa: S314  # a file of our own folder


@cache
def _raw(name: str) -> bytes:
    with tarfile.open(gold.shared() / "data" / "pages" / "raw_pages.tar.gz") as archive:
        file = archive.extractfile(f"raw_pages/{name}")
        assert file is not None
        return file.read()


def main() -> None:
    """Print the paragraphs of pages by number."""
    for source in sys.argv[1:]:
        url, page = source_page(source)
        print(f"== {source} {url}")
        for number, line in enumerate(paragraphs(page)):
            print(f"{number:3} {len(line):4} {line[:100]}")


if __name__ == "__main__":
    main()
