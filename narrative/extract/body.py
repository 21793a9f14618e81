"""The paragraphs of a page that are its article: trafilatura's, held against what the page itself says its text is.

trafilatura finds the main part; the lines that a site sets around and between the paragraphs of any article
(`data/furniture.toml`) are then left out: widgets, prompts, lists of other articles, readers' comments. What belongs to
this article alone, a disclaimer or a credit, stays, for the reader to mark.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from narrative.extract.outlets import DATA, plain_name
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

SHORT_ARTICLE = 1_000  # characters
KEPT = 0.6  # of what trafilatura finds in its balanced mode
SHORTEST_TOLD = 400  # letters of a text told in metadata; less is a summary
SHORTEST_MATCH = 12  # letters of a line that are no chance match
LONGEST_TOLD = 200_000  # letters, and lines times letters below keep hostile pages short
MOST_LINES = 2_000
FOUND = 0.5  # of the told text; a reading with less has missed the article
MOST_BLOCKS = 5_000
MOST_BLOCK_CHARACTERS = 2_000_000  # of all blocks, which may hold one another
LONGEST_PROMPT = 300  # characters of a line that only prompts
LONGEST_HEADING = 60
BODY_FIRST = 0.3  # of the letters stand before anything that ends an article
LONG_PARAGRAPH = 160  # characters; a headline or a teaser has fewer
_BLOCKS = ("p", "li", "h2", "h3", "h4", "blockquote", "td", "div")
_MARKUP = re.compile(r"<[^<>]{1,500}>")
_BREAK = re.compile(r"<(?:/p|/li|/h[1-6]|br ?/?)>|\r?\n", re.IGNORECASE)
_SENTENCE_END = (".", "!", "?", "。", "！", "？", "…", '"', "”", "’", "»", ")", ":", "：")


class _Furniture(NamedTuple):
    ends: frozenset[str]
    end_starts: tuple[str, ...]
    lines: frozenset[str]
    starts: tuple[str, ...]
    holds: re.Pattern[str]


def body_of(tree: HtmlElement, url: str | None, told: str | None, *, is_article: bool) -> str:
    """The article's paragraphs in their order, a line each.

    Args:
        tree: the page.
        url: its address.
        told: the text of the article as the page's metadata hold it (`articleBody`), if they do.
        is_article: whether the page says that it is one article; then trafilatura may leave out more.
    """
    lines = _extracted(tree, url, is_article=is_article)
    spoken = _paragraphs(told or "")
    letters = sum(len(plain_name(line)) for line in spoken)
    if SHORTEST_TOLD <= letters <= LONGEST_TOLD and len(lines) <= MOST_LINES:
        lines = _held_against(lines, spoken, tree)
    return "\n".join(without_furniture(lines))


def without_furniture(lines: Sequence[str]) -> list[str]:
    """The lines of a page without those that a site sets around any article."""
    furniture = _furniture()
    lines = lines[: _article_end(lines, furniture)]
    return [line for line in lines if not _is_furniture(line, furniture)]


def _extracted(tree: HtmlElement, url: str | None, *, is_article: bool) -> list[str]:
    """What trafilatura finds; in its precise mode for an article, unless that leaves out too much of a short one."""
    if not is_article:
        return _trafilatura(tree, url, precise=False)
    precise = _trafilatura(tree, url, precise=True)
    letters = sum(map(len, precise))
    if letters >= SHORT_ARTICLE:
        return precise
    balanced = _trafilatura(tree, url, precise=False)
    return precise if letters > KEPT * sum(map(len, balanced)) else balanced


def _trafilatura(tree: HtmlElement, url: str | None, *, precise: bool) -> list[str]:
    from trafilatura import bare_extraction

    document = bare_extraction(tree, url=url, include_comments=False, include_tables=True, favor_precision=precise)
    lines = (" ".join(line.split()) for line in (getattr(document, "text", None) or "").split("\n"))
    return [line for line in lines if line]


def _paragraphs(told: str) -> list[str]:
    """A text from metadata, which may hold markup, as lines."""
    if "<" in told:
        told = _MARKUP.sub(" ", _BREAK.sub("\n", told))
    lines = (" ".join(unescape(line).split()) for line in told.split("\n"))
    return [line for line in lines if line]


def _held_against(lines: list[str], told: list[str], tree: HtmlElement) -> list[str]:
    """The lines up to where the told text ends; its own where the lines are something else."""
    whole = "".join(map(plain_name, told))
    matched = [index for index, line in enumerate(lines) if _within(line, whole)]
    letters = sum(len(plain_name(lines[index])) for index in matched)
    if letters < FOUND * len(whole):
        blocks = _blocks_within(tree, whole)
        found = sum(len(plain_name(line)) for line in blocks)
        return (
            blocks if found > max(letters, 0.8 * len(whole)) else max(lines, told, key=lambda own: _overlap(own, whole))
        )
    last = matched[-1]
    # Metadata may be cut short, but then hardly at the end of a paragraph.
    if whole.endswith(plain_name(lines[last])):
        return [line for line in lines[: matched[0]] if line.endswith(_SENTENCE_END)] + lines[matched[0] : last + 1]
    return lines


def _overlap(lines: Iterable[str], whole: str) -> int:
    return sum(len(plain_name(line)) for line in lines if _within(line, whole))


def _within(line: str, whole: str) -> bool:
    plain = plain_name(line)
    return len(plain) >= SHORTEST_MATCH and plain in whole


def _blocks_within(tree: HtmlElement, whole: str) -> list[str]:
    """The innermost blocks of the page whose words are part of a text, each once."""
    lines: dict[str, None] = {}
    read = 0
    for block in islice(tree.iter(*_BLOCKS), MOST_BLOCKS):
        if any(child.tag in _BLOCKS for child in block):
            continue
        line = " ".join(block.text_content().split())
        read += len(line)
        if read > MOST_BLOCK_CHARACTERS:
            break
        if _within(line, whole):
            lines.setdefault(line)
    return list(lines)


def _article_end(lines: Sequence[str], furniture: _Furniture) -> int:
    """The first line that only ends articles and behind which no long paragraph follows."""
    total = sum(map(len, lines))
    last = max((index for index, line in enumerate(lines) if _is_paragraph(line)), default=-1)
    before = 0
    for index, line in enumerate(lines):
        if index > last and before >= BODY_FIRST * total and _ends(line, furniture):
            return index
        before += len(line)
    return len(lines)


def _is_paragraph(line: str) -> bool:
    return len(line) >= LONG_PARAGRAPH and line.endswith(_SENTENCE_END)


def _ends(line: str, furniture: _Furniture) -> bool:
    plain = _plain(line)
    return len(line) <= LONGEST_HEADING and (plain in furniture.ends or plain.startswith(furniture.end_starts))


def _is_furniture(line: str, furniture: _Furniture) -> bool:
    if len(line) > LONGEST_PROMPT:
        return False
    plain = _plain(line)
    return plain in furniture.lines or plain.startswith(furniture.starts) or bool(furniture.holds.search(plain))


def _plain(line: str) -> str:
    return line.casefold().replace("’", "'").strip(" -–—•*:：|>▶►[](){}.!?…")


@cache
def _furniture() -> _Furniture:
    data = read_toml(DATA / "furniture.toml")
    return _Furniture(
        ends=frozenset(data["end"]["lines"]),
        end_starts=tuple(data["end"]["starts"]),
        lines=frozenset(data["line"]["lines"]) | frozenset(data["end"]["lines"]),
        starts=tuple(data["line"]["starts"]),
        holds=re.compile("|".join(map(re.escape, data["line"]["holds"]))),
    )
