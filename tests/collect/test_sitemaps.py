from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.collect.links import MOST_ENTRIES, Entry
from narrative.collect.sitemaps import lies_outside, read_sitemap
from narrative.errors import InputError

URL = "https://wire.example/maps/sitemap.xml"
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
SINCE, UNTIL = datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_reads_a_urlset() -> None:
    body = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>
      https://wire.example/a </loc><lastmod>2026-02-10T12:00:00+00:00</lastmod>
      <image:image><image:loc>https://wire.example/a.png</image:loc><image:title>Chart</image:title></image:image></url>
      <url><loc>https://wire.example/a</loc></url><url><loc>javascript:alert(1)</loc></url></urlset>"""
    assert read_sitemap(body, URL).entries == (Entry("https://wire.example/a", modified=NOON),)


def test_reads_a_news_sitemap_gzipped() -> None:
    body = b"""<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/a</loc>
      <n:news><n:publication><n:name>Wire</n:name></n:publication>
      <n:publication_date>2026-02-10T12:00Z</n:publication_date><n:title>A &amp; B</n:title></n:news></url></urlset>"""
    assert read_sitemap(gzip.compress(body), URL).entries == (Entry("https://wire.example/a", NOON, title="A & B"),)


def test_reads_an_index_but_never_itself() -> None:
    body = f"""<sitemapindex><sitemap><loc>{URL}</loc></sitemap><sitemap><loc>2025-10.xml.gz</loc>
      <lastmod>2026-02-10T12:00:00Z</lastmod></sitemap></sitemapindex>"""
    found = read_sitemap(body.encode(), URL)
    assert found.maps == (Entry("https://wire.example/maps/2025-10.xml.gz", modified=NOON),)
    assert found.entries == ()


def test_an_endless_sitemap_ends() -> None:
    urls = "".join(f"<url><loc>https://wire.example/{n}</loc></url>" for n in range(MOST_ENTRIES + 100))
    begun = time.process_time()
    assert len(read_sitemap(f"<urlset>{urls}</urlset>".encode(), URL).entries) == MOST_ENTRIES
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<rss><channel/></rss>", "a feed"),
        (b"https://wire.example/a\n", "no XML"),
        (gzip.compress(bytes(60_000_000)), "more than 50 MB"),
        (
            b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
            "entit",
        ),
    ],
)
def test_says_what_is_no_sitemap(body: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_sitemap(body, URL)


@settings(deadline=None)  # the first one imports lxml
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<urlset><url>{text}".encode()))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        read_sitemap(body, URL)
    except InputError:
        return


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("/sitemap-2025-09.xml", True),
        ("/sitemap-2025-10.xml", False),  # November in one zone is October in another
        ("/sitemap-2025-11.xml", False),
        ("/sitemap-2026-01.xml", False),
        ("/sitemap-2026-02.xml.gz", True),
        ("/archive/2025/09/28/", True),
        ("/archive/2025/09/", True),
        ("/map_20250928.xml", True),
        ("/map_202511.xml", False),
        ("/sitemap-2024.xml", True),
        ("/sitemap-2025.xml", False),
        ("/sitemap.xml?yyyy=2025&mm=9&dd=28", True),
        ("/sitemap.xml?yyyy=2025&mm=11", False),
        ("/sitemap.xml?from=2025-09-01&to=2025-09-28", True),
        ("/sitemap.xml?from=2025-09-01&to=2025-12-28", False),
        ("/2024/sitemap-2025-11.xml", False),  # which of them is meant is not told
        ("/post-sitemap2019.xml", False),  # the 2019th page
        ("/post-sitemap-20250.xml", False),
        ("/post-sitemap7.xml", False),
        ("/sitemap-2025-13.xml", False),
        ("/sitemap-2025-02-31.xml", False),
    ],
)
def test_a_map_is_skipped_by_the_date_in_its_name(name: str, outside: bool) -> None:
    assert lies_outside(Entry(f"https://wire.example{name}"), SINCE, UNTIL, is_map=True) is outside


def test_a_map_is_skipped_if_it_was_not_touched_since() -> None:
    def is_outside(modified: datetime) -> bool:
        return lies_outside(Entry("https://wire.example/map7.xml", modified=modified), SINCE, UNTIL, is_map=True)

    assert is_outside(SINCE - timedelta(days=3))
    assert not is_outside(SINCE - timedelta(days=1))  # a day without a time may have been any zone's
    assert not is_outside(UNTIL + timedelta(days=300))


def test_an_article_is_skipped_by_its_date_or_by_a_path_by_date() -> None:
    def is_outside(path: str, **dates: datetime) -> bool:
        return lies_outside(Entry(f"https://wire.example{path}", **dates), SINCE, UNTIL, is_map=False)

    assert is_outside("/a", published=SINCE - timedelta(seconds=1))
    assert not is_outside("/a", published=SINCE)
    assert not is_outside("/a", published=UNTIL - timedelta(seconds=1))
    assert is_outside("/a", published=UNTIL)
    assert is_outside("/a", modified=SINCE - timedelta(days=3))
    assert not is_outside("/a", modified=UNTIL + timedelta(days=30))  # may have been published long before
    assert is_outside("/markets/2025/10/12/bitcoin-falls")
    assert not is_outside("/markets/2025/11/12/bitcoin-falls")
    assert is_outside("/news/20260212-bitcoin-falls")
    assert not is_outside("/best-tokens-of-2024-10")  # a title, not a date
    assert not is_outside("/a")


def test_without_a_window_nothing_lies_outside() -> None:
    assert not lies_outside(Entry("https://wire.example/sitemap-2019.xml"), None, None, is_map=True)


@settings(deadline=None)  # the first one imports lxml
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.sampled_from(["/%Y/%m/%d/", "/map-%Y-%m.xml", "/map_%Y%m%d.xml", "/%Y/", "/m.xml?yyyy=%Y&mm=%m&dd=%d"]),
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_a_map_that_holds_a_day_of_the_window_is_never_skipped(
    moment: datetime, name: str, before: timedelta, after: timedelta
) -> None:
    entry = Entry("https://wire.example" + moment.strftime(name))
    assert not lies_outside(entry, moment - before, moment + after + timedelta(seconds=1), is_map=True)
