"""WARC files of many sites → articles of registered outlets."""

from __future__ import annotations

import gzip
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from warc_files import sample_pages, write_warc

from narrative.collect.registry import Outlet, Registry, read_registry
from narrative.errors import InputError
from narrative.records import Article
from narrative.resources import shipped
from narrative.series.weeks import FEWEST_ARTICLES, outlet_weeks
from narrative.store.archives import articles_from_archive
from narrative.store.corpus import open_corpus
from narrative.store.importing import ImportSettings, import_files

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = read_registry(shipped("corpus", "sample", "outlets.toml"))
NOW = datetime(2026, 5, 1, tzinfo=UTC)
ELSEWHERE = [("https://elsewhere.example/2026/02/10/a.html", sample_pages("harborwire")[0][1])]


def page(text: str = "Bitcoin fell on Tuesday as funds lost money for a fifth week. " * 6, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode()


def article_url(number: int = 0) -> str:
    return f"https://www.harborwire.example/2026/02/10/story-{number}.html"


def test_only_articles_of_registered_outlets_are_taken(tmp_path: Path) -> None:
    wire = sample_pages("harborwire")
    path = write_warc(tmp_path / "a.warc.gz", wire[:4])
    write_warc(
        path,
        [*ELSEWHERE, ("https://www.harborwire.example/", page()), ("https://www.harborwire.example/tag/x", page())],
    )
    write_warc(path, [(article_url(), b"\x89PNG")], content_type="image/png")
    write_warc(path, [(article_url(1), b"gone")], status="404 Not Found")
    write_warc(path, sample_pages("tidelinemarkets")[:2])
    found = list(articles_from_archive(path, REGISTRY))
    assert all(isinstance(item, Article) for item in found)
    assert [item.outlet for item in found if isinstance(item, Article)] == ["Harbor Wire"] * 4 + [
        "Tideline Markets"
    ] * 2
    assert {item.url for item in found if isinstance(item, Article)} >= {url for url, _ in wire[:4]}


def test_a_date_without_a_time_counts_in_the_outlets_zone(tmp_path: Path) -> None:
    dated = page(head='<meta property="article:published_time" content="2026-02-10">')
    path = write_warc(tmp_path / "a.warc.gz", [(article_url(), dated)])
    (article,) = articles_from_archive(path, REGISTRY)
    assert isinstance(article, Article)
    assert article.published == datetime(2026, 2, 10, 5, tzinfo=UTC)  # midnight in New York
    assert article.available == datetime(2026, 2, 11, 5, tzinfo=UTC)  # known when that day has ended
    assert article.first_seen is None  # that somebody else had it then does not tell that we watched


def test_what_is_no_article_costs_its_row_alone(tmp_path: Path) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz",
        [(article_url(0), page("Soon.")), (article_url(1), b"\0" * 99), (article_url(2), page())],
    )
    short, binary, article = articles_from_archive(path, REGISTRY)
    assert isinstance(short, InputError)
    assert article_url(0) in short.source
    assert isinstance(binary, InputError)
    assert isinstance(article, Article)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_an_archive_that_breaks_off_gives_what_comes_before(tmp_path: Path, name: str) -> None:
    path = write_warc(tmp_path / name, [(article_url(number), page()) for number in range(3)])
    path.write_bytes(path.read_bytes()[:-100])
    found = list(articles_from_archive(path, REGISTRY))
    assert [item.url for item in found if isinstance(item, Article)][:2] == [article_url(0), article_url(1)]
    assert len([item for item in found if isinstance(item, Article)]) < 3 or name == "a.warc"
    if name == "a.warc.gz":
        assert isinstance(found[-1], InputError)
        assert "cut short" in found[-1].reason


def test_damage_in_the_middle_is_an_error_and_no_more(tmp_path: Path) -> None:
    whole = write_warc(tmp_path / "a.warc.gz", [(article_url(number), page()) for number in range(3)]).read_bytes()
    generator = random.Random(7)  # noqa: S311  # damage, not secrets
    for number in range(25):
        data = bytearray(whole)
        for _ in range(4):
            data[generator.randrange(len(data))] = generator.randrange(256)
        path = tmp_path / f"{number}.warc.gz"
        path.write_bytes(data)
        assert all(isinstance(item, Article | InputError) for item in articles_from_archive(path, REGISTRY))


def hostile(what: str) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {article_url()}\r\nWARC-Date: 2026-02-28T12:00:00Z\r\n"
    flood = b"X: a\r\n" * 500_000 if what == "headers" else b""
    length = {"negative": -5, "no number": "abc", "beyond": 10**18}.get(what, len(answer))
    start = (
        head.encode()
        + flood
        + f"Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    after = {"zeros": bytes(20_000_000), "blank lines": b"\n" * 5_000_000, "a line": b"x" * 20_000_000}.get(what, b"")
    return gzip.compress(start + answer + b"\r\n\r\n" + after, 1)


@pytest.mark.parametrize("what", ["zeros", "blank lines", "a line", "headers", "negative", "no number", "beyond"])
def test_a_hostile_archive_takes_little_time_and_says_nothing_on_stderr(
    tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(hostile(what))
    begun = time.process_time()
    found = list(articles_from_archive(path, REGISTRY))
    assert time.process_time() - begun < 5
    assert isinstance(found[-1], InputError)
    assert capfd.readouterr().err == ""


def test_a_page_without_end_is_refused(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", [(article_url(), bytes(12_000_000)), (article_url(1), page())])
    large, article = articles_from_archive(path, REGISTRY)
    assert isinstance(large, InputError)
    assert "more than 10,000,000 bytes" in large.reason
    assert isinstance(article, Article)


def test_import_counts_the_usable_weeks(tmp_path: Path) -> None:
    corpus = open_corpus(tmp_path / "corpus", create=True)
    path = write_warc(tmp_path / "CC-NEWS-1.warc.gz", [*sample_pages("harborwire"), *ELSEWHERE])
    settings = ImportSettings(outlets=REGISTRY)
    report = import_files(corpus, [str(path)], settings, clock=lambda: NOW)
    assert report.added == len(sample_pages("harborwire"))
    assert (report.revised, report.failed, report.undated) == (0, 0, 0)
    again = import_files(corpus, [str(path)], settings, clock=lambda: NOW)
    assert (again.added, again.known) == (0, report.added)
    weeks = outlet_weeks(corpus, ["Harbor Wire", "Coin Quay"])
    assert weeks.usable == {"Coin Quay": 0, "Harbor Wire": 0}  # an article or two a week
    assert weeks.weeks > 20


def test_a_week_is_usable_with_enough_articles_that_are_no_repeats(tmp_path: Path) -> None:
    corpus = open_corpus(tmp_path / "corpus", create=True)
    titles = ["Bitcoin falls", "Ether rises", "Funds bleed", "A miner sells", "Congress votes", "Funds bleed"]
    heads = [
        f'<title>{title}</title><meta property="article:published_time" content="2026-02-1{day}T12:00:00Z">'
        for day, title in enumerate(titles)
    ]
    pages = [
        (article_url(number), page(f"{number}. " * 9 + "Markets moved. " * 20, head))
        for number, head in enumerate(heads)
    ]
    path = write_warc(tmp_path / "a.warc.gz", pages[:4] + pages[5:])
    import_files(corpus, [str(path)], ImportSettings(outlets=REGISTRY), clock=lambda: NOW)
    assert outlet_weeks(corpus).usable == {"Harbor Wire": 0}
    write_warc(path, pages[4:5])
    import_files(corpus, [str(path)], ImportSettings(outlets=REGISTRY), clock=lambda: NOW)
    weeks = outlet_weeks(corpus)
    assert (weeks.usable, weeks.weeks) == ({"Harbor Wire": 1}, 1)
    assert next(weeks.lines()).startswith(f"1 usable week (of {FEWEST_ARTICLES} articles or more) over 1 outlet, 100%")


def test_no_article_no_week(tmp_path: Path) -> None:
    weeks = outlet_weeks(open_corpus(tmp_path / "corpus", create=True), ["Harbor Wire"])
    assert (weeks.weeks, weeks.total) == (0, 0)
    assert next(weeks.lines()).startswith("no usable week yet")


def test_the_first_outlet_that_claims_an_address_has_it() -> None:
    told = {"title": "A", "home": "https://a.example/", "articles": "^https://a\\.example/.+"}
    first, second = (Outlet.model_validate({**told, "name": name}) for name in ("a", "b"))
    assert Registry(outlets=(first, second)).outlet_of("https://a.example/x") == first
