"""How long an outlet is left alone between requests.

The delay follows AutoThrottle's rule: it moves halfway towards the time that the last answer took, and at once where
that is longer. It never falls below what the registry and robots.txt ask for, and an error never shortens it.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime

LONGEST_DELAY = 60.0  # seconds that AutoThrottle may come to by itself
FIRST_PAUSE = 60.0  # after a 429 or 503 without Retry-After; doubled with each in a row
LONGEST_PAUSE = 86_400.0
_ASKS_FOR_PAUSE = frozenset({429, 503})
_SUCCESS = frozenset({200, 304})


class Pace:
    """The pace of one outlet; times are seconds on whatever clock the caller keeps to.

    Args:
        floor: the least delay, as the registry has it.
        quiet_since: when the last request, of an earlier run perhaps, had its answer.
        until: until when the site asked to be left alone.
    """

    def __init__(self, floor: float, *, quiet_since: float = -math.inf, until: float = -math.inf) -> None:
        self.delay = self._floor = floor
        self._quiet_since, self._until = quiet_since, until
        self.refusals = 0  # in a row

    def at_least(self, delay: float | None) -> None:
        """Take in the delay that robots.txt asks for; the longest one of the outlet's sites counts."""
        self._floor = max(self._floor, delay or 0.0)
        self.delay = max(self.delay, self._floor)

    def ready(self) -> float:
        """When the next request may be made."""
        return max(self._quiet_since + self.delay, self._until)

    @property
    def until(self) -> float:
        """Until when the site asked to be left alone."""
        return self._until

    def answered(self, now: float, latency: float, status: int | None, pause: float | None = None) -> None:
        """Take in an answer, or that there was none.

        Args:
            now: when it came.
            latency: seconds that it took.
            status: of the answer; null if there was none.
            pause: seconds that `Retry-After` asks for.
        """
        slower = max(latency, (self.delay + latency) / 2)
        wanted = max(self._floor, min(slower, max(LONGEST_DELAY, self._floor)))
        if status in _SUCCESS or wanted > self.delay:
            self.delay = wanted
        self._quiet_since = now
        if status in _ASKS_FOR_PAUSE:
            asked = pause if pause is not None else FIRST_PAUSE * 2 ** min(self.refusals, 12)
            self._until = now + min(max(asked, self.delay), LONGEST_PAUSE)
            self.refusals += 1
        elif status is not None:
            self.refusals = 0


def read_retry_after(value: str | None, now: float) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or a date; null for what is neither.

    Args:
        value: of the header.
        now: seconds since 1970.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_PAUSE)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
