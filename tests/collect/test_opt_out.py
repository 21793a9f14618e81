"""Reservations against text mining."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.collect.opt_out import read_site_rules, reserved_by_headers
from narrative.collect.robots import RobotsRules
from narrative.extract.page import article_from_page
from narrative.records import Page

PAGE = "https://news.example/markets/a.html"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, None),
        ({"X-Robots-Tag": "index, follow, max-snippet:-1"}, None),
        ({"X-Robots-Tag": "index, NoAI"}, "header X-Robots-Tag: noai"),
        ({"X-Robots-Tag": "otherbot: noindex, narrative:noml"}, "header X-Robots-Tag: noml"),
        ({"tdm-reservation": "1"}, "header tdm-reservation"),
        ({"tdm-reservation": "0"}, None),
    ],
)
def test_headers(headers: dict[str, str], said: str | None) -> None:
    assert reserved_by_headers(headers.get) == said


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        ("", None),
        ("User-agent: *\nDisallow: /", None),  # closed to all: nothing is said of mining
        ("User-agent: CCBot\nDisallow: /", "robots.txt: CCBot"),
        ("User-agent: GPTBot\nUser-agent: ClaudeBot\nDisallow: /markets/", "robots.txt: ClaudeBot"),
        ("User-agent: GPTBot\nDisallow: /members/", None),
        ("User-agent: PerplexityBot\nDisallow: /", None),  # answers questions, does not mine
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /", "robots.txt: ai-train=no"),
        ("User-agent: *\nContent-Signal: search=yes,ai-train=yes\nAllow: /", None),
    ],
)
def test_robots(robots: str, said: str | None) -> None:
    assert RobotsRules(robots).reserves(PAGE) == said


def test_delay_is_the_longest_asked_for() -> None:
    assert RobotsRules("User-agent: *\nCrawl-delay: 7").delay == 7
    assert RobotsRules("User-agent: *\nCrawl-delay: 1\nRequest-rate: 1/10s").delay == 10
    assert RobotsRules("User-agent: *\nDisallow:").delay is None
    assert RobotsRules("User-agent: *\nCrawl-delay: inf").delay is None


@pytest.mark.parametrize(
    ("location", "reserved"),
    [("/", True), ("/markets", True), ("/markets/$", False), ("/*/a.html$", True), ("/*.pdf$", False),
     ("/m*t*html", True),
     ("/markets/a.html$", True), ("/news", False)],
)  # fmt: skip
def test_site_rules(location: str, reserved: bool) -> None:
    data = json.dumps([{"location": location, "tdm-reservation": 1}]).encode()
    assert read_site_rules(data).reserves(PAGE) is reserved


def test_the_first_rule_that_matches_counts() -> None:
    rules = [{"location": "/markets/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]
    assert not read_site_rules(json.dumps(rules).encode()).reserves(PAGE)


@given(
    st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_what_is_no_rule_file_reserves_nothing(data: bytes) -> None:
    assert not read_site_rules(data).reserves(PAGE)


def test_a_header_marks_the_article() -> None:
    body = b"<html><head><title>Funds return</title></head><body><article>" + b"<p>Bitcoin rose on Monday.</p>" * 9
    page = Page(url=PAGE, body=body, fetched=datetime(2026, 3, 1, tzinfo=UTC))
    assert not article_from_page(page).opt_out
    assert article_from_page(page.model_copy(update={"opt_out": True})).opt_out
    noted = page.model_copy(update={"body": body.replace(b"<title>", b'<meta name="robots" content="noml"><title>')})
    assert article_from_page(noted).opt_out
