"""Who stands behind a host or a printed name: the registry that ships, and `data/outlets.toml` for everybody else."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from narrative.resources import read_toml

if TYPE_CHECKING:
    from narrative.collect.registry import Outlet

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
    """The outlet's usual name for a name as printed; null for a name that is not in the table.

    Case and punctuation count where two names differ in nothing else: CryptoNews is not crypto.news.
    """
    names = _table()[1]
    return names.get(name.strip().casefold()) or names.get(plain_name(name))


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


def zone_of(host: str | None) -> tzinfo:
    """The zone of an outlet's days, also for a subdomain of its host; UTC for an outlet that the registry lacks."""
    zones = _zones()
    while host:
        if host in zones:
            return ZoneInfo(zones[host])
        host = host.partition(".")[2]
    return UTC


@cache
def _table() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Names by host, names by name as printed and by plain name, and the data houses."""
    entries = [(outlet.title, _hosts(outlet), outlet.names) for outlet in _registered()]
    others = read_toml(DATA / "outlets.toml")["outlet"]
    entries += [(entry["name"], entry["hosts"], entry.get("names", ())) for entry in others]
    hosts = {host: name for name, own, _ in entries for host in own}
    forms = [(form, name) for name, own, also in entries for form in (name, *also, *own)]
    names = {plain_name(form): name for form, name in forms} | {form.casefold(): name for form, name in forms}
    return hosts, names, frozenset(entry["name"] for entry in others if entry.get("charts"))


@cache
def _zones() -> dict[str, str]:
    return {host: outlet.zone for outlet in _registered() for host in _hosts(outlet)}


def _registered() -> tuple[Outlet, ...]:
    from narrative.collect.registry import shipped_registry  # which reads addresses as metadata does

    return shipped_registry().outlets


def _hosts(outlet: Outlet) -> list[str]:
    """The outlet's own hosts: a feed may lie with a service that serves many."""
    return [host.removeprefix("www.") for host in (host_of(outlet.home), *outlet.other_hosts) if host]
