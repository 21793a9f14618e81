"""Keys that depend on content alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.records import Article


def content_hash(*parts: str | None) -> str:
    """32 hexadecimal digits over the parts and their borders; a part that is null differs from an empty one."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(f"{'-' if part is None else len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def annotation_key(article: Article) -> str:
    """What an annotation depends on besides the pipeline: text, title, outlet, publication date and language."""
    published = article.published.isoformat() if article.published else None
    return content_hash(article.text, article.title, article.outlet, published, article.language)
