"""What a page says of its article in JSON-LD (schema.org)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

LARGEST = 1_000_000  # characters in one script
MOST_NODES = 5_000
_ARTICLES = frozenset({
    "AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle", "BackgroundNewsArticle",
    "BlogPosting", "LiveBlogPosting", "NewsArticle", "OpinionNewsArticle", "Report", "ReportageNewsArticle",
    "ReviewNewsArticle", "ScholarlyArticle", "SocialMediaPosting", "TechArticle",
})  # fmt: skip


def article_node(tree: HtmlElement, url: str | None) -> dict[str, Any]:
    """The node of the page's article, empty if there is none: the one with the page's address, else the first.

    Its author and publisher are looked up where they are only referred to.
    """
    nodes = list(_nodes(tree))
    found = [node for node in nodes if types_of(node) & _ARTICLES]
    bare = url.rstrip("/") if url else None
    mine = [node for node in found if bare and any(address.rstrip("/") == bare for address in _addresses(node))]
    node = next(iter(mine or found), {})
    by_id = {named: other for other in nodes if isinstance(named := other.get("@id"), str) and "name" in other}
    return node | {key: _looked_up(node[key], by_id) for key in ("author", "creator", "publisher") if key in node}


def types_of(node: dict[str, Any]) -> set[str]:
    """The schema.org types of a node, without prefix."""
    return {text.rpartition("/")[2].rpartition(":")[2] for text in texts_of(node.get("@type"))}


def texts_of(value: Any) -> list[str]:
    """The strings of a value that may be a string, a node with a name, or a list of either."""
    values = value if isinstance(value, list) else [value]
    texts = []
    for item in values[:50]:
        text = item.get("name") if isinstance(item, dict) else item
        text = text[0] if isinstance(text, list) and text else text
        if isinstance(text, str) and text.strip():
            texts.append(" ".join(text.split()))
    return texts


def strings_of(value: Any) -> list[str]:
    """The strings of a value that may be one or a list of them, with their line breaks."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item.strip()]


def _looked_up(value: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_looked_up(item, by_id) for item in value[:50] if not isinstance(item, list)]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _addresses(node: dict[str, Any]) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        value = value.get("@id", value.get("url")) if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every node at the top, in a list or in a graph; nodes inside others are about something else."""
    seen = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text or len(script.text) > LARGEST:
            continue
        waiting = [_parsed(script.text)]
        while waiting and seen < MOST_NODES:
            item = waiting.pop(0)
            seen += 1
            if isinstance(item, list):
                waiting.extend(item[:MOST_NODES])
            elif isinstance(item, dict):
                yield item
                waiting.extend(item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in item)


def _parsed(text: str) -> Any:
    text = (
        text.strip()
        .removeprefix("<!--")
        .removesuffix("-->")
        .removeprefix("//<![CDATA[")
        .removesuffix("//]]>")
        .strip()
        .rstrip(";")
    )
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
