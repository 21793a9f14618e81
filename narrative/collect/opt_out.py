"""Reservations against text mining, wherever a site may make them: robots.txt, tdmrep.json, headers, meta tags.

What counts stands in `data/opt_out.toml`. A page that reserves itself is kept, marked, and left unread; the crawling
itself is governed by robots.txt alone.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WELL_KNOWN = "/.well-known/tdmrep.json"
MOST_RULES = 1_000  # of a tdmrep.json
_LONGEST_HEADER = 2_000  # characters
_SIGNAL = re.compile(r"^[ \t]*(?:content-signal|content-usage)[ \t]*:([^\r\n#]{0,500})", re.IGNORECASE | re.MULTILINE)
_DATA = Path(__file__).parent / "data" / "opt_out.toml"


class Words(NamedTuple):
    """What counts as a reservation."""

    agents: tuple[str, ...]  # of robots.txt
    directives: frozenset[str]  # of X-Robots-Tag and <meta name="robots">
    signals: frozenset[str]  # of Content-Signal and Content-Usage


@cache
def words() -> Words:
    """The vocabulary, from `data/opt_out.toml`."""
    read = read_toml(_DATA)
    return Words(tuple(read["agents"]), frozenset(read["directives"]), frozenset(read["signals"]))


def reserved_by_headers(header: Callable[[str], str | None]) -> str | None:
    """Which header reserves the page; null if none does.

    Args:
        header: a header's value by its name.
    """
    if (header("tdm-reservation") or "").strip() == "1":
        return "header tdm-reservation"
    found = reserving_directive(header("X-Robots-Tag") or "")
    return f"header X-Robots-Tag: {found}" if found else None


def reserving_directive(value: str) -> str | None:
    """The first word of an X-Robots-Tag or a robots meta tag that reserves the page, whichever agent it is said to."""
    said = re.split(r"[\s,;:]+", value[:_LONGEST_HEADER].lower())
    return next((word for word in said if word in words().directives), None)


def reserving_signal(robots: str) -> str | None:
    """The content signal of a robots.txt (`ai-train=no`) that reserves the site; null if none does."""
    for line in _SIGNAL.finditer(robots):
        for said in line[1].lower().split(","):
            signal = "".join(said.split())
            if signal in words().signals:
                return signal
    return None


class SiteRules(NamedTuple):
    """A site's tdmrep.json: path patterns in their order, and whether what they match is reserved."""

    patterns: tuple[tuple[str, bool], ...] = ()

    def reserves(self, url: str) -> bool:
        """Whether the first pattern that matches the page's path reserves it."""
        path = unquote(urlsplit(url).path) or "/"
        return next((reserved for pattern, reserved in self.patterns if _matches(pattern, path)), False)


def read_site_rules(data: bytes) -> SiteRules:
    """Read a tdmrep.json (W3C's TDM Reservation Protocol); what is none holds no rules."""
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError):
        return SiteRules()
    if not isinstance(entries, list):
        return SiteRules()
    found = (
        (entry["location"][:_LONGEST_HEADER], str(entry.get("tdm-reservation")) == "1")
        for entry in entries[:MOST_RULES]
        if isinstance(entry, dict) and isinstance(entry.get("location"), str)
    )
    return SiteRules(tuple(found))


def _matches(pattern: str, path: str) -> bool:
    """As in robots.txt: a beginning of the path, `*` for anything, `$` for the end."""
    exact = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    return _in_order(path[len(first) :], rest, exact=exact) if rest else not exact or path == first


def _in_order(path: str, pieces: Iterable[str], *, exact: bool) -> bool:
    *inner, last = pieces
    at = 0
    for piece in inner:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return path[at:].endswith(last) if exact else path.find(last, at) >= 0
