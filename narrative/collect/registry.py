"""The outlet registry: who is collected, where, and which of their addresses are articles; `corpus/outlets.toml`.

A registry is data that others write, so that its patterns run on RE2, in time linear in the address.
"""

from __future__ import annotations

from functools import cache, cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from narrative.collect.links import address_of
from narrative.errors import MissingExtra, SettingsError
from narrative.records import Record
from narrative.resources import read_toml, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_OUTLETS = 5_000
LONGEST_PATTERN = 2_000  # characters
_PATTERN_MEMORY = 1 << 20  # bytes of a compiled pattern


def _http_address(url: str) -> str:
    if address_of(url, "") is None:
        raise ValueError("write an address that begins with https:// or http://")
    return url


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("there is no such time zone; write it like America/New_York or UTC") from error
    return name


def _anchored(pattern: str) -> str:
    if not pattern.startswith(("^https://", "^https?://", "^http://")):
        raise ValueError("begin the pattern with ^https:// and the host, so that it can match no other site")
    return pattern


Address = Annotated[str, AfterValidator(_http_address)]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=253)]


class Outlet(Record):
    """One outlet: `name` is its id, `title` what it calls itself, `zone` that of its days.

    `confirmed` is false where nobody has seen an address answer, `unconfirmed` lists those that nobody has; `narrative
    outlets check` tells. `names` are others that it goes by, `other_hosts` are hosts besides those of its addresses.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    home: Address
    feeds: tuple[Address, ...] = ()
    sitemaps: tuple[Address, ...] = ()
    listings: tuple[Address, ...] = ()
    articles: Annotated[str, StringConstraints(max_length=LONGEST_PATTERN), AfterValidator(_anchored)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")] = "en"
    zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 3.0  # seconds between requests
    rules: str | None = None
    budget: Annotated[int, Field(ge=1)] = 1_000  # requests a day
    confirmed: bool = False
    unconfirmed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    other_hosts: tuple[Host, ...] = ()

    @model_validator(mode="after")
    def _unconfirmed_are_addresses(self) -> Outlet:
        other = next((url for url in self.unconfirmed if url not in self.addresses), None)
        if other is not None:
            raise ValueError(f"unconfirmed: {other} is none of the outlet's addresses")
        return self

    def is_article(self, url: str) -> bool:
        """Whether an address is that of an article of this outlet; http counts as https.

        Raises:
            MissingExtra: RE2 is not installed.
            SettingsError: the pattern is none.
        """
        address = address_of(url, "")
        if address is None or urlsplit(address).hostname not in self.hosts:
            return False
        pattern = _compiled(self.articles)
        secure = address.replace("http://", "https://", 1) if address.startswith("http://") else address
        return bool(pattern.search(secure) or pattern.search(address))

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts that belong to the outlet, each with and without `www.`."""
        named = {_host(url) for url in self.addresses} | set(self.other_hosts)
        return frozenset(named | {twin for host in named if (twin := _twin(host))})

    @property
    def addresses(self) -> tuple[str, ...]:
        """Home, feeds, sitemaps and listings."""
        return (self.home, *self.feeds, *self.sitemaps, *self.listings)

    @property
    def is_loopback(self) -> bool:
        """Whether the outlet is served by this machine, which only a registry may ask for."""
        return all(_is_loopback(_host(url)) for url in self.addresses)


class Registry(Record):
    """The outlets of a registry, in its order."""

    outlets: Annotated[tuple[Outlet, ...], Field(min_length=1, max_length=MOST_OUTLETS)]

    def outlet_of(self, url: str) -> Outlet | None:
        """The outlet of which an address is an article; null for what is nobody's article."""
        address = address_of(url, "")
        candidates = self._by_host.get(urlsplit(address).hostname or "", ()) if address else ()
        return next((outlet for outlet in candidates if outlet.is_article(url)), None)

    def select(self, names: Iterable[str]) -> tuple[Outlet, ...]:
        """The outlets of these names; all of them where none is given.

        Raises:
            SettingsError: there is none of a name.
        """
        wanted = list(names)
        known = {outlet.name: outlet for outlet in self.outlets}
        missing = next((name for name in wanted if name not in known), None)
        if missing is not None:
            raise SettingsError(f"--outlet {missing}: there is none of that name; `narrative outlets list` shows them")
        return tuple(known[name] for name in dict.fromkeys(wanted)) if wanted else self.outlets

    @cached_property
    def _by_host(self) -> dict[str, tuple[Outlet, ...]]:
        found: dict[str, tuple[Outlet, ...]] = {}
        for outlet in self.outlets:
            for host in outlet.hosts:
                found[host] = (*found.get(host, ()), outlet)
        return found


def read_registry(path: Path | None = None) -> Registry:
    """Read a registry, and see that every pattern is one.

    Args:
        path: a TOML file with a table [[outlet]] each; null for the one that ships.

    Raises:
        SettingsError: it can't be read, or an outlet is described wrongly: which, what, and how to mend it.
        MissingExtra: RE2 is not installed.
    """
    path = path or shipped("corpus", "outlets.toml")
    registry = _parsed(path)
    for outlet in registry.outlets:
        try:
            _compiled(outlet.articles)
        except SettingsError as error:
            raise SettingsError(f"{path}: outlet '{outlet.name}': articles: {error}") from error
    return registry


@cache
def shipped_registry() -> Registry:
    """The registry that ships, its patterns unread: for whoever only asks for names and zones."""
    return _parsed(shipped("corpus", "outlets.toml"))


def _parsed(path: Path) -> Registry:
    values = read_toml(path)
    tables = values.pop("outlet", None)
    if values or not isinstance(tables, list) or not tables:
        what = f"unknown key '{next(iter(values))}'" if values else "there is no outlet in it"
        raise SettingsError(f"{path}: {what}; a registry is a table [[outlet]] each")
    outlets: list[Outlet] = []
    for number, table in enumerate(tables[: MOST_OUTLETS + 1], 1):
        outlets.append(_outlet(table, f"{path}: outlet {number}"))
    names = [outlet.name for outlet in outlets]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice:
        raise SettingsError(f"{path}: two outlets are named '{twice}'; give each a name of its own")
    if len(outlets) > MOST_OUTLETS:
        raise SettingsError(f"{path}: more than {MOST_OUTLETS:,} outlets; split the file")
    return Registry(outlets=tuple(outlets))


def _outlet(table: Any, where: str) -> Outlet:
    if isinstance(table, dict) and isinstance(table.get("name"), str):
        where = f"{where} ('{table['name'][:60]}')"
    try:
        return Outlet.model_validate(table)
    except ValidationError as error:
        faults = error.errors()
        first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{where}: unknown key '{key}'; there are {', '.join(Outlet.model_fields)}") from error
        told = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{where}: {key}: {told}" if key else f"{where}: {told}") from error


@cache
def _compiled(pattern: str) -> Any:
    try:
        import re2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # ships no types
    except ImportError as error:
        raise MissingExtra("collect", "telling articles by the registry's patterns") from error
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise SettingsError(f"{pattern[:80]!r} is no pattern of RE2: {reason}") from error


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _twin(host: str) -> str | None:
    """`www.` and bare are one site; a subdomain has no twin."""
    if host.startswith("www."):
        return host[4:]
    return f"www.{host}" if host.count(".") == 1 else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
