"""What a page says of itself outside its text: address, title, author, outlet, times, language, reservations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from narrative.collect.opt_out import reserving_directive
from narrative.extract import json_ld
from narrative.extract.moments import Stamp, read_stamp
from narrative.extract.outlets import host_of, outlet_by_host, outlet_by_name, plain_name, same_outlet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from lxml.html import HtmlElement

LONGEST_TITLE = 400
LONGEST_NAME = 120
_MOST_HEADINGS = 20
_SAME_TITLE = 0.5  # of the words of the shorter one
_SENTENCE_WORDS = 4
_KICKER_WORDS = 2
_SEPARATORS = tuple("|–—:·•»/-")

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "article.published",
    "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date", "cxenseparse:recs:publishtime", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "dcterms.modified",
    "article.updated",
)
_SITE = ("og:site_name", "application-name", "publisher", "dc.publisher", "twitter:app:name:iphone")
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator", "byl", "sailthru.author")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|igshid|ref_src|cmpid|_ga")
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESS_DAY = re.compile(
    rf"/(20[0-4]\d)[/-](\d{{1,2}}|(?:{'|'.join(_MONTHS)})[a-z]{{0,6}})[/-](\d{{1,2}})(?=[/-]|$)",
    re.ASCII | re.IGNORECASE,
)
# What else the page holds, told behind the headline.
_MEDIUM = re.compile(
    r"\s{1,3}[\[(](?:watch|video|videos|photos|pics|pictures|gallery|listen|audio|podcast|live|updated?)[\])]$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—·•»«‹›:-]\s+|\s*[|｜_]\s*")
_NO_AUTHOR = re.compile(
    r"https?://|@|^(?:admin|administrator|editor|editors|staff|news desk|author|by|null|none|undefined|unknown|guest)$",
    re.IGNORECASE,
)
_ROBOTS = frozenset({"robots", "googlebot", "bingbot", "googlebot-news"})
# Times a day or less apart are one event, told in several places and with differing care.
_SAME_EVENT = timedelta(hours=26)


@dataclass(frozen=True)
class Dated:
    """A time and the place of the page that tells it."""

    stamp: Stamp
    source: str


@dataclass(frozen=True)
class PageMetadata:
    """What the page says of its article; every value may be missing."""

    url: str | None = None
    syndicated_from: str | None = None  # a canonical address on another site
    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: Dated | None = None
    modified: Dated | None = None
    language: str | None = None
    description: str | None = None
    text: str | None = None  # the article's, where the metadata hold it
    sections: tuple[str, ...] = ()
    types: frozenset[str] = field(default_factory=frozenset)
    is_article: bool = False
    is_free: bool = True
    opt_out: bool = False


def read_metadata(tree: HtmlElement, address: str, newest: datetime, zone: tzinfo = UTC) -> PageMetadata:
    """The metadata of a page from `address` (a URL, or a file's name).

    Times after `newest` are not believed; those without an offset are taken to be in `zone`.
    """
    return _Reader(tree, address, newest, zone).read()


class _Reader:
    def __init__(self, tree: HtmlElement, address: str, newest: datetime, zone: tzinfo = UTC) -> None:
        self.tree = tree
        self.address = address if host_of(address) else None
        self.newest = newest
        self.zone = zone
        self.metas = _metas(tree)
        self.links = {
            rel: link.get("href", "").strip()
            for link in reversed(list(tree.iter("link")))
            for rel in (link.get("rel") or "").lower().split()
        }

    def read(self) -> PageMetadata:
        url, syndicated_from = self._addresses()
        outlet = self._outlet(url)
        return PageMetadata(
            url=url,
            syndicated_from=syndicated_from,
            title=self._title(outlet),
            author=self._author(outlet),
            outlet=outlet,
            published=self._published(),
            modified=self._first_time([("json-ld", self.node.get("dateModified")), *self._meta_times(_MODIFIED)]),
            language=_language(self.tree.get("lang") or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang")),
            description=self._first("og:description", "description", "twitter:description"),
            text=next(iter(json_ld.strings_of(self.node.get("articleBody"))), None),
            sections=tuple(json_ld.texts_of(self.node.get("articleSection")))
            + tuple(self.metas.get("article:section", ())),
            types=frozenset(json_ld.types_of(self.node)),
            is_article=bool(self.node)
            or self._first("og:type") == "article"
            or bool(self._first("article:published_time")),
            is_free=str(self.node.get("isAccessibleForFree", True)).lower() not in {"false", "no", "0"},
            opt_out=self._opt_out(),
        )

    @cached_property
    def node(self) -> dict[str, Any]:
        return json_ld.article_node(self.tree, self._canonical() or self.address)

    def _first(self, *names: str) -> str | None:
        return next((value for name in names for value in self.metas.get(name, ())), None)

    def _canonical(self) -> str | None:
        for candidate in (self.links.get("canonical"), self._first("og:url")):
            if not candidate:
                continue
            try:
                joined = urljoin(self.address or "", candidate)
            except ValueError:
                continue
            if host_of(joined):
                return clean_url(joined)
        return None

    def _addresses(self) -> tuple[str | None, str | None]:
        """The page's own address, and where it was syndicated from."""
        own = clean_url(self.address) if self.address else None
        canonical = self._canonical()
        if own is None or canonical is None:
            return canonical or own, None
        if urlsplit(canonical).path in {"", "/"} and not urlsplit(canonical).query:
            return own, None  # a template that names the home page everywhere
        known = outlet_by_host(host_of(own))
        if _site(canonical) == _site(own) or (known and known == outlet_by_host(host_of(canonical))):
            return canonical, None
        return own, canonical

    def _title(self, outlet: str | None) -> str | None:
        """The page's headline: its heading, where that is one, else what the metadata say."""
        told = [*json_ld.texts_of(self.node.get("headline"))[:1], *self.metas.get("og:title", ())[:1]]
        told += [title for name in ("twitter:title", "headline", "dc.title") for title in self.metas.get(name, ())[:1]]
        sites = [name for name in (outlet, self._first("og:site_name"), host_of(self.address)) if name]
        titles = [without_site(unescape(title), sites)[:LONGEST_TITLE] for title in told]
        titles = [title for title in titles if plain_name(title) not in map(plain_name, sites)]
        whole = [without_site(" ".join(text.split()), sites) for text in self.tree.xpath("//head/title/text()")[:1]]
        title = self._heading([*titles, *whole]) or next(iter(titles), None)
        return _MEDIUM.sub("", title) if title else None

    def _heading(self, titles: list[str]) -> str | None:
        """The main heading with most words of the titles; one that shares none, if it is alone and a sentence.

        Metadata shorten a headline, or put one for search engines in its place. What stands in a heading before or
        behind the headline, a section or a site, is left out.
        """
        cut = titles[0].rstrip(".… ") if titles and titles[0].endswith(("...", "…")) else None
        tags = ("h1", "h2") if cut else ("h1",)
        headings = [text for text in map(_text, islice(self.tree.iter(*tags), _MOST_HEADINGS)) if text]
        if cut and (whole := next((text for text in headings if text.startswith(cut) and text != titles[0]), None)):
            return whole[:LONGEST_TITLE]
        best, most = None, 0.0
        for heading in headings:
            plain = plain_name(heading)
            if not plain or len(heading) > LONGEST_TITLE:
                continue
            shared = max((_shared(heading, title) for title in titles), default=0.0)
            if shared > most:
                best, most = next(filter(None, (_without_kicker(heading, title) for title in titles)), heading), shared
        if most >= _SAME_TITLE:
            return best
        alone = headings[0] if len(headings) == 1 else ""
        return alone if len(alone.split()) >= _SENTENCE_WORDS and len(alone) <= LONGEST_TITLE else None

    def _author(self, outlet: str | None) -> str | None:
        names = json_ld.texts_of(self.node.get("author") or self.node.get("creator"))
        names = names or [
            part for name in _AUTHOR for value in self.metas.get(name, ())[:5] for part in value.split(";")
        ]
        wanted = []
        for name in names:
            bare = re.sub(r"^(?:by|von|par|por)\s+", "", name.strip(" ,;|"), flags=re.IGNORECASE)
            if (
                1 < len(bare) <= LONGEST_NAME
                and not _NO_AUTHOR.search(bare)
                and not same_outlet(bare, outlet)
                and bare not in wanted
            ):
                wanted.append(bare)
        return ", ".join(wanted[:10]) or None

    def _outlet(self, url: str | None) -> str | None:
        host = host_of(self.address) or host_of(url)
        known = outlet_by_host(host)
        if known:
            return known
        told = [*self.metas.get("og:site_name", ()), *json_ld.texts_of(self.node.get("publisher"))]
        told += [value for name in _SITE for value in self.metas.get(name, ())]
        name = next((name for name in told if 1 < len(name) <= LONGEST_NAME and not host_of(name)), None)
        return (outlet_by_name(name) or name.lstrip("@")) if name else host

    def _published(self) -> Dated | None:
        candidates: list[tuple[str, Any]] = [
            ("json-ld", self.node.get("datePublished") or self.node.get("dateCreated"))
        ]
        candidates += self._meta_times(_PUBLISHED)
        candidates += self._time_elements()
        candidates += self._address_day()
        return self._first_time(candidates)

    def _meta_times(self, names: Iterable[str]) -> list[tuple[str, Any]]:
        return [(f"meta {name}", value) for name in names for value in self.metas.get(name, ())[:1]]

    def _time_elements(self) -> Iterator[tuple[str, Any]]:
        """`<time>` marked as the publication, or the first of the first article or main part."""
        marked, first = [], None
        for element in self.tree.iter("time"):
            value = element.get("datetime")
            if not value:
                continue
            signs = f"{element.get('itemprop', '')} {element.get('class', '')} {element.get('pubdate', '-')}".lower()
            if "publish" in signs or "pubdate" in signs or element.get("pubdate") is not None:
                marked.append(value)
            elif first is None and not ("modif" in signs or "updat" in signs) and _in_article(element):
                first = value
        return (("time", value) for value in [*marked[:1], *([first] if first else [])])

    def _address_day(self) -> list[tuple[str, Any]]:
        """The day that the page's own address names."""
        found = _ADDRESS_DAY.search(urlsplit(self.address).path) if self.address else None
        if found is None:
            return []
        year, month, day = found.groups()
        number = month if month.isdigit() else str(_MONTHS.index(month[:3].lower()) + 1)
        return [("address", f"{year}-{number:0>2}-{day:0>2}")]

    def _first_time(self, candidates: Iterable[tuple[str, Any]]) -> Dated | None:
        """The first that is a time; another telling of the same event where it is finer or has an offset."""
        times: list[Dated] = []
        for source, value in candidates:
            dated = self._dated(value, source)
            if dated:
                times.append(dated)
        if not times:
            return None
        near = [other for other in times if abs(other.stamp.moment - times[0].stamp.moment) <= _SAME_EVENT]
        return min(near, key=lambda dated: (dated.stamp.precision == "day", dated.stamp.utc_offset is None))

    def _dated(self, value: Any, source: str) -> Dated | None:
        value = value[0] if isinstance(value, list) and value else value
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            stamp = read_stamp(value, zone=self.zone)
        except ValueError:
            return None
        if stamp.moment > self.newest:
            return None
        local = value.replace(" ", "T")
        # Midnight sharp is what a system prints that keeps days only; to take it for a time would be to know too early.
        if stamp.precision != "day" and re.search(r"T00:00(?::00(?:\.0+)?)?(?![:.\d])", local):
            stamp = replace(stamp, precision="day")
        return Dated(stamp, source)

    def _opt_out(self) -> bool:
        if any(value.strip() == "1" for value in self.metas.get("tdm-reservation", ())):
            return True
        return any(reserving_directive(value) for name in _ROBOTS for value in self.metas.get(name, ()))


def clean_url(url: str) -> str:
    """An address without fragment and tracking parameters, scheme and host in small letters."""
    try:
        parts = urlsplit(url.strip())
        kept = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.fullmatch(name)
        ]
    except ValueError:
        return url.strip()
    query = urlencode(kept) if len(kept) < len(parts.query.split("&")) else parts.query
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, ""))


def without_site(title: str, names: list[str]) -> str:
    """A title without the site's name behind or before a bar or dash."""
    title = " ".join(title.split())
    borders = list(_SEPARATOR.finditer(title))
    plain = {plain_name(name) for name in names}
    plain |= {name.removesuffix("com") for name in plain}
    if borders and plain_name(title[borders[-1].end() :]) in plain:
        return title[: borders[-1].start()].strip()
    if borders and plain_name(title[: borders[0].start()]) in plain:
        return title[borders[0].end() :].strip()
    return title


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = " ".join((element.get("content") or "").split())
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        if content and name:
            metas.setdefault(name, []).append(content[:2_000])
    return metas


def _in_article(element: HtmlElement) -> bool:
    return any(parent.tag in {"article", "main"} for parent in element.iterancestors())


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content()[:5_000].split())


def _without_kicker(heading: str, title: str) -> str | None:
    """The title where the heading has only a section before it or a remark in brackets behind it."""
    before, found, behind = heading.partition(title)
    before, behind = before.strip(), behind.strip()
    if not found or not title:
        return None
    short = len(before.split()) <= _KICKER_WORDS or before.endswith(_SEPARATORS)
    return title if short and (not behind or behind.startswith(("[", "(", "|"))) else None


def _shared(heading: str, title: str) -> float:
    """The share of the words of the shorter one that both have; a heading of a word or two is a section."""
    ours, theirs = (set(_WORDS.findall(text.casefold())) for text in (heading, title))
    fewer = min(len(ours), len(theirs))
    short = len(ours) < _SENTENCE_WORDS and 2 * len(ours) < len(theirs)
    return 0.0 if not fewer or short else len(ours & theirs) / fewer


def _language(tag: str | None) -> str | None:
    found = re.match(r"[a-z]{2}(?=$|[-_])", (tag or "").strip().lower())
    return found[0] if found else None


def _site(url: str) -> str:
    """The registrable part of a host, as well as two labels tell it; three where the last two are short (`co.uk`)."""
    labels = (host_of(url) or "").split(".")
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else -2 :])
