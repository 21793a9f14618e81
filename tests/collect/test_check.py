from __future__ import annotations

from datetime import UTC, datetime

from narrative.collect.check import check_outlets
from narrative.collect.registry import read_registry
from narrative.errors import FetchError
from narrative.records import Page
from narrative.resources import shipped

REGISTRY = read_registry(shipped("corpus", "sample", "outlets.toml"))
PAGES = shipped("corpus", "sample", "pages")


class SampleFetcher:
    """Serves the sample as its sites would, but for what is `gone`."""

    def __init__(self, gone: str = "nothing", instead: bytes | None = None) -> None:
        self.gone = gone
        self.instead = instead
        self.asked: list[str] = []

    def fetch(self, url: str) -> Page:
        self.asked.append(url)
        outlet = next(outlet for outlet in REGISTRY.outlets if url.startswith(outlet.home))
        if self.gone in url:
            if self.instead is None:
                raise FetchError(url, "there is no such page (404)")
            body = self.instead
        else:
            body = (PAGES / outlet.name / url.removeprefix(outlet.home)).read_bytes()
        return Page(url=url, body=body, fetched=datetime(2026, 4, 1, tzinfo=UTC))


def test_tells_what_every_address_answers_and_waits_between_two() -> None:
    fetcher, waited = SampleFetcher(), list[float]()
    wire = REGISTRY.select(["harborwire"])[0]
    feed, index, news = check_outlets([wire], fetcher=fetcher, sleep=waited.append)
    assert (feed.kind, feed.entries, feed.articles, feed.problem) == ("feed", 20, 20, None)
    assert (index.kind, index.maps, index.articles, index.problem) == ("sitemap", 6, 0, None)
    assert news.articles == 2
    assert news.newest == datetime(2026, 3, 30, 15, 40, tzinfo=UTC)
    assert all(check.answers for check in (feed, index, news))
    assert fetcher.asked == [*wire.feeds, *wire.sitemaps]
    assert waited == [wire.delay] * 2


def test_tells_what_stands_in_the_way_and_goes_on() -> None:
    absent, *others = check_outlets(REGISTRY.outlets[:1], fetcher=SampleFetcher("latest.xml"), sleep=lambda _: None)
    assert (absent.answers, absent.problem) == (False, "there is no such page (404)")
    assert all(check.answers for check in others)


def test_an_answer_without_articles_is_none() -> None:
    elsewhere = b"<rss><item><link>https://elsewhere.example/a</link></item></rss>"
    for body, told in (
        (elsewhere, "none of its entries is an article"),
        (b"<rss/>", "empty"),
        (b"<html/>", "a web page"),
    ):
        check = next(
            check_outlets(REGISTRY.outlets[:1], fetcher=SampleFetcher("latest.xml", body), sleep=lambda _: None)
        )
        assert not check.answers
        assert told in (check.problem or "")
