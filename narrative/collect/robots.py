"""robots.txt, as RFC 9309 has it, by protego."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from narrative.collect.opt_out import reserving_signal, words

AGENT = "narrative"
_NOBODY = "an-agent-that-no-site-names"


class RobotsRules:
    """What one robots.txt allows this program."""

    def __init__(self, text: str) -> None:
        from protego import Protego

        self._rules = Protego.parse(text)
        self._signal = reserving_signal(text)

    def allows(self, url: str) -> bool:
        """Whether the page may be asked for; robots.txt itself always may."""
        return urlsplit(url).path == "/robots.txt" or bool(self._rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float | None:
        """The seconds between requests that the site asks for, as Crawl-delay or as Request-rate."""
        asked = [self._rules.crawl_delay(AGENT)]
        rate = self._rules.request_rate(AGENT)
        if rate is not None and rate.requests > 0:
            asked.append(rate.seconds / rate.requests)
        return max((float(delay) for delay in asked if delay is not None and 0 <= delay < math.inf), default=None)

    def reserves(self, url: str) -> str | None:
        """What in it reserves the page against text mining; null if nothing does.

        A closed door counts where it is closed to the miners by name, not where nobody may enter.
        """
        if self._signal is not None:
            return f"robots.txt: {self._signal}"
        if not self._rules.can_fetch(url, _NOBODY):
            return None
        shut = next((agent for agent in words().agents if not self._rules.can_fetch(url, agent)), None)
        return f"robots.txt: {shut}" if shut else None
