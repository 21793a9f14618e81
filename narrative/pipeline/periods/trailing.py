"""Spans that end with publication: "at press time", "past 24 hours", "over five weeks", "weekly", "year to date"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from narrative.pipeline.periods import calendar, trading
from narrative.pipeline.periods.numerals import COUNTS, DIGITS, UNIT, count, unit_of
from narrative.pipeline.periods.rules import DIGIT, Context, Point, spans

if TYPE_CHECKING:
    from narrative.pipeline.periods.calendar import Interval

_rule = spans.rule
_PAIR = re.compile(r"\b(?:past|last)\s(?:\w{1,9}\s(?:and|or)\s)?$", re.IGNORECASE)
_MOVED = (
    r"(?:gain|loss|drop|declin|decreas|increas|ris|surg|jump|fall|fell|chang|perform|inflow|outflow|flow|return|rall|slid"
    r"|slump|volume|trading\svolume|redemption|liquidation|advance)"
)
_MEASURED = re.compile(
    rf"\s(?:\w+\s){{0,2}}?(?:{_MOVED}|vol\b|high|low|range|period|window|time\s?frame|basis|liquidat|turnover)",
    re.IGNORECASE,
)
_PAST_WORDS = "the its their past last previous prior preceding trailing latest recent".split()


def to_publication(start: Interval | None, context: Context) -> Interval | None:
    """From the start of a stretch of time to publication."""
    return calendar.between(start.start, context.published) if start and context.published else None


@_rule(
    ["at", "by", "as", "currently", "right", "now", "these"],
    r"(?:(?:at|by|as\sof)\s(?:the\s)?(?:this\s)?(?:time\sof\s(?:this\s)?(?:writing|press|publication|publishing|reporting)|press\stime|writing|publication\stime|now)"
    r"|currently|at\s(?:present|the\smoment)|right\snow|now(?!,|\strading\s(?:below|above)|\swell|\s(?!stand|sitt|hold|trad)\w{2,20}ing\b)|these\sdays)\b",
)
def _at_writing(match: re.Match[str], context: Context) -> Point:
    return Point(match.end(), calendar.between(context.published, context.published), True, "now")


@_rule(["current"], r"current\s(?:[A-Za-z]{1,12}\s){0,2}(?:price|level|value)(?=\s(?:of|near|around|at)\s)")
def _current(match: re.Match[str], context: Context) -> Point:
    return Point(match.end(), calendar.between(context.published, context.published), True, "now")


def _back(match: re.Match[str], number: int, unit: str, context: Context) -> Point:
    start = trading.shift_by(context.published, -number, unit) if context.published else None
    return Point(match.end(), calendar.between(start, context.published), True, "span")


@_rule(
    _PAST_WORDS,
    rf"(?:(?:the|its|their)\s)?(?:past|last|previous|prior|preceding|trailing|latest|recent)\s(?:(?P<count>{DIGITS})[\s-])?(?P<unit>{UNIT})s?\b(?!\sof\sthe\b)"
    rf"|(?:(?:the|its|their)\s)?(?:past|last)\s(?P<count2>{DIGITS})\s?(?P<unit2>h|hrs?|d)\b",
)
def _past(match: re.Match[str], context: Context) -> Point | None:
    words, number, unit = match["count"] or match["count2"], 1, match["unit"] or match["unit2"]
    if words:
        number = count(words)
    elif unit_of(unit) == "session":
        return _session(match, context)
    elif not match.group().lower().startswith(("the past", "past", "the last")):
        return None  # "last week" is the calendar's: see points.py
    return _back(match, number, unit_of(unit), context)


def _session(match: re.Match[str], context: Context) -> Point:
    """The latest trading day before publication; "the past sessions" are none in particular."""
    if match.group().endswith("s"):
        return Point(match.end(), None)
    day = trading.shift(context.published, -1) if context.published else None
    return Point(match.end(), calendar.between(day, day), True)


@_rule(
    [*COUNTS, *"hours days weeks months years".split()],
    rf"(?P<count>{DIGITS})(?=(?:\s(?:and|or|to)\s{DIGITS})?[\s-](?P<unit>{UNIT})s?\b)"
    rf"(?P<whole>[\s-]{UNIT}s?\b)?",
)
def _past_pair(match: re.Match[str], context: Context) -> Point | None:
    """One of two spans: "the past seven and thirty days"."""
    before = _PAIR.search(match.string[max(0, match.start() - 30) : match.start()])
    return _back(match, count(match["count"]), unit_of(match["unit"]), context) if before else None


_FORTHCOMING = re.compile(
    r"\b(?:plan\w*|pledg\w*|commit\w*|aim\w*|intend\w*|will|could|may|might|would|expected|projected|promis\w*)\b[^.;]{0,60}$"
)


@_rule(
    ["over", "in", "across", "within"],
    rf"(?:over|(?P<inside>in|within)|across)\s(?:just\s|only\s|roughly\s|about\s|under\s|less\sthan\s)?(?P<count>an?|{DIGITS})\s(?P<unit>{UNIT})s?\b(?!\s(?:of|from|between|after|before|since)\b|['’]\stime\b)",
)
def _over(match: re.Match[str], context: Context) -> Point | None:
    """So long up to publication; "in a day" and "within 48 hours" only tell how fast."""
    unit = unit_of(match["unit"])
    number, inside = count(match["count"]), (match["inside"] or "").lower()
    if inside and (unit == "hour" or (unit in ("day", "session") and (number < 2 or inside == "within"))):
        return _back(match, 24, unit, context) if match.group().lower() == "in 24 hours" else None
    if _FORTHCOMING.search(match.string, max(0, match.start() - 80), match.start()):
        end = trading.shift_by(context.published, number, unit) if context.published else None
        return Point(match.end(), calendar.between(context.published, end), True, "span")
    return _back(match, number, unit, context)


@_rule(
    ["the", "next", "coming", "following", "upcoming"],
    rf"(?:the\s)?(?:next|coming|following|upcoming)\s(?P<count>{DIGITS})\s(?P<unit>{UNIT})s?\b",
)
def _next(match: re.Match[str], context: Context) -> Point:
    number, unit = count(match["count"]), unit_of(match["unit"])
    end = trading.shift_by(context.published, number, unit) if context.published else None
    return Point(match.end(), calendar.between(context.published, end), True, "span")


@_rule([DIGIT], r"(?:(?P<hours>24|48|72)(?:[\s-]hours?|[\s-]?hrs?|\s?h)\b(?!\sago|\slater))")
def _hours(match: re.Match[str], context: Context) -> Point | None:
    before = match.string[max(0, match.start() - 8) : match.start()].lower()
    if match.group().lower().endswith("-hour") and not _MEASURED.match(match.string, match.end()):
        return None  # "a 24-hour exchange"
    if before.endswith(("within ", "for ")) or (match["hours"] != "24" and before.endswith("in ")):
        return None  # how fast or how long, not when
    return _back(match, int(match["hours"]), "hour", context)


@_rule(
    COUNTS,
    rf"(?P<count>{DIGITS})[\s-](?P<unit>day|week|month|year)s?\s(?:price\s|net\s)?(?:{_MOVED}\w{{0,5}}|period|timeframe|window|span)\b(?!\s(?:streak|run)\b)",
)
def _spanning(match: re.Match[str], context: Context) -> Point:
    return _back(match, count(match["count"]), match["unit"].lower(), context)


_EVERY = {
    "daily": "day",
    "single-day": "day",
    "one-day": "day",
    "intraday": "day",
    "weekly": "week",
    "monthly": "month",
}


@_rule(
    ["on", "in", "day", "week", "month"],
    r"on\s(?:a|the)\s(?P<every>daily|weekly|monthly|day|week|month)\b(?!\s(?:of|end|begin|start))(?:\s(?:scale|basis|timeframe|time\sframe|chart))?"
    r"|(?:in|on)\sthe\s(?P<every2>daily|weekly|monthly)\s(?:timeframe|time\sframe)"
    r"|(?P<every3>day|week|month)[\s-](?:over|on|to)[\s-](?P=every3)\b",
)
def _every(match: re.Match[str], context: Context) -> Point:
    word = (match["every"] or match["every2"] or match["every3"]).lower()
    return _back(match, 1, _EVERY.get(word, word), context)


@_rule(
    ["weekly", "monthly", "daily", "intraday", "single", "one"],
    r"(?P<gain>daily|intraday)(?=\s(?:gain|loss|drop|decline|rise|surge|jump|fall|change|increase))|(?<=(?:up|wn)\s)(?P<up>weekly)\b|(?<=%\s)(?P<percent>weekly)\b"
    rf"|(?P<flow>daily|weekly|monthly|(?:single|one)-day)(?=\s(?:net\s|price\s|total\s|crypto\s|ETF\s|fund\s|spot\s){{0,3}}{_MOVED})",
)
def _every_gain(match: re.Match[str], context: Context) -> Point:
    """A rate of change up to publication; a flow or volume "daily" or "weekly" belongs to the report's day or week."""
    if not match["flow"]:
        return _back(match, 1, _EVERY[match.group().lower()], context)
    unit = _EVERY[match["flow"].lower()]
    if unit == "day":
        return Point(match.end(), None, unit="that day")
    return replace(_back(match, 1, unit, context), unit=f"that {unit}")


@_rule(
    ["during", "over", "through", "throughout", "across", "for"],
    r"(?:during|over|through|throughout|across|for)\sthe\s(?:trading\s|full\s)?week\b(?!\s(?:of|end|begin|start))",
)
def _the_week(match: re.Match[str], context: Context) -> Point:
    """The week in progress, on its Monday the one before; or the week that the report is about."""
    if context.published is None:
        return Point(match.end(), None, True, "that week")
    whole = calendar.week(context.published, 0 if context.published.weekday() else -1)
    interval = whole and calendar.between(whole.start, min(whole.end, context.published))
    return Point(match.end(), interval, True, "that week")


@_rule(
    ["the", "year", "month", "week", "quarter", "ytd", "mtd", "qtd", "wtd", "for", "on", "in"],
    r"(?:the\s)?(?P<unit>year|month|week|quarter)[\s-]to[\s-]date\b|(?P<short>YTD|MTD|QTD|WTD)\b|(?:for|on|in)\sthe\s(?P<whole>year)\b(?!\s(?:end|of|20|prior|before|earlier))",
)
def _to_date(match: re.Match[str], context: Context) -> Point:
    unit = (
        match["unit"]
        or match["whole"]
        or {"Y": "year", "M": "month", "Q": "quarter", "W": "week"}[match["short"][0].upper()]
    ).lower()
    whole = calendar.around(unit, context.published) if context.published else None
    return Point(match.end(), to_publication(whole, context), True, "span")
