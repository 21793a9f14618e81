"""The links of a body as spans into the article's text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from narrative.records import Link

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 1_000
LONGEST_BLOCK = 5_000  # characters, and steps through its elements
LONGEST_ADDRESS = 2_000
_BLOCKS = frozenset({
    "article", "blockquote", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre",
    "section", "td", "th",
})  # fmt: skip
_LIST_MARK = "- "


def body_links(tree: HtmlElement, text: str, base: str | None) -> tuple[Link, ...]:
    """Links whose paragraph is a line of `text`, in its order; an anchor is found by its place in the paragraph."""
    from lxml.etree import XPath

    whole = XPath("string()")
    lines = _lines(text)
    links: dict[int, Link] = {}
    blocks: set[HtmlElement] = set()
    for anchor in tree.iter("a"):
        block = next((parent for parent in anchor.iterancestors() if parent.tag in _BLOCKS), None)
        if block is None or block in blocks:
            continue
        blocks.add(block)
        start = lines.get(" ".join(str(whole(block)).split()))  # most blocks of a page are none of its article
        if start is None:
            continue
        words, anchors = _read(block)
        for element, begin, end in anchors:
            href = _address(element.get("href"), base)
            if href and begin < end and text[start + begin : start + end] == words[begin:end]:
                rel = " ".join((element.get("rel") or "").split()) or None
                links.setdefault(start + begin, Link(start=start + begin, end=start + end, href=href, rel=rel))
        if len(links) >= MOST:
            break
    return tuple(links[start] for start in sorted(links))


def _lines(text: str) -> dict[str, int]:
    """Offsets of the lines by their words; the first of equal ones."""
    lines: dict[str, int] = {}
    at = 0
    for line in text.split("\n"):
        bare = line.removeprefix(_LIST_MARK)
        lines.setdefault(bare, at + len(line) - len(bare))
        at += len(line) + 1
    return lines


def _read(block: HtmlElement) -> tuple[str, list[tuple[HtmlElement, int, int]]]:
    """The words of a block with single spaces, and where its anchors lie in them; nothing for one that is too long."""
    from lxml.etree import iterwalk

    pieces: list[str] = []
    length = 0
    spaced = True  # whether a space would be one too many
    open_anchors: dict[HtmlElement, int] = {}
    anchors: list[tuple[HtmlElement, int, int]] = []

    def add(raw: str | None) -> None:
        nonlocal length, spaced
        if not raw:
            return
        words = " ".join(raw.split())
        if (raw[0].isspace() or not words) and not spaced:
            words = f" {words}" if words else " "
        if words and raw[-1].isspace() and not words.endswith(" "):
            words += " "
        if words:
            pieces.append(words)
            length += len(words)
            spaced = words.endswith(" ")

    for steps, (event, element) in enumerate(iterwalk(block, events=("start", "end"))):
        if length > LONGEST_BLOCK or steps > LONGEST_BLOCK:
            return "", []
        if event == "start":
            if element.tag == "a":
                open_anchors[element] = length
            add(element.text)
            continue
        if element in open_anchors:
            anchors.append((element, open_anchors.pop(element), length))
        if element is not block:
            add(element.tail)
    whole = "".join(pieces)
    bare = whole.rstrip()
    trimmed = []
    for element, begin, end in anchors:
        words = whole[begin:end]
        begin += len(words) - len(words.lstrip())
        trimmed.append((element, begin, begin + len(words.strip())))
    return bare, trimmed


def _address(href: str | None, base: str | None) -> str | None:
    if not href or len(href) > LONGEST_ADDRESS:
        return None
    try:
        address = urljoin(base or "", href.strip())
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in {"http", "https"} else None
