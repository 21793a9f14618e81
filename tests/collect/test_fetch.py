"""The guarded fetcher against a real server on loopback."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import misbehaving
import pytest
from misbehaving import ARTICLE, Site, body, redirect, robots, status

from narrative import __version__
from narrative.collect import fetch
from narrative.collect.fetch import HttpFetcher
from narrative.errors import AddressRefused, FetchError, RobotsRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.shutdown()
    server.thread.join()
    server.server_close()


def fetcher(**options: object) -> HttpFetcher:
    chosen: dict[str, object] = {"allow_loopback": True, "timeout": 5.0, "pause": 0.0, "clock": lambda: NOW, **options}
    return HttpFetcher("https://narrative.example/bot", **chosen)  # type: ignore[arg-type]  # options of several types


def test_a_page_with_what_the_server_says_of_it(site: Site) -> None:
    page = fetcher().fetch(site.url("/a?b=c#d"))
    assert page.body.decode() == ARTICLE
    assert (page.url, page.status, page.charset, page.fetched) == (site.url("/a?b=c"), 200, "utf-8", NOW)
    assert site.paths == ["/robots.txt", "/a?b=c"]
    headers = site.asked[1][1]
    assert headers["User-Agent"] == f"narrative/{__version__} (+https://narrative.example/bot)"
    assert headers["Host"] == f"127.0.0.1:{site.server_port}"


def test_loopback_is_refused_unless_allowed(site: Site) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(AddressRefused, match="not public"):
            HttpFetcher().fetch(f"http://{host}:{site.server_port}/")
    assert site.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "//192.168.0.1/",
        "http://0xA000001/",
    ],
)
def test_redirect_to_a_private_address(site: Site, location: str) -> None:
    site.answers["/a"] = redirect(location)
    with pytest.raises(AddressRefused, match="not public"):
        fetcher().fetch(site.url("/a"))


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "data:text/html,x"]
)
def test_redirect_to_another_scheme(site: Site, location: str) -> None:
    site.answers["/a"] = redirect(location)
    with pytest.raises(FetchError, match="only http"):
        fetcher().fetch(site.url("/a"))


def test_redirects_are_followed_and_their_loops_left(site: Site) -> None:
    site.answers |= {"/a": redirect("/b", 301), "/b": redirect(site.url("/c"), 308), "/loop": redirect("/loop")}
    assert fetcher().fetch(site.url("/a")).url == site.url("/c")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher().fetch(site.url("/loop"))
    assert site.paths.count("/loop") == 6


def test_each_hop_obeys_robots(site: Site) -> None:
    site.answers |= {"/robots.txt": robots("User-agent: *\nDisallow: /private"), "/a": redirect("/private/b")}
    with pytest.raises(RobotsRefused, match="forbids"):
        fetcher().fetch(site.url("/a"))
    assert "/private/b" not in site.paths


def test_robots_rules(site: Site) -> None:
    site.answers["/robots.txt"] = robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: narrative\nAllow: /news/\nDisallow: /"
    )
    reader = fetcher()
    assert reader.fetch(site.url("/news/a")).status == 200
    with pytest.raises(RobotsRefused, match="paste the text"):
        reader.fetch(site.url("/other"))
    assert site.paths == ["/robots.txt", "/news/a"]  # asked for once, and the forbidden page not at all


@pytest.mark.parametrize("code", [500, 503, 302])
def test_robots_that_fail_forbid(site: Site, code: int) -> None:
    site.answers["/robots.txt"] = redirect("/robots.txt") if code == 302 else status(code)
    with pytest.raises(RobotsRefused, match="counts as forbidden"):
        fetcher().fetch(site.url("/a"))
    assert "/a" not in site.paths


@pytest.mark.parametrize("code", [404, 403, 410])
def test_robots_that_are_not_there_allow(site: Site, code: int) -> None:
    site.answers["/robots.txt"] = status(code)
    assert fetcher().fetch(site.url("/a")).status == 200


def test_robots_behind_redirects(site: Site) -> None:
    site.answers |= {"/robots.txt": redirect("/rules"), "/rules": robots("User-agent: *\nDisallow: /a")}
    with pytest.raises(RobotsRefused, match="forbids"):
        fetcher().fetch(site.url("/a"))
    site.answers["/robots.txt"] = redirect("http://10.0.0.1/robots.txt")
    with pytest.raises(RobotsRefused, match="counts as forbidden"):
        fetcher().fetch(site.url("/a"))


def test_robots_that_never_end_or_come_are_cut(site: Site) -> None:
    rules = "User-agent: *\nDisallow: /a\n" + "# more\n" * 200_000 + "Disallow: /b\n"
    site.answers["/robots.txt"] = robots(rules)
    reader = fetcher()
    assert reader.fetch(site.url("/b")).status == 200  # behind the first 500 KB
    with pytest.raises(RobotsRefused, match="forbids"):
        reader.fetch(site.url("/a"))
    site.answers["/robots.txt"] = misbehaving.drip
    with pytest.raises(RobotsRefused, match="counts as forbidden"):
        fetcher(timeout=0.5).fetch(site.url("/a"))


@pytest.mark.parametrize(
    ("code", "said"),
    [(401, "login"), (402, "payment"), (403, "refuses programs"), (404, "check the address"), (410, "taken down"),
     (429, "slow down"), (451, "legal"), (500, "try again later"), (503, "try again later"), (418, "418")],
)  # fmt: skip
def test_statuses_tell_the_way_on(site: Site, code: int, said: str) -> None:
    site.answers["/a"] = status(code)
    with pytest.raises(FetchError, match=said) as caught:
        fetcher().fetch(site.url("/a"))
    assert "\n" not in str(caught.value)


def test_bomb_is_refused_in_little_memory(site: Site) -> None:
    import tracemalloc

    site.answers["/a"] = misbehaving.bomb(200)
    tracemalloc.start()
    with pytest.raises(FetchError, match="more than 1,000,000 bytes"):
        fetcher(max_bytes=1_000_000).fetch(site.url("/a"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(("encoding", "data"), [("gzip", b"this is no gzip"), ("deflate", b"\xff\xff\xff")])
def test_wrong_content_encoding(site: Site, encoding: str, data: bytes) -> None:
    site.answers["/a"] = body(data, **{"Content-Encoding": encoding})
    with pytest.raises(FetchError, match="failed"):
        fetcher().fetch(site.url("/a"))


@pytest.mark.parametrize("answer", [misbehaving.drip, misbehaving.drip_headers])
def test_slow_answers_end_at_the_limit(site: Site, answer: misbehaving.Answer) -> None:
    site.answers["/a"] = answer
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"within 0\.6 seconds"):
        fetcher(timeout=0.6).fetch(site.url("/a"))
    assert time.monotonic() - began < 3


def test_a_connection_that_breaks_is_tried_once_more(site: Site) -> None:
    site.answers["/a"] = misbehaving.cut
    with pytest.raises(FetchError, match=r"the connection to 127\.0\.0\.1 failed"):
        fetcher().fetch(site.url("/a"))
    assert site.paths.count("/a") == 2

    def once(handler: misbehaving.Handler) -> None:
        site.answers["/b"] = body(b"<html>whole</html>")
        misbehaving.hang_up(handler)

    site.answers["/b"] = once
    assert fetcher().fetch(site.url("/b")).body == b"<html>whole</html>"


@pytest.mark.parametrize("answer", [misbehaving.nonsense, misbehaving.endless_headers, misbehaving.hang_up])
def test_no_http(site: Site, answer: misbehaving.Answer) -> None:
    site.answers["/a"] = answer
    with pytest.raises(FetchError, match="failed"):
        fetcher().fetch(site.url("/a"))


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "video/mp4", "application/json"])
def test_what_is_no_page(site: Site, kind: str) -> None:
    site.answers["/a"] = body(b"data", kind)
    with pytest.raises(FetchError, match=kind):
        fetcher().fetch(site.url("/a"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://a.example/", "only http"),
        ("http://", "only http|no valid"),
        ("http://[::1", "no valid|not known"),
        ("http://user:secret@a.example/", "password"),
        ("http://a.example/" + "a" * 9_000, "too long"),
        ("http://a b.example/", "no valid|not known"),
        ("http://a.example:99999/", "no valid"),
    ],
)
def test_addresses_that_are_none(url: str, said: str) -> None:
    with pytest.raises(FetchError, match=said) as caught:
        fetcher().fetch(url)
    assert "secret" not in str(caught.value)


def test_a_closed_port(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(RobotsRefused, match="Connection refused"):
            fetcher().fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_proxies_of_the_environment_are_ignored(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher().fetch(site.url("/a")).status == 200


def test_the_connection_goes_to_the_address_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its address between check and connection: it is asked for once."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: object, **kinds: object) -> list[tuple[object, ...]]:
        if host == "rebinding.example":
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port, *rest, **kinds)  # type: ignore[arg-type,return-value]  # passed on
        return real(host, port, *rest, **kinds)  # type: ignore[arg-type,return-value]  # passed on

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    page = fetcher().fetch(f"http://rebinding.example:{site.server_port}/a")
    assert asked == ["rebinding.example"]
    assert page.url == f"http://rebinding.example:{site.server_port}/a"
    assert site.asked[1][1]["Host"] == f"rebinding.example:{site.server_port}"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of `good.example`, signed by itself."""
    key, crt = tmp_path / "key.pem", tmp_path / "crt.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=good.example",
               "-addext", "subjectAltName=DNS:good.example", "-keyout", str(key), "-out", str(crt)]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl to make a certificate with")
    return key, crt


def test_certificates_are_checked_against_the_name(
    site: Site, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, crt = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    site.socket = context.wrap_socket(site.socket, server_side=True, do_handshake_on_connect=False)
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: object, **kinds: object) -> list[tuple[object, ...]]:
        return real("127.0.0.1" if host.endswith(".example") else host, port, *rest, **kinds)  # type: ignore[arg-type,return-value]  # passed on

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(RobotsRefused, match=r"certificate of good\.example is not valid"):
        fetcher().fetch(f"https://good.example:{site.server_port}/a")
    assert site.asked == []

    trusting = ssl.create_default_context(cafile=str(crt))
    monkeypatch.setattr(fetch, "_tls", lambda: trusting)
    assert fetcher().fetch(f"https://good.example:{site.server_port}/a").body.decode() == ARTICLE
    site.asked.clear()
    with pytest.raises(RobotsRefused, match=r"certificate of bad\.example is not valid"):
        fetcher().fetch(f"https://bad.example:{site.server_port}/a")
    assert site.asked == []


def test_no_thread_outlives_a_fetch(site: Site) -> None:
    fetcher(timeout=60.0).fetch(site.url("/a"))
    deadline = time.monotonic() + 2
    while any(isinstance(thread, threading.Timer) for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())
