"""The collector against the sample's outlets on loopback, well behaved and not."""

from __future__ import annotations

import gzip
import os
import signal
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import misbehaving
import pytest
from misbehaving import body, redirect, robots, status
from sample_sites import SampleSite, registry_toml, sample_outlets, serve
from typer.testing import CliRunner

from narrative.cli.app import app
from narrative.collect.audit import audit, requests
from narrative.collect.collecting import LOCK, CollectReport, CollectSettings, collect
from narrative.collect.visits import Window
from narrative.errors import CorpusError
from narrative.store.corpus import open_corpus
from narrative.store.lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from narrative.store.corpus import Corpus

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
SINCE = Window.read("2025-10-01", None)
NARROW = Window.read("2026-03-01", None)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleSite]:
    """The smallest outlet."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    server = SampleSite(next(outlet for outlet in sample_outlets() if outlet.name == "tidelinemarkets"))
    yield server
    server.stop()


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return open_corpus(tmp_path / "corpus", create=True)


def run(corpus: Corpus, *sites: SampleSite, window: Window = NARROW, timeout: float = 5.0) -> CollectReport:
    settings = CollectSettings(window=window, contact="desk@narrative.example", timeout=timeout)
    return collect(corpus, [site.outlet for site in sites], settings)


def test_an_outlet_comes_in_whole_and_once(site: SampleSite, corpus: Corpus) -> None:
    report = run(corpus, site, window=SINCE)
    pages = sorted(path for path in site.paths if path.endswith(".html"))
    assert len(pages) == len(set(pages)) == report.added == corpus.count("articles") == 37
    assert report.exit_code == 0
    assert site.most_open == 1
    assert "desk@narrative.example" in site.asked[0][2]["User-Agent"]
    rows = corpus.dataset("articles").to_table(["outlet", "url", "first_seen", "available", "opt_out"]).to_pylist()
    assert {row["outlet"] for row in rows} == {"Tideline Markets"}
    assert all(row["available"] < row["first_seen"] for row in rows)  # they are old: backfilled
    site.asked.clear()
    again = run(corpus, site, window=SINCE)
    assert again.added == again.known == 0
    assert site.articles_asked() == []
    assert all("If-None-Match" in headers for _, path, headers in site.asked)
    (audited,) = audit(corpus)
    assert (
        audited.requests
        == len(requests(corpus, "tidelinemarkets"))
        == audited.pages["held"] + sum(number for reason, number in audited.by_reason.items() if reason != "article")
    )
    assert (audited.too_soon, audited.unanswered, audited.not_modified) == (0, 0, len(site.asked))


def test_delay_and_crawl_delay_hold(site: SampleSite, corpus: Corpus) -> None:
    site.answers["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 0.3\n")
    site.outlet = site.outlet.model_copy(update={"sitemaps": (), "delay": 0.1})
    run(corpus, site)
    moments = [moment for moment, _, _ in site.asked]
    gaps = [after - before for before, after in pairwise(moments)]
    assert len(gaps) >= 3
    assert gaps[0] >= 0.1
    assert min(gaps[1:]) >= 0.3
    (audited,) = audit(corpus)
    assert audited.too_soon == 0


def test_a_changed_page_becomes_a_revision(site: SampleSite, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    site.outlet = site.outlet.model_copy(update={"sitemaps": ()})
    assert run(corpus, site).added > 0
    (path, *_) = site.articles_asked()
    data = site.file(path)
    assert data is not None
    site.answers[path] = body(data.replace(b"</p>", b" The exchange has since said more.</p>", 1), ETag='"new"')
    later = time.time() + 7 * 3_600
    report = collect(
        corpus, [site.outlet], CollectSettings(window=NARROW, timeout=5.0), clock=lambda: later_clock(later)
    )
    assert (report.added, report.revised) == (0, 1)
    (row,) = corpus.dataset("revisions").to_table(["revision", "available", "first_seen"]).to_pylist()
    assert row["revision"] == 1
    assert row["available"] == row["first_seen"]  # nobody could have known the new text before


def later_clock(start: float, began: float = time.monotonic()) -> float:  # of the first call
    return start + time.monotonic() - began


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("slow", misbehaving.drip),
        ("cut in the middle", misbehaving.cut),
        ("hung up", misbehaving.hang_up),
        ("fault", status(500)),
        ("circle", redirect("/circle")),
        ("bomb", misbehaving.bomb(50)),
        ("no gzip", body(b"this is no gzip", **{"Content-Encoding": "gzip"})),
        ("elsewhere", redirect("http://127.0.0.2:1/")),
        ("nonsense", misbehaving.nonsense),
    ],
)
def test_one_bad_page_costs_that_page(site: SampleSite, corpus: Corpus, name: str, wrong: misbehaving.Answer) -> None:
    site.outlet = site.outlet.model_copy(update={"sitemaps": ()})
    site.answers["/circle"] = redirect("/circle")
    feed = site.file("/feed/atom.xml")
    assert feed is not None
    count = feed.count(b"<entry>")
    bad = next(path for path in feed.decode().split('"') if path.endswith(".html")).removeprefix(site.here)
    site.answers[bad] = wrong
    report = run(corpus, site, window=SINCE, timeout=0.7 if name == "slow" else 3.0)
    assert 0 < count - 1 == corpus.count("articles")
    assert report.exit_code == 3


def test_wrong_encodings_and_gzipped_maps(site: SampleSite, corpus: Corpus) -> None:
    site.outlet = site.outlet.model_copy(
        update={"feeds": (site.outlet.feeds[0],), "sitemaps": (site.here + "/m.xml.gz",)}
    )
    data = site.file("/sitemap/news.xml")
    assert data is not None
    site.answers["/m.xml.gz"] = body(gzip.compress(data), "application/x-gzip")
    site.answers["/feed/atom.xml"] = body(b"\xff\xfe\x00not a feed", "application/xml")
    report = run(corpus, site)
    assert report.added > 0
    assert any("atom.xml" in problem for problem in report.tallies["tidelinemarkets"].problems)


def test_a_refusal_is_waited_out(site: SampleSite, corpus: Corpus) -> None:
    def once(handler: misbehaving.Handler) -> None:
        site.answers["/feed/atom.xml"] = serve
        handler.send(429, {"Retry-After": "1"})

    site.outlet = site.outlet.model_copy(update={"sitemaps": ()})
    site.answers["/feed/atom.xml"] = once
    assert run(corpus, site).added > 0
    moments = [moment for moment, path, _ in site.asked if path == "/feed/atom.xml"]
    assert moments[1] - moments[0] >= 1.0


def test_two_collectors_do_not_collide(site: SampleSite, corpus: Corpus) -> None:
    with exclusive(corpus.folder / LOCK), pytest.raises(CorpusError, match=f"{os.getpid()}.*wait until it has ended"):
        run(corpus, site)
    assert site.asked == []


def test_while_another_process_writes_pages_wait(site: SampleSite, corpus: Corpus) -> None:
    site.outlet = site.outlet.model_copy(update={"sitemaps": ()})
    with corpus.writing():
        other = open_corpus(corpus.folder)
        with pytest.raises(CorpusError, match="fetched pages are kept"):
            run(other, site)
    held = len(site.articles_asked())
    assert run(open_corpus(corpus.folder), site).added == held > 0
    assert len(site.articles_asked()) == held


def test_loopback_only_under_its_own_name(site: SampleSite, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: object, **kinds: object) -> object:
        return real("127.0.0.1" if host == "news.example" else host, port, *rest, **kinds)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    fields = {
        name: tuple(url.replace("127.0.0.1", "news.example") for url in getattr(site.outlet, name))
        for name in ("feeds", "sitemaps")
    }
    home = site.outlet.home.replace("127.0.0.1", "news.example")
    site.outlet = site.outlet.model_copy(update={**fields, "home": home})
    report = run(corpus, site)
    assert all("not public" in problem for problem in report.tallies["tidelinemarkets"].problems)
    assert report.exit_code == 3
    assert site.asked == []


def test_the_command(site: SampleSite, tmp_path: Path) -> None:
    registry = tmp_path / "outlets.toml"
    registry.write_text(registry_toml([site.outlet.model_copy(update={"sitemaps": ()})]), "utf-8")
    base = ["collect", "--corpus", str(tmp_path / "corpus"), "--outlets", str(registry)]
    done = CliRunner().invoke(app, [*base, "--since", "2026-03-01", "--limit", "2", "--outlet", "tidelinemarkets"])
    assert done.exit_code == 0, done.output
    assert "2 articles added" in done.output
    assert "--limit is reached" in done.output
    assert CliRunner().invoke(app, [*base, "--outlet", "nobody"]).exit_code == 2
    assert CliRunner().invoke(app, [*base, "--since", "2026-03-01", "--until", "2026-02-01"]).exit_code == 2


def test_an_interrupt_ends_cleanly(site: SampleSite, corpus: Corpus) -> None:
    def interrupting(handler: misbehaving.Handler) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        serve(handler)

    site.outlet = site.outlet.model_copy(update={"sitemaps": ()})
    feed = (site.file("/feed/atom.xml") or b"").decode()
    paths = [path.removeprefix(site.here) for path in feed.split('"') if path.endswith(".html")]
    site.answers[paths[3]] = interrupting
    with pytest.raises(KeyboardInterrupt):
        run(corpus, site, window=SINCE)
    assert len(site.articles_asked()) == corpus.count("articles") == 4  # the one under way was waited for
    assert run(corpus, site, window=SINCE).added == len(paths) - 4


def test_nothing_to_audit(corpus: Corpus) -> None:
    with pytest.raises(CorpusError, match="narrative collect"):
        audit(corpus)
