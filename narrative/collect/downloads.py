"""The way from Scrapy to the network: every download of every scheme goes through the guarded fetcher, at its pace."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from narrative.collect.politeness import read_retry_after
from narrative.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler

    from narrative.collect.fetch import Answer, HttpFetcher
    from narrative.collect.ledger import Ledger
    from narrative.collect.spider import OutletSpider
    from narrative.collect.visits import Ask, Visit


@dataclass(frozen=True)
class Downloads:
    """What downloading needs: the fetcher, the ledger that lists every request, the clock, and the wish to stop."""

    fetcher: HttpFetcher
    ledger: Ledger
    clock: Callable[[], float]
    stopping: asyncio.Event


class Stopped(Exception):  # a signal from within, not an error
    """The run is to end; the request was not made."""


class GuardedHandler(BaseDownloadHandler):
    """Scrapy's download handler; it is given an `Ask` and the `Visit` that asks in the request's meta."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider = cast("OutletSpider", crawler.spider)
        self._downloads = spider.downloads
        self._threads = ThreadPoolExecutor(len(spider.visits), thread_name_prefix="fetch")

    async def download_request(self, request: Request) -> Response:
        """Wait for the outlet's turn, make the request, and enter both into the ledger.

        Raises:
            FetchError: there is no whole answer.
            Stopped: the run is to end.
        """
        ask: Ask = request.meta["ask"]
        visit: Visit = request.meta["visit"]
        await self._wait(visit)
        answer = await self._fetch(ask, visit)
        return Response(answer.url, answer.status, headers=_by_name(answer.headers), body=answer.body, request=request)

    async def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _wait(self, visit: Visit) -> None:
        stopping = self._downloads.stopping
        while not stopping.is_set() and (left := visit.pace.ready() - self._downloads.clock()) > 0:
            try:
                await asyncio.wait_for(stopping.wait(), left)
            except TimeoutError:
                continue
        if stopping.is_set():
            raise Stopped

    async def _fetch(self, ask: Ask, visit: Visit) -> Answer:
        told = self._downloads
        number = told.ledger.asked(
            visit.outlet.name, ask.url, ask.reason, told.clock(), delay=visit.pace.delay, conditional=bool(ask.headers)
        )
        answer, seconds = await asyncio.get_running_loop().run_in_executor(
            self._threads, _timed, told.fetcher, ask, visit.outlet.hosts
        )
        now = told.clock()
        if isinstance(answer, FetchError):
            visit.pace.answered(now, seconds, None)
            told.ledger.answered(number, seconds, None, None, answer.reason)
            raise answer
        visit.pace.answered(now, seconds, answer.status, read_retry_after(answer.header("Retry-After"), now))
        told.ledger.answered(number, seconds, answer.status, len(answer.body), None)
        return answer


def _timed(fetcher: HttpFetcher, ask: Ask, hosts: frozenset[str]) -> tuple[Answer | FetchError, float]:
    """What comes of a request, and how long it took, without what the loop was busy with meanwhile."""
    began = time.monotonic()
    try:
        answer: Answer | FetchError = fetcher.get(ask.url, hosts=hosts, headers=ask.headers, most=ask.most, cut=ask.cut)
    except FetchError as error:
        answer = error
    return answer, time.monotonic() - began


def _by_name(headers: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found
