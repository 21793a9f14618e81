"""Which addresses of a registry answer, and with what: each is asked once, by the guarded fetcher."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from narrative.collect.feeds import read_feed
from narrative.collect.fetch import HttpFetcher
from narrative.collect.listings import read_listing
from narrative.collect.sitemaps import read_sitemap
from narrative.collect.xml import MOST_BYTES
from narrative.errors import InputError
from narrative.records import Moment, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from narrative.collect.fetch import Fetcher
    from narrative.collect.registry import Outlet

WITHIN = 60.0  # seconds for one answer

Kind = Literal["feed", "sitemap", "listing"]
_READERS = {"feed": read_feed, "sitemap": read_sitemap, "listing": read_listing}


class Check(Record):
    """What an address answered: how many entries, how many of them are articles, the newest one, further maps."""

    outlet: str
    kind: Kind
    address: str
    confirmed: bool
    entries: int = 0
    articles: int = 0
    maps: int = 0
    newest: Moment | None = None
    problem: str | None = None

    @property
    def answers(self) -> bool:
        """Whether there is something to collect behind the address."""
        return bool(self.articles or (self.maps and self.kind == "sitemap"))


def check_outlets(
    outlets: Iterable[Outlet],
    *,
    contact: str | None = None,
    fetcher: Fetcher | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Check]:
    """Ask every feed, sitemap and listing, with the outlet's delay between two requests.

    Args:
        outlets: whose addresses.
        contact: for the user agent.
        fetcher: the way to the network, the guarded one if not given, which obeys robots.txt.
        sleep: waits so many seconds.
    """
    for outlet in outlets:
        own = fetcher or HttpFetcher(contact, allow_loopback=outlet.is_loopback, timeout=WITHIN, max_bytes=MOST_BYTES)
        for number, (kind, address) in enumerate(_addresses(outlet)):
            if number:
                sleep(outlet.delay)
            yield _checked(outlet, kind, address, own)


def _addresses(outlet: Outlet) -> Iterator[tuple[Kind, str]]:
    yield from (("feed", address) for address in outlet.feeds)
    yield from (("sitemap", address) for address in outlet.sitemaps)
    yield from (("listing", address) for address in outlet.listings)


def _checked(outlet: Outlet, kind: Kind, address: str, fetcher: Fetcher) -> Check:
    confirmed = outlet.confirmed and address not in outlet.unconfirmed
    check = Check(outlet=outlet.name, kind=kind, address=address, confirmed=confirmed)
    try:
        page = fetcher.fetch(address)
        sighted = _READERS[kind](page.body, page.url, zone=ZoneInfo(outlet.zone))
    except InputError as error:
        return check.model_copy(update={"problem": error.reason})
    articles = [entry for entry in sighted.entries if outlet.is_article(entry.url)]
    newest = max((moment for entry in articles if (moment := entry.published or entry.modified)), default=None)
    found = {"entries": len(sighted.entries), "articles": len(articles), "maps": len(sighted.maps), "newest": newest}
    told = check.model_copy(update=found)
    if told.answers:
        return told
    reason = "none of its entries is an article; see the pattern `articles`" if sighted.entries else "it is empty"
    return told.model_copy(update={"problem": reason})
