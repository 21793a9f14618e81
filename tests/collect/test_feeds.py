from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.collect.feeds import read_feed
from narrative.collect.links import MOST_ENTRIES, Entry
from narrative.errors import InputError
from narrative.resources import shipped

URL = "https://wire.example/feed/latest.xml"
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Wire</title><link>https://wire.example/</link>{}</channel></rss>"""


def rss(items: str) -> bytes:
    return RSS.format(items).encode()


def test_reads_rss_2() -> None:
    item = """<item><media:title>A picture</media:title><title>Funds &amp;amp; flows: bitcoin&amp;#8217;s week</title>
      <link> /2026/flows?utm_source=rss_feed#top </link><pubDate>Tue, 10 Feb 2026 07:00:00 EST</pubDate></item>"""
    assert read_feed(rss(item), URL).entries == (
        Entry("https://wire.example/2026/flows", published=NOON, title="Funds & flows: bitcoin’s week"),
    )


def test_reads_rss_1_and_0_9() -> None:
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{}" xmlns:dc="{}"><channel/>'
    item = "<item rdf:about='https://wire.example/a'><title>A</title><dc:date>2026-02-10T12:00Z</dc:date></item>"
    for namespace in ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"):
        feed = head.format(namespace, "http://purl.org/dc/elements/1.1/") + item + "</rdf:RDF>"
        assert read_feed(feed.encode(), URL).entries == (Entry("https://wire.example/a", NOON, title="A"),)


def test_reads_atom_with_its_base_and_the_right_link() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://wire.example/en/"><entry>
      <link rel="self" href="self"/><link rel="enclosure" href="a.mp3"/><link href="story"/><id>urn:uuid:1</id>
      <title type="html">&lt;b&gt;Ether&lt;/b&gt; &lt; 2,000</title>
      <published>2026-02-10T13:00:00+01:00</published><updated>2026-02-10T12:30:00Z</updated>
      <source><title>Elsewhere</title><updated>2020-01-01T00:00:00Z</updated></source></entry></feed>"""
    assert read_feed(feed.encode(), URL).entries == (
        Entry("https://wire.example/en/story", NOON, NOON.replace(minute=30), "Ether < 2,000"),
    )


def test_takes_the_original_before_a_feed_services_link_and_the_guid_where_there_is_no_link() -> None:
    proxied = """<item><link>https://feeds.example/~r/1</link>
      <o:origLink xmlns:o="http://rssnamespace.org/feedburner/ext/1.0">https://wire.example/a</o:origLink></item>"""
    permalink = '<item><guid isPermaLink="true">https://wire.example/b</guid></item>'
    opaque = '<item><guid isPermaLink="false">https://wire.example/?p=3</guid></item>'
    found = read_feed(rss(proxied + permalink + opaque), URL).entries
    assert [entry.url for entry in found] == ["https://wire.example/a", "https://wire.example/b"]


def test_a_day_alone_is_one_of_the_outlets_zone() -> None:
    item = "<item><link>https://wire.example/a</link><pubDate>2026-02-10</pubDate></item>"
    assert read_feed(rss(item), URL, zone=ZoneInfo("Asia/Singapore")).entries[0].published == datetime(
        2026, 2, 9, 16, tzinfo=UTC
    )


def test_a_time_that_is_none_leaves_the_entry() -> None:
    item = "<item><link>https://wire.example/a</link><pubDate>yesterday</pubDate></item>"
    assert read_feed(rss(item), URL).entries == (Entry("https://wire.example/a"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_reads_other_encodings_than_the_declared_one(encoding: str) -> None:
    item = "<item><title>Bitcoin’s café – no flows</title><link>https://wire.example/a</link></item>"
    assert read_feed(RSS.format(item).encode(encoding), URL).entries[0].title == "Bitcoin’s café – no flows"


def test_reads_gzip_whatever_the_name_says() -> None:
    item = "<item><link>https://wire.example/a</link></item>"
    assert read_feed(gzip.compress(gzip.compress(rss(item))), URL).entries == (Entry("https://wire.example/a"),)


def test_reads_what_is_malformed_as_far_as_it_goes() -> None:
    items = "<item><title>R&D &nbsp;up</title><link>https://wire.example/a?b=1&c=2</link></item><item><title>cut"
    assert read_feed(rss(items)[:-20], URL).entries[0].url.startswith("https://wire.example/a?b=1")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"{}", "no XML"),
        (b"<html><body>Just a moment</body></html>", "a web page"),
        (b"<urlset><url><loc>https://wire.example/a</loc></url></urlset>", "a sitemap"),
        (b"%PDF-1.7 x", "PDF"),
        (gzip.compress(rss(""))[:-30], "damaged or cut short"),
        (gzip.compress(bytes(60_000_000)), "more than 50 MB"),
    ],
)
def test_says_what_is_no_feed(body: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_feed(body, URL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_they_are_expanded(encoding: str) -> None:
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    items = '<rss t="&e11;"><item><title>&e11;</title></item></rss>'
    bomb = f'<!-- <rss> --><!DOCTYPE rss [<!ENTITY e0 "ha">{layers}]>{items}'
    begun = time.process_time()
    with pytest.raises(InputError, match="declares entities"):
        read_feed(bomb.encode(encoding), URL)
    assert time.process_time() - begun < 1


def test_no_file_and_no_network_is_read_for_a_document_type() -> None:
    head = '<!DOCTYPE rss SYSTEM "file:///etc/passwd">'
    assert read_feed(head.encode() + b"<rss><item><link>https://wire.example/a</link></item></rss>", URL).entries


@pytest.mark.parametrize(
    "piece",
    ["<a>", "<item>", "&", "<", "<![CDATA[", "<!--", "&#x;", "</a>", 'a="1" ', "<item><link>https://wire.example/a"],
)
def test_a_megabyte_of_anything_takes_a_second(piece: str) -> None:
    body = f"<rss><channel>{piece * (1_000_000 // len(piece))}</channel></rss>".encode()
    begun = time.process_time()
    read_feed(body, URL)
    assert time.process_time() - begun < 2


def test_an_endless_feed_ends() -> None:
    items = "".join(f"<item><link>https://wire.example/{n}</link></item>" for n in range(MOST_ENTRIES + 10))
    assert len(read_feed(rss(items), URL).entries) == MOST_ENTRIES


@settings(deadline=None)  # the first one imports lxml
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: rss(f"<item>{text}</item>")))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        found = read_feed(body, URL)
    except InputError:
        return
    assert all(entry.url.startswith(("http://", "https://")) for entry in found.entries)


@settings(deadline=None)  # the first one imports lxml
@given(
    st.text(alphabet=st.characters(exclude_categories=["C", "Z"], exclude_characters="<>&"), min_size=1, max_size=80)
)
def test_titles_come_back_as_they_were_written(title: str) -> None:
    item = f"<item><title>{title}</title><link>https://wire.example/a</link></item>"
    assert read_feed(rss(item), URL).entries[0].title == title


def test_reads_the_samples_feeds() -> None:
    pages = shipped("corpus", "sample", "pages")
    for path in ("harborwire/feeds/latest.xml", "blockmeridian/atom.xml", "tidelinemarkets/feed/atom.xml"):
        found = read_feed((pages / path).read_bytes(), URL).entries
        assert len(found) == 20
        assert all(entry.published and entry.title for entry in found)
