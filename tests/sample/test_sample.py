from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import build_sample
import pytest
from lxml import etree, html
from protego import Protego
from sample.reading import Story, faults, read_outlets, read_stories, shortfalls
from sample.rendering import site_files

from narrative.extract.sources import read_sources
from narrative.pipeline.annotate import annotate_batch
from narrative.records import Annotation, Article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sample.rendering import Page

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LOC = "{*}loc"
# Where the reader stands; better is welcome, worse is a regression.
UNMARKED = 0.26  # of the characters beside title and body that it takes for body
LOST = 450  # characters of the body that it takes for furniture: calls to action at the end of paid pieces
FALSE_ALARMS = 4  # articles that it wrongly takes for paid
UNNAMED = 1  # copies whose origin it does not find
OUTLETS = read_outlets(build_sample.SAMPLE / "outlets.toml")


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return build_sample.sample_pages()


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """What the reader makes of the committed pages, by address."""
    read = list(read_sources([str(build_sample.PAGES)], now=NOW))
    assert [item for item in read if not isinstance(item, Article)] == []
    return {article.url or "": article for article in read if isinstance(article, Article)}


@pytest.fixture(scope="module")
def annotations(pages: list[Page], articles: dict[str, Article]) -> list[Annotation]:
    return list(annotate_batch([articles[page.url] for page in pages]))


def file_of(url: str) -> Path:
    """Where a static file server over an outlet's folder looks for an address."""
    parts = urlsplit(url)
    outlet = next(outlet for outlet in OUTLETS.values() if outlet.home == f"{parts.scheme}://{parts.netloc}/")
    return build_sample.PAGES / outlet.name / parts.path.removeprefix("/")


def parsed(url: str) -> etree._Element:
    content = file_of(url).read_bytes()
    return etree.fromstring(gzip.decompress(content) if url.endswith(".gz") else content)


def locations(sitemap: str) -> Iterator[str]:
    """The pages of a sitemap, also of those that it refers to."""
    tree = parsed(sitemap)
    told = [loc.text or "" for loc in tree.iter(LOC)]
    if etree.QName(tree).localname == "sitemapindex":
        for address in told:
            yield from locations(address)
    else:
        yield from told


def test_the_committed_sample_is_what_the_sources_give(pages: list[Page]) -> None:
    assert build_sample.differing(site_files(pages)) == [], "run `python scripts/build_sample.py`"
    assert build_sample.PLANTED.read_text("utf-8") == build_sample.planted(pages)


def test_a_page_that_was_changed_by_hand_is_told(
    pages: list[Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a/x.html": b"one", "a/y.xml.gz": gzip.compress(b"two", 9, mtime=0), "a/z.html": b"three"}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.html").write_bytes(b"other")
    (tmp_path / "a" / "y.xml.gz").write_bytes(gzip.compress(b"two", 1, mtime=5))  # another zlib's doing
    (tmp_path / "a" / "old.html").write_bytes(b"")
    monkeypatch.setattr(build_sample, "PAGES", tmp_path)
    assert build_sample.differing(files) == ["a/old.html", "a/x.html", "a/z.html"]


def test_it_is_small_enough_to_ship() -> None:
    files = [path for path in build_sample.SAMPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_nearly_every_weekday_has_an_article(pages: list[Page]) -> None:
    days = {page.story.published.astimezone(UTC).date() for page in pages}
    weekdays = {date(2025, 10, 1) + timedelta(n) for n in range(182)}
    weekdays = {day for day in weekdays if day.weekday() < 5}
    assert len(weekdays & days) > 0.85 * len(weekdays)
    assert min(Counter(page.outlet.name for page in pages).values()) >= 15


def test_pages_say_of_themselves_what_is_so(pages: list[Page], articles: dict[str, Article]) -> None:
    assert len(articles) == len(pages)
    for page in pages:
        article, story = articles[page.url], page.story
        assert (article.title, article.outlet, article.author) == (story.title, page.outlet.title, story.author)
        assert article.dates.published is not None
        if page.site.times:
            assert article.published == story.published
            assert article.dates.published.precision in {"second", "minute"}
            assert article.dates.published.utc_offset == story.published.isoformat()[-6:]
        else:
            assert article.published is not None
            assert f"{article.published:%Y-%m-%d}" == f"{story.published:%Y-%m-%d}"
            assert article.dates.published.precision == "day"
        assert article.modified == page.modified
        assert article.language == "en"
        assert article.access == "open"


def test_every_paragraph_is_read_in_its_place(pages: list[Page], articles: dict[str, Article]) -> None:
    for page in pages:
        lines = articles[page.url].text.split("\n")
        own = [*page.before, *page.paragraphs, *page.after, *(page.tail.paragraphs if page.tail else ())]
        assert [line for line in lines if line in set(own)] == own, page.url


def test_furniture_is_left_out_or_marked(pages: list[Page], annotations: list[Annotation]) -> None:
    """Whatever an article holds beside its title and its own paragraphs belongs to the page."""
    furniture = unmarked = lost = 0
    for page, annotation in zip(pages, annotations, strict=True):
        text = annotation.article.text
        marked = {at for span in annotation.article.boilerplate for at in range(span.start, span.end)}
        at = 0
        for line in text.split("\n"):
            within = sum(place in marked for place in range(at, at + len(line)))
            if line in {page.story.title, *page.paragraphs}:
                lost += within
            else:
                furniture += len(line)
                unmarked += len(line) - within
            at += len(line) + 1
    assert lost <= LOST
    assert unmarked <= UNMARKED * furniture, f"{unmarked} of {furniture} characters"


def test_paid_pieces_are_told_from_the_others(pages: list[Page], annotations: list[Annotation]) -> None:
    found = {page.story.slug for page, read in zip(pages, annotations, strict=True) if read.article.type == "sponsored"}
    paid = {page.story.slug: page.story.paid_label for page in pages if page.story.type == "sponsored"}
    assert {slug for slug, label in paid.items() if label} <= found
    assert any(label is None for label in paid.values())
    assert len(found - paid.keys()) <= FALSE_ALARMS, found - paid.keys()


def test_copies_name_their_original(pages: list[Page], articles: dict[str, Article]) -> None:
    named = {page.url: origin.outlet for page in pages if (origin := articles[page.url].origin)}
    originals = {page.url: page.original.outlet.title for page in pages if page.original}
    assert named.items() <= originals.items()
    assert len(named) >= len(originals) - UNNAMED


def test_what_is_planted_is_listed(pages: list[Page]) -> None:
    told = json.loads(build_sample.PLANTED.read_text("utf-8"))
    urls = {page.url for page in pages}
    assert {entry["url"] for entries in told.values() for entry in entries} <= urls
    assert {entry["original"] for entry in told["copies"]} <= urls
    assert {entry["tail"] for entry in told["copies"]} <= urls


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS.keys())
class TestSite:
    def test_robots_let_articles_be_read(self, outlet: build_sample.Outlet, pages: list[Page]) -> None:
        robots = Protego.parse(file_of(outlet.home + "robots.txt").read_text("utf-8"))
        assert tuple(robots.sitemaps) == outlet.sitemaps
        assert all(robots.can_fetch(page.url, "narrative/0.1") for page in pages if page.outlet == outlet)
        assert "Disallow: /" in file_of(outlet.home + "robots.txt").read_text("utf-8")

    def test_sitemaps_list_exactly_the_articles(self, outlet: build_sample.Outlet, pages: list[Page]) -> None:
        own = {page.url for page in pages if page.outlet == outlet}
        told = list(locations(outlet.sitemaps[0]))
        assert sorted(told) == sorted(own)
        assert all(file_of(url).is_file() for url in told)
        for recent in outlet.sitemaps[1:]:
            assert set(locations(recent)) < own

    def test_the_feed_has_the_newest(self, outlet: build_sample.Outlet, pages: list[Page]) -> None:
        tree = parsed(outlet.feeds[0])
        links = [link.get("href") or link.text for link in tree.iterfind(".//{*}entry/{*}link")]
        links = links or [link.text for link in tree.iterfind("channel/item/link")]
        own = [page.url for page in pages if page.outlet == outlet]
        assert links == own[::-1][:20]

    def test_only_articles_look_like_articles(self, outlet: build_sample.Outlet, pages: list[Page]) -> None:
        own = {page.url for page in pages if page.outlet == outlet}
        addresses = {*own, *outlet.feeds, *outlet.sitemaps, outlet.home}
        for page in pages:
            if page.outlet == outlet:
                tree = html.fromstring(file_of(page.url).read_bytes())
                addresses |= {urljoin(page.url, link).partition("#")[0] for link in tree.xpath("//@href")}
        assert {address for address in addresses if re.search(outlet.articles, address)} == own
        assert len(addresses) > len(own) + 10

    def test_no_other_file_looks_like_a_page(self, outlet: build_sample.Outlet, pages: list[Page]) -> None:
        folder = build_sample.PAGES / outlet.name
        own = {file_of(page.url) for page in pages if page.outlet == outlet}
        assert set(folder.rglob("*.html")) == own


def test_prices_are_daily_and_closed_where_markets_were() -> None:
    rows = list(csv.DictReader(io.StringIO(build_sample.PRICES.read_text("utf-8"))))
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert list(rows[0]) == ["date", *build_sample.ASSETS]
    assert days == [date(2025, 9, 1) + timedelta(n) for n in range(212)]
    assert all(float(row["BTC"]) > 0 < float(row["ETH"]) for row in rows)
    stocks = [(day, row) for day, row in zip(days, rows, strict=True) if row["NVDA"]]
    assert len(stocks) == 146
    assert all(day.weekday() < 5 and row["QQQ"] and row["IGV"] for day, row in stocks)


@pytest.mark.shared
def test_prices_are_those_of_the_source(shared: Path) -> None:
    table = shared / "data" / "prices" / "prices_daily_close_wide.csv"
    assert build_sample.PRICES.read_text("utf-8") == build_sample.closes(table)


def story(slug: str = "a-story", **changes: object) -> Story:
    told = {
        "slug": slug,
        "outlet": "harborwire",
        "published": "2025-11-21T07:40:00-05:00",
        "author": "Somebody",
        "type": "news",
        "title": slug,
        "body": "word " * 120,
    }
    return Story.model_validate(told | changes)


COPY = {"outlet": "coinquay", "body": "", "copy_of": "a-story", "tail_of": "a-story"}


@pytest.mark.parametrize(
    ("stories", "told"),
    [
        ([story()], []),
        ([story(body="word " * 99)], ["a-story: 99 words; 100 to 250 are wanted"]),
        ([story(outlet="elsewhere")], ["a-story: no outlet 'elsewhere' in the registry"]),
        (
            [story(published="2025-11-21T07:40:00-04:00")],
            ["a-story: published 2025-11-21T07:40:00-04:00, which is 2025-11-21T06:40:00-05:00 in America/New_York"],
        ),
        ([story(paid_label="Sponsored")], ["a-story: labelled 'Sponsored', but its type is news"]),
        ([story(rejects=["no-such"])], ["a-story: rejects no-such, which the taxonomy does not know"]),
        ([story(tail_of="a-story")], ["a-story: before, after and tail_of are for copies"]),
        ([story(), story(title="another")], ["a-story: this slug is used 2 times"]),
        ([story(), story("a-copy", published="2025-11-22T00:00:00+08:00", **COPY)], []),
        (
            [story(), story("a-copy", published="2025-11-21T21:00:00+08:00", **COPY)],
            ["a-copy: copied 0:20:00 after its original, not 2 to 20 hours"],
        ),
        (
            [story("a-copy", published="2025-11-22T00:00:00+08:00", **COPY)],
            ["a-copy: a copy of 'a-story', which there is not"],
        ),
        (
            [story(), story("a-copy", published="2025-11-22T00:00:00+08:00", **COPY | {"tail_of": "no-such"})],
            ["a-copy: its tail 'no-such' is no earlier article with a body"],
        ),
    ],
)
def test_faults_of_articles_are_told(stories: list[Story], told: list[str]) -> None:
    assert list(faults(stories, OUTLETS)) == told


def test_what_is_missing_is_told() -> None:
    assert list(shortfalls([story()])) == [
        "no articles of 2025-10",
        "no articles of 2025-12",
        "no articles of 2026-01",
        "no articles of 2026-02",
        "no articles of 2026-03",
        "1 articles, not 100",
        "0 paid pieces, not 8",
        "0 copies, not 10",
        "0 articles that argue against a narrative, not 12",
    ]


def test_a_source_that_is_no_article_is_told(tmp_path: Path) -> None:
    (tmp_path / "2025-11.toml").write_text('[[article]]\nslug = "a-b"\noutlet = "harborwire"\ncolour = "red"\n')
    with pytest.raises(ValueError, match=r"2025-11\.toml: a-b: published: Field required") as raised:
        read_stories(tmp_path)
    assert "colour: Extra inputs are not permitted" in str(raised.value)
