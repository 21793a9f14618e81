from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from narrative.collect.registry import Outlet, read_registry
from narrative.errors import SettingsError
from narrative.resources import shipped

if TYPE_CHECKING:
    from pathlib import Path

WIRE = """
[[outlet]]
name = "wire"
title = "Wire"
home = "https://www.wire.example/"
feeds = ["https://feeds.example/wire"]
articles = '^https://www\\.wire\\.example/20\\d\\d/[a-z0-9-]+$'
zone = "Asia/Singapore"
"""


def registry_file(folder: Path, text: str) -> Path:
    path = folder / "outlets.toml"
    path.write_text(text, "utf-8")
    return path


def outlet(**fields: object) -> Outlet:
    told = {"name": "wire", "title": "Wire", "home": "https://wire.example/", "articles": "^https://wire\\.example/a/"}
    return Outlet.model_validate({**told, **fields})


def test_reads_a_registry_with_what_holds_where_nothing_is_said(tmp_path: Path) -> None:
    (wire,) = read_registry(registry_file(tmp_path, WIRE)).outlets
    assert wire.hosts == {"www.wire.example", "wire.example", "feeds.example", "www.feeds.example"}
    assert (wire.language, wire.zone, wire.delay, wire.budget, wire.confirmed) == (
        "en",
        "Asia/Singapore",
        3,
        1_000,
        False,
    )
    assert (wire.sitemaps, wire.listings, wire.rules) == ((), (), None)


def test_tells_articles_from_other_addresses(tmp_path: Path) -> None:
    registry = read_registry(registry_file(tmp_path, WIRE))
    (wire,) = registry.outlets
    for url in (
        "https://www.wire.example/2026/bitcoin-falls",
        "http://www.wire.example/2026/bitcoin-falls",
        "https://WWW.wire.example:443/2026/bitcoin-falls?utm_source=rss#top",
    ):
        assert wire.is_article(url)
        assert registry.outlet_of(url) is wire
    for url in (
        "https://www.wire.example/2026/",
        "https://www.wire.example/tag/bitcoin",
        "https://www.wire.example.evil.example/2026/bitcoin-falls",
        "https://evil.example/?https://www.wire.example/2026/bitcoin-falls",
        "https://me@www.wire.example/2026/bitcoin-falls",
        "ftp://www.wire.example/2026/bitcoin-falls",
        "",
    ):
        assert not wire.is_article(url)
        assert registry.outlet_of(url) is None


def test_a_pattern_that_would_backtrack_takes_no_time() -> None:
    slow = outlet(articles="^https://wire\\.example/(a+)+$")
    begun = time.process_time()
    assert not slow.is_article("https://wire.example/" + "a" * 1_900 + "!")
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("home =", "hom ="), "unknown key 'hom'"),
        (("https://www.wire.example/", "www.wire.example"), "home: write an address"),
        (('zone = "Asia/Singapore"', 'zone = "Asia/Sandcastle"'), "no such time zone"),
        (("^https", "https"), "begin the pattern with"),
        (("[a-z0-9-]+$", "(?=x)"), "no pattern of RE2"),
        (("[a-z0-9-]+$", "(((x{100}){100}){100})"), "no pattern of RE2"),
        (('name = "wire"', 'name = "The Wire"'), "name"),
        (('name = "wire"', 'name = "wire"\ndelay = -1'), "delay"),
        (('name = "wire"', 'name = "wire"\nbudget = 0'), "budget"),
        (("[[outlet]]", "[outlet]"), "a table"),
        (("[[outlet]]", "[[paper]]"), "unknown key 'paper'"),
        (("[[outlet]]", "[[outlet"), "outlets.toml"),
    ],
)
def test_says_what_is_wrong_with_a_registry(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=r"outlets\.toml") as error:
        read_registry(registry_file(tmp_path, WIRE.replace(*change)))
    assert told in str(error.value)


def test_two_outlets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two outlets are named 'wire'"):
        read_registry(registry_file(tmp_path, WIRE + WIRE))


def test_an_absent_registry_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        read_registry(tmp_path / "nothing.toml")


def test_loopback_is_allowed_only_where_every_address_is_loopback() -> None:
    assert outlet(home="http://127.0.0.1:8000/", articles="^http://127").is_loopback
    assert outlet(home="http://localhost/", articles="^http://localhost").is_loopback
    assert not outlet(home="http://localhost/", feeds=("https://wire.example/",), articles="^http://l").is_loopback
    assert not outlet().is_loopback


def test_outlets_are_selected_by_name(tmp_path: Path) -> None:
    registry = read_registry(registry_file(tmp_path, WIRE + WIRE.replace('"wire"', '"other"')))
    assert [found.name for found in registry.select(["other", "other"])] == ["other"]
    assert len(registry.select([])) == 2
    with pytest.raises(SettingsError, match="--outlet third"):
        registry.select(["third"])


def test_the_samples_registry_knows_every_page_of_the_sample() -> None:
    registry = read_registry(shipped("corpus", "sample", "outlets.toml"))
    for found in registry.outlets:
        folder = shipped("corpus", "sample", "pages", found.name)
        pages = [found.home + path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
        assert pages
        assert all(registry.outlet_of(page) is found for page in pages)
        assert not any(found.is_article(url) for url in found.addresses)
