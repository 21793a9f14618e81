"""The Scrapy spider: it carries what the visits ask for to the downloader, and the answers back to them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import scrapy

from narrative.collect.downloads import Stopped
from narrative.collect.fetch import Answer
from narrative.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from narrative.collect.downloads import Downloads
    from narrative.collect.visits import Visit, Visiting

# Everything that Scrapy would do by itself to requests and answers is off: the visits do it, within an outlet's pace.
SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,  # asyncio alone, so that a process may collect more than once
    "DOWNLOAD_HANDLERS": {
        **dict.fromkeys(("data", "file", "ftp", "s3")),
        **dict.fromkeys(("http", "https"), "narrative.collect.downloads.GuardedHandler"),
    },
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,  # a slot is an outlet
    "DOWNLOAD_DELAY": 0,
    "LOG_ENABLED": False,
    "STATS_DUMP": False,
}


logging.getLogger("scrapy").addHandler(logging.NullHandler())  # what goes wrong is told by our own errors


class OutletSpider(scrapy.Spider):
    """Visits outlets side by side; each has one request open at the most.

    Args:
        visits: to the outlets.
        downloads: what the download handler works with.
        after_each: called after each answer was dealt with.
    """

    name = "narrative"

    def __init__(
        self, visits: list[Visit], downloads: Downloads, after_each: Callable[[], object], **arguments: Any
    ) -> None:
        super().__init__(**arguments)
        self.visits, self.downloads = visits, downloads
        self.fault: BaseException | None = None  # what ended the run, other than the network
        self._after_each = after_each
        self._under_way: dict[str, Visiting] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first request of every visit."""
        for visit in self.visits:
            self._under_way[visit.outlet.name] = iter(visit)
            for request in self._next(visit, None):
                yield request

    def took(self, response: Response) -> Iterator[scrapy.Request]:
        """Give an answer to the visit that asked for it."""
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        answer = Answer(response.url, response.status, headers, response.body)
        yield from self._next(response.meta["visit"], answer)

    def failed(self, failure: Failure) -> Iterator[scrapy.Request]:
        """Give the error to the visit; what is no error of the network ends the run."""
        error: BaseException = failure.value  # type: ignore[assignment]  # Scrapy sends no failure without one
        if isinstance(error, FetchError):
            request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
            yield from self._next(request.meta["visit"], error)
        elif not isinstance(error, Stopped):
            self._end(error)

    def _next(self, visit: Visit, came: Answer | FetchError | None) -> Iterator[scrapy.Request]:
        try:
            ask = self._under_way[visit.outlet.name].send(came)  # type: ignore[arg-type]  # None begins a generator
            self._after_each()
        except StopIteration:
            return
        except Exception as error:  # Scrapy would log it and go on, but a disk that is full stays full
            self._end(error)
            return
        if not self.downloads.stopping.is_set():
            yield scrapy.Request(
                ask.url,
                callback=self.took,
                errback=self.failed,
                dont_filter=True,
                meta={"ask": ask, "visit": visit, "download_slot": visit.outlet.name},
            )

    def _end(self, fault: BaseException) -> None:
        self.fault = self.fault or fault
        self.downloads.stopping.set()
