"""Expressions around a stretch of time ("since", "by", "from … to"), and spans that end with publication.

As in `points.py`, every pattern is bounded and is tried only where a word begins that can begin it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from narrative.pipeline.periods import calendar
from narrative.pipeline.periods.calendar import Interval
from narrative.pipeline.periods.numerals import COUNTS, DIGITS, ORDINALS, UNIT, count, unit_of
from narrative.pipeline.periods.points import POINT_WORDS, read_point
from narrative.pipeline.periods.rules import DIGIT, Context, Point, RuleBook

_RULES = RuleBook()
_rule = _RULES.rule
_PAST_WORDS = "the its their past last previous prior preceding trailing latest recent".split()
_THE = re.compile(r"the\s|(?:the\s)?(?:month|week|weekend|year)\sof\s", re.IGNORECASE)
_JOIN = re.compile(r"\s?(?:to|and|through|until|till|[-–—])\s?", re.IGNORECASE)
_MOVED = (
    r"(?:gain|loss|drop|declin|decreas|increas|ris|surg|jump|fall|fell|chang|perform|inflow|outflow|flow|return|rall|slid"
    r"|slump|volume|trading\svolume)"
)


def read_span(text: str, at: int, context: Context) -> Point | None:
    """The longest expression of time that begins exactly at `at`, with a preposition that changes its meaning."""
    point, span = read_point(text, at, context), _RULES.longest(text, at, context)
    return span if span and (point is None or span.end > point.end) else point


def _inner(text: str, at: int, context: Context) -> Point | None:
    article = _THE.match(text, at)
    return read_point(text, at, context) or (read_point(text, article.end(), context) if article else None)


def span_words() -> frozenset[str]:
    """Every word that can begin an expression of time."""
    return _RULES.words | POINT_WORDS


def _to_publication(start: Interval | None, context: Context) -> Interval | None:
    return calendar.between(start.start, context.published) if start and context.published else None


@_rule(["ever", "since"], r"(?:ever\s)?since\s(?:(?:[A-Za-z’'-]{1,20}\s){0,8}?(?:in|on)\s|(?:its|their|his|her)\s)?")
def _since(match: re.Match[str], context: Context) -> Point | None:
    begin = _inner(match.string, match.end(), replace(context, ahead=False))
    # A date with a year is no relative expression, but its end is the publication date.
    return Point(begin.end, _to_publication(begin.interval, context), True) if begin else None


@_rule(["from", "between"], r"(?:(?P<open>from)|between)\s")
def _from(match: re.Match[str], context: Context) -> Point | None:
    first = _inner(match.string, match.end(), context)
    if first is None:
        return None
    join = _JOIN.match(match.string, first.end)
    second = _inner(match.string, join.end(), context) if join else None
    if second:
        start, end = first.interval, second.interval
        if start and end and first.relative and start.start > end.end:  # "from Tuesday to Thursday", on a Tuesday
            start = calendar.before(start, "week" if first.unit == "day" and second.unit == "day" else "year")
        interval = calendar.spanning(start, end)
        return Point(second.end, interval, first.relative or second.relative)
    if not match["open"] or first.unit not in ("day", "month", "months"):
        return None
    if first.unit == "months" or (
        first.interval and first.unit == "day" and first.interval.start != first.interval.end
    ):
        return first  # "from November 13 to 18"
    return Point(first.end, _to_publication(first.interval, context) or first.interval, True)


@_rule(["by", "until", "till", "through"], r"(?:by|until|till|through)\s(?:as\searly\sas\s)?")
def _by(match: re.Match[str], context: Context) -> Point | None:
    limit = _inner(match.string, match.end(), context)
    if limit is None:
        return None
    if limit.interval and context.published and limit.interval.end > context.published:
        return Point(limit.end, Interval(context.published, limit.interval.end), True)
    return Point(limit.end, limit.interval, True)


@_rule(["as"], r"as\sof\s")
def _as_of(match: re.Match[str], context: Context) -> Point | None:
    return _inner(match.string, match.end(), context)


@_rule(["so"], r"so\sfar\s(?:in\s|(?=this))")
def _so_far(match: re.Match[str], context: Context) -> Point | None:
    whole = _inner(match.string, match.end(), context)
    return Point(whole.end, _to_publication(whole.interval, context), True) if whole else None


@_rule(
    ["at", "by", "as", "currently", "right", "now", "these"],
    r"(?:(?:at|by|as\sof)\s(?:the\s)?(?:this\s)?(?:time\sof\s(?:this\s)?(?:writing|press|publication|publishing|reporting)|press\stime|writing|publication\stime|now)"
    r"|currently|at\s(?:present|the\smoment)|right\snow|now(?!,|\strading\s(?:below|above)|\swell|\s(?!stand|sitt|hold|trad)\w{2,20}ing\b)|these\sdays)\b",
)
def _at_writing(match: re.Match[str], context: Context) -> Point:
    return Point(match.end(), calendar.between(context.published, context.published), True, "now")


def _back(match: re.Match[str], number: int, unit: str, context: Context) -> Point:
    start = calendar.shift(context.published, -number, unit) if context.published else None
    return Point(match.end(), calendar.between(start, context.published), True, "span")


@_rule(
    _PAST_WORDS,
    rf"(?:(?:the|its|their)\s)?(?:past|last|previous|prior|preceding|trailing|latest|recent)\s(?:(?P<count>{DIGITS})[\s-])?(?P<unit>{UNIT})s?\b"
    rf"|(?:(?:the|its|their)\s)?(?:past|last)\s(?P<count2>{DIGITS})\s?(?P<unit2>h|hrs?|d)\b",
)
def _past(match: re.Match[str], context: Context) -> Point | None:
    words, number, unit = match["count"] or match["count2"], 1, match["unit"] or match["unit2"]
    if words:
        number = count(words)
    elif not match.group().lower().startswith(("the past", "past", "the last")):
        return None  # "last week" is the calendar's: see points.py
    return _back(match, number, unit_of(unit), context)


@_rule(
    ["over", "in", "across"],
    rf"(?:over|in|across)\s(?:just\s|only\s|roughly\s|about\s|under\s)?(?P<count>an?|{DIGITS})\s(?P<unit>day|week|month|year|hour)s?\b(?!\sof\b)",
)
def _over(match: re.Match[str], context: Context) -> Point | None:
    if context.ahead:
        return None
    return _back(match, count(match["count"]), unit_of(match["unit"]), context)


@_rule(
    ["the", "next", "coming", "following", "upcoming"],
    rf"(?:the\s)?(?:next|coming|following|upcoming)\s(?P<count>{DIGITS})\s(?P<unit>{UNIT})s?\b",
)
def _next(match: re.Match[str], context: Context) -> Point:
    end = (
        calendar.shift(context.published, count(match["count"]), unit_of(match["unit"])) if context.published else None
    )
    return Point(match.end(), calendar.between(context.published, end), True, "span")


@_rule([DIGIT], r"(?:(?P<hours>24|48|72)(?:[\s-]hours?|[\s-]?hrs?|\s?h)\b(?!\sago|\slater))")
def _hours(match: re.Match[str], context: Context) -> Point:
    return _back(match, int(match["hours"]), "hour", context)


@_rule(
    COUNTS,
    rf"(?P<count>{DIGITS})[\s-](?P<unit>day|week|month|year)s?\s(?:price\s|net\s)?(?:{_MOVED}\w{{0,5}}|period|timeframe|window|span)\b",
)
def _spanning(match: re.Match[str], context: Context) -> Point:
    return _back(match, count(match["count"]), match["unit"].lower(), context)


_PERIODIC = {
    "daily": "day",
    "day": "day",
    "intraday": "day",
    "weekly": "week",
    "week": "week",
    "monthly": "month",
    "month": "month",
}


@_rule(
    ["on", "for", "in", "day", "week", "month"],
    r"(?:(?:on|for)\s(?:a|the)\s)(?P<every>daily|weekly|monthly|day|week|month)\b(?!\s(?:of|end|begin|start))(?:\s(?:scale|basis|timeframe|time\sframe|chart))?"
    r"|(?:in|on)\sthe\s(?P<every2>daily|weekly|monthly)\s(?:timeframe|time\sframe)"
    r"|(?P<every3>day|week|month)[\s-](?:over|on|to)[\s-](?P=every3)\b",
)
def _every(match: re.Match[str], context: Context) -> Point | None:
    word = (match["every"] or match["every2"] or match["every3"]).lower()
    if match.group().lower() == "for the week":
        return _the_week(match, context)
    if match.group().lower() in ("for the day", "for the month"):
        return None
    return _back(match, 1, _PERIODIC[word], context)


@_rule(
    ["weekly", "monthly", "daily", "intraday"],
    rf"(?P<every>daily|intraday)(?=\s(?:gain|loss|drop|decline|rise|surge|jump|fall|change|increase))|(?P<every2>weekly|monthly)(?=\s(?:net\s|price\s|total\s|crypto\s|ETF\s|fund\s){{0,2}}{_MOVED})|(?<=(?:up|wn)\s)weekly\b|(?<=%\s)weekly\b",
)
def _every_gain(match: re.Match[str], context: Context) -> Point | None:
    word = (match["every"] or match["every2"] or "weekly").lower()
    return _back(match, 1, _PERIODIC[word], context)


@_rule(
    ["during", "over", "through", "throughout", "across"],
    r"(?:during|over|through|throughout|across)\sthe\s(?:trading\s|full\s)?week\b(?!\s(?:of|end))",
)
def _the_week(match: re.Match[str], context: Context) -> Point:
    """The week in progress; on its Monday the one before."""
    if context.published is None:
        return Point(match.end(), None, True, "week")
    whole = calendar.week(context.published, 0 if context.published.weekday() else -1)
    return Point(match.end(), whole and calendar.between(whole.start, min(whole.end, context.published)), True, "week")


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
    return Point(match.end(), _to_publication(whole, context), True, "span")


@_rule(["year", "yoy", "y"], r"year[\s-](?:over|on)[\s-]year\b|yoy\b|y/y\b")
def _yearly(match: re.Match[str], context: Context) -> Point:
    return replace(_back(match, 1, "year", context), unit="weak")


@_rule(
    ["the", "week", "month", "quarter", "half", "year", "fiscal", "financial", *ORDINALS[:4], *COUNTS],
    r"(?:the\s)?(?P<number>one|two|three|six|nine|twelve|[1-9]|12)?\s?(?:(?:fiscal|financial)\s)?(?:(?:first|second|third|fourth)\s)?(?P<unit>week|month|quarter|half|year)s?\s(?:that\s|which\s)?(?:end(?:ed|ing|s)|to)\s(?:on\s|in\s)?",
)
def _ending(match: re.Match[str], context: Context) -> Point | None:
    last = read_point(match.string, match.end(), replace(context, fiscal=False))
    if last is None or last.unit not in ("day", "month"):
        return None
    if last.interval is None:
        return Point(last.end, None, last.relative)
    if context.published and last.relative and not context.ahead and last.interval.end > context.published:
        last = replace(last, interval=calendar.before(last.interval, "year"))  # what has ended lies in the past
    if last.interval is None:
        return None
    number, unit, end = count(match["number"] or "one"), match["unit"].lower(), last.interval.end
    if unit == "week":
        start = calendar.plus_days(end, 1 - 7 * number)
    else:
        months = number * {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
        after = calendar.plus_days(end, 1)
        start = calendar.plus_months(after, -months) if after else None
    return Point(last.end, calendar.between(start, end), last.relative)


@_rule(["the", "week"], r"(?:the\s)?week\s(?:of|beginning|starting)\s(?:on\s)?")
def _week_of(match: re.Match[str], context: Context) -> Point | None:
    inside = read_point(match.string, match.end(), context)
    if inside is None or inside.unit != "day":
        return None
    if inside.interval is None or inside.interval.start != inside.interval.end:
        return inside
    return Point(inside.end, calendar.week(inside.interval.start), inside.relative, "week")


@_rule(
    [*ORDINALS[1:], *COUNTS],
    r"(?P<nth>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th))\s(?:straight|consecutive|successive)\sweek\b"
    rf"|(?P<count>{DIGITS})[\s-](?:straight|consecutive|successive)\sweeks\b",
)
def _straight_weeks(match: re.Match[str], context: Context) -> Point | None:
    """A streak of weekly reports: its last week, or the whole of it, ends with the last full week."""
    number = count(match["count"]) if match["count"] else 1
    if context.published is None:
        return Point(match.end(), None, True, "week")
    last, first = calendar.week(context.published, -1), calendar.week(context.published, -number)
    return Point(match.end(), calendar.spanning(first, last), True, "week")
