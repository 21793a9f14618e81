"""Which addresses may be spoken to."""

from __future__ import annotations

import socket

import pytest

from narrative.collect.addresses import is_allowed, public_addresses
from narrative.errors import AddressRefused, FetchError

pytestmark = pytest.mark.enable_socket  # what resolves here are written addresses and names that are none


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # not to bind to
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "fe80::1", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2001:db8::1", "", "localhost",
    ],
)  # fmt: skip
def test_refused(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_only_where_it_is_named(address: str) -> None:
    assert is_allowed(address, allow_loopback=True)
    assert not is_allowed("10.0.0.1", allow_loopback=True)
    assert not is_allowed("169.254.169.254", allow_loopback=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_every_way_to_write_an_address(host: str) -> None:
    with pytest.raises(AddressRefused, match="not public"):
        public_addresses(host, 80, f"http://{host}/")


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **kinds: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        public_addresses("two-faces.example", 443, "https://two-faces.example/")


@pytest.mark.parametrize("host", ["a" * 300, "x..y", "\udcff"])
def test_hosts_that_are_none(host: str) -> None:
    with pytest.raises(FetchError, match="not known"):
        public_addresses(host, 80, "http://a.example/")
