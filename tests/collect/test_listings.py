from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.collect.links import Entry
from narrative.collect.listings import MOST_LINKS, read_listing
from narrative.errors import InputError

URL = "https://wire.example/archive/"
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
PAGE = f"""<!doctype html><html><head><title>Archive</title>
<link rel="next" href="/archive/?page=2"><link rel="stylesheet" href="/style.css"></head><body>
<nav><a href="/">Home</a><a href="{URL}#top">Top</a><a href="mailto:desk@wire.example">Mail</a></nav>
<ul><li><a href="/a?utm_medium=list"><img src="a.png"></a><h2><a href="/a">Bitcoin <b>falls</b></a></h2>
<time datetime="2026-02-10T12:00:00Z">10 Feb</time></li>
<li><a href="../b.html">Ether rises</a></li></ul>
<p><a href="/c">Two times</a></p><time datetime="2020-01-01">1 Jan</time>
</body></html>"""


def test_reads_links_with_their_words_and_times_and_the_next_page() -> None:
    found = read_listing(PAGE.encode(), URL)
    assert found.entries == (
        Entry("https://wire.example/", title="Home"),
        Entry("https://wire.example/a", published=NOON, title="Bitcoin falls"),
        Entry("https://wire.example/b.html", title="Ether rises"),
        Entry("https://wire.example/c", title="Two times"),
    )
    assert found.maps == (Entry("https://wire.example/archive/?page=2"),)


def test_links_are_relative_to_the_base_that_the_page_names() -> None:
    page = b'<html><head><base href="/en/"></head><body><a href="story">Story</a></body></html>'
    assert read_listing(page, URL).entries == (Entry("https://wire.example/en/story", title="Story"),)


def test_a_card_of_many_times_tells_none() -> None:
    page = b"""<html><body><article><a href="/a">A</a><time datetime="2026-02-10">x</time>
      <time datetime="2026-02-11">y</time></article></body></html>"""
    assert read_listing(page, URL).entries == (Entry("https://wire.example/a", title="A"),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no HTML"),
        (b"<rss><channel/></rss>", "a feed or a sitemap"),
        (b"%PDF-1.7", "PDF"),
        (b"<a " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">x</a>", "attributes"),
    ],
)
def test_says_what_is_no_listing(body: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_listing(body, URL)


@pytest.mark.parametrize(
    "piece", ["<a href=/{}>", "<li><a href=/{}>x", "<li>", "<", "<a>'", "<time datetime={}>", "<p>", "="]
)
def test_a_megabyte_of_anything_takes_a_second(piece: str) -> None:
    body = "<html><body>" + "".join(piece.format(n) for n in range(1_000_000 // len(piece)))
    begun = time.process_time()
    assert len(read_listing(body.encode(), URL).entries) <= MOST_LINKS
    assert time.process_time() - begun < 4


@settings(deadline=None)  # the first one imports lxml
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<html><li><a href={text}".encode()))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        read_listing(body, URL)
    except InputError:
        return
