"""What a feed, a sitemap or a listing shows: addresses, each with its dates and title where they are told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from narrative.extract.metadata import clean_url
from narrative.extract.moments import read_stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_ADDRESS = 2_000  # characters
LONGEST_TITLE = 400
MOST_ENTRIES = 50_000  # of one document, as the sitemap protocol has it

_IGNORED = re.compile(r"[\x00-\x20\x7f]+")  # browsers drop these inside of an address
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


@dataclass(frozen=True)
class Entry:
    """An address that was sighted; times are UTC. A day without a time is the first moment of that day in the zone."""

    url: str
    published: datetime | None = None
    modified: datetime | None = None
    title: str | None = None


@dataclass(frozen=True)
class Sighted:
    """What one document shows: entries, which may be articles, and maps, further documents of its kind to read."""

    entries: tuple[Entry, ...] = ()
    maps: tuple[Entry, ...] = ()


def address_of(href: str | None, base: str) -> str | None:
    """The canonical address behind a link on the page `base`; null for none, and for what is no http(s) address.

    Canonical as everywhere (`clean_url`): without fragment and tracking parameters, scheme and host in small letters.
    A default port is dropped, too; an address with a user's name in it is none.
    """
    if not href or len(href) > LONGEST_ADDRESS:
        return None
    try:
        joined = urljoin(base, _IGNORED.sub("", href))
        parts = urlsplit(joined)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        if usual is None or not parts.hostname or "@" in parts.netloc:
            return None
        if parts.port == usual:
            joined = parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
    except ValueError:
        return None
    return clean_url(joined)


def moment_of(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """A printed time in UTC, or null for none; a day alone is its first moment in `zone`."""
    try:
        return read_stamp(text, zone=zone).moment if text else None
    except ValueError:
        return None


def title_of(text: str | None) -> str | None:
    """A title free of markup, which feeds escape once more, and of runs of white space."""
    plain = " ".join(_TAG.sub("", unescape((text or "")[: 4 * LONGEST_TITLE])).split())
    return plain[:LONGEST_TITLE] or None


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry an address, the first, with what only later ones tell; `MOST_ENTRIES` at the most."""
    found: dict[str, Entry] = {}
    for entry in entries:
        known = found.get(entry.url)
        if known is None:
            if len(found) == MOST_ENTRIES:
                break
            found[entry.url] = entry
        elif None in (known.published, known.modified, known.title):
            found[entry.url] = Entry(
                entry.url,
                known.published or entry.published,
                known.modified or entry.modified,
                known.title or entry.title,
            )
    return tuple(found.values())
