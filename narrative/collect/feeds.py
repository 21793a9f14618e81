"""RSS 0.9 to 2.0 and Atom → entries."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from narrative.collect.links import Entry, Sighted, address_of, distinct, moment_of, title_of
from narrative.collect.xml import children, name_of, text_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

ROOTS = frozenset({"rss", "rdf", "feed"})
_ITEMS = frozenset({"item", "entry"})
_PUBLISHED = ("pubdate", "published", "date", "issued", "created")  # RSS, Atom, Dublin Core, Atom 0.3
_MODIFIED = ("updated", "modified")
_MEDIA = "{http://search.yahoo.com/mrss/}"  # has titles of pictures
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read_feed(body: bytes, url: str, *, zone: tzinfo = UTC) -> Sighted:
    """The entries of a feed from `url`, gzipped or not.

    Args:
        body: the document.
        url: where it was fetched, for relative addresses and errors.
        zone: of days without a time.

    Raises:
        InputError: it is no feed, too large, damaged beyond reading, or declares entities.
    """
    items = children(unpacked(body, url), url, ROOTS, _ITEMS)
    return Sighted(entries=distinct(entry for item in items if (entry := _entry(item, url, zone))))


def _entry(item: _Element, url: str, zone: tzinfo) -> Entry | None:
    told: dict[str, str] = {}
    for child in item:
        if not str(child.tag).startswith(_MEDIA) and (text := text_of(child)):
            told.setdefault(name_of(child), text)
    base = next((str(element.get(_BASE)) for element in (item, *item.iterancestors()) if element.get(_BASE)), url)
    address = next((found for href in _links(item) if (found := address_of(href, base))), None)
    if address is None:
        return None
    return Entry(
        url=address,
        published=_first_moment(told, _PUBLISHED, zone),
        modified=_first_moment(told, _MODIFIED, zone),
        title=title_of(told.get("title")),
    )


def _first_moment(told: dict[str, str], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    return next((moment for name in names if (moment := moment_of(told.get(name), zone))), None)


def _links(item: _Element) -> Iterator[str]:
    """The item's addresses, the surest first: a feed service's original, the link, the guid or id."""
    named = [(name_of(child), child) for child in item]
    yield from (text_of(child) for name, child in named if name == "origlink")
    for name, child in named:
        if name == "link" and child.get("rel", "alternate") == "alternate":
            yield child.get("href") or text_of(child)
    for name, child in named:
        text = text_of(child)
        if name in {"guid", "id"} and child.get("isPermaLink") != "false" and text.lower().startswith("http"):
            yield text
    yield from (str(value) for name, value in item.attrib.items() if str(name).endswith("}about"))
