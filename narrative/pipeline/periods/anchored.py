"""What is counted from the expression before: "the next day", "a year earlier", "the same period", "since then".

An anchor is an expression of the same paragraph, a few lines back at most. Without one these words are counted from
publication where that can be meant, else they have no dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.pipeline.periods import calendar, trading
from narrative.pipeline.periods.rules import Context, Point, points

if TYPE_CHECKING:
    import re

    from narrative.pipeline.periods.calendar import Interval

_rule = points.rule
_BACK = ("previous", "prior", "preceding", "before", "earlier", "ago")
_THE_NOUN = r"(?!\s(?:(?:the|a|an|his|its|their)\b|(?-i:[A-Z]\w)))"


@_rule(
    ["the", "a", "one"],
    r"(?:the\s(?P<way>next|following|previous|prior|preceding)\s(?P<unit>day|week|month|quarter|year|trading\sday|trading\ssession|session)\b"
    r"|(?:the|a|one)\s(?P<unit2>day|week|month|quarter|year)\s(?P<way2>before|earlier|after|later|prior|ago)\b"
    + _THE_NOUN
    + ")",
)
def _beside(match: re.Match[str], context: Context) -> Point | None:
    """The day, week, month, quarter or year beside the anchor."""
    way, unit = (match["way"] or match["way2"]).lower(), (match["unit"] or match["unit2"]).lower().split()[-1]
    trades = unit == "session" or " " in (match["unit"] or "")
    unit = "day" if trades else unit
    number = 1 if way in _BACK else -1
    anchor = context.anchor
    if anchor is None or anchor.interval is None or not _counts(anchor, unit):
        if way in ("previous", "prior", "preceding", "before") and unit == "day" and context.published:
            moved = trading.shift(context.published, -1) if trades else calendar.plus_days(context.published, -1)
            return Point(match.end(), calendar.between(moved, moved), True)
        return None
    if trades:
        moved = trading.shift(anchor.interval.start if number > 0 else anchor.interval.end, -number)
        return Point(match.end(), calendar.between(moved, moved), anchor.relative)
    begun = calendar.around(unit, anchor.interval.start) if anchor.unit == unit else None
    if begun and begun.start == anchor.interval.start:
        return Point(match.end(), calendar.around(unit, begun.start, -number), anchor.relative, unit)
    if unit == "year" or anchor.unit == unit:
        return Point(match.end(), calendar.before(anchor.interval, unit, number), anchor.relative, anchor.unit)
    edge = calendar.around(unit, anchor.interval.start, -number)
    return Point(match.end(), edge, anchor.relative, unit)


def _counts(anchor: Point, unit: str) -> bool:
    """Whether the anchor is a whole of the unit, or of one that a year can be counted from."""
    if unit == "year":
        return anchor.unit in ("quarter", "half", "month", "months", "year")
    if unit == "day":
        return anchor.unit == "day" and anchor.interval is not None and anchor.interval.start == anchor.interval.end
    return anchor.unit == unit


@_rule(
    ["the", "same", "that"],
    r"(?:the\s|that\s|this\s)?same\s(?P<unit>period|day|week|month|quarter|span|stretch|timeframe|time\speriod|year)\b"
    r"(?:\s(?:of\s|in\s|the\s)?(?:(?P<earlier>last\syear|the\s(?:previous|prior|preceding)\syear|(?:a|one)\syear\s(?:ago|earlier|before)|the\syear\sbefore)|(?P<year>20\d\d))\b)?"
    r"|that\s(?P<unit2>day|week|month|quarter|year)\b",
)
def _same(match: re.Match[str], context: Context) -> Point | None:
    """The anchor again, or the same stretch of an earlier year."""
    anchor, unit = context.anchor, (match["unit"] or match["unit2"]).lower()
    if anchor is None or anchor.interval is None:
        return Point(match.end(), None, unit=f"that {unit}")
    interval: Interval | None = anchor.interval
    if match["earlier"]:
        interval = calendar.before(anchor.interval, "year")
    elif match["year"]:
        interval = calendar.in_year(anchor.interval, int(match["year"]))
    elif unit in ("day", "week", "month", "quarter", "year") and unit != anchor.unit:
        if anchor.interval.start != anchor.interval.end or unit == "day":
            return Point(match.end(), None, unit=f"that {unit}")
        interval = calendar.around(unit, anchor.interval.start)
    return Point(match.end(), interval, anchor.relative, anchor.unit)


@_rule(["since"], r"since\s(?:then|that\s(?:day|time|point|date|week|month))\b")
def _since_then(match: re.Match[str], context: Context) -> Point | None:
    anchor = context.anchor
    if anchor is None or anchor.interval is None:
        return None
    return Point(match.end(), calendar.between(anchor.interval.start, context.published), True, "span")
