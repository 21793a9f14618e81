"""What names a stretch of time by itself."""

from __future__ import annotations

from narrative.pipeline.periods import anchored, dates, days, quarters  # noqa: F401  each adds its rules
from narrative.pipeline.periods.rules import Context, Point, points


def read_point(text: str, at: int, context: Context) -> Point | None:
    """The longest stretch of time that begins exactly at `at`."""
    return points.longest(text, at, context)
