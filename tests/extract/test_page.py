"""Pages → articles."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_pages import PARAGRAPHS, TITLE, URL, html, page

from narrative.errors import InputError
from narrative.extract.page import article_from_page
from narrative.keys import content_hash


def json_ld(**values: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **values}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_reads_title_empty_line_and_paragraphs_in_order() -> None:
    article = article_from_page(page(html()))
    assert article.text == "\n".join([TITLE, "", *PARAGRAPHS])
    assert article.title == TITLE
    assert article.title_span is not None
    assert article.text[article.title_span.start : article.title_span.end] == TITLE
    assert (article.depth, article.access, article.language) == ("full", "open", "en")


def test_a_title_that_the_body_repeats_stands_once() -> None:
    article = article_from_page(page(html(paragraphs=(TITLE.upper() + ".", *PARAGRAPHS))))
    assert article.text.casefold().count(TITLE.casefold()) == 1


def test_what_the_user_knows_goes_before_what_the_page_says() -> None:
    article = article_from_page(
        page(html(head=json_ld(datePublished="2026-02-20T08:00:00Z"))),
        source="a.html",
        published="2026-02-21",
        title="Mine",
        outlet="Ours",
    )
    assert (article.source, article.title, article.outlet) == ("a.html", "Mine", "Ours")
    assert article.published == datetime(2026, 2, 21, tzinfo=UTC)
    assert article.dates.published is not None
    assert article.dates.published.source == "given"


@pytest.mark.parametrize(
    ("head", "moment", "source", "precision", "offset"),
    [
        (
            json_ld(datePublished="2026-02-20T08:15:00+08:00"),
            datetime(2026, 2, 20, 0, 15, tzinfo=UTC),
            "json-ld",
            "second",
            "+08:00",
        ),
        (
            '<meta property="article:published_time" content="2026-02-20T08:15Z">',
            datetime(2026, 2, 20, 8, 15, tzinfo=UTC),
            "meta article:published_time",
            "minute",
            "+00:00",
        ),
        # A day in one place and the time in another: the time.
        (
            json_ld(datePublished="2026-02-20") + '<meta name="pubdate" content="Fri, 20 Feb 2026 08:15:00 GMT">',
            datetime(2026, 2, 20, 8, 15, tzinfo=UTC),
            "meta pubdate",
            "second",
            "+00:00",
        ),
        # Midnight sharp is a day.
        (json_ld(datePublished="2026-02-20T00:00:00Z"), datetime(2026, 2, 20, tzinfo=UTC), "json-ld", "day", "+00:00"),
        # What can't be, after the page was fetched, is passed over.
        (
            json_ld(datePublished="2031-01-01T00:00:00Z")
            + '<meta property="article:published_time" content="2026-02-19T10:00:00Z">',
            datetime(2026, 2, 19, 10, tzinfo=UTC),
            "meta article:published_time",
            "second",
            "+00:00",
        ),
        ("", None, None, None, None),
    ],
)
def test_publication(
    head: str, moment: datetime | None, source: str | None, precision: str | None, offset: str | None
) -> None:
    article = article_from_page(page(html(head=head)))
    detail = article.dates.published
    assert article.published == moment
    assert (detail and detail.source, detail and detail.precision, detail and detail.utc_offset) == (
        source,
        precision,
        offset,
    )


def test_time_element_and_the_day_in_the_text() -> None:
    element = article_from_page(page(html(before='<time datetime="2026-02-18T09:30:00-05:00">Feb 18</time>')))
    assert element.published == datetime(2026, 2, 18, 14, 30, tzinfo=UTC)
    day = article_from_page(page(html(before="<div class='date'>Published February 17, 2026</div>")))
    assert day.dates.published is not None
    assert (day.published, day.dates.published.source) == (datetime(2026, 2, 17, tzinfo=UTC), "htmldate")


def test_a_later_modification_delays_availability() -> None:
    head = json_ld(datePublished="2026-02-20T08:00:00Z", dateModified="2026-02-22T10:00:00Z")
    article = article_from_page(page(html(head=head)))
    assert article.modified == article.available == datetime(2026, 2, 22, 10, tzinfo=UTC)


def test_author_and_publisher_that_are_only_referred_to() -> None:
    graph = {
        "@graph": [
            {"@type": "Article", "author": {"@id": "#ana"}, "publisher": {"@id": "#us"}},
            {"@type": "Person", "@id": "#ana", "name": "Ana Example"},
            {"@type": "Organization", "@id": "#us", "name": "Example Coin News"},
        ]
    }
    article = article_from_page(page(html(head=f'<script type="application/ld+json">{json.dumps(graph)}</script>')))
    assert (article.author, article.outlet) == ("Ana Example", "Example Coin News")


def test_outlet_by_host_goes_before_what_the_page_calls_itself() -> None:
    head = '<meta property="og:site_name" content="cointelegraph markets pro">'
    assert article_from_page(page(html(head=head), url="https://de.cointelegraph.com/news/x")).outlet == "Cointelegraph"


def test_canonical_address_is_the_identity() -> None:
    canonical = "https://www.example-coin-news.com/markets/funds-return"
    article = article_from_page(
        page(html(head=f'<link rel="canonical" href="{canonical}">'), url=canonical + "?utm_source=x#top")
    )
    assert (article.url, article.id) == (canonical, content_hash(canonical))
    bare = article_from_page(page(html(), url=canonical + "?utm_source=x&page=2#top"))
    assert bare.url == canonical + "?page=2"


def test_a_canonical_address_elsewhere_is_the_origin() -> None:
    article = article_from_page(
        page(html(head='<link rel="canonical" href="https://www.coindesk.com/markets/2026/a">'))
    )
    assert article.url == URL
    assert article.origin is not None
    assert (article.origin.outlet, article.origin.url) == ("CoinDesk", "https://www.coindesk.com/markets/2026/a")


def test_the_link_of_a_credit_is_the_address_of_the_origin() -> None:
    body = '<p>This story was originally published by <a href="https://decrypt.co/1/funds">Decrypt</a>.</p>'
    origin = article_from_page(page(html(body=body))).origin
    assert origin is not None
    assert (origin.outlet, origin.url) == ("Decrypt", "https://decrypt.co/1/funds")


def test_links_of_the_body_lie_on_their_words() -> None:
    linked = (
        'Both managers <a href="/tags/funds">filed</a>  <b>again</b> this <a rel="sponsored nofollow" '
        'href="https://a.example/b">spring, <i>they said</i></a> on Monday in their reports.'
    )
    article = article_from_page(page(html(paragraphs=(*PARAGRAPHS, linked))))
    found = [(article.text[link.start : link.end], link.href, link.rel) for link in article.links]
    assert found == [
        ("filed", "https://www.example-coin-news.com/tags/funds", None),
        ("spring, they said", "https://a.example/b", "sponsored nofollow"),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        html(head='<script type="application/ld+json">{"@type": ["NewsArticle", "AdvertiserContentArticle"]}</script>'),
        html(before="<span class='badge'>Sponsored</span>"),
        html(head='<meta property="article:section" content="Press Releases">'),
        html(body="<p>Disclaimer: This is a paid post. The publisher does not endorse the product.</p>"),
        html(paragraphs=(PARAGRAPHS[0] + ' <a rel="sponsored" href="https://a.example/">Buy</a>', *PARAGRAPHS[1:])),
    ],
)
def test_sponsored_by_its_own_words(markup: str) -> None:
    article = article_from_page(page(markup))
    assert article.type == "sponsored"
    assert article.type_score


def test_a_menu_that_offers_press_releases_does_not_make_one() -> None:
    assert article_from_page(page(html())).type is None


def test_reservation_against_text_mining() -> None:
    assert article_from_page(page(html(head='<meta name="robots" content="index, noai">'))).opt_out
    assert article_from_page(page(html(head='<meta name="tdm-reservation" content="1">'))).opt_out
    assert not article_from_page(page(html(head='<meta name="robots" content="index, max-snippet:-1">'))).opt_out


@pytest.mark.parametrize(
    ("encoding", "declared", "meta"),
    [
        ("utf-8", None, None),
        ("utf-8", "iso-8859-1", None),  # a wrong declaration
        ("utf-16", None, None),
        ("gb18030", "gb2312", None),
        ("gb18030", None, "gbk"),
        ("gb18030", None, None),
        ("big5", None, "big5"),
    ],
)
def test_encodings(encoding: str, declared: str | None, meta: str | None) -> None:
    chinese = (
        "比特幣基金本週錄得資金流入，為今年以來首次，分析師認為投資者的信心正在恢復，市場情緒明顯好轉。" * 3,
    ) * 3
    head = f'<meta charset="{meta}">' if meta else ""
    markup = html(title="比特幣基金重獲資金流入", paragraphs=chinese, attributes="", head=head)
    article = article_from_page(page(markup.encode(encoding), charset=declared))
    assert article.title == "比特幣基金重獲資金流入"
    assert chinese[0] in article.text
    assert article.language == "zh"


def test_windows_quotes_without_declaration() -> None:
    article = article_from_page(
        page(html(paragraphs=(*PARAGRAPHS, "“It’s early – too early,” he said about the €5 million.")).encode("cp1252"))
    )
    assert "“It’s early – too early,” he said about the €5 million." in article.text


def test_paywall_and_script_with_metadata_are_summaries() -> None:
    description = (
        "Bitcoin funds took in money for the first time since January, as a softer dollar lifted shares as well."
    )
    head = json_ld(isAccessibleForFree=False) + f'<meta property="og:description" content="{description}">'
    walled = article_from_page(page(html(head=head, paragraphs=("Subscribe to continue reading.",))))
    assert (walled.access, walled.depth, walled.text) == ("paywall", "summary", f"{TITLE}\n\n{description}")
    shell = (
        f'<html><head><title>{TITLE}</title><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{TITLE}">'
        f'<meta property="og:description" content="{description}"></head><body><div id="root"></div>'
        "<noscript>You need to enable JavaScript to run this app.</noscript></body></html>"
    )
    script = article_from_page(page(shell))
    assert (script.access, script.depth, script.text) == ("script", "summary", f"{TITLE}\n\n{description}")


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("Bitcoin rose by a tenth.", "no HTML"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"<html>" + bytes(range(32)) * 50, "binary"),
        (b"<html><body>" + b"<p>word</p>" * 1_000_000, "10,000,000"),
        (gzip.compress(b"<html>" * 1_000_000), "gzip"),
        ("<html><body>" + "<div>" * 100_000 + "deep</body></html>", "nested"),
        ("<html><body>" + "<p>word</p>" * 40_000, "HTML elements"),
        ("<html><body><p " + " ".join(f"a{n}" for n in range(50_000)) + ">x", "attributes"),
        ("<html><body><p>" + "word " * 900_000, "characters"),
        ("<?xml version='1.0'?><rss version='2.0'><channel><item><title>A</title></item></channel></rss>", "feed"),
        ("<html><head><title>Home</title></head><body><p>Hello.</p></body></html>", "not an article"),
        (
            "<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript</noscript>",
            "robot check",
        ),
        (
            "<html><body><h1>One more step</h1><p>Please verify you are human.</p><div class='h-captcha'></div>",
            "robot check",
        ),
        ("<html><body><div id='app'></div><noscript>Please enable JavaScript.</noscript></body></html>", "JavaScript"),
        (
            "<html><head><title>Log in</title></head><body><form><p>Please log in to go on.</p></form></body></html>",
            "login",
        ),
        (
            "<html><body><main>"
            + "".join(f"<h2><a href='/{n}'>Coin number {n} rises again today</a></h2>" for n in range(40))
            + "</main></body></html>",
            "headlines",
        ),
    ],
)
def test_what_is_no_article_says_why(markup: str | bytes, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=reason) as caught:
        article_from_page(page(markup))
    assert str(caught.value).startswith(URL)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 10


def test_a_wall_tells_the_way_on() -> None:
    with pytest.raises(InputError, match="save it as HTML and give the file, or paste the text"):
        article_from_page(
            page("<html><head><title>Attention Required! | Cloudflare</title></head><body><p>Blocked</p></body></html>")
        )


@pytest.mark.parametrize("filling", ["1", "1,", "[(", "😀", "<", "a@", '"', "- ", "&amp;"])
def test_a_megabyte_of_one_thing_takes_no_more_than_seconds(filling: str) -> None:
    run = filling * (500_000 // len(filling))
    began = time.monotonic()
    with suppress(InputError):
        article_from_page(page(html(paragraphs=(*PARAGRAPHS, run))))
    assert time.monotonic() - began < 8


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=2_000), st.text(max_size=1_000).map(lambda text: html(body=text).encode("utf-8", "replace"))
    )
)
def test_any_bytes_give_an_article_or_an_input_error(data: bytes) -> None:
    try:
        article = article_from_page(page(data))
    except InputError:
        return
    assert article.text.strip()


_FRAGMENT = st.sampled_from([
    "<p>", "</p>", "<div", ">", "<script type='application/ld+json'>", "</script>", '{"@type":"NewsArticle",', "[", "]",
    '"datePublished":', '"headline":', "{}", "null", "<meta name=date content='", "9999-12-31T23:59:59-23:59'>",
    "0001-01-01'>", "<link rel=canonical href='", "http://[::1'>", "//'>", "<time datetime='2026-13-45'>", "<h1>",
    "<a href='http://[' >x</a>", "<title>", "<base href='//'>", "é", "\u202e", "Source: ", "Originally published at ",
    "<table><tr><td>", "<!--", "-->", "<![CDATA[",
])  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_FRAGMENT, max_size=30), st.lists(_FRAGMENT, max_size=30))
def test_any_mixture_of_markup_gives_an_article_or_an_input_error(head: list[str], body: list[str]) -> None:
    with suppress(InputError):
        article_from_page(page(html(head="".join(head), body="".join(body))))
