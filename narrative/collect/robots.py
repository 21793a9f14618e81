"""robots.txt, as RFC 9309 has it, by protego."""

from __future__ import annotations

from urllib.parse import urlsplit

AGENT = "narrative"


class RobotsRules:
    """What one robots.txt allows this program."""

    def __init__(self, text: str) -> None:
        from protego import Protego

        self._rules = Protego.parse(text)

    def allows(self, url: str) -> bool:
        """Whether the page may be asked for; robots.txt itself always may."""
        return urlsplit(url).path == "/robots.txt" or bool(self._rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float | None:
        """The seconds between requests that the site asks for."""
        delay = self._rules.crawl_delay(AGENT)
        return float(delay) if delay is not None else None
