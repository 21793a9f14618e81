"""What of a page is its article."""

from __future__ import annotations

import json
import time

import pytest
from made_pages import PARAGRAPHS, TITLE, html, page

from narrative.extract.body import without_furniture
from narrative.extract.page import article_from_page

ANOTHER = (
    "A paragraph of another article, which a site without end puts under the first one so that readers go on; long "
    "enough to be taken for a part of this one, and tells of a mint in a town by the sea.",
    "The second paragraph of that other article names a treasurer, a harbour and the price of copper, none of which "
    "has anything to do with funds or with the week that they had.",
)


def told(body: str) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, "articleBody": body}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def body(markup: str) -> list[str]:
    return article_from_page(page(markup)).text.split("\n")[2:]


def test_the_article_ends_where_the_page_says_that_its_text_does() -> None:
    markup = html(head=told(" ".join(PARAGRAPHS)), paragraphs=(*PARAGRAPHS, *ANOTHER))
    assert body(markup) == list(PARAGRAPHS)


def test_metadata_that_are_cut_short_end_nothing() -> None:
    markup = html(head=told(" ".join(PARAGRAPHS)[:500]), paragraphs=(*PARAGRAPHS, *ANOTHER))
    assert body(markup)[-1] == ANOTHER[-1]


def test_text_that_was_missed_comes_from_the_metadata() -> None:
    parts = "".join(f"<div class='nav-menu'><div><p>{paragraph}</p></div></div>" for paragraph in PARAGRAPHS)
    markup = html(head=told("<p>" + "</p><p>".join(PARAGRAPHS) + "</p>"), paragraphs=(), body=parts)
    assert body(markup) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Funds lose money again",
        "Advertisement",
        "Sign up for our daily newsletter",
        "Lea también: Otra noticia",
        "相关阅读",
    ],
)
def test_prompts_between_paragraphs_go(line: str) -> None:
    assert without_furniture([PARAGRAPHS[0], line, *PARAGRAPHS[1:]]) == list(PARAGRAPHS)


def test_what_follows_an_article_ends_it() -> None:
    tail = ["Related", "Funds lose money", "- A coin falls", "Ana Example wins a prize"]
    assert without_furniture([*PARAGRAPHS, *tail]) == list(PARAGRAPHS)


def test_a_heading_in_the_middle_of_an_article_goes_alone() -> None:
    lines = [*PARAGRAPHS[:2], "Recommended", "A headline of another article", PARAGRAPHS[2]]
    assert without_furniture(lines) == [*PARAGRAPHS[:2], "A headline of another article", PARAGRAPHS[2]]


def test_sentences_that_only_begin_like_prompts_stay() -> None:
    lines = [
        "Related parties sold shares worth $3 million in the week, the filing says, and bought none of them back.",
        "Latest figures put the inflow at $310 million, a person who has seen them said on Friday.",
        "Comments by the chair moved prices more than the decision itself did, traders said.",
    ]
    assert without_furniture(lines) == lines


@pytest.mark.parametrize("line", ["Related", "a" * 150 + ".", "Read more: x"])
def test_thousands_of_lines_take_no_time(line: str) -> None:
    start = time.perf_counter()
    without_furniture([line] * 50_000)
    assert time.perf_counter() - start < 10


def test_a_headline_that_metadata_shorten_is_told_whole() -> None:
    head = '<meta property="og:title" content="Funds return to bitcoin after a...">'
    assert article_from_page(page(html(head=head))).title == TITLE


def test_a_section_before_the_headline_is_left_out() -> None:
    markup = html(head=f'<meta property="og:title" content="{TITLE}">').replace("<h1>", "<h1><span>Markets </span>")
    assert article_from_page(page(markup)).title == TITLE


@pytest.mark.parametrize("path", ["2026/02/17/funds-return", "news/2026-2-17-funds", "article/2026/feb/17/funds"])
def test_the_day_in_the_address_stands_in_for_one_that_the_page_does_not_tell(path: str) -> None:
    article = article_from_page(page(html(), url=f"https://www.example-coin-news.com/{path}"))
    assert article.published is not None
    assert (article.published.date().isoformat(), article.dates.published and article.dates.published.source) == (
        "2026-02-17",
        "address",
    )
