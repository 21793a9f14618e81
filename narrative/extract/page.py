"""A fetched page → article.

trafilatura finds the body; title, outlet, times and reservations are read from what the page says of itself.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from narrative.errors import InputError
from narrative.extract.availability import availability
from narrative.extract.body import body_of
from narrative.extract.depth import depth_of
from narrative.extract.encoding import decode, refuse_feed
from narrative.extract.language import detect_language
from narrative.extract.links import body_links
from narrative.extract.metadata import LONGEST_TITLE, Dated, PageMetadata, read_metadata
from narrative.extract.moments import FUTURE_ALLOWANCE, read_stamp
from narrative.extract.origin import find_origin
from narrative.extract.outlets import host_of, outlet_by_host, plain_name, zone_of
from narrative.extract.plain import MAX_CHARACTERS, check_text, stamp_or_error
from narrative.extract.rules import lead_of, prune, rule_for
from narrative.extract.sponsored import sponsored_score
from narrative.extract.walls import WAY_ON, access_of, bot_wall
from narrative.keys import content_hash
from narrative.records import Article, Dates, Origin, Span

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from lxml.html import HtmlElement

    from narrative.extract.rules import Rule
    from narrative.records import Link, Page

LARGEST = 10_000_000  # bytes of HTML
MOST_ELEMENTS = 30_000  # articles have some thousands
MOST_ATTRIBUTES = 5_000  # of one element; the parser's time grows with their square
SHORTEST_BODY = 200  # characters; less is a teaser
SHORTEST_ARTICLE = 60  # characters; less is nothing to read
LISTING_LINES = 10
LINKED = 0.5  # of the lines of a list of headlines are links
_FRONT = re.compile(r"/?|/[a-z]{2}(?:-[a-z]{2,4})?/?|/index\.\w+|/(?:home|news|latest)/?", re.IGNORECASE)
_TITLE_WITHIN = 5  # lines in which a body repeats its title
# As HTML5 reads a tag: quotes count behind an equals sign only. Possessive, so that it is linear.
_TAG = re.compile(r"""<[a-zA-Z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|section|span|h1|main|table|br|a)\b", re.IGNORECASE)

logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # what it discards is told by our own errors
logging.getLogger("htmldate").addHandler(logging.NullHandler())


def article_from_page(
    page: Page,
    *,
    source: str | None = None,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    zone: tzinfo | None = None,
) -> Article:
    """Read a page as title, empty line, body, with everything that the page says of itself.

    Args:
        page: what was fetched or read from a file; its `url` may be a file's name.
        source: where it came from, `page.url` if not given.
        published: a publication date that is surer than the page's own.
        title: the same for the title.
        outlet: the same for the outlet.
        zone: that of times without one, the registered outlet's if not given.

    Raises:
        InputError: the page is no article, is a login or robot check, too large, nested too deeply, binary or empty, or
            `published` is no date.
    """
    name = source or page.url
    given = stamp_or_error(published, name)
    markup = _markup(page, name)
    tree = _tree(markup, name)
    newest = page.fetched + FUTURE_ALLOWANCE
    visible = _visible(tree)
    if len(visible) > 2 * MAX_CHARACTERS:
        raise InputError(name, f"{len(visible):,} characters of text, which no article has; paste the article alone")
    rule = rule_for(page.url, page.fetched.date())
    zone = (rule and rule.clock) or zone or zone_of(host_of(page.url))
    metadata = _completed(read_metadata(tree, page.url, newest, zone), tree, newest, zone)
    document_title = next((" ".join(element.text_content().split()) for element in tree.iter("title")), None)
    if bot_wall(document_title, visible, markup):
        raise InputError(name, f"a robot check stands before the article; {WAY_ON}")
    title = (title or metadata.title or "").strip() or None
    lines = _without_title(_body(tree, metadata, rule), title)
    access = access_of(document_title, visible, markup, is_free=metadata.is_free, has_body=len(lines) >= SHORTEST_BODY)
    if access in {"script", "login", "paywall"} and len(lines) < SHORTEST_BODY and metadata.is_article:
        lines = lines if len(lines) > len(metadata.description or "") else metadata.description or ""
    _check_article(lines, name, access)
    if not metadata.is_article and _is_listing(tree, lines, metadata.url):
        raise InputError(
            name, "a page of headlines, not an article; give the address of one article, or paste the text"
        )

    text = f"{title}\n\n{lines}" if title and not lines.startswith(title) else lines
    check_text(text, name)
    title_span = Span(start=0, end=len(title)) if title else None
    links = body_links(tree, text, metadata.url)
    outlet = outlet or metadata.outlet
    dated = Dated(given, "given") if given else metadata.published
    modified = (
        metadata.modified
        if dated is None or (metadata.modified and metadata.modified.stamp.moment > dated.stamp.moment)
        else None
    )
    available, available_detail = (
        availability(dated.stamp.moment, dated.stamp.precision, modified=modified.stamp.moment if modified else None)
        if dated
        else (None, None)
    )
    score = sponsored_score(tree, metadata, text, links)
    return Article(
        id=content_hash(metadata.url) if metadata.url else content_hash(text),
        source=name,
        url=metadata.url,
        title=title,
        title_span=title_span,
        outlet=outlet,
        author=metadata.author,
        published=dated.stamp.moment if dated else None,
        modified=modified.stamp.moment if modified else None,
        available=available,
        dates=Dates(
            published=dated.stamp.detail(dated.source) if dated else None,
            modified=modified.stamp.detail(modified.source) if modified else None,
            available=available_detail,
        ),
        origin=_origin(text, outlet, links, metadata),
        language=metadata.language or detect_language(text),
        type="sponsored" if score else None,
        type_score=score,
        depth=depth_of(text, title_span),
        access=access,
        opt_out=metadata.opt_out or page.opt_out,
        text=text,
        links=links,
    )


def _markup(page: Page, name: str) -> str:
    if not page.body.strip():
        raise InputError(name, "the page is empty")
    if len(page.body) > LARGEST:
        raise InputError(
            name, f"{len(page.body):,} bytes of HTML; {LARGEST:,} are read at the most, so paste the text instead"
        )
    markup = decode(page.body, name, page.charset, markup=True)
    refuse_feed(markup, name)
    if not _MARKUP.search(markup[:200_000]):
        raise InputError(name, "there is no HTML in it; give plain text as a .txt file or on stdin")
    return markup


def _tree(markup: str, name: str) -> HtmlElement:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    if any(_attributes(tag[0]) > MOST_ATTRIBUTES for tag in _TAG.finditer(markup) if len(tag[0]) > 2 * MOST_ATTRIBUTES):
        raise InputError(name, "one of its HTML elements has thousands of attributes; paste the text instead")
    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError) as error:
        raise InputError(name, "its HTML can't be parsed; paste the text instead") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise InputError(name, "its HTML is nested too deeply to be an article; paste the text instead")
    if cast("float", tree.xpath("count(//*)")) > MOST_ELEMENTS:
        raise InputError(
            name, f"more than {MOST_ELEMENTS:,} HTML elements, too many for an article; paste the text instead"
        )
    return tree


def _attributes(tag: str) -> int:
    return len(_QUOTED.sub("=", tag).split())


def _visible(tree: HtmlElement) -> str:
    """All text that a reader without scripts would see, so that of `noscript`, too."""
    pieces = tree.xpath("//text()[not(parent::script or parent::style or parent::template or parent::title)]")
    return " ".join(" ".join(pieces).split())


def _body(tree: HtmlElement, metadata: PageMetadata, rule: Rule | None) -> str:
    """The paragraphs in their order, a line each, with what the outlet's rule knows of its layout."""
    lead = lead_of(tree, rule) if rule else None
    if rule:
        prune(tree, rule)
    body = body_of(tree, metadata.url, metadata.text, is_article=metadata.is_article)
    return f"{lead}\n{body}" if lead and lead not in body else body


def _completed(metadata: PageMetadata, tree: HtmlElement, newest: datetime, zone: tzinfo) -> PageMetadata:
    """Title and author as trafilatura finds them in the layout, and htmldate's day, where the page does not say."""
    if metadata.title and metadata.author and metadata.published:
        return metadata
    from trafilatura.metadata import extract_author, extract_metadata

    latest = newest.astimezone(UTC).strftime("%Y-%m-%d")
    config = {"original_date": True, "extensive_search": True, "max_date": latest}
    try:
        if metadata.title and metadata.published:  # the search for a date is what takes time
            return replace(metadata, author=(extract_author(tree) or "").replace("; ", ", ") or None)
        found = extract_metadata(tree, metadata.url, config)
    except (ValueError, TypeError, LookupError, OverflowError):  # of a hostile page
        return metadata
    return replace(
        metadata,
        title=metadata.title or (found.title or "")[:LONGEST_TITLE] or None,
        author=metadata.author or (found.author or "").replace("; ", ", ") or None,
        published=metadata.published or _day(found.date, newest, zone),
    )


def _day(found: str | None, newest: datetime, zone: tzinfo) -> Dated | None:
    try:
        stamp = read_stamp(found or "", zone=zone)
    except ValueError:
        return None
    return Dated(stamp, "htmldate") if stamp.moment <= newest else None


def _without_title(body: str, title: str | None) -> str:
    """The body without first lines that are the title but for case and punctuation."""
    plain = plain_name(title or "")
    lines = body.split("\n")
    longest = 2 * len(title or "") + 10
    first = [line for line in lines[:_TITLE_WITHIN] if not plain or len(line) > longest or plain_name(line) != plain]
    return "\n".join(first + lines[_TITLE_WITHIN:])


def _check_article(body: str, name: str, access: str) -> None:
    if access == "script" and len(body) < SHORTEST_ARTICLE:
        raise InputError(name, f"the page is filled in by JavaScript; {WAY_ON}")
    if access == "login" and len(body) < SHORTEST_ARTICLE:
        raise InputError(name, f"the page asks for a login; {WAY_ON}")
    if access == "paywall" and len(body) < SHORTEST_ARTICLE:
        raise InputError(name, f"the article is behind a paywall; {WAY_ON}")
    if len(body) < SHORTEST_ARTICLE:
        raise InputError(
            name, "not an article: there is too little text; give the address of one article, or paste the text"
        )


def _is_listing(tree: HtmlElement, body: str, url: str | None) -> bool:
    """Whether most of what there is to read are links, as on a front page or in a list of headlines."""
    lines = body.split("\n")
    if len(lines) < LISTING_LINES:
        return False
    anchors = {" ".join(anchor.text_content()[:1_000].split()) for anchor in islice(tree.iter("a"), 5_000)}
    linked = sum(1 for line in lines if line.removeprefix("- ") in anchors) / len(lines)
    front = url is not None and _FRONT.fullmatch(urlsplit(url).path) is not None
    return linked > (LINKED / 2 if front else LINKED)


def _origin(text: str, outlet: str | None, links: tuple[Link, ...], metadata: PageMetadata) -> Origin | None:
    told = find_origin(text, outlet=outlet, links=links)
    elsewhere = metadata.syndicated_from
    if elsewhere is None:
        return told
    host = host_of(elsewhere)
    named = (told.outlet if told else None) or outlet_by_host(host) or host
    return Origin(outlet=named, author=told.author if told else None, url=elsewhere)
