"""Names that a corpus speaks of often and that no entry covers: the way the catalogue grows.

Three passes over the annotations, each in bounded memory: words that the corpus also writes in small letters; runs of
capitalised words in sentences where a capital says something; then every occurrence of the most frequent of them, in
headlines too. What is said word for word twice counts once, so that a footer is no news.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from heapq import nlargest
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from narrative.errors import MissingExtra

try:
    import pyarrow.compute as pc
except ImportError as error:
    raise MissingExtra("corpus", "looking for gaps") from error

from narrative.catalogue.entries import load_catalogue, per_catalogue
from narrative.catalogue.folding import fold
from narrative.catalogue.upkeep.names import in_title_case, is_code, is_covered, is_part_of_name, names_in
from narrative.records import EntityType, Record
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from narrative.store.corpus import Corpus

EXAMPLES: Final = 3
EXAMPLE_LENGTH: Final = 220  # characters

_DATA = Path(__file__).parent / "gaps.toml"
_MAX_NAMES = 400_000  # held at a time; then the rarest go (lossy counting)
_FOLLOWED, _LEAST_FOLLOWED = 20, 1_000  # names looked at in the last pass: for each that is wanted, at the least
_PLAIN = 20  # times that a plain word is written in small letters
_MAX_SENTENCES = 2_000  # of a name, whose wording is remembered
_REACH = 1_000  # characters on either side that are looked at of a long sentence
_MAX_CHARACTERS = 200_000  # of an article
_OFTEN_SMALL = 0.25  # a name is written in small letters less often than this
_PAIR = re.compile(r"([A-Z]{2,6})[-/]?USD[CT]?")  # a market, no name
_SMALL = re.compile(r"\b[a-zà-ÿ]{2,20}\b")
_SENTENCE = re.compile(r"[^\n]+")
_OF_ADDRESSES = frozenset("@/_")


class Gap(Record):
    """A name that no entry covers.

    Attributes:
        name: as the corpus writes it.
        type: what the reader guessed; null where it saw no name.
        stories: articles that say something new with it.
        outlets: how many of them speak of it.
        examples: sentences.
    """

    name: str
    type: EntityType | None
    stories: int
    outlets: int
    examples: tuple[str, ...]


class _Reading(NamedTuple):
    """What is looked at of an annotation."""

    outlet: str
    text: str
    sentences: list[tuple[int, int]]
    covered: list[tuple[int, int]]  # by linked entities and boilerplate
    unknown: list[tuple[int, int, str, EntityType]]  # start, end, name, type


def find_gaps(corpus: Corpus, top: int = 50, *, progress: Callable[[int, int], object] | None = None) -> list[Gap]:
    """The most frequent names of an annotated corpus that neither an entry nor a linked mention covers.

    Args:
        corpus: an annotated corpus; of an article that was read more than once the last reading counts.
        top: how many, at the most.
        progress: called with how many annotations are read in all passes, and how many there are to be.
    """
    until = corpus.last_batch("annotations")
    wanted = _last_readings(corpus, until)
    total, done = len(wanted), 0

    def readings() -> Iterator[_Reading]:
        nonlocal done
        row = 0
        for part in corpus.read("annotations", ["outlet", "article", "entities", "sentences"], until=until):
            yield from _readings(part, wanted[row : row + part.num_rows])
            row += part.num_rows
            done += part.num_rows
            if progress:
                progress(done, 3 * total)

    small: Counter[str] = Counter()
    for reading in readings():
        small.update(_SMALL.findall(reading.text))
        _keep_frequent(small)
    names, types = _names(readings(), small)
    followed = _Followed(names, types, small, max(_LEAST_FOLLOWED, _FOLLOWED * top))
    for reading in readings():
        followed.look_at(reading)
    return nlargest(top, followed.gaps(), key=lambda gap: (gap.stories * gap.outlets**0.5, gap.name))


def _last_readings(corpus: Corpus, until: int) -> list[bool]:
    """For every row of `annotations`, whether it is the last of its article."""
    rows = [
        ident
        for part in corpus.read("annotations", ["article_id"], until=until)
        for ident in part.column(0).to_pylist()
    ]
    last = {ident: row for row, ident in enumerate(rows)}
    return [last[ident] == row for row, ident in enumerate(rows)]


def _readings(part: pa.RecordBatch, wanted: Sequence[bool]) -> Iterator[_Reading]:
    article, outlets = part.column("article"), part.column("outlet").to_pylist()
    texts, languages, titles, notices = (
        pc.struct_field(article, name).to_pylist() for name in ("text", "language", "title_span", "boilerplate")
    )
    sentences = _lists(part.column("sentences"), "start", "end")
    entities = _lists(part.column("entities"), "start", "end", "id", "name", "type")
    for row in range(part.num_rows):
        if not wanted[row] or languages[row] not in (None, "en"):
            continue
        text = texts[row][:_MAX_CHARACTERS]
        titled = [_pair(titles[row])] if titles[row] else []
        linked = [(start, end) for start, end, ident, _, _ in entities[row] if ident]
        yield _Reading(
            outlets[row] or "unknown",
            text,
            sorted(titled + sentences[row]) or [match.span() for match in _SENTENCE.finditer(text)],
            sorted(linked + [_pair(span) for span in notices[row]]),
            [(start, end, name, kind) for start, end, ident, name, kind in entities[row] if not ident],
        )


def _lists(column: pa.ListArray, *names: str) -> list[list[Any]]:
    """A column of lists of structs as a list of tuples a row."""
    fields = [pc.struct_field(column.values, name).to_pylist() for name in names]
    rows, borders = list(zip(*fields, strict=True)), column.offsets.to_pylist()
    return [rows[start:end] for start, end in pairwise(borders)]


def _pair(span: dict[str, int]) -> tuple[int, int]:
    return span["start"], span["end"]


def _keep_frequent(counts: Counter[str]) -> None:
    """Drop the rarest once there are too many."""
    least = 1
    while len(counts) > _MAX_NAMES:
        for name in [name for name, count in counts.items() if count <= least]:
            del counts[name]
        least += 1


def _names(readings: Iterator[_Reading], small: Counter[str]) -> tuple[Counter[str], dict[str, Counter[EntityType]]]:
    """How many stories say each name, and what the reader took it for."""
    names: Counter[str] = Counter()
    types: dict[str, Counter[EntityType]] = {}
    for reading in readings:
        own = {name for _, _, name, _ in reading.unknown}
        taken = sorted([*reading.covered, *((start, end) for start, end, _, _ in reading.unknown)])
        for _, _, name, kind in reading.unknown:
            types.setdefault(name, Counter())[kind] += 1
        for start, end in reading.sentences:
            sentence = reading.text[start:end]
            if not in_title_case(sentence) and not is_code(sentence):
                own.update(names_in(reading.text, start, end, taken, small))
        names.update(own)
        _keep_frequent(names)
        if len(types) > _MAX_NAMES:
            types = {name: kinds for name, kinds in types.items() if name in names}
    for name in list(names):
        if not _may_be_name(name, names, small):
            del names[name]
    return names, types


def _may_be_name(name: str, names: Counter[str], small: Counter[str]) -> bool:
    words = name.split()
    if len(name) < 2 or not any(letter.isalpha() for letter in name) or fold(name) in _known():
        return False
    if {fold(name), fold(words[0]), fold(words[-1])} & _nothing():
        return False
    pair = _PAIR.fullmatch(name)
    if pair and fold(pair[1]) in _known():
        return False
    if len(words) == 1:
        return small[name.lower()] < _OFTEN_SMALL * names[name]
    parts = [part for part in re.split(r" (?:and|for|of|of the) ", name) if part != name]
    return not parts or names[name] >= 0.5 * min(names[part] for part in parts)


@per_catalogue
def _known() -> frozenset[str]:
    return frozenset(fold(form) for entry in load_catalogue().entries for form in entry.forms)


@cache
def _nothing() -> frozenset[str]:
    lists = read_toml(_DATA)
    phrases = lists.pop("phrases").splitlines()
    return frozenset(map(fold, [*phrases, *(word for words in lists.values() for word in words.split())]))


@dataclass
class _Seen:
    """What was seen of a name."""

    stories: int = 0
    small: int = 0
    all: int = 0
    outlets: set[str] = field(default_factory=set)
    wordings: set[int] = field(default_factory=set)
    examples: dict[str, str] = field(default_factory=dict)  # by outlet


class _Followed:
    """The most frequent names, each occurrence of which is looked at."""

    def __init__(
        self, names: Counter[str], types: dict[str, Counter[EntityType]], small: Counter[str], number: int
    ) -> None:
        self._names = [name for name, _ in names.most_common(number)]
        rarest = {name: min(small[word.lower()] for word in name.split()) for name in self._names if name not in types}
        self._plain = {name for name, count in rarest.items() if count > _PLAIN}
        # A capital in a headline says nothing, and a corpus of headlines writes few words in small letters.
        self._unsure = {name for name, count in rarest.items() if count or name[1:].islower()}
        self._types = types
        self._seen = {name: _Seen() for name in self._names}
        folded: dict[str, list[str]] = {}
        for name in self._names:
            folded.setdefault(fold(name), []).append(name)
        self._by_folded = list(folded.values())
        self._automaton = AhoCorasick(
            folded.keys(), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def look_at(self, reading: _Reading) -> None:
        """Count the occurrences of the names in an article."""
        text = reading.text
        own: dict[str, list[int]] = {name: [start] for start, _, name, _ in reading.unknown if name in self._seen}
        for pattern, start, end in self._automaton.find_matches_as_indexes(fold(text)):
            before, after = text[max(0, start - 1) : start], text[end : end + 1]
            if before.isalnum() or after.isalnum() or before in _OF_ADDRESSES:
                continue
            surface = text[start:end]
            for name in self._by_folded[pattern]:
                seen = self._seen[name]
                seen.all += 1
                seen.small += surface.islower()
                if (
                    surface == name
                    and not is_part_of_name(text, start, end)
                    and not is_covered(reading.covered, start, end)
                ):
                    own.setdefault(name, []).append(start)
        starts = [start for start, _ in reading.sentences]
        for name, places in own.items():
            self._count(self._seen[name], name, reading, places, starts)

    def _count(self, seen: _Seen, name: str, reading: _Reading, places: list[int], starts: list[int]) -> None:
        news = False
        for place in places[:20]:
            at = bisect_right(starts, place) - 1
            start, end = reading.sentences[at] if at >= 0 else (0, 0)
            if not start <= place < end:
                continue
            start, end = max(start, place - _REACH), min(end, place + _REACH)
            sentence = reading.text[start:end]
            if name in self._unsure and in_title_case(sentence):
                continue
            wording = hash(sentence)
            if wording in seen.wordings:
                continue
            news = True
            if len(seen.wordings) < _MAX_SENTENCES:
                seen.wordings.add(wording)
            if reading.outlet not in seen.examples and len(seen.examples) < EXAMPLES and len(sentence) > 30:
                seen.examples[reading.outlet] = _around(sentence, place - start)
        if news:
            seen.stories += 1
            seen.outlets.add(reading.outlet)

    def gaps(self) -> Iterator[Gap]:
        """The names that are written with capitals mostly; of plain words only what several outlets say."""
        for name in self._names:
            seen, kinds = self._seen[name], self._types.get(name)
            if seen.stories > 1 and seen.small < _OFTEN_SMALL * seen.all and len(seen.outlets) > (name in self._plain):
                yield Gap(
                    name=name,
                    type=kinds.most_common(1)[0][0] if kinds else None,
                    stories=seen.stories,
                    outlets=len(seen.outlets),
                    examples=tuple(seen.examples.values()),
                )


def _around(sentence: str, place: int) -> str:
    """A sentence, or its part around a name if it is long."""
    begin = 0 if len(sentence) <= EXAMPLE_LENGTH else max(0, min(place - 80, len(sentence) - EXAMPLE_LENGTH))
    shown = " ".join(sentence[begin : begin + EXAMPLE_LENGTH].split())
    return f"{'…' if begin else ''}{shown}{'…' if begin + EXAMPLE_LENGTH < len(sentence) else ''}"
