"""Who published a repost first, as far as its text tells it: `data/origins.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from narrative.extract.outlets import DATA, host_of, is_data_house, outlet_by_host, outlet_by_name, same_outlet
from narrative.records import Origin
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from narrative.records import Link

LONGEST_LINE = 400  # characters; credits are short, and a limit keeps the time linear
LONGEST_NAME = 60
_LONGEST_KNOWN = 5  # words
_SENTENCE = re.compile(r"[.!?…。！？”\"]\s{1,3}(?=\S)|[。！？]")
_HANDLE = re.compile(r"[(（\[]?@\w{1,40}[)）\]]?")
_ADDRESS = re.compile(r"https?://[^\s<>()\"'，。]{4,300}|\b(?:[a-z0-9-]{1,60}\.){1,4}[a-z]{2,12}\b", re.IGNORECASE)
# Where a name ends: the sentence goes on with a date, a place, a reason.
_NAME_ENDS = re.compile(
    r"\s(?:on|in|by|at|and|with|under|as|here|where|before|for|to)\s|\s[(（|]|[(（|;；\n]|[.。!！?？](?:\s|$)|,\s|，|\s[—–-]\s",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\d|(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug"
    r"|sept?|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|this|that|our|my|his|her|their|its|an?)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s{0,3}[,，、/|｜&]\s{0,3}")
_ORGANISATION = re.compile(
    r"\b(?:Capital|Daily|Finance|Insights|Labs?|Magazine|Media|Network|News|Post|Research|Review|Times|Ventures|Weekly)\b|财经|日报|研究|资本|新闻"
)
_OPENING = re.compile(r"^[\s*_>•·()\[\]（【「“\"'-]{0,10}(?:editor[’']s note\s?:\s?)?", re.IGNORECASE)


class _Patterns(NamedTuple):
    head: int
    tail: int
    end: re.Pattern[str]
    label: re.Pattern[str]
    fields: dict[str, str]  # label → field
    sentences: tuple[re.Pattern[str], ...]


@dataclass
class _Told:
    """What the lines have told so far; the first to name something is believed."""

    outlet: str | None = None
    author: str | None = None
    url: str | None = None
    repost: bool = False


def find_origin(text: str, *, outlet: str | None = None, links: Iterable[Link] = ()) -> Origin | None:
    """The origin that the credits of a text tell; null where there are none or they name `outlet` itself.

    An origin without values says that the text is a repost of something that it does not name.
    """
    told = _Told()
    for start, line, own in _credit_lines(text):
        before = (told.outlet, told.repost)
        _read_sentence(line, told)
        if own:
            _read_labels(line, told)
        if told.url is None and before != (told.outlet, told.repost):
            within = (link.href for link in links if start <= link.start < start + len(line))
            told.url = next((href for href in within if host_of(href)), None)
    if same_outlet(told.outlet, outlet):
        return None
    if told.outlet is None and told.url is None and not told.repost:
        return None  # a byline of its own
    return Origin(outlet=told.outlet or outlet_by_host(host_of(told.url)), author=told.author, url=told.url)


def _credit_lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """The first and the last lines: offset, line, and whether it is the article's own, not the tail of another one."""
    patterns = _patterns()
    lines: list[tuple[int, str, bool]] = []
    at, own = 0, True
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare:
            start = at + line.index(bare[0])
            own = own and not (lines and patterns.end.match(bare[:LONGEST_LINE]))
            lines.append((start, bare[:LONGEST_LINE], own))
            # Where a whole article is one line, its last sentences are what its last lines would be.
            ending = bare[LONGEST_LINE:][-LONGEST_LINE:]
            lines.extend(
                (start + len(bare) - len(ending) + s.end(), ending[s.end() :], own) for s in _SENTENCE.finditer(ending)
            )
        at += len(line)
    last_own = sum(own for _, _, own in lines)
    tail = patterns.tail
    wanted = {*range(patterns.head), *range(last_own - tail, last_own), *range(len(lines) - tail, len(lines))}
    return (line for index, line in enumerate(lines) if index in wanted)


def _read_sentence(line: str, told: _Told) -> None:
    bare = line[_OPENING.match(line).end() :]  # type: ignore[union-attr]  # it also matches nothing
    for pattern in _patterns().sentences:
        found = pattern.match(bare)
        if found is None:
            continue
        named = found.groupdict().get("outlet")
        if named is None:
            told.repost = True
            return
        _name_outlet(named, told, known_only=False)
        return


def _read_labels(line: str, told: _Told) -> None:
    patterns = _patterns()
    found = list(patterns.label.finditer(line))
    for index, label in enumerate(found):
        value = line[label.end() : found[index + 1].start() if index + 1 < len(found) else len(line)].strip()
        field = patterns.fields[label[1].casefold()]
        if not value or len(value) > 200:
            continue
        if field == "outlet":
            _name_outlet(value, told, known_only=False)
        elif field == "known_outlet":
            _name_outlet(value, told, known_only=True)
        elif field == "author":
            _name_author(value, told)
        elif field == "link" and (address := _ADDRESS.search(value)) and address[0].startswith("http"):
            told.url = told.url or address[0].rstrip(".,;")


def _name_outlet(value: str, told: _Told, *, known_only: bool) -> None:
    value = _HANDLE.sub(" ", value).strip(" *_\"'“”‘’《》[]【】")
    address = _ADDRESS.match(value)
    if address:
        url = address[0].rstrip(".,;")
        host = host_of(url if url.startswith("http") else f"https://{url}")
        known = outlet_by_host(host)
        if known_only and (known is None or is_data_house(known)):
            return
        told.outlet = told.outlet or known or host
        told.url = told.url or (url if url.startswith("http") else None)
        return
    named = (outlet_by_name(part.strip(' .。*"“”')) for part in (value, *_PARTS.split(value)))
    known = next((name for name in named if name), None) or _known_beginning(value)
    if known and known_only and is_data_house(known):
        return
    if known is None and not known_only:
        name = _NAME_ENDS.split(value, maxsplit=1)[0].strip(" .。*_\"'“”")
        known = name if _is_name(name) else None
    told.outlet = told.outlet or known


def _known_beginning(value: str) -> str | None:
    """The outlet whose name the value begins with, the longest if there are several."""
    words = value.split()[:_LONGEST_KNOWN]
    names = (outlet_by_name(" ".join(words[:count]).removeprefix("the ")) for count in range(len(words), 0, -1))
    return next((name for name in names if name), None)


def _name_author(value: str, told: _Told) -> None:
    parts = [part.strip(" .。*") for part in _PARTS.split(_HANDLE.sub("", value)) if part.strip(" .。*")]
    outlets = [part for part in parts if outlet_by_name(part)]
    if not outlets and len(parts) > 1:
        outlets = [part for part in parts[1:] if _ORGANISATION.search(part)]
    people = [part for part in parts if part not in outlets and _is_name(part)]
    if people:
        told.author = told.author or ", ".join(people[:3])
    if outlets:
        told.outlet = told.outlet or outlet_by_name(outlets[0]) or outlets[0]


def _is_name(value: str) -> bool:
    if not 2 <= len(value) <= LONGEST_NAME or _NO_NAME.match(value) or len(value.split()) > 6:
        return False
    return value[0].isupper() or not value[0].isascii()


@cache
def _patterns() -> _Patterns:
    data = read_toml(DATA / "origins.toml")
    fields = {label: field for field, labels in data["labels"].items() for label in labels}
    longest_first = sorted(fields, key=len, reverse=True)
    # Latin labels begin a word; Chinese ones need no border. `文` alone must begin the line or follow a space.
    words = "|".join(re.escape(label) for label in longest_first)
    return _Patterns(
        head=data["head_lines"],
        tail=data["tail_lines"],
        end=re.compile(rf"(?:{'|'.join(map(re.escape, data['end']))})\s{{0,2}}(?:[:：|]|$)", re.IGNORECASE),
        label=re.compile(
            rf"(?:^|(?<=[\s,，;；.。|｜*(（【/]))({words})\*{{0,2}}\s{{0,2}}[:：|｜]\s{{0,3}}\*{{0,2}}", re.IGNORECASE
        ),
        fields=fields,
        sentences=tuple(re.compile(sentence["pattern"], re.IGNORECASE) for sentence in data["sentence"]),
    )
