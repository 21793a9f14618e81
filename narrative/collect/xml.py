"""XML that others serve, read a child at a time: no entities, no network, limits on size and depth."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from narrative.errors import InputError
from narrative.extract.encoding import decode
from narrative.extract.files import gunzipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element

MOST_BYTES = 50_000_000  # decompressed; the sitemap protocol's own limit
_GZIP = b"\x1f\x8b"
_ENTITIES = "it declares entities of its own, which no feed and no sitemap needs"
_LAYERS = 2  # a server may compress what is compressed already


def unpacked(body: bytes, url: str) -> bytes:
    """The document, decompressed if it is gzip by its first bytes, whatever its name says.

    Raises:
        InputError: the gzip data is damaged, or there is more of it than a document has.
    """
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        body = gunzipped(BytesIO(body), url).read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise InputError(url, f"more than {MOST_BYTES // 1_000_000} MB, which no feed and no sitemap has")
    return body


def children(body: bytes, url: str, roots: Collection[str], names: Collection[str]) -> Iterator[_Element]:
    """Every element of one of `names` below a root of one of `roots`; prefixes and namespaces don't matter.

    An element lives until the next one is asked for, so that memory doesn't grow with the document. What is malformed
    is read as far as it makes sense: feeds are written by hand.

    Raises:
        InputError: it is binary, empty, no XML, has another root, or declares entities.
    """
    from lxml.etree import XMLSyntaxError, iterparse

    text = decode(body, url, markup=True).lstrip()
    if not text.startswith("<"):
        raise InputError(url, "there is no XML in it" if text else "it is empty")
    events = iterparse(
        BytesIO(text.encode("utf-8", "replace")),
        events=("start", "end"),
        encoding="utf-8",  # whatever the document says that it was
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    started = False
    try:
        for event, element in events:
            if not started:
                started = True
                _check_root(element, url, roots)
            elif event == "end" and name_of(element) in names:
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and len(parent) > 1:
                    del parent[0]  # the tail of what was read
    except XMLSyntaxError as error:
        raise InputError(url, "its XML can't be read") from error
    if not started:  # libxml2 gives up on entities that grow
        raise InputError(url, _ENTITIES if "<!ENTITY" in text else "there is no XML in it")


def name_of(element: _Element) -> str:
    """The element's name without its namespace, in small letters."""
    return str(element.tag).rpartition("}")[2].lower()  # an entity's tag is a function, whose name is nobody's


def text_of(element: _Element) -> str:
    """All text inside, an entity as it is written."""
    return "".join(str(piece) for piece in element.itertext()).strip()


def _check_root(root: _Element, url: str, roots: Collection[str]) -> None:
    name = name_of(root)
    if name not in roots:
        kind = {"html": "a web page", "urlset": "a sitemap", "sitemapindex": "a sitemap"}.get(name)
        kind = kind or ("a feed" if name in {"rss", "feed", "rdf"} else f"an XML document of the kind <{name[:40]}>")
        raise InputError(url, f"this is {kind}, where one of {', '.join(sorted(roots))} was expected")
    declared: Any = root.getroottree().docinfo.internalDTD  # whose methods the stubs don't know
    if declared is not None and any(True for _ in declared.iterentities()):
        raise InputError(url, _ENTITIES)
