"""Which expression of time belongs to which figure."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

from narrative.records import Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.periods import TimeExpression
    from narrative.records import FigureKind

# What stands before an expression that dates something else than the figure.
_ELSEWHERE = re.compile(
    r"\b(?:before|after|ahead\sof|following|until|compared\s(?:to|with)|than|versus|vs\.?|previous|unlike|like|founded|launched|published|released|filed|(?:low|high|level|levels|highest|lowest|first|best|worst|largest|biggest|sharpest|most|time|decline|gain|drop|purchase|haul|pullback|exodus|since|reading|price|day|low)\ssince|seen\ssince|original\w+)\s(?:the\s|its\s|his\s)?(?:\w+\s)?$",
    re.IGNORECASE,
)
# "From a year earlier" says what a figure is compared with, not when it was.
_BASE = re.compile(
    r"(?:(?:from|since)\s)?(?:the\s|an?\s|one\s)?(?:year|quarter|month|week|day)s?\s(?:ago|earlier|before|prior)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:from|than|over|of|versus|vs\.?|on|against|to|with)\s(?:the\s|that\s|levels\s|\w+\s)?$", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"\b(?:highest|lowest|first|best|worst|largest|biggest|sharpest|most|smallest|weakest|strongest|steepest|longest|lows?|highs?)\b[^.;]{0,50}$",
    re.IGNORECASE,
)
_RECURRING = re.compile(
    r"\s(?:in\s\w+\s)?(?:per|a|each|every)\s(?:day|week|month|year)\b|\s(?:daily|weekly|monthly|annually|yearly|per\sannum|annual)\b(?!\s(?:gain|drop|inflow|outflow))",
    re.IGNORECASE,
)
_LIFETIME = re.compile(r"\b(?:lifetime|cumulative|all-time\snet|since\sinception|historical)\b", re.IGNORECASE)
_FROM_PEAK = re.compile(
    r"\b(?:from|since|below|off)\b[^.;]*\b(?:high|peak|low|top|record|ATH|level|price)s?\b", re.IGNORECASE
)
_STOCKS = frozenset(["price", "aum", "market_cap", "holdings", "supply", "index", "count"])
_LIMIT = 16.0


def period_of(mention: Mention, measure: str, expression: TimeExpression, published: date | None) -> Period | None:
    """The expression's dates; from them to publication for a change "from its October peak"."""
    period = expression.period
    if period is None or published is None or measure != "change" or expression.sort in ("span", "now"):
        return period
    start = mention.quantity.end
    dated_from = start < expression.start and _FROM_PEAK.search(mention.text[start : expression.end + 30])
    return Period(start=period.start, end=published) if dated_from and period.start < published else period


def is_lifetime(mention: Mention) -> bool:
    """Whether the figure is a running total whose start is not told."""
    return _LIFETIME.search(mention.before[-50:]) is not None


def expression_of(
    mention: Mention, kind: FigureKind, measure: str, expressions: Sequence[TimeExpression]
) -> TimeExpression | None:
    """The expression in the figure's clause, nearest first; one that opens the sentence serves the whole of it.

    Args:
        mention: the quantity in its sentence.
        kind: its kind.
        measure: `level` or `change`.
        expressions: all of the document, in order.
    """
    low = bisect_left(expressions, mention.first, key=attrgetter("start"))
    best: tuple[float, TimeExpression] | None = None
    for expression in expressions[low : low + 24]:
        if expression.end > mention.last:
            break
        cost = _cost(mention, expression)
        if measure == "level" and kind in _STOCKS and expression.sort == "span" and _divided(mention, expression):
            continue  # "trades at $69,700, down 1% in the past day"
        if cost <= _LIMIT and (best is None or cost < best[0]):
            best = cost, expression
    if best is None or _RECURRING.match(mention.after) or (is_lifetime(mention) and best[1].sort != "day"):
        return None
    return best[1]


def _divided(mention: Mention, expression: TimeExpression) -> bool:
    """Whether another figure stands between the figure and the expression after it."""
    following = mention.position + 1
    quantities = mention.sentence.quantities
    return following < len(quantities) and quantities[following].end <= expression.start


def _cost(mention: Mention, expression: TimeExpression) -> float:
    text, quantity = mention.text, mention.quantity
    lead = text[max(mention.first, expression.start - 60) : expression.start]
    if _ELSEWHERE.search(lead):
        return 99.0
    if _BASE.match(text, expression.start) and (
        text[expression.start : expression.start + 5].lower() == "from " or _COMPARED.search(lead)
    ):
        return 99.0
    since = text[expression.start : expression.start + 5].lower() == "since"
    if since and _SUPERLATIVE.search(lead):
        return 99.0
    opener = text[expression.start : expression.start + 3].lower()
    if opener == "in " and expression.sort == "span" and _SUPERLATIVE.search(lead):
        return 99.0
    cost = mention.distance(expression.start, expression.end)
    if expression.start > quantity.start:
        cost *= 1.3
    opens = expression.start - mention.sentence.start < 12 and expression.end <= quantity.start
    if opens:
        cost = min(cost, 6.0) + (4.0 if expression.sort == "now" and mention.position else 0.0)
    if expression.sort == "now" and mention.unit == "percent":
        cost += 6.0
    if expression.sort == "now" and expression.end - expression.start < 11 and cost > 8:
        return 99.0  # "now" and "currently" speak of what stands beside them
    if expression.sort == "weak":
        cost += 4.0
    return cost


def reporting(expression: TimeExpression) -> bool:
    """Whether a whole report can be about the expression's day or week."""
    if expression.period is None:
        return False
    length = (expression.period.end - expression.period.start).days
    return expression.sort in ("day", "week") and length in (0, 4, 5, 6)
