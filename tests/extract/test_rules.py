"""Layouts of outlets, by date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from lxml.etree import XPath
from made_pages import PARAGRAPHS, html

from narrative.errors import SettingsError
from narrative.extract import rules
from narrative.extract.page import article_from_page
from narrative.extract.rules import RULES, Rule, read_rules, rule_for
from narrative.records import Page

if TYPE_CHECKING:
    from pathlib import Path


def test_shipped_rules_can_be_used() -> None:
    for rule in read_rules(RULES):
        assert rule.hosts
        assert rule.clock or rule.lead or rule.remove
        for path in (*rule.remove, *([rule.lead] if rule.lead else [])):
            XPath(path)


def test_a_rule_holds_for_its_hosts_and_days() -> None:
    rule = Rule(hosts=("example.com",), since=date(2024, 1, 1), until=date(2024, 12, 31))
    assert rule.holds("en.example.com", date(2024, 12, 31))
    assert not rule.holds("example.com", date(2025, 1, 1))
    assert not rule.holds("example.com", date(2023, 12, 31))
    assert not rule.holds("counterexample.com", date(2024, 6, 1))


def test_pages_are_read_by_the_layout_of_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(
        hosts=("example-coin-news.com",),
        until=date(2025, 12, 31),
        remove=("//p[@class='card']",),
        lead="//h2[@class='standfirst']",
        zone="Asia/Shanghai",
    )
    monkeypatch.setattr(rules, "_rules", lambda: (rule,))
    card = "A card that names another article of this outlet, long enough to be taken for a paragraph of this one."
    markup = html(
        head='<meta property="article:published_time" content="2025-06-01T09:30:00">',
        body=f"<p class='card'>{card}</p>",
    ).replace("<main>", "<h2 class='standfirst'>What stands first.</h2><main>")
    url = "https://www.example-coin-news.com/markets/a"
    read = {
        year: article_from_page(Page(url=url, body=markup.encode(), fetched=datetime(year, 12, 1, tzinfo=UTC)))
        for year in (2025, 2026)
    }
    assert card not in read[2025].text
    assert card in read[2026].text
    assert read[2025].text.split("\n\n")[1].split("\n")[:2] == ["What stands first.", PARAGRAPHS[0]]
    assert read[2025].published == datetime(2025, 6, 1, 1, 30, tzinfo=UTC)
    assert read[2026].published == datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


def test_an_error_in_a_rule_names_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nhosts = ["a.com"]\nremoves = ["//p"]\n', "utf-8")
    with pytest.raises(SettingsError, match=r"rules\.toml: removes"):
        read_rules(path)
    assert rule_for("file.html", date(2026, 1, 1)) is None
