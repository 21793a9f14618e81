"""Extraction set beside bare trafilatura, on pages whose text, title, author and day somebody has written down.

Three public sets and one of our own:

- `trafilatura_eval`: 990 pages with segments that must and must not appear; F1 over the segments, as its authors count.
- `fundus_eval`: 80 news pages with their paragraphs; mean F1 of the bag of words.
- `aed_andy`: 424 news pages with text, title, authors and day; the same, and shares of pages that are right.
- `labelled`: forty pages of crypto media, labelled paragraph by paragraph (`labelled_pages.py`); mean F1 of the bag of
  words, as extracted (`body`) and without what the reader marks as boilerplate (`unmarked`).

Every set falls into two halves by the hash of a page's address: what `tuned` holds was looked at when rules were
written, what `unseen` holds was not. Intervals are 95% bootstraps over pages.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import tarfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal

import gold
import labelled_pages

from narrative.errors import InputError
from narrative.extract.page import article_from_page
from narrative.records import Article, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spacy.language import Language

Half = Literal["all", "tuned", "unseen"]
PINNED = Path(__file__).parent.parent / "tests" / "gates" / "pages.json"
SETS = ("trafilatura_eval", "fundus_eval", "aed_andy", "labelled")
FETCHED = datetime(2026, 8, 1, tzinfo=UTC)
RESAMPLES = 1_000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class GoldPage:
    """A page and what is known of it; what a set doesn't tell is null."""

    name: str
    url: str
    body: bytes
    text: str | None = None
    optional: frozenset[str] | None = None  # of a labelled page: hashes of lines that may be there or not
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    title: str | None = None
    authors: str | None = None
    day: str | None = None

    @property
    def half(self) -> Half:
        """Whether the page was looked at when rules were written."""
        return "tuned" if hashlib.sha256(self.url.encode()).digest()[0] % 2 else "unseen"

    @property
    def page(self) -> Page:
        """As if fetched on a day after all of them appeared."""
        return Page(url=self.url, body=self.body, fetched=FETCHED)


@dataclass(frozen=True)
class Reading:
    """What a reader makes of a page: `text` with the title where that stands apart, `body` without.

    `unmarked` is the body without what the reader marks as boilerplate, for labelled pages.
    """

    text: str = ""
    body: str = ""
    unmarked: str = ""
    title: str | None = None
    authors: str | None = None
    day: str | None = None


@dataclass
class Scores:
    """Values a page by measure; a measure's score is their mean, `segments` apart, which are counted."""

    values: dict[str, list[float]] = field(default_factory=dict)
    segments: list[tuple[int, int, int]] = field(default_factory=list)

    def rows(self) -> dict[str, dict[str, float]]:
        """Score, interval and number of pages by measure."""
        rows = {}
        if self.segments:
            rows["segments"] = _row(self.segments, _segment_f1)
        for name, values in self.values.items():
            rows[name] = _row(values, mean)
        return rows


@cache
def pages(name: str) -> tuple[GoldPage, ...]:
    """All pages of a set, in the order of their names."""
    if name == "labelled":
        return tuple(_labelled_pages())
    with tarfile.open(gold.shared() / "data" / "pages" / f"{name}.tar.gz") as archive:
        files = {
            info.name.partition("/")[2]: file.read()
            for info in archive
            if (file := archive.extractfile(info) if info.isfile() else None) is not None
        }
    return tuple(sorted(_READERS[name](files), key=lambda page: page.name))


def bare(page: GoldPage) -> Reading:
    """What trafilatura gives alone, comments left out."""
    from trafilatura import bare_extraction

    found = None
    with suppress(Exception):  # a reader that fails has read nothing
        found = bare_extraction(page.body, url=page.url, include_comments=False, with_metadata=True)
    if found is None:
        return Reading()
    text: str = getattr(found, "text", None) or ""
    authors = (found.author or "").replace("; ", ", ")  # type: ignore[union-attr]  # a document, for we ask for no dictionary
    return Reading(text, text, text, found.title, authors, found.date)  # type: ignore[union-attr]


def ours(page: GoldPage) -> Reading:
    """What `article_from_page` gives."""
    try:
        article = article_from_page(page.page)
    except InputError:
        return Reading()
    body = article.text[article.title_span.end :] if article.title_span else article.text
    return Reading(
        article.text,
        body.strip(),
        unmarked(article) if page.optional is not None else "",
        article.title,
        article.author,
        printed_day(article),
    )


READERS: dict[str, Callable[[GoldPage], Reading]] = {"bare": bare, "ours": ours}


def unmarked(article: Article) -> str:
    """The text without its title and without what the reader marks as boilerplate."""
    doc = _marker()(article.text)
    spans = sorted((span.start, span.end) for span in (*article.boilerplate, *doc._.boilerplate))
    at = article.title_span.end if article.title_span else 0
    pieces = []
    for start, end in spans:
        pieces.append(article.text[at:start])
        at = max(at, end)
    return "".join([*pieces, article.text[at:]]).strip()


@cache
def _marker() -> Language:
    """The part of the reader that marks boilerplate."""
    import spacy

    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "narrative.Tokenizer.v1"}}})
    for component in (
        "narrative_sentences_v1",
        "narrative_mentions_v1",
        "narrative_encoder_v1",
        "narrative_boilerplate_v2",
    ):
        nlp.add_pipe(component)
    return nlp


def printed_day(article: Article) -> str | None:
    """The day of publication as the page prints it, in its own offset."""
    if article.published is None:
        return None
    offset = article.dates.published.utc_offset if article.dates.published else None
    shift = timedelta(0)
    if offset:
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:])) * (-1 if offset[0] == "-" else 1)
    return (article.published + shift).date().isoformat()


def score(read: list[tuple[GoldPage, Reading]]) -> Scores:
    """Scores of readings against what is known of their pages."""
    scores = Scores()

    def note(measure: str, value: float) -> None:
        scores.values.setdefault(measure, []).append(value)

    for page, reading in read:
        if page.wanted or page.unwanted:
            text = _spaced(reading.text)
            hits = sum(_spaced(segment) in text for segment in page.wanted)
            wrong = sum(_spaced(segment) in text for segment in page.unwanted)
            scores.segments.append((hits, wrong, len(page.wanted) - hits))
        if page.text is not None:
            note("body", words_f1(_without(reading.body, page.optional), page.text))
        if page.text is not None and page.optional is not None:
            note("unmarked", words_f1(_without(reading.unmarked, page.optional), page.text))
        if page.title:
            note("title", letters(reading.title) == letters(page.title))
        if page.authors:
            note("author", _names(reading.authors) == _names(page.authors))
        if page.day:
            note("date", reading.day == page.day)
    return scores


def words_f1(found: str, wanted: str) -> float:
    """F1 of two bags of words, without regard to case; CJK characters count one by one."""
    ours, theirs = _bag(found), _bag(wanted)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def letters(text: str | None) -> str:
    """A text without case, white space and punctuation."""
    return re.sub(r"[\W_]+", "", (text or "").casefold())


def pages_a_second(count: int = 200) -> dict[str, float]:
    """Speed of both readers on the same pages of `aed_andy`, one process, the first pages not counted."""
    chosen = pages("aed_andy")[: count + 10]
    speeds = {}
    for name, reader in READERS.items():
        for page in chosen[:10]:
            reader(page)
        start = time.perf_counter()
        for page in chosen[10:]:
            reader(page)
        speeds[name] = (len(chosen) - 10) / (time.perf_counter() - start)
    return speeds


def compare(half: Half = "all") -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Scores by set, reader and measure."""
    table: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for name in SETS:
        chosen = [page for page in pages(name) if half in ("all", page.half)]
        table[name] = {
            reader: score([(page, read(page)) for page in chosen]).rows() for reader, read in READERS.items()
        }
    return table


def show(table: dict[str, dict[str, dict[str, dict[str, float]]]]) -> None:
    """Print a line a set and measure."""
    for name, readers in table.items():
        for measure in readers["ours"]:
            cells = "   ".join(
                "{} {score:.4f} [{low:.3f}, {high:.3f}]".format(reader, **rows[measure])
                for reader, rows in readers.items()
                if measure in rows
            )
            print(f"{name:17} {measure:9} n {readers['ours'][measure]['n']:4}   {cells}")


def _trafilatura_pages(files: dict[str, bytes]) -> Iterator[GoldPage]:
    for url, item in json.loads(files["tests/evaldata.json"]).items():
        path = next(
            path for path in (f"tests/{place}/{item['file']}.gz" for place in ("cache", "eval")) if path in files
        )
        yield GoldPage(
            item["file"],
            url,
            gzip.decompress(files[path]),
            wanted=tuple(item["with"]),
            unwanted=tuple(item["without"]),
            title=item.get("title"),
            authors=_joined(item.get("author")),
            day=item.get("date"),
        )


def _fundus_pages(files: dict[str, bytes]) -> Iterator[GoldPage]:
    for name, item in json.loads(files["dataset/ground_truth.json"]).items():
        yield GoldPage(
            name, item.get("url", ""), gzip.decompress(files[f"dataset/html/{name}"]), text="\n".join(item["body"])
        )


def _aed_pages(files: dict[str, bytes]) -> Iterator[GoldPage]:
    for item in json.loads(files["news_articles.json"]):
        if f"html/{item['html_file']}.html.gz" not in files:
            continue  # three pages are missing from the archive
        yield GoldPage(
            item["html_file"],
            item["link"],
            gzip.decompress(files[f"html/{item['html_file']}.html.gz"]),
            text=item["text"],
            title=item["title"],
            authors=_joined(item["authors"]),
            day=item["date"],
        )


_READERS: dict[str, Callable[[dict[str, bytes]], Iterator[GoldPage]]] = {
    "trafilatura_eval": _trafilatura_pages,
    "fundus_eval": _fundus_pages,
    "aed_andy": _aed_pages,
}


def _joined(authors: str | list[str] | None) -> str | None:
    return "; ".join(authors) if isinstance(authors, list) else authors


def _labelled_pages() -> Iterator[GoldPage]:
    for label in labelled_pages.labelled():
        url, body = labelled_pages.source_page(label["source"])
        wanted = set(label["article"])
        lines = [line for line in labelled_pages.paragraphs(body) if labelled_pages.paragraph_hash(line) in wanted]
        yield GoldPage(label["source"], url, body, text="\n".join(lines), optional=frozenset(label["optional"]))


def _without(text: str, optional: frozenset[str] | None) -> str:
    lines = text.split("\n")
    return (
        "\n".join(line for line in lines if labelled_pages.paragraph_hash(line) not in optional) if optional else text
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _bag(text: str) -> Counter[str]:
    return Counter(_WORD.findall(re.sub(r"([\u3040-\u30ff\u3400-\u9fff])", r" \1 ", text.lower())))


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name for part in re.split(r"[;,]| and ", text or "") if (name := letters(part)))


def _segment_f1(counts: list[tuple[int, int, int]]) -> float:
    hits, wrong, missed = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * hits / (2 * hits + wrong + missed))


def _row(values: list[Any], statistic: Callable[[list[Any]], float]) -> dict[str, float]:
    rng = random.Random(7)
    resampled = sorted(statistic(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    low, high = resampled[int(0.025 * RESAMPLES)], resampled[int(0.975 * RESAMPLES)]
    return {"score": statistic(values), "low": low, "high": high, "n": len(values)}


def measure() -> dict[str, float]:
    """Scores of the unseen halves by name, for instance `aed_andy body`."""
    scores: dict[str, float] = {}
    for name in SETS:
        read = [(page, ours(page)) for page in pages(name) if page.half == "unseen"]
        scores |= {f"{name} {measure}": row["score"] for measure, row in score(read).rows().items()}
    return scores


def input_hashes() -> dict[str, str]:
    """SHA-256 of every file that the scores rest on."""
    files = [gold.shared() / "data" / "pages" / f"{name}.tar.gz" for name in ("raw_pages", *SETS[:3])]
    files += [gold.shared() / "data" / "news" / "genkinhe_html_2026-08.jsonl.gz", labelled_pages.LABELS]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def pinned() -> dict[str, Any]:
    """The floors and the hashes they were measured with."""
    read: dict[str, Any] = json.loads(PINNED.read_text("utf-8"))
    return read
