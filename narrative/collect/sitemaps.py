"""Sitemaps, news sitemaps and their indexes → entries and further maps; and which of them lie outside of a window."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from narrative.collect.links import Entry, Sighted, address_of, distinct, moment_of, title_of
from narrative.collect.xml import children, name_of, text_of, unpacked

if TYPE_CHECKING:
    from lxml.etree import _Element

ROOTS = frozenset({"urlset", "sitemapindex"})
SLACK = timedelta(days=2)  # zones, and an article that appears around midnight

_MAP, _PAGE = "sitemap", "url"
# 2025-10-31, 2025/10/31, 20251031, 2025-10, 2025_10, 202510, 2025, each alone; and yyyy=2025&mm=10&dd=31.
_NAMED = re.compile(
    r"(?<![0-9])(?P<year>20\d\d|199\d)([-_/]?)(?P<month>0[1-9]|1[0-2])(?:\2(?P<day>0[1-9]|[12]\d|3[01]))?(?![0-9])"
    r"|(?<![0-9A-Za-z])(?P<alone>20\d\d|199\d)(?![0-9])",  # not that of `sitemap2019.xml`, which is a page
    re.ASCII,
)
_QUERIED = re.compile(r"y(?:yyy|ear)=(20\d\d|199\d)(?:&m(?:m|onth)=(\d\d?)(?:&d(?:d|ay)=(\d\d?))?)?", re.ASCII)
_DATED_PATH = re.compile(r"/(20\d\d|199\d)([-/]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:/|-|$)", re.ASCII)


def read_sitemap(body: bytes, url: str, *, zone: tzinfo = UTC) -> Sighted:
    """The pages and further maps of a sitemap or an index from `url`, gzipped or not.

    A news sitemap tells when an article was published; elsewhere `lastmod` is all there is, and that is `modified`.

    Args:
        body: the document.
        url: where it was fetched, for relative addresses and errors.
        zone: of days without a time.

    Raises:
        InputError: it is no sitemap, too large, damaged beyond reading, or declares entities.
    """
    entries: list[Entry] = []
    maps: list[Entry] = []
    for element in children(unpacked(body, url), url, ROOTS, {_MAP, _PAGE}):
        entry = _entry(element, url, zone)
        if entry is not None:
            (maps if name_of(element) == _MAP else entries).append(entry)
    return Sighted(entries=distinct(entries), maps=tuple(found for found in distinct(maps) if found.url != url))


def lies_outside(entry: Entry, since: datetime | None, until: datetime | None, *, is_map: bool) -> bool:
    """Whether nothing of interest can be behind an entry: told by its dates, or by the date in its address.

    A map that was last modified before the window holds nothing of it; one modified later may. Where nothing is told,
    nothing lies outside.

    Args:
        entry: of a feed, a sitemap or a listing.
        since: the first moment of interest; null for no limit.
        until: the moment after the last of interest; null for no limit.
        is_map: whether the entry is a map; its whole name counts then, of an article's only a path by date.
    """
    first = entry.published
    # Published no later than it was modified, which is often told by the day.
    last = entry.published or (entry.modified + SLACK if entry.modified else None)
    if entry.published is None and (named := (_named_period if is_map else _path_period)(entry.url)):
        first = named[0] - SLACK
        last = min(last, named[1] + SLACK) if last else named[1] + SLACK
    return bool((since and last and last < since) or (until and first and first >= until))


def _entry(element: _Element, url: str, zone: tzinfo) -> Entry | None:
    told = {name_of(child): text_of(child) for child in element if not len(child)}
    news = {name_of(part): text_of(part) for child in element if name_of(child) == "news" for part in child}
    address = address_of(told.get("loc"), url)
    if address is None:
        return None
    return Entry(
        url=address,
        published=moment_of(news.get("publication_date"), zone),
        modified=moment_of(told.get("lastmod"), zone),
        title=title_of(news.get("title")),
    )


def _named_period(url: str) -> tuple[datetime, datetime] | None:
    """The first and the last moment of the days, months or years that a map's address names, if it names any."""
    parts = urlsplit(url)
    found = _QUERIED.search(parts.query)
    if found:
        return _period(found[1], found[2], found[3])
    named = [
        period
        for match in _NAMED.finditer(f"{parts.path}?{parts.query}")
        if (period := _period(match["year"] or match["alone"], match["month"], match["day"]))
    ]
    return (min(start for start, _ in named), max(end for _, end in named)) if named else None


def _path_period(url: str) -> tuple[datetime, datetime] | None:
    found = _DATED_PATH.search(urlsplit(url).path)
    return _period(found[1], found[3], found[4]) if found else None


def _period(year: str, month: str | None, day: str | None) -> tuple[datetime, datetime] | None:
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        after = start.replace(month=start.month % 12 + 1) if month else start
        return start, after if month and start.month < 12 else after.replace(year=start.year + 1)
    except ValueError:
        return None
