"""Which addresses of the network may be spoken to."""

from __future__ import annotations

import ipaddress
import socket

from narrative.errors import AddressRefused, FetchError
from narrative.extract.walls import WAY_ON

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def public_addresses(host: str, port: int, url: str, *, allow_loopback: bool = False) -> list[str]:
    """Resolve a host once, in whatever form it is written, and check every address that it has.

    Raises:
        AddressRefused: one of them is private, loopback, link-local, multicast or reserved.
        FetchError: the host has none.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            url, f"the host {host} is not known; check the address and the connection, or {WAY_ON}"
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not is_allowed(address, allow_loopback=allow_loopback):
            named = "this address" if host.strip("[]") == address else f"{host} is {address}, which"
            raise AddressRefused(url, f"{named} is not public, and is not fetched; {WAY_ON}")
    if not addresses:
        raise FetchError(url, f"the host {host} has no address")
    return addresses


def names_loopback(host: str) -> bool:
    """Whether a host, as it is written, says that it is this machine; one that merely resolves to it does not."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_allowed(address: str, *, allow_loopback: bool = False) -> bool:
    """Whether an address is public, or this machine where that is allowed; so for IPv4 inside IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(parsed)
    if inner is not None:
        return is_allowed(str(inner), allow_loopback=allow_loopback)
    if parsed.is_loopback:
        return allow_loopback
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
