"""What names a stretch of time by itself."""

from __future__ import annotations

import re
from dataclasses import replace

from narrative.pipeline.periods import anchored, dates, days, quarters  # noqa: F401  each adds its rules
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.rules import Context, Point, points

_END = re.compile(r"['’]s?\s(?:end|close)\b")


def read_point(text: str, at: int, context: Context) -> Point | None:
    """The longest stretch of time that begins exactly at `at`."""
    point = points.longest(text, at, context)
    ends = _END.match(text, point.end) if point else None
    if point is None or ends is None or point.unit == "day":
        return point
    last = point.interval and Interval(point.interval.end, point.interval.end)
    return replace(point, end=ends.end(), interval=last, unit="day")
