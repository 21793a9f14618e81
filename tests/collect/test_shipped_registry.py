"""The registry that ships, outlet by outlet; corpora with real addresses are looked at where they are there."""

from __future__ import annotations

import gzip
import json
import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from narrative.collect.registry import Outlet, read_registry
from narrative.extract.outlets import host_of, outlet_by_host, outlet_by_name, zone_of
from narrative.resources import read_toml

EXAMPLES = tomllib.loads((Path(__file__).parent / "outlet_examples.toml").read_text("utf-8"))
OUTLETS = read_registry().outlets
LARGE = 50  # addresses of an outlet in the corpora, from which a share says something


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.name)
def test_articles_are_told_from_other_addresses(outlet: Outlet) -> None:
    examples = EXAMPLES[outlet.name]
    assert [url for url in examples["articles"] if not outlet.is_article(url)] == []
    assert [url for url in (*examples["others"], *outlet.addresses) if outlet.is_article(url)] == []


def test_every_example_is_one_of_a_registered_outlet() -> None:
    assert EXAMPLES.keys() == {outlet.name for outlet in OUTLETS}


def test_no_address_is_an_article_of_two_outlets() -> None:
    for name, examples in EXAMPLES.items():
        for url in examples["articles"]:
            assert [outlet.name for outlet in OUTLETS if outlet.is_article(url)] == [name]


def test_an_outlet_goes_by_one_name_everywhere() -> None:
    for outlet in OUTLETS:
        assert outlet_by_host(host_of(outlet.home)) == outlet.title
        assert {outlet_by_name(name) for name in (outlet.title, *outlet.names)} == {outlet.title}
        assert str(zone_of(host_of(outlet.home))) == outlet.zone


def test_no_host_is_told_of_twice() -> None:
    others = read_toml(Path(__file__).parents[2] / "narrative" / "extract" / "data" / "outlets.toml")["outlet"]
    hosts = Counter(host for entry in others for host in entry["hosts"])
    hosts.update(
        host.removeprefix("www.") for outlet in OUTLETS for host in {host_of(outlet.home), *outlet.other_hosts}
    )
    assert [host for host, number in hosts.items() if number > 1] == []


def test_what_is_not_confirmed_has_an_address_that_is_not() -> None:
    assert [outlet.name for outlet in OUTLETS if not outlet.confirmed and not outlet.unconfirmed] == []
    everything = [outlet for outlet in OUTLETS if outlet.confirmed]
    assert [outlet.name for outlet in everything if set(outlet.unconfirmed) >= {*outlet.feeds, *outlet.sitemaps}] == []


@pytest.mark.shared
@pytest.mark.skipif("NARRATIVE_SHARED" not in os.environ, reason="needs the shared folder")
def test_patterns_hold_for_the_addresses_of_real_articles() -> None:
    """Of an outlet with many addresses in the corpora nine tenths are articles; they came by feeds of articles."""
    folder = Path(os.environ["NARRATIVE_SHARED"]) / "data" / "news"
    seen, told = Counter[str](), Counter[str]()
    by_host = {host: outlet for outlet in OUTLETS for host in outlet.hosts}
    for path in [*folder.glob("news_2025-*.jsonl.gz"), folder / "uptodate_2026-08.jsonl.gz"]:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                url = row.get("url") or row.get("link") or ""
                outlet = by_host.get(f"www.{host_of(url)}") or by_host.get(host_of(url) or "")
                if outlet is not None:
                    seen[outlet.name] += 1
                    told[outlet.name] += outlet.is_article(url)
    assert sum(seen.values()) > 15_000
    assert {
        name: told[name] / number for name, number in seen.items() if number >= LARGE and told[name] < 0.9 * number
    } == {}
