"""Boilerplate: what belongs to the page and not to the article, by the notices that the trade uses and by the encoder.

`data/boilerplate.toml` holds the notices by what they do; the encoder adds sentences that none of them knows. Sentences
are cut at the borders of the spans found, so that a sentence which a caption or a related headline runs into stays in
the body.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any

from spacy.language import Language

from narrative.catalogue.folding import fold
from narrative.pipeline.cues import DATA, CueMatcher, payloads
from narrative.pipeline.document import sentence_spans
from narrative.pipeline.recurring import recurring_spans
from narrative.pipeline.sentences import set_sentence_starts
from narrative.records import Span
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding

_MARKS = " \t*_#>•-–—|[]()🚀"  # what may stand before the first word of a line
_LONGEST_HEADLINE = 200
_LONGEST_NOTICE = 400
_LONGEST_LINE = 2000  # a bound on every search for a line break, so that the whole stays linear
_LONGEST_CREDIT = 160
_SHORT_CAPTION = 9  # words of a caption without a full stop
_SHORT_SENTENCE = 7  # and with one
_SHORT_SOURCE = 5
_SMALL_WORD = 4  # letters: "and", "of"
_BODY_FIRST = 1 / 3  # a tail never begins in the first third of a text
_ENDS = frozenset(".!?…。！？”\"')]")  # what a sentence ends with
_GLUED = '.!?”"’'
_LONGEST_DATELINE = 90
_AFTER_DATELINE = " )]/*-–—:,"
_WORD = re.compile(r"\S{1,60}")
# "About Acme Acme is …": the last part of a press release that has lost its line breaks.
_ABOUT = re.compile(r"\bAbout ((?:[A-Z0-9][^\s]{0,30} ){1,4})\1(?:is|are|was|\()")
_ABOUT_LINE = re.compile(r"^[ *_#]{0,8}About [A-Z0-9][^\n.!?]{0,60}$", re.MULTILINE)


@Language.factory(
    "narrative_boilerplate_v2", requires=["token.is_sent_start", "doc._.encoding"], assigns=["doc._.boilerplate"]
)
def create_boilerplate(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_boilerplate`."""
    return mark_boilerplate


def mark_boilerplate(doc: Doc) -> Doc:
    """Set `doc._.boilerplate`, and cut sentences at its borders."""
    text = doc.text
    sentences = list(sentence_spans(doc))
    found = _merged(
        text, [(span.start, span.end) for span in (*find_boilerplate(text, sentences), *recurring_spans(text))]
    )
    doc._.boilerplate = weighed(text, sentences, found, doc._.encoding)
    _cut_sentences(doc)
    return doc


def whole_sentences(text: str, found: tuple[Span, ...]) -> tuple[Span, ...]:
    """The whole sentences of the spans: one that a related headline runs into counts as body.

    Nothing in the rest of the spans is annotated either.
    """
    whole = []
    for span in found:
        closed = span.end >= len(text) or text[span.end - 1] in _ENDS or "\n" in text[span.end : span.end + 3]
        end = span.end if closed else max(text.rfind(f"{mark} ", span.start, span.end) for mark in ".!?") + 1
        if end > span.start:
            whole.append(Span(start=span.start, end=end))
    return tuple(whole)


def weighed(text: str, sentences: list[Span], found: tuple[Span, ...], encoding: Encoding) -> tuple[Span, ...]:
    """What the notices show, with the sentences that the encoder is sure are boilerplate.

    Args:
        text: the article.
        sentences: its sentences, in order.
        found: what the notices show, in order, without overlaps.
        encoding: what the encoder says of the text.
    """
    marked = [(span.start, span.end) for span in found]
    at = 0
    for sentence in sentences:
        while at < len(found) and found[at].end <= sentence.start:
            at += 1
        if at == len(found) or found[at].start >= sentence.end:
            chance = encoding.probabilities("boilerplate", [(sentence.start, sentence.end)])[0]
            if chance >= encoding.threshold("boilerplate"):
                marked.append((sentence.start, sentence.end))
    return _merged(text, marked)


@cache
def _notices() -> tuple[dict[str, Any], CueMatcher[tuple[str, ...]]]:
    data = read_toml(DATA / "boilerplate.toml")
    groups = {f"{part}.{name}": cues for part, body in data.items() for name, cues in body.items() if name in _SEARCHED}
    return data, CueMatcher(payloads(groups))


_SEARCHED = {"starts", "holds", "begins", "ends", "sources", "wires"}


def find_boilerplate(text: str, sentences: list[Span]) -> tuple[Span, ...]:
    """The spans of `text` outside the body, in order, without overlaps.

    Args:
        text: the article.
        sentences: its sentences, trimmed, in order.
    """
    data, matcher = _notices()
    reader = _Reader(text, sentences, data)
    for hit in matcher.find(text):
        for group in hit.payload:
            reader.read(group, hit.start, hit.end)
    reader.read_lines()
    return reader.spans()


def _merged(text: str, found: list[tuple[int, int]]) -> tuple[Span, ...]:
    """Spans without overlaps, in order, without the white space at their ends."""
    merged: list[list[int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    trimmed = []
    for start, end in merged:
        words = text[start:end]
        lead = len(words) - len(words.lstrip())
        trimmed.append(Span(start=start + lead, end=start + len(words.rstrip())) if words.strip() else None)
    return tuple(span for span in trimmed if span is not None)


class _Reader:
    """Collects spans from one text."""

    def __init__(self, text: str, sentences: list[Span], data: dict[str, Any]) -> None:
        self.text = text
        self.sentences = sentences
        self.data = data
        self.found: list[tuple[int, int]] = []
        self.by_start = {self._first_letter(sentence): at for at, sentence in enumerate(sentences)}
        self.feed_begin = -1
        self.starts = [sentence.start for sentence in sentences]

    def _first_letter(self, sentence: Span) -> int:
        start = sentence.start
        while start < sentence.end - 1 and self.text[start] in _MARKS:
            start += 1
        return start

    def read(self, group: str, start: int, end: int) -> None:
        """Take in one cue of a group, found at `start` to `end`."""
        index = self.by_start.get(start)
        match group:
            case "tail.starts" if index is not None and self._late(start):
                self.found.append((self.sentences[index].start, len(self.text)))
            case "tail.starts" if index is not None:
                self._take(index)
            case "repost.starts" if index is not None:
                self._repost(index, end)
            case "headline.starts":
                self.found.append((start, self._headline_end(end)))
            case "feed.begins":
                self.feed_begin = start
            case "feed.ends" if self.feed_begin >= 0 and start - self.feed_begin < _LONGEST_NOTICE:
                self.found.append((self.feed_begin, self._outlet_end(end)))
                self.feed_begin = -1
            case "caption.begins":
                self.found.append((start, self._credit_end(end)))
            case "caption.sources" if index is not None:
                self._source(index, start, end)
            case "sentence.starts" if index is not None:
                self._take(index)
            case "sentence.starts" if (
                start and self.text[start - 1] in _GLUED
            ):  # its line break is lost: "step in.This article …"
                self.found.append((start, max(end, self.sentences[self._index_at(start)].end)))
            case "line.starts" if index is not None and self.text[end + 1 : end + 2].isupper():
                if start == 0 or self.text[start - 1] == "\n":
                    self.found.append((start, self._line_end(start)))
            case "dateline.wires":
                self._dateline(start, end)
            case "sentence.holds":
                self._take(self._index_at(start))
            case "byline.starts" if index is not None:
                self._byline(index)

    def read_lines(self) -> None:
        """Take in what only a whole line or a repeated name shows."""
        headings = frozenset(self.data["tail"]["headings"])
        for sentence in self.sentences:
            line = self.text[sentence.start : sentence.end]
            if (
                len(line) < _SHORT_CAPTION * 10
                and fold(line).strip(_MARKS + ":") in headings
                and self._late(sentence.start)
            ):
                self.found.append((sentence.start, len(self.text)))
                break
        abouts = [*_ABOUT.finditer(self.text), *_ABOUT_LINE.finditer(self.text)]
        starts = [match.start() for match in abouts if match.start() > len(self.text) / 2]
        if starts:
            self.found.append((min(starts), len(self.text)))

    def spans(self) -> tuple[Span, ...]:
        """What was found, trimmed and merged."""
        return _merged(self.text, self.found)

    def _take(self, index: int) -> None:
        sentence = self.sentences[index]
        self.found.append((sentence.start, sentence.end))

    def _late(self, at: int) -> bool:
        return at >= len(self.text) * _BODY_FIRST

    def _index_at(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)

    def _line_end(self, at: int) -> int:
        limit = min(len(self.text), at + _LONGEST_LINE)
        end = self.text.find("\n", at, limit)
        return limit if end < 0 else end

    def _repost(self, index: int, end: int) -> None:
        sentence = self.sentences[index]
        line_end = self._line_end(sentence.start)
        if sentence.start and self.text[sentence.start - 1] != "\n":
            return
        after = fold(self.text[line_end : line_end + 200]).strip()
        if self._late(end) and any(after.startswith(byline) for byline in self.data["repost"]["bylines"]):
            self.found.append((sentence.start, len(self.text)))
        elif line_end - sentence.start < _LONGEST_HEADLINE:
            self.found.append((sentence.start, line_end))

    def _headline_end(self, at: int) -> int:
        """Where the headline that begins at `at` ends, in a text that may have lost its line breaks.

        A line that ends soon ends the headline. Else it runs over capitalised words up to the sentence that follows,
        whose first word, capitalised too, is given back.
        """
        line_end = self._line_end(at)
        rest = self.text[at : min(line_end, at + _LONGEST_HEADLINE)].rstrip()
        if line_end - at <= _LONGEST_HEADLINE * 2 / 3 and ". " not in rest and not rest.endswith("."):
            return line_end
        if line_end - at <= _LONGEST_HEADLINE and (line_end < len(self.text) or not self._title_case(at, line_end)[1]):
            return line_end
        return self._title_case(at, min(line_end, at + _LONGEST_HEADLINE))[0]

    def _title_case(self, at: int, limit: int) -> tuple[int, bool]:
        """The end of the run of headline words, and whether a sentence of the body begins after it."""
        small = self.data["headline"]["small"]
        words = []
        for match in _WORD.finditer(self.text, at, limit):
            word = match.group().lstrip("‘'\"“([*$€£")
            if word[:1].islower() and match.group() not in small:
                break
            words.append(match)
        else:
            return (words[-1].end() if words else at), False
        stop = match.start()
        while words and words[-1].group()[0].islower():
            words.pop()
        if len(words) <= 2:  # a headline in sentence case: to the end of its sentence
            sentence = self.sentences[self._index_at(at)]
            return (sentence.end if at < sentence.end <= limit else max(at, min(stop, limit))), False
        return words[-2].end(), True

    def _outlet_end(self, at: int) -> int:
        line_end = self._line_end(at)
        if line_end - at <= _LONGEST_CREDIT // 2:
            return line_end
        after = self.text[at : at + 60].lstrip()
        offset = at + len(self.text[at : at + 60]) - len(after)
        known = [name for name in self.data["feed"]["outlets"] if after.startswith(name)]
        return offset + len(max(known, key=len)) if known else self.sentences[self._index_at(at)].end

    def _credit_end(self, at: int) -> int:
        window = fold(self.text[at : min(self._line_end(at), at + _LONGEST_CREDIT)])
        ends = [
            position + len(close) for close in self.data["caption"]["closes"] if (position := window.rfind(close)) >= 0
        ]
        if ends:
            return at + max(ends)
        sentence = self.sentences[self._index_at(at)]
        return min(max(sentence.end, at), at + _LONGEST_CREDIT)

    def _source(self, index: int, start: int, end: int) -> None:
        """Take "Source: Glassnode" and the short caption before it; what a credit runs into stays."""
        sentence = self.sentences[index]
        words = self.text[end : sentence.end].split(maxsplit=_SHORT_SOURCE)
        if not words:
            return
        if len(words) < _SHORT_SOURCE:
            self._take(index)
        else:
            following = list(_WORD.finditer(self.text, end, sentence.end))[:2]
            if len(following) < 2 or not following[1].group()[:1].isupper():
                return
            self.found.append((start, following[0].end()))
        if index:
            caption = self.sentences[index - 1]
            longest = _SHORT_SENTENCE if self.text[caption.end - 1] == "." else _SHORT_CAPTION
            words = self.text[caption.start : caption.end].split(maxsplit=longest)
            if len(words) < longest and self.text[caption.end - 1] not in "”\"'!?:":
                self._take(index - 1)

    def _dateline(self, start: int, end: int) -> None:
        """Take "DUBAI, July 15, 2025 (Chainwire) --" off the front of a press release."""
        line_start = self.text.rfind("\n", max(0, start - _LONGEST_DATELINE), start) + 1
        if line_start or start <= _LONGEST_DATELINE:
            while end < len(self.text) and self.text[end] in _AFTER_DATELINE:
                end += 1
            self.found.append((line_start, end))

    def _byline(self, index: int) -> None:
        sentence = self.sentences[index]
        line = self.text[sentence.start : self._line_end(sentence.start)]
        alone = sentence.start == 0 or self.text[sentence.start - 1] == "\n"
        longest = self.data["byline"]["longest"]
        words = line.split(maxsplit=longest)
        if not alone or not 1 < len(words) < longest or line.rstrip()[-1:] in ".!?":
            return
        if all(word[:1].isupper() or not word[:1].isalpha() or len(word) < _SMALL_WORD for word in words[1:]):
            self.found.append((sentence.start, sentence.start + len(line)))


def _cut_sentences(doc: Doc) -> None:
    borders = {border for span in doc._.boilerplate for border in (span.start, span.end)}
    if not borders:
        return
    starts = doc.to_array("SENT_START") == 1
    pending = False
    for token in doc:
        pending = pending or token.idx in borders
        if pending and not token.is_space:
            starts[token.i] = True
            pending = False
    set_sentence_starts(doc, starts)
