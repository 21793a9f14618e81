"""Whether the page itself says that its article was paid for: `data/sponsored.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from narrative.extract.outlets import DATA
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from narrative.extract.metadata import PageMetadata
    from narrative.records import Link

LONGEST_LABEL = 40  # characters
EDGE = 4  # lines at either end of a text where it says so
LONGEST_LINE = 1_000
_ELSEWHERE = frozenset({"nav", "header", "footer", "aside", "ul", "ol", "form", "script", "style", "noscript"})
_PARAGRAPH = 150  # characters; the text has begun
_AROUND_TITLE = 4  # levels above the heading that still belong to it
_INLINE = ("a", "b", "div", "em", "p", "small", "span", "strong", "sup")


class _Signs(NamedTuple):
    labels: frozenset[str]
    phrases: re.Pattern[str]
    paths: frozenset[str]
    wires: frozenset[str]
    scores: dict[str, float]


def sponsored_score(tree: HtmlElement, metadata: PageMetadata, text: str, links: Sequence[Link]) -> float | None:
    """How surely the page marks its article as paid, null where it does not."""
    signs = _signs()
    found = []
    if "AdvertiserContentArticle" in metadata.types:
        found.append("type")
    if any(_plain(section) in signs.labels for section in metadata.sections):
        found.append("section")
    if metadata.author and _plain(metadata.author) in signs.labels:
        found.append("label")
    if metadata.outlet in signs.wires or metadata.author in signs.wires:
        found.append("wire")
    if metadata.url and signs.paths & {part.lower() for part in urlsplit(metadata.url).path.split("/")[:-1]}:
        found.append("path")
    if says_sponsored(text):
        found.append("phrase")
    if _has_label(tree, signs.labels):
        found.append("label")
    if any("sponsored" in (link.rel or "").lower().split() for link in links):
        found.append("link")
    return max((signs.scores[sign] for sign in found), default=None)


def says_sponsored(text: str) -> bool:
    """Whether the first or last lines of a text say so."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return any(
        _signs().phrases.search(line[:LONGEST_LINE].casefold())
        for line in lines[:EDGE] + lines[max(EDGE, len(lines) - EDGE) :]
    )


def _has_label(tree: HtmlElement, labels: frozenset[str]) -> bool:
    """Whether an element above the text, outside menus, holds nothing but a label; within the text it marks adverts."""
    regions = [element for tag in ("article", "main") for element in tree.iter(tag)][:3]
    heading = next(tree.iter("h1"), None)
    if heading is not None:
        parents = list(heading.iterancestors())[:_AROUND_TITLE]
        regions += [parent for parent in parents[-1:] if parent.tag not in {"body", "html"}]
    return any(_label_above_text(region, labels) for region in regions)


def _label_above_text(region: HtmlElement, labels: frozenset[str]) -> bool:
    for element in region.iter(*_INLINE):
        text = element.text or ""
        if element.tag == "p" and len(element.text_content()) > _PARAGRAPH:
            return False
        if not text.strip() or len(text) > LONGEST_LABEL or _plain(text) not in labels:
            continue
        alone = len(_plain(element.text_content()[: LONGEST_LABEL * 2])) <= LONGEST_LABEL
        if alone and not any(parent.tag in _ELSEWHERE for parent in element.iterancestors()):
            return True
    return False


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" :*[]()|")


@cache
def _signs() -> _Signs:
    data = read_toml(DATA / "sponsored.toml")
    return _Signs(
        labels=frozenset(data["labels"]),
        phrases=re.compile("|".join(map(re.escape, data["phrases"]))),
        paths=frozenset(data["paths"]),
        wires=frozenset(data["wires"]),
        scores=data["scores"],
    )
