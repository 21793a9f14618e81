"""Who stands behind a host or a printed name: `data/outlets.toml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from narrative.resources import read_toml

DATA = Path(__file__).parent / "data"
_SHORTEST_BEGINNING = 8  # letters; `Bitcoin` alone begins too many names
_NOT_LETTERS = re.compile(r"[\W_]+")


def host_of(url: str | None) -> str | None:
    """The host of an http(s) address without `www.`; null where there is none."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def outlet_by_host(host: str | None) -> str | None:
    """The outlet's name, also for a subdomain of its host."""
    hosts = _table()[0]
    while host:
        if host in hosts:
            return hosts[host]
        host = host.partition(".")[2]
    return None


def outlet_by_name(name: str) -> str | None:
    """The outlet's usual name for a name as printed; null for a name that is not in the table."""
    return _table()[1].get(plain_name(name))


def is_data_house(outlet: str) -> bool:
    """Whether the outlet is known for charts, so that "Source: …" with its name tells of a picture."""
    return outlet in _table()[2]


def plain_name(name: str) -> str:
    """A name without case, white space and punctuation, to compare names as printed."""
    return _NOT_LETTERS.sub("", name.casefold())


def same_outlet(name: str | None, other: str | None) -> bool:
    """Whether two printed names are one outlet's: `thecoinrise` and `TheCoinrise.com`, too."""
    if not name or not other:
        return False
    short, long = sorted(
        (plain_name(outlet_by_name(name) or name), plain_name(outlet_by_name(other) or other)), key=len
    )
    return short == long or (len(short) >= _SHORTEST_BEGINNING and long.startswith(short))


@cache
def _table() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Names by host, names by plain name, and the data houses."""
    entries = read_toml(DATA / "outlets.toml")["outlet"]
    hosts = {host: entry["name"] for entry in entries for host in entry["hosts"]}
    names = {
        plain_name(name): entry["name"]
        for entry in entries
        for name in (entry["name"], *entry.get("names", ()), *entry["hosts"])
    }
    return hosts, names, frozenset(entry["name"] for entry in entries if entry.get("charts"))
