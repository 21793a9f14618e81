"""A page written for the tests, with everything that a page can say of itself."""

from __future__ import annotations

from datetime import UTC, datetime

from narrative.records import Page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.example-coin-news.com/markets/funds-return"
TITLE = "Funds return to bitcoin after a quiet winter"
PARAGRAPHS = (
    "Investors put $310 million into bitcoin funds in the week to Friday, the first inflow since early January, "
    "according to figures that fund managers reported.",
    'The money went mostly to two products of large managers, while smaller ones lost a little. "We see the first '
    'signs of appetite," said Ana Example, who trades for a family office in Lisbon.',
    "Traders pointed to a softer dollar and to the quarterly report of a chip maker, which lifted shares and coins "
    "alike. Bitcoin rose 4% to $71,200 within the day, while ether was little changed at $2,050.",
)


def html(
    *,
    head: str = "",
    body: str = "",
    title: str = TITLE,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    attributes: str = 'lang="en"',
    before: str = "",
) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html {attributes}><head><title>{title} | Example Coin News</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a> <a href='/press-release/'>Press Release</a></nav>"
        f"<main><article>{before}<h1>{title}</h1>{text}{body}</article></main><footer>Imprint</footer></body></html>"
    )


def page(markup: str | bytes, *, url: str = URL, charset: str | None = None) -> Page:
    data = markup.encode() if isinstance(markup, str) else markup
    return Page(url=url, body=data, charset=charset, content_type="text/html", fetched=NOW)
