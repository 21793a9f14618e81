"""What has to be known of an outlet's layout where the general way falls short: `data/rules.toml`.

A rule holds for the hosts it names and for pages fetched between its dates, so that a page from an archive is read by
the layout of its time.
"""

from __future__ import annotations

from datetime import date  # pydantic reads the annotation
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from narrative.errors import SettingsError
from narrative.extract.outlets import DATA, host_of
from narrative.resources import read_toml

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from lxml.html import HtmlElement

RULES = DATA / "rules.toml"


class Rule(BaseModel):
    """How to read the pages of some hosts between two dates.

    Attributes:
        hosts: without `www.`; subdomains too.
        since: the first day of the layout, null if unknown.
        until: the last day, null while it lasts.
        remove: XPaths of what is taken out of the page before its body is looked for.
        lead: XPath of a standfirst that belongs to the text and stands outside of its container.
        zone: of the times that the pages print without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    remove: tuple[str, ...] = ()
    lead: str | None = None
    zone: str | None = None

    def holds(self, host: str, day: date) -> bool:
        """Whether the rule is for a page of this host, fetched on this day."""
        mine = any(host == own or host.endswith("." + own) for own in self.hosts)
        return mine and (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def clock(self) -> tzinfo | None:
        """The clock that the pages' times are told by, where they don't say."""
        return ZoneInfo(self.zone) if self.zone else None


def rule_for(url: str | None, day: date) -> Rule | None:
    """The rule for a page of this address that was fetched on this day."""
    host = host_of(url)
    return next((rule for rule in _rules() if rule.holds(host, day)), None) if host else None


def prune(tree: HtmlElement, rule: Rule) -> None:
    """Take out of the page what its rule names; the text behind each element stays."""
    for path in rule.remove:
        for element in tree.xpath(path):
            if element.getparent() is not None:
                element.drop_tree()


def lead_of(tree: HtmlElement, rule: Rule) -> str | None:
    """The standfirst that stands outside of the text."""
    found = tree.xpath(rule.lead) if rule.lead else []
    return " ".join(found[0].text_content().split()) or None if found else None


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file, in its order.

    Raises:
        SettingsError: the file is no TOML, or one of its rules can't be read.
    """
    try:
        return tuple(Rule.model_validate(rule) for rule in read_toml(path).get("rule", ()))
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def _rules() -> tuple[Rule, ...]:
    return read_rules(RULES)
