"""PDF → article, by pypdf (the extra `pdf`)."""

from __future__ import annotations

import io
import logging
from itertools import pairwise
from typing import TYPE_CHECKING

from narrative.errors import InputError, MissingExtra
from narrative.extract.plain import MAX_CHARACTERS, article_from_text

if TYPE_CHECKING:
    from datetime import date

    from pypdf import PdfReader

    from narrative.records import Article

LARGEST_PDF = 50_000_000  # bytes
MOST_PAGES = 500
_FULL = 0.85  # of the longest line; letters differ in width
_NARROWEST = 30  # characters; no column of text has less room, but cells of a table have

logging.getLogger("pypdf").addHandler(logging.NullHandler())


def article_from_pdf(
    data: bytes,
    source: str,
    *,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
) -> Article:
    """The text of all pages, as plain text; a PDF does not say reliably when it appeared.

    Raises:
        InputError: no PDF, damaged, encrypted, too long, or scanned pages without text.
        MissingExtra: pypdf is not installed.
    """
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise MissingExtra("pdf", f"reading {source}") from error
    if not data.startswith(b"%PDF-"):
        raise InputError(source, "this is no PDF")
    try:
        pieces = _pages(PdfReader(io.BytesIO(data)), source)
    except InputError:
        raise
    except Exception as error:  # pypdf raises whatever a damaged file leads it to
        raise InputError(source, "the PDF is damaged and can't be read") from error
    text = "\n\n".join(unwrapped(piece) for piece in pieces if piece.strip()).replace("\x00", "")
    if not text:
        raise InputError(source, "the PDF holds no text, only pictures of it; paste the text instead")
    return article_from_text(text, source=source, published=published, title=title, outlet=outlet)


def unwrapped(page: str) -> str:
    """The text with a line a paragraph: a line that ends only because the next word had no room goes on in the next."""
    lines = [" ".join(line.split()) for line in page.strip().split("\n")]
    room = max(_FULL * max(map(len, lines)), _NARROWEST)
    pieces = [lines[0]]
    for before, line in pairwise(lines):
        word = line.partition(" ")[0]
        if before and line and (word[0].islower() or len(before) + 1 + len(word) > room):
            pieces.append(line if before.endswith("-") else f" {line}")
        else:
            pieces.append(f"\n{line}")
    return "".join(pieces)


def _pages(reader: PdfReader, source: str) -> list[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(source, "the PDF is encrypted; save it without a password")
    if len(reader.pages) > MOST_PAGES:
        raise InputError(source, f"{len(reader.pages)} pages; {MOST_PAGES} are read at the most")
    pieces: list[str] = []
    length = 0
    for page in reader.pages:
        pieces.append(page.extract_text())
        length += len(pieces[-1])
        if length > MAX_CHARACTERS:
            break
    return pieces
