"""Outlets → corpus: one run of the collector.

Whatever ends a run, what the ledger says it holds is in the archive, and what is in the archive comes into the corpus.
"""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from narrative.errors import CorpusError, MissingExtra

try:
    from scrapy.crawler import AsyncCrawlerRunner

    from narrative.collect.spider import SETTINGS, OutletSpider
except ImportError as error:
    raise MissingExtra("collect", "collecting") from error

from narrative.collect.archive import FOLDER, Archive
from narrative.collect.downloads import Downloads
from narrative.collect.fetch import HttpFetcher
from narrative.collect.intake import take_in
from narrative.collect.ledger import FILE, Ledger
from narrative.collect.politeness import Pace
from narrative.collect.visits import Allowance, Tally, Visit, Window, held_of
from narrative.store.lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from narrative.collect.registry import Outlet
    from narrative.store.corpus import Corpus

COLLECTED = "collect"  # the folder of the corpus that the ledger and the archive are in
LOCK = "collector.lock"
RECENT = timedelta(days=30)  # how far back a run goes that is told no date
COMMIT_PAGES = 100  # that come into the corpus together, or
COMMIT_AFTER = 120.0  # seconds
_TOLD = 5  # problems of an outlet


@dataclass(frozen=True)
class CollectSettings:
    """Which articles, how many, and how the collector names itself.

    Args:
        window: of the articles; without a beginning it begins `RECENT` ago.
        limit: of pages in this run; null for none.
        contact: whom site owners can write to.
        embargo: after which a backfilled story counts as known.
        timeout: seconds for one answer.
    """

    window: Window = field(default_factory=Window)
    limit: int | None = None
    contact: str | None = None
    embargo: timedelta = timedelta(0)
    timeout: float = 30.0


@dataclass
class CollectReport:
    """What a run did: what came into the corpus, and a tally an outlet."""

    added: int = 0
    revised: int = 0
    known: int = 0
    unreadable: int = 0
    first_error: str | None = None
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with error rows."""
        faults = any(tally.failed or tally.problems or tally.is_at_fault for tally in self.tallies.values())
        return 3 if faults or self.unreadable else 0

    def lines(self) -> Iterator[str]:
        """What to tell the user."""
        tallies = self.tallies.values()
        held, unchanged = sum(tally.held for tally in tallies), sum(tally.unchanged for tally in tallies)
        sighted, failed = sum(tally.sighted for tally in tallies), sum(tally.failed for tally in tallies)
        yield f"{sighted:,} new addresses, {held:,} pages fetched, {unchanged:,} unchanged, {failed:,} not to be had"
        yield f"{self.added:,} articles added, {self.revised:,} revisions, {self.known:,} known already"
        if self.unreadable:
            yield f"{self.unreadable:,} pages left out, listed in the table errors; the first: {self.first_error}"
        for name, tally in self.tallies.items():
            if tally.ended:
                yield f"{name}: ended early: {tally.ended}"
            for problem in tally.problems[:_TOLD]:
                yield f"{name}: {problem}"
            if len(tally.problems) > _TOLD:
                yield f"{name}: and {len(tally.problems) - _TOLD:,} more like these"


def collect(
    corpus: Corpus,
    outlets: Sequence[Outlet],
    settings: CollectSettings | None = None,
    *,
    clock: Callable[[], float] = time.time,
    progress: Callable[[int], object] | None = None,
) -> CollectReport:
    """Visit outlets, archive their new and changed pages, and put the articles into the corpus.

    Args:
        corpus: where to.
        outlets: whom to visit, side by side.
        settings: what is wanted.
        clock: seconds since 1970.
        progress: called with the number of pages dealt with.

    Raises:
        CorpusError: another collector is at work, the disk is full, or the ledger is damaged.
        KeyboardInterrupt: the run was interrupted; what was fetched is kept.
    """
    settings = settings or CollectSettings()
    report = CollectReport()
    with _opened(corpus) as (ledger, archive):
        intake = _Intake(corpus, ledger, archive, outlets, settings, report, clock)
        intake.now()  # what an earlier run left
        visits = _visits(outlets, settings, ledger, archive, clock)
        report.tallies = {visit.outlet.name: visit.tally for visit in visits}

        def after_each() -> None:
            if progress:
                progress(sum(tally.held + tally.unchanged + tally.failed for tally in report.tallies.values()))
            intake.when_due()

        interrupted = asyncio.run(
            _crawl(visits, HttpFetcher(settings.contact, timeout=settings.timeout), ledger, clock, after_each)
        )
        intake.now(finally_=True)
    if interrupted:
        raise KeyboardInterrupt
    return report


def ledger_path(corpus: Corpus) -> Path:
    """Where a corpus has its ledger."""
    return corpus.folder / COLLECTED / FILE


@contextmanager
def _opened(corpus: Corpus) -> Iterator[tuple[Ledger, Archive]]:
    """The ledger and the archive, under the collector's lock, and agreeing with each other."""
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(corpus.folder / LOCK))
            folder = corpus.folder / COLLECTED
            folder.mkdir(exist_ok=True)
            ledger = Ledger(folder / FILE)
            held.callback(ledger.close)
            archive = Archive(folder / FOLDER)
            held.callback(archive.close)
            for name in archive.files():
                ledger.hold(held_of(found) for found in archive.recover(name, ledger.end_of(name)))
        except OSError as error:
            raise CorpusError(f"{corpus.folder}: can't be written to: {error.strerror or error}") from error
        yield ledger, archive


def _visits(
    outlets: Sequence[Outlet],
    settings: CollectSettings,
    ledger: Ledger,
    archive: Archive,
    clock: Callable[[], float],
) -> list[Visit]:
    since = settings.window.since or datetime.fromtimestamp(clock(), UTC) - RECENT
    window, allowance = Window(since, settings.window.until), Allowance(settings.limit)
    visits = []
    for outlet in outlets:
        quiet_since, until = ledger.quiet_since(outlet.name)
        pace = Pace(outlet.delay, quiet_since=quiet_since, until=until)
        visits.append(Visit(outlet, ledger, archive, pace, window, allowance, clock))
    return visits


async def _crawl(
    visits: list[Visit],
    fetcher: HttpFetcher,
    ledger: Ledger,
    clock: Callable[[], float],
    after_each: Callable[[], object],
) -> bool:
    """Let Scrapy carry the visits to their end; returns whether they were interrupted."""
    stopping = asyncio.Event()
    interrupted = False

    def stop() -> None:
        nonlocal interrupted
        interrupted = True
        stopping.set()

    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
        for number in signals:
            loop.add_signal_handler(number, stop)
    runner = AsyncCrawlerRunner({**SETTINGS, "CONCURRENT_REQUESTS": len(visits)})
    crawler = runner.create_crawler(OutletSpider)
    try:
        await runner.crawl(crawler, visits, Downloads(fetcher, ledger, clock, stopping), after_each)
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in signals:
                loop.remove_signal_handler(number)
    fault = crawler.spider.fault if isinstance(crawler.spider, OutletSpider) else None
    if fault is not None:
        raise fault
    return interrupted


class _Intake:
    """Brings archived pages into the corpus now and then; while another process writes there, they wait."""

    def __init__(
        self,
        corpus: Corpus,
        ledger: Ledger,
        archive: Archive,
        outlets: Sequence[Outlet],
        settings: CollectSettings,
        report: CollectReport,
        clock: Callable[[], float],
    ) -> None:
        self._corpus, self._ledger, self._archive = corpus, ledger, archive
        self._outlets = {outlet.name: outlet for outlet in outlets}
        self._settings, self._report, self._clock = settings, report, clock
        self._last = clock()

    def when_due(self) -> None:
        """Take in what waits if it is much, or waits for long."""
        if self._clock() - self._last >= COMMIT_AFTER or self._ledger.count_waiting() >= COMMIT_PAGES:
            self.now()

    def now(self, *, finally_: bool = False) -> None:
        """Take in what waits."""
        self._last = self._clock()
        try:
            for done in take_in(
                self._corpus,
                self._ledger,
                self._archive,
                self._outlets,
                embargo=self._settings.embargo,
                clock=lambda: datetime.fromtimestamp(self._clock(), UTC),
            ):
                report = self._report
                report.added += done.added
                report.revised += done.revised
                report.known += done.known
                report.unreadable += done.failed
                report.first_error = report.first_error or done.first_error
        except CorpusError as error:
            if finally_:
                kept = f"{self._ledger.count_waiting():,} fetched pages are kept and come in with the next collect"
                raise CorpusError(f"{error}; {kept}") from error
