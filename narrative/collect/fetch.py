"""The one guarded way to the network.

The address that was checked is the address connected to, on every hop and for robots.txt as well: a host is resolved
once, every address it resolves to must be public, and the connection is opened to that address while the certificate is
checked against the host's name. Proxies of the environment are ignored. Redirects are followed by hand.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPException
from typing import TYPE_CHECKING, NamedTuple, Protocol

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from narrative import __version__
from narrative.collect.addresses import names_loopback, public_addresses
from narrative.collect.opt_out import reserved_by_headers
from narrative.collect.robots import RobotsRules
from narrative.errors import AddressRefused, FetchError, RobotsRefused
from narrative.extract.walls import WAY_ON
from narrative.extract.warc import charset_of
from narrative.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from urllib3.response import HTTPResponse

MOST_REDIRECTS = 5
LONGEST_URL = 8_000
CONNECT_WITHIN = 10.0  # seconds
ROBOTS_BYTES = 500_000  # RFC 9309 asks for 500 KiB at the least
_CHUNK = 1 << 14
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READABLE = ("text/", "application/xhtml", "application/xml", "application/rss", "application/atom", "application/pdf")
_REASONS = {
    401: f"the site asks for a login (401); {WAY_ON}",
    402: f"the site asks for payment (402); {WAY_ON}",
    403: f"the site refuses programs (403); {WAY_ON}",
    404: "there is no such page (404); check the address",
    410: "the page was taken down (410)",
    429: f"the site asks to slow down (429); wait some minutes, or {WAY_ON}",
    451: f"the site withholds the page for legal reasons (451); {WAY_ON}",
}


class Fetcher(Protocol):
    """Whatever turns an address into a page."""

    def fetch(self, url: str) -> Page:
        """The page at `url`.

        Raises:
            FetchError: there is none to be had; `AddressRefused` and `RobotsRefused` say that it was not asked for.
        """


class _Target(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str  # with the query

    @property
    def origin(self) -> str:
        default = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{self.host}" + ("" if default else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path


class Answer(NamedTuple):
    """What a server said to one request; a body comes with status 200 alone, without its transfer encodings."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value, joined by commas where it is there more than once; null where it is not."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def redirects_to(self) -> str | None:
        """The address that it sends on to, in full."""
        location = self.header("Location") if self.status in _REDIRECTS else None
        return _joined(self.url, location) if location else None


class HttpFetcher:
    """The fetcher of the real network.

    Args:
        contact: an address or URL that site owners can complain to; part of the user agent.
        allow_loopback: whether this machine may be fetched from, for tests and a registry that names it.
        timeout: seconds for one page, from the first byte sent to the last received.
        max_bytes: of a page, decompressed.
        clock: the time that pages were fetched at.
        pause: seconds before the one retry of a connection that failed.
    """

    def __init__(
        self,
        contact: str | None = None,
        *,
        allow_loopback: bool = False,
        timeout: float = 30.0,
        max_bytes: int = 10_000_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: float = 1.0,
    ) -> None:
        about = "".join(char for char in contact or "" if char.isascii() and char.isprintable())
        self.user_agent = f"narrative/{__version__}" + (f" (+{about})" if about else "")
        self._allow_loopback = allow_loopback
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._clock = clock
        self._pause = pause
        self._robots: dict[str, RobotsRules] = {}

    def fetch(self, url: str) -> Page:
        """The page at `url`, redirects followed, if robots.txt allows it.

        Raises:
            AddressRefused: the address, or one on the way, is not public.
            RobotsRefused: robots.txt forbids the page, or can't be had.
            FetchError: anything else that stands in the way.
        """
        deadline = time.monotonic() + self._timeout
        target = _target(url, url)
        for _ in range(MOST_REDIRECTS + 1):
            addresses = self._addresses(target, url)
            self._obey_robots(target, addresses, url)
            answer = self._request(target, addresses, url, deadline, self._max_bytes, cut=False)
            if answer.redirects_to:
                target = _target(answer.redirects_to, url)
                continue
            return self._page(answer, url)
        raise FetchError(url, f"more than {MOST_REDIRECTS} redirects; {WAY_ON}")

    def get(
        self,
        url: str,
        *,
        hosts: Container[str],
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
        cut: bool = False,
    ) -> Answer:
        """One request and whatever comes of it, for a caller that keeps robots.txt, redirects and pauses itself.

        Args:
            url: what to ask for.
            hosts: the only ones that may be asked; this machine may where it stands among them under a name of its own.
            headers: more headers, such as validators.
            most: bytes of a body, where they are others than of a page.
            cut: whether a body that is too long is cut instead of refused, as for robots.txt.

        Raises:
            AddressRefused: the host is none of `hosts`, or not public.
            FetchError: there is no whole answer.
        """
        deadline = time.monotonic() + self._timeout
        target = _target(url, url)
        if target.host.strip("[]") not in hosts:
            raise AddressRefused(url, f"{target.host} is no host of the registered outlet, and is not fetched")
        addresses = public_addresses(target.host, target.port, url, allow_loopback=names_loopback(target.host))
        most = ROBOTS_BYTES if cut else most or self._max_bytes
        try:
            return self._ask(target, addresses[0], url, deadline, most, cut=cut, pages_only=False, more=headers)
        except (HTTPError, HTTPException, OSError) as error:
            raise self._failure(error, target, url, deadline) from error

    def _addresses(self, target: _Target, url: str) -> list[str]:
        return public_addresses(target.host, target.port, url, allow_loopback=self._allow_loopback)

    def _page(self, answer: Answer, url: str) -> Page:
        if answer.status != 200:
            fault = f"the site has a fault ({answer.status}); try again later, or {WAY_ON}"
            other = f"the site answered {answer.status}; {WAY_ON}"
            raise FetchError(url, _REASONS.get(answer.status, fault if answer.status >= 500 else other))
        content_type = answer.header("Content-Type")
        return Page(
            url=answer.url,
            body=answer.body,
            content_type=content_type,
            charset=charset_of(content_type),
            status=answer.status,
            fetched=self._clock(),
            opt_out=reserved_by_headers(answer.header) is not None,
        )

    def _obey_robots(self, target: _Target, addresses: list[str], url: str) -> None:
        rules = self._robots.get(target.origin)
        if rules is None:
            rules = self._robots[target.origin] = self._read_robots(target, addresses, url)
        if not rules.allows(target.url):
            raise RobotsRefused(url, f"{target.origin}/robots.txt forbids programs this page; {WAY_ON}")

    def _read_robots(self, page: _Target, addresses: list[str], url: str) -> RobotsRules:
        deadline = time.monotonic() + self._timeout
        target = page._replace(path="/robots.txt")
        try:
            for _ in range(MOST_REDIRECTS + 1):
                answer = self._request(target, addresses, url, deadline, ROBOTS_BYTES, cut=True)
                if answer.redirects_to:
                    target = _target(answer.redirects_to, url)
                    addresses = self._addresses(target, url)
                    continue
                if 400 <= answer.status < 500:
                    return RobotsRules("")
                if answer.status == 200:
                    return RobotsRules(answer.body.decode("utf-8", "replace"))
                why = f"answers {answer.status}"
                break
            else:
                why = f"redirects more than {MOST_REDIRECTS} times"
        except FetchError as error:
            why = f"can't be had ({error.reason.partition(';')[0]})"
        raise RobotsRefused(url, f"{page.origin}/robots.txt {why}, which counts as forbidden; {WAY_ON}")

    def _request(
        self, target: _Target, addresses: list[str], url: str, deadline: float, most: int, *, cut: bool
    ) -> Answer:
        """One request; a connection that fails is tried once more, on another address if there is one.

        Args:
            target: what to ask for.
            addresses: where, already checked.
            url: what the user asked for, for errors.
            deadline: on the monotonic clock.
            most: bytes of body.
            cut: whether a longer body is cut instead of refused.
        """
        try:
            return self._ask(target, addresses[0], url, deadline, most, cut=cut)
        except (HTTPError, HTTPException, OSError) as error:
            failure = self._failure(error, target, url, deadline)
            if not isinstance(failure, _Broken):
                raise failure from error
        time.sleep(min(self._pause, max(0.0, deadline - time.monotonic())))
        try:
            return self._ask(target, addresses[-1], url, deadline, most, cut=cut)
        except (HTTPError, HTTPException, OSError) as error:
            raise self._failure(error, target, url, deadline) from error

    def _failure(self, error: Exception, target: _Target, url: str, deadline: float) -> FetchError:
        certificate = next(
            (e for e in (error, error.__cause__, *error.args) if isinstance(e, ssl.SSLCertVerificationError)), None
        )
        if certificate is not None:
            return FetchError(
                url, f"the certificate of {target.host} is not valid ({certificate.verify_message}); {WAY_ON}"
            )
        if time.monotonic() >= deadline:
            return FetchError(url, f"no whole answer within {self._timeout:g} seconds; {WAY_ON}")
        return _Broken(url, f"the connection to {target.host} failed ({_in_words(error)}); {WAY_ON}")

    def _ask(
        self,
        target: _Target,
        address: str,
        url: str,
        deadline: float,
        most: int,
        *,
        cut: bool,
        pages_only: bool = True,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = _connection(target, address, min(CONNECT_WITHIN, max(0.1, deadline - time.monotonic())))
        with _cut_at(deadline, connection):
            connection.request(
                "GET",
                target.path,
                headers={
                    "Host": target.origin.partition("://")[2],
                    "User-Agent": self.user_agent,
                    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
                    "Accept-Encoding": "gzip, deflate",
                    "Accept-Language": "en,*;q=0.5",
                    "Connection": "close",
                    **(more or {}),
                },
                preload_content=False,
                decode_content=True,
            )
            with closing(connection.getresponse()) as response:
                content_type = response.headers.get("Content-Type")
                body = b""
                if response.status == 200:
                    if pages_only and not cut and content_type and not content_type.lower().startswith(_READABLE):
                        raise FetchError(
                            url, f"it is {content_type.partition(';')[0]}, not a page; give the address of an article"
                        )
                    body = _body(response, most, url, cut=cut)
            return Answer(target.url, response.status, tuple(response.headers.items()), body)


class _Broken(FetchError):
    """A connection that failed and may be tried once more."""


def _connection(target: _Target, address: str, timeout: float) -> HTTPConnection:
    """A connection to the checked address; the certificate must be the host's."""
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout)
    name = target.host.strip("[]")
    return HTTPSConnection(address, target.port, timeout=timeout, server_hostname=name, ssl_context=_tls())


def _body(response: HTTPResponse, most: int, url: str, *, cut: bool) -> bytes:
    body = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > most:
            if cut:
                return bytes(body[:most])
            raise FetchError(url, f"more than {most:,} bytes, which no article has")
    return bytes(body)


@contextmanager
def _cut_at(deadline: float, connection: HTTPConnection) -> Iterator[None]:
    """Connect, and cut the connection at the deadline, however slowly its bytes drip in."""
    held: list[socket.socket] = []  # the connection forgets its socket while the answer is still being read

    def hang_up() -> None:
        for sock in held or [connection.sock]:
            if sock is not None:
                with suppress(OSError):  # gone already
                    # Not the method of a TLS socket, which would tear down what another thread is reading from.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        held.append(connection.sock)
        connection.sock.settimeout(max(0.1, deadline - time.monotonic()))
        yield
        if time.monotonic() >= deadline:
            raise TimeoutError("cut at the deadline")
    finally:
        timer.cancel()
        connection.close()


@cache
def _tls() -> ssl.SSLContext:
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # some systems come without certificates of their own
    return context


def _target(url: str, asked: str) -> _Target:
    if len(url) > LONGEST_URL:
        raise FetchError(asked[:100], "the address is too long")
    try:
        parts = parse_url(url)
    except LocationParseError as error:
        raise FetchError(asked, "this is no valid address") from error
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise FetchError(asked, "only http:// and https:// addresses are fetched")
    if parts.auth:
        bare = asked.replace(f"{parts.auth}@", "")  # the password is not shown
        raise FetchError(bare, "addresses with a user name or password are not fetched")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return _Target(parts.scheme, parts.host, port, parts.request_uri)


def _joined(base: str, location: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(base, location)
    except ValueError:
        return location


def _in_words(error: BaseException) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    return (cause.strerror if isinstance(cause, OSError) else None) or type(error).__name__
