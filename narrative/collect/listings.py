"""Archive and listing pages → entries (their links) and maps (the next page)."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from narrative.collect.links import LONGEST_TITLE, Entry, Sighted, address_of, distinct, moment_of, title_of
from narrative.collect.xml import unpacked
from narrative.errors import InputError
from narrative.extract.encoding import decode, refuse_feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

MOST_LINKS = 5_000  # of a page
MOST_ATTRIBUTES = 5_000  # of one element; the parser's time grows with their square
_CARDS = frozenset({"article", "li", "tr"})  # what holds one story and its date
_CARD_WITHIN = 8  # elements above a link
_START_TAG = re.compile(r"""<[a-zA-Z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")


def read_listing(body: bytes, url: str, *, zone: tzinfo = UTC) -> Sighted:
    """The links of a page from `url` as entries, with the words and the time beside them, and the page after it.

    Args:
        body: the page.
        url: where it was fetched, for relative addresses and errors.
        zone: of days without a time.

    Raises:
        InputError: it is no HTML, too large, or made to take long.
    """
    tree = _tree(body, url)
    base = next((found for element in tree.iter("base") if (found := address_of(element.get("href"), url))), url)
    entries: list[Entry] = []
    maps: list[Entry] = []
    for element in _links(tree):
        address = address_of(element.get("href"), base)
        if address is None or address == url:
            continue
        if "next" in (element.get("rel") or "").lower().split():
            maps.append(Entry(address))
        elif element.tag == "a":
            entries.append(Entry(address, published=moment_of(_time_beside(element), zone), title=_words(element)))
    return Sighted(entries=distinct(entries), maps=distinct(maps))


def _tree(body: bytes, url: str) -> HtmlElement:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    text = decode(unpacked(body, url), url, markup=True)
    try:
        refuse_feed(text, url)
    except InputError as error:
        raise InputError(url, "this is a feed or a sitemap, not a listing") from error
    long = (tag[0] for tag in _START_TAG.finditer(text) if len(tag[0]) > 2 * MOST_ATTRIBUTES)
    if any(len(_QUOTED.sub("=", tag).split()) > MOST_ATTRIBUTES for tag in long):
        raise InputError(url, "one of its HTML elements has thousands of attributes")
    parser = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError) as error:
        raise InputError(url, "there is no HTML in it") from error


def _links(tree: HtmlElement) -> Iterator[HtmlElement]:
    for number, element in enumerate(tree.iter("a", "link")):
        if number == MOST_LINKS:
            return
        yield element


def _words(anchor: HtmlElement) -> str | None:
    """What the anchor says, as far as a title goes."""
    words = ""
    for piece in anchor.itertext():
        words += str(piece)
        if len(words) > 4 * LONGEST_TITLE:
            break
    return title_of(words)


def _time_beside(anchor: HtmlElement) -> str | None:
    """The time of the story that the anchor belongs to; null where none or several are told."""
    for height, parent in enumerate(anchor.iterancestors()):
        if height == _CARD_WITHIN:
            break
        if parent.tag in _CARDS:
            times = {value for element in _first_times(parent) if (value := element.get("datetime"))}
            return times.pop() if len(times) == 1 else None
    return None


def _first_times(card: HtmlElement) -> Iterator[HtmlElement]:
    """Up to two times among the first elements of a card, so that a page that is one huge card costs no more."""
    found = 0
    for number, element in enumerate(card.iter()):
        if number > 200 or found == 2:
            return
        if element.tag == "time":
            found += 1
            yield element
