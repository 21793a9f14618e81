"""Text → the hashed word sequences that text reuse is told by."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from narrative.records import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from narrative.records import Article, Span

    Hashes = NDArray[np.uint64]

LENGTH: Final = 4  # words in a shingle
MAX_CHARACTERS: Final = 100_000  # of an article; what follows is looked at no more
MAX_WORDS: Final = 4_000
OPENING: Final = 160  # shingles of which the index holds every one; of the rest it holds a sample,
SAMPLE: Final = 4  # one in so many, the same ones of every text

# A Chinese or Japanese character, a Korean syllable is a word.
_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_EAST}]|[^\W_{_EAST}]+(?:[.,]\d+)*")
_ADDRESS = re.compile(r"https?://\S+")
_NO_WORDS = re.compile(r"[\W_]+")
_NUMERAL = re.compile(r"\d[\d.,]*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What is kept of an article to tell its copies.

    Attributes:
        id: the article's.
        moment: seconds since 1970 when it was published, or else first seen; null where neither is known.
        title: headline in lower case without punctuation, empty if there is none.
        text: the article's text without its marked boilerplate.
        shingles: a hash of each `LENGTH` words, in the order of the text.
        body: where the first shingle begins that is not of the headline.
        indexed: those of `shingles` that the index knows the text by, each once.
        words: the different words, hashed, sorted.
        numerals: numbers of three digits and more that are no years, in order, without commas.
        source: outlet, author, address and date, as a copy's `article.origin` tells them.
        credited: `article.origin`: whom the article itself names as its source.
    """

    id: str
    moment: float | None
    title: str
    text: str
    shingles: Hashes
    body: int
    indexed: Hashes
    words: Hashes
    numerals: tuple[str, ...]
    source: Origin
    credited: Origin | None


def fingerprint(article: Article) -> Fingerprint:
    """Read an article's words, in time linear in the length of its text."""
    text = _without(article.text[:MAX_CHARACTERS], article.boilerplate)
    words = words_of(text)
    shingles = shingles_of(words)
    headline = words_of(article.text[: article.title_span.end]) if article.title_span else []
    moment = article.published or article.first_seen
    return Fingerprint(
        id=article.id,
        moment=moment.timestamp() if moment else None,
        title=folded(article.title),
        text=text,
        shingles=shingles,
        body=len(headline) if len(headline) < len(shingles) else 0,
        indexed=np.union1d(shingles[:OPENING], sampled(shingles[OPENING:])),
        words=np.unique(_hashes(words)),
        numerals=tuple(word.replace(",", "") for word in words if _is_telling(word)),
        source=Origin(outlet=article.outlet, author=article.author, url=article.url, published=article.published),
        credited=article.origin,
    )


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in lower case, without addresses."""
    return _WORD.findall(_ADDRESS.sub(" ", text[:MAX_CHARACTERS]).casefold())[:MAX_WORDS]


def shingles_of(words: Sequence[str], length: int = LENGTH) -> Hashes:
    """A 64-bit hash of each run of `length` words, in order; one of all of them where they are fewer."""
    hashes = _hashes(words)
    length = min(length, len(hashes))
    found = np.zeros(len(hashes) - length + 1 if length else 0, np.uint64)
    for step in range(length):
        found = found * _MULTIPLIER + hashes[step : step + len(found)]
    return found ^ (found >> np.uint64(29))  # so that every word has a part in the low bits


def sampled(shingles: Hashes) -> Hashes:
    """Those shingles that stand for a long text; which they are depends on their words alone."""
    found: Hashes = shingles[shingles % np.uint64(SAMPLE) == 0]
    return found


def folded(title: str | None) -> str:
    """A headline in lower case without punctuation."""
    return _NO_WORDS.sub(" ", title or "").strip().casefold()


def _hashes(words: Sequence[str]) -> Hashes:
    return np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], np.uint64)


def _is_telling(word: str) -> bool:
    return bool(_NUMERAL.fullmatch(word)) and sum(map(str.isdigit, word)) >= 3 and not _YEAR.fullmatch(word)


def _without(text: str, skipped: tuple[Span, ...]) -> str:
    parts, at = [], 0
    for span in sorted(skipped, key=lambda span: span.start):
        parts.append(text[at : span.start])
        at = max(at, span.end)
    return "\n".join([*parts, text[at:]])
