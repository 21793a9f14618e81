"""A visit to one outlet: what to ask for next, and what to make of the answer. No network and no waiting in here.

A visit is a generator: it yields a request, is sent what came of it (an answer or the error), and yields the next, so
that an outlet never has more than one request open. Its queue is the ledger.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from narrative.collect.archive import digest_of
from narrative.collect.feeds import read_feed
from narrative.collect.ledger import DAY, FORBIDDEN_FOR, Held, Sighting, Site
from narrative.collect.links import Entry, address_of
from narrative.collect.listings import read_listing
from narrative.collect.opt_out import WELL_KNOWN, read_site_rules, reserved_by_headers
from narrative.collect.robots import RobotsRules
from narrative.collect.sitemaps import lies_outside, read_sitemap
from narrative.collect.xml import MOST_BYTES
from narrative.errors import AddressRefused, FetchError, InputError, SettingsError
from narrative.extract.moments import is_future, read_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from narrative.collect.archive import Archive, Archived
    from narrative.collect.fetch import Answer
    from narrative.collect.ledger import DuePage, Ledger
    from narrative.collect.links import Sighted
    from narrative.collect.opt_out import SiteRules
    from narrative.collect.politeness import Pace
    from narrative.collect.registry import Outlet
    from narrative.extract.moments import Stamp

    Asking = Generator["Ask", "Answer | FetchError", "Got"]
    Visiting = Generator["Ask", "Answer | FetchError", None]

PATIENCE = 90.0  # seconds that a run waits for one outlet; a longer pause ends the visit
LONGEST_WAIT = 900.0  # unless it is the usual delay
MOST_REFUSALS = 4  # 429 and 503 in a row
MOST_FAILURES = 5  # pages in a row
MOST_REDIRECTS = 5
MOST_MAPS = 300  # feeds, sitemaps, listings of one visit
MOST_LISTINGS = 50
RULES_FOR = 6 * 3_600.0  # seconds that robots.txt is believed; RFC 9309 allows a day
_FOREVER = 1e11  # seconds
_PAGES = ("text/html", "application/xhtml")
_READERS = {"feed": read_feed, "sitemap": read_sitemap, "listing": read_listing}
_GONE = frozenset({404, 410})


class Ask(NamedTuple):
    """One request to make."""

    url: str
    reason: str
    headers: dict[str, str]
    most: int | None = None  # bytes, where they are others than of a page
    cut: bool = False  # whether a long body may be cut


class Got(NamedTuple):
    """What was there in the end: an answer behind all redirects, or why there is none."""

    answer: Answer | None
    error: str = ""
    state: str = ""  # that a page is in without an answer: forbidden or refused; empty where it may pass


class Ended(Exception):  # a signal from within, not an error
    """The visit is over before all was asked for; whether somebody is at fault."""

    def __init__(self, why: str, *, is_fault: bool = True) -> None:
        super().__init__(why)
        self.is_fault = is_fault


class Unruled(Ended):
    """The rules of a site can't be had, which forbids everything there; other sites of the outlet may answer."""


@dataclass(frozen=True)
class Window:
    """The articles that are wanted, by when they appeared."""

    since: datetime | None = None
    until: datetime | None = None  # the moment after the last

    @classmethod
    def read(cls, since: str | None, until: str | None) -> Window:
        """As told on the command line, in UTC; a day counts from its first moment, or to its last.

        Raises:
            SettingsError: one is no date or time, or the window is empty.
        """
        first = _read(since, "--since")
        last = _read(until, "--until")
        begin = first.moment if first else None
        end = last.moment + timedelta(days=last.precision == "day") if last else None
        if begin and end and begin >= end:
            raise SettingsError(f"--since {since} --until {until}: nothing lies between them")
        return cls(begin, end)

    @property
    def seconds(self) -> tuple[float, float]:
        """As seconds since 1970."""
        return (
            self.since.timestamp() if self.since else -_FOREVER,
            self.until.timestamp() if self.until else _FOREVER,
        )


@dataclass
class Allowance:
    """How many more pages the run may fetch; null for as many as there are."""

    pages: int | None = None

    def take(self) -> bool:
        """Whether there is one more."""
        if self.pages is None:
            return True
        self.pages -= 1
        return self.pages >= 0


@dataclass
class Tally:
    """What came of a visit."""

    sighted: int = 0
    held: int = 0
    unchanged: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    ended: str | None = None
    is_at_fault: bool = False


class Visit:
    """A visit to an outlet.

    Args:
        outlet: whom to visit.
        ledger: what is known.
        archive: where answers go.
        pace: how fast.
        window: which articles are wanted.
        allowance: how many pages, shared by the visits of a run.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        outlet: Outlet,
        ledger: Ledger,
        archive: Archive,
        pace: Pace,
        window: Window,
        allowance: Allowance,
        clock: Callable[[], float],
    ) -> None:
        self.outlet, self.pace, self.tally = outlet, pace, Tally()
        self._ledger, self._archive, self._window = ledger, archive, window
        self._allowance, self._clock = allowance, clock
        self._sites: dict[str, tuple[RobotsRules, SiteRules, float]] = {}
        self._unruled: dict[str, str] = {}  # why the rules of a site can't be had, by origin
        self._maps_read = self._failures = 0

    def __iter__(self) -> Visiting:
        try:
            yield from self._discover()
            yield from self._fetch_pages()
        except Ended as end:
            self.tally.ended, self.tally.is_at_fault = str(end), end.is_fault

    # Discovery

    def _discover(self) -> Visiting:
        for kind, urls in (
            ("feed", self.outlet.feeds),
            ("sitemap", self.outlet.sitemaps),
            ("listing", self.outlet.listings),
        ):
            for url in urls:
                yield from self._walk(url, kind)

    def _walk(self, first: str, kind: str) -> Visiting:
        """Read a feed, a sitemap or a listing, and the ones that it names, as far as they may hold something new."""
        since = self._window.seconds[0]
        reached = self._ledger.known_map(first).reached
        to_the_known = reached is not None and reached <= since
        self._ledger.set_reached(first, None)  # until this walk has come to its end
        waiting, seen, is_whole = deque([Entry(first)]), {first}, True
        while waiting and self._maps_read < MOST_MAPS and not (kind == "listing" and len(seen) > MOST_LISTINGS):
            entry = waiting.popleft()
            known = self._ledger.known_map(entry.url)
            goes_on = True
            if entry.url == first or kind == "listing" or not self._is_known(entry, known.read):
                self._maps_read += 1
                try:
                    got = yield from self._get(entry.url, kind, _validators(known.etag, known.last_modified))
                except Unruled as end:
                    got = Got(None, str(end))
                if got.answer is None or got.answer.status not in {200, 304}:
                    self._problem(entry.url, got.error or f"answered {got.answer.status if got.answer else ''}")
                    is_whole = False
                    continue
                new = self._enter_map(entry.url, kind, got.answer) if got.answer.status == 200 else 0
                # Behind a page of headlines that are all known lie older ones.
                goes_on = kind != "listing" or new > 0 or not to_the_known
            for child in self._ledger.maps_in(entry.url) if goes_on else ():
                told = Entry(child.url, modified=_moment(child.modified))
                if child.url not in seen and not self._is_outside(told, is_map=True):
                    seen.add(child.url)
                    waiting.append(told)
        if is_whole:
            self._ledger.set_reached(first, since)

    def _is_known(self, entry: Entry, read: float | None) -> bool:
        """Whether a map was read after it changed; one that does not tell when it changes is read once a day."""
        if read is None:
            return False
        return entry.modified.timestamp() < read if entry.modified else self._clock() - read < DAY

    def _enter_map(self, url: str, kind: str, answer: Answer) -> int:
        now = self._clock()
        try:
            sighted: Sighted = _READERS[kind](answer.body, answer.url, zone=ZoneInfo(self.outlet.zone))
        except InputError as error:
            self._problem(url, error.reason)
            return 0
        articles = (entry for entry in sighted.entries if self.outlet.is_article(entry.url))
        maps = [entry for entry in sighted.maps if (urlsplit(entry.url).hostname or "") in self.outlet.hosts]
        new = self._ledger.enter_map(
            self.outlet.name,
            url,
            [self._sighting(entry, now) for entry in articles],
            [self._sighting(entry, now) for entry in maps],
            etag=answer.header("ETag"),
            last_modified=answer.header("Last-Modified"),
            now=now,
        )
        self.tally.sighted += new
        return new

    def _sighting(self, entry: Entry, now: float) -> Sighting:
        """An entry without dates that lie in the future."""
        latest = datetime.fromtimestamp(now, UTC)
        published, modified = (
            moment.timestamp() if moment and not is_future(moment, latest) else None
            for moment in (entry.published, entry.modified)
        )
        return Sighting(entry.url, published, modified)

    def _is_outside(self, entry: Entry, *, is_map: bool) -> bool:
        return lies_outside(entry, self._window.since, self._window.until, is_map=is_map)

    # Pages

    def _fetch_pages(self) -> Visiting:
        for _ in range(2):  # what fails once is tried again behind all others
            for page in self._ledger.due_pages(self.outlet.name, *self._window.seconds, self._clock()):
                told = Entry(page.url, published=_moment(page.published), modified=_moment(page.modified))
                if not page.is_recheck and self._is_outside(told, is_map=False):
                    continue
                if not self._allowance.take():
                    raise Ended("--limit is reached", is_fault=False)
                yield from self._fetch_page(page)

    def _fetch_page(self, page: DuePage) -> Visiting:
        validators = _validators(page.etag, page.last_modified) if page.is_recheck else {}
        got = yield from self._get(page.url, "recheck" if page.is_recheck else "article", validators)
        now, answer = self._clock(), got.answer
        if answer is None:
            if got.state:
                is_forbidden = got.state == "forbidden"
                self._ledger.settle(page.url, got.state, got.error, now + FORBIDDEN_FOR if is_forbidden else None)
                self.tally.failed += not is_forbidden
            else:
                self._fail(page, got.error, now)
        elif page.is_recheck and (answer.status == 304 or digest_of(answer.body) == page.digest):
            self._ledger.unchanged(page.url, now)
            self.tally.unchanged += 1
            self._failures = 0
        elif answer.status == 200:
            self._keep(page, answer, now)
        elif answer.status in _GONE:
            self._ledger.settle(page.url, "gone", f"answered {answer.status}")
            self.tally.failed += 1
            self._failures = 0
        else:
            self._fail(page, f"answered {answer.status}", now)

    def _keep(self, page: DuePage, answer: Answer, now: float) -> None:
        self._failures = 0
        if answer.url != page.url and not self.outlet.is_article(answer.url):
            self._ledger.settle(page.url, "gone", f"redirects to {answer.url}, which is no article")
            self.tally.failed += 1
            return
        if not (answer.header("Content-Type") or _PAGES[0]).lower().startswith(_PAGES):
            self._ledger.settle(page.url, "refused", f"is {answer.header('Content-Type')}, not a page")
            self.tally.failed += 1
            return
        archived = self._archive.write(
            answer,
            asked=page.url,
            outlet=self.outlet.name,
            opt_out=self._reserved(answer),
            fetched=datetime.fromtimestamp(now, UTC),
        )
        self._ledger.hold([held_of(archived)])
        self.tally.held += 1

    def _reserved(self, answer: Answer) -> str | None:
        robots, reservations, _ = self._sites[_origin(answer.url)]
        by_site = WELL_KNOWN if reservations.reserves(answer.url) else None
        return reserved_by_headers(answer.header) or by_site or robots.reserves(answer.url)

    def _fail(self, page: DuePage, why: str, now: float) -> None:
        self._ledger.failed(page.url, why, now)
        self.tally.failed += 1
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise Ended(f"{MOST_FAILURES} pages in a row could not be had, the last because it {why}")

    # Requests

    def _get(self, url: str, reason: str, headers: dict[str, str]) -> Asking:
        """Ask for an address and follow where it leads, each hop under the rules of its site."""
        target: str | None = url
        for hop in range(MOST_REDIRECTS + 1):
            if target is None or urlsplit(target).hostname not in self.outlet.hosts:
                return Got(None, f"redirects to {target}, which is no address of the outlet", "refused")
            robots = yield from self._rules(target)
            if not robots.allows(target):
                return Got(None, "is forbidden by robots.txt", "forbidden")
            answer = yield from self._ask(
                Ask(target, reason if hop == 0 else "redirect", headers, MOST_BYTES if reason in _READERS else None)
            )
            if isinstance(answer, FetchError):
                return Got(None, answer.reason, "refused" if isinstance(answer, AddressRefused) else "")
            if answer.redirects_to is None:
                return Got(answer)
            target = address_of(answer.redirects_to, answer.url)
            if target == answer.url:
                break
        return Got(None, f"redirects in a circle, or more than {MOST_REDIRECTS} times")

    def _ask(self, ask: Ask) -> Generator[Ask, Answer | FetchError, Answer | FetchError]:
        """One request, made again after a pause where the site asks for one; within the budget of the day."""
        while True:
            self._check_budget()
            wait = self.pace.ready() - self._clock()
            if wait > max(PATIENCE, min(self.pace.delay, LONGEST_WAIT)):
                raise Ended(f"the outlet is left alone for the next {_duration(wait)}", is_fault=False)
            answer = yield ask
            if isinstance(answer, FetchError) or answer.status not in {429, 503}:
                return answer
            self._ledger.pause(self.outlet.name, self.pace.until)
            if answer.status == 503 and ask.reason == "robots":
                return answer
            if self.pace.refusals >= MOST_REFUSALS:
                raise Ended(f"the site asked {MOST_REFUSALS} times to slow down ({answer.status})")

    def _check_budget(self) -> None:
        midnight = self._clock() // 86_400 * 86_400
        if self._ledger.requests_since(self.outlet.name, midnight) >= self.outlet.budget:
            raise Ended(f"its budget of {self.outlet.budget:,} requests a day is used up", is_fault=False)

    def _rules(self, url: str) -> Generator[Ask, Answer | FetchError, RobotsRules]:
        """The rules of an address's site, read anew when they are old.

        Raises:
            Unruled: they can't be had.
        """
        origin = _origin(url)
        if origin in self._unruled:
            raise Unruled(self._unruled[origin])
        found = self._sites.get(origin)
        if found is not None and self._clock() - found[2] < RULES_FOR:
            return found[0]
        site = self._ledger.site(origin)
        if site is None or self._clock() - site.read >= RULES_FOR:
            site = yield from self._read_site(origin)
            self._ledger.enter_site(origin, site)
        robots = RobotsRules(site.robots)
        self.pace.at_least(robots.delay)
        self._sites[origin] = robots, read_site_rules(site.reservations), site.read
        return robots

    def _read_site(self, origin: str) -> Generator[Ask, Answer | FetchError, Site]:
        robots = yield from self._site_file(f"{origin}/robots.txt", "robots")
        if isinstance(robots, str):
            self._unruled[origin] = f"{origin}/robots.txt {robots}, which counts as forbidden"
            raise Unruled(self._unruled[origin])
        text = robots.decode("utf-8", "replace")
        self.pace.at_least(RobotsRules(text).delay)
        reservations = yield from self._site_file(origin + WELL_KNOWN, "reservations")
        return Site(text, b"" if isinstance(reservations, str) else reservations, self._clock())

    def _site_file(self, url: str, reason: str) -> Generator[Ask, Answer | FetchError, bytes | str]:
        """A file of the site itself, empty where there is none; or why it can't be had, in words."""
        target: str | None = url
        for _ in range(MOST_REDIRECTS + 1):
            if target is None or urlsplit(target).hostname not in self.outlet.hosts:
                return f"redirects to {target}, which is no address of the outlet"
            answer = yield from self._ask(Ask(target, reason, {}, cut=True))
            if isinstance(answer, FetchError):
                return f"can't be had ({answer.reason.partition(';')[0]})"
            if answer.redirects_to:
                target = address_of(answer.redirects_to, answer.url)
                continue
            if answer.status == 200:
                return answer.body
            return b"" if 400 <= answer.status < 500 else f"answers {answer.status}"
        return f"redirects more than {MOST_REDIRECTS} times"

    def _problem(self, url: str, why: str) -> None:
        self.tally.problems.append(f"{url}: {why}")


def held_of(archived: Archived) -> Held:
    """What the ledger keeps of an answer in the archive."""
    answer = archived.answer
    return Held(
        archived.asked,
        archived.outlet,
        archived.fetched.timestamp(),
        archived.file,
        archived.start,
        archived.length,
        digest_of(answer.body),
        archived.opt_out,
        answer.header("ETag"),
        answer.header("Last-Modified"),
    )


def _read(text: str | None, option: str) -> Stamp | None:
    try:
        return read_stamp(text) if text else None
    except ValueError as error:
        raise SettingsError(f"{option}: {error}; write it like 2026-02-10 or 2026-02-10T06:29Z") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    told = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in told.items() if value}


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3_600:.0f} hours"
