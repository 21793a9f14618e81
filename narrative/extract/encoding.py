"""Bytes → text, whatever the page or file says of its encoding.

UTF-8 proves itself, so it is tried first; then what the server and the page declare; then charset-normalizer's guess.
"""

from __future__ import annotations

import codecs
import re

from narrative.errors import InputError

_SNIFFED = 4_096  # bytes in which a page declares its encoding
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Browsers read these labels as the larger set, and so do the pages that carry them.
_LARGER = {
    "ascii": "cp1252", "us-ascii": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
# Python has codecs that are no encodings of text, so that a page must not choose freely.
_ENCODING = re.compile(
    r"utf-?(8|16|32)(-?[lb]e)?|iso-?8859-\d{1,2}|(windows|cp)-?\d{3,4}|koi8-[rut]|gb18030|big5hkscs|euc-(jp|kr|tw)"
    r"|iso-2022-(jp|kr)|tis-620|macintosh|mac-cyrillic|hz-gb-2312"
)
_DECLARED = re.compile(
    rb"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.-]{2,40})|encoding=["']([A-Za-z0-9_.-]{2,40})["']"""
)
_BINARY = (
    (b"%PDF-", "a PDF"), (b"\x89PNG", "a PNG image"), (b"GIF8", "a GIF image"), (b"\xff\xd8\xff", "a JPEG image"),
    (b"RIFF", "a media file"), (b"PK\x03\x04", "a ZIP archive or an office document"), (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"), (b"PAR1", "a Parquet file"), (b"SQLite format 3", "a SQLite database"),
    (b"ID3", "an audio file"), (b"MZ\x90", "a program"),
)  # fmt: skip
_FEED = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.DOTALL
)
_ASCII = bytes(range(128))
_NO_CONTROLS = bytes({*range(256)} - {*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)})


def binary_kind(data: bytes) -> str | None:
    """What the first bytes say the data is, if that is something other than text: `a PDF`."""
    return next((kind for magic, kind in _BINARY if data.startswith(magic)), None)


def decode(data: bytes, source: str, declared: str | None = None, *, markup: bool = False) -> str:
    """The text of `data`, without its byte-order mark; line ends stay as they are.

    Args:
        data: what was read.
        source: its name, for the error.
        declared: the encoding that the server states.
        markup: whether the text may declare its own encoding (HTML, XML).

    Raises:
        InputError: the data is binary.
    """
    kind = binary_kind(data)
    if kind:
        raise InputError(source, f"this is {kind}, not text")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"), source, markup=markup)
    # Escape sequences that switch alphabets are valid UTF-8, too, so here the declaration goes first.
    labels = [label for label in (declared, _declaration(data) if markup else None) if label]
    switching = next((label for label in labels if label.lower().startswith(("iso-2022", "hz-"))), None)
    text = _try(data, switching) if switching else None
    if text is None:
        text = _utf8(data)
    if text is None:
        text = next((found for label in labels if (found := _try(data, label)) is not None), None)
    if text is None:
        text = _guess(data)
    return _checked(text, source, markup=markup)


def refuse_feed(text: str, source: str) -> None:
    """Raise `InputError` for a feed or a sitemap, which holds many articles or none."""
    if _FEED.match(text[:_SNIFFED].lstrip()):
        raise InputError(source, "this is a feed or a sitemap, not an article; give the address of one article")


def _checked(text: str, source: str, *, markup: bool) -> str:
    controls = len(text.encode("utf-8", "replace").translate(None, _NO_CONTROLS))
    if markup and controls <= 10 + len(text) // 1000:
        text = text.replace("\x00", "")  # as browsers do
    if "\x00" in text or controls > 10 + len(text) // 100:
        raise InputError(source, "this is binary data, not text")
    return text


def _utf8(data: bytes) -> str | None:
    """UTF-8 but for a wrong byte here and there or a cut end; null if it is something else."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    beyond_ascii = sum(1 for char in text if char > "\x7f") - wrong
    return text if wrong <= 1 + beyond_ascii // 20 and beyond_ascii else None


def _declaration(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_SNIFFED])
    return (found[1] or found[2]).decode("ascii") if found else None


def _try(data: bytes, label: str) -> str | None:
    name = label.strip().lower()
    name = _LARGER.get(name, name)
    if not _ENCODING.fullmatch(name):
        return None
    try:
        return data.decode(name)
    except (LookupError, UnicodeError):
        return None


def _guess(data: bytes) -> str:
    # With few bytes beyond ASCII it is a Western text with typographic quotes, which the guesser often misses.
    if len(data.translate(None, _ASCII)) * 10 < len(data) and (western := _try(data, "windows-1252")) is not None:
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[:20_000]).best()
    text = _try(data, best.encoding.replace("_", "-")) if best else None
    return data.decode("cp1252", "replace") if text is None else text
