"""Which expression of time belongs to which figure of a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.periods import TimeExpression
    from narrative.records import FigureKind

# What stands before an expression that dates something else than the figure.
_ELSEWHERE = re.compile(
    r"\b(?:before|after|ahead\sof|following|until|compared\s(?:to|with)|than|versus|vs\.?|previous|unlike|like|founded|launched|published|released|filed"
    r"|(?:low|high|level|levels|highest|lowest|first|best|worst|largest|biggest|sharpest|most|time|decline|gain|drop|purchase|haul|pullback|exodus|since|reading|price|day|low)\ssince|seen\ssince|original\w+"
    r"|(?:first|second|third|fourth|fifth|last|\d+(?:st|nd|rd|th))\stime(?:\sin)?)\s(?:the\s|its\s|his\s)?(?:\w+\s)?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:after|following)\s(?:the\s)?$", re.IGNORECASE)
# "The company said on Monday" dates the saying.
_SAID = re.compile(
    r"\b(?:said|says|told|wrote|tweeted|noted|commented)\s(?:(?!that\s)\w+\s){0,2}?(?:(?:in|on|during)\s(?:an?|the|its|his|her)?\s?(?:\w+\s){1,3})?(?:on\s|late\s|early\s)?$",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"\s?(?:filing|report|note|post|statement|interview|letter|memo|meeting|article|blog|podcast|press\srelease|announcement|email|presentation|conference|hearing|event|deadline|expiry)s?\b",
    re.IGNORECASE,
)
# "From a year earlier" says what a figure is compared with, not when it was.
_BASE = re.compile(
    r"(?:(?:from|since)\s)?(?:(?:the\s|an?\s|one\s)?(?:year|quarter|month|week|day)s?\s(?:ago|earlier|before|prior)"
    r"|(?:the\s)?(?:previous|prior|preceding)\s(?:year|quarter|month|week|day))\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:from|than|over|of|versus|vs\.?|on|against|to|with)\s(?:the\s|that\s|levels\s|\w+\s)?$", re.IGNORECASE
)
_DURING = re.compile(r"\b(?:over|in|during|for|across)\s(?:the\s)?$", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    r"\b(?:highest|lowest|first|best|worst|largest|biggest|sharpest|most|smallest|weakest|strongest|steepest|longest|lows?|highs?)\b[^.;]{0,50}$",
    re.IGNORECASE,
)
_RECURRING = re.compile(
    r"\s(?:in\s\w+\s)?(?:per|a|each|every)\s(?:day|week|month|year)\b(?!\s(?:ago|earlier|before|prior|later))|\s(?:daily|weekly|monthly|annually|yearly|per\sannum|annual)\b"
    r"(?!\s(?:net\s|total\s|ETF\s)?(?:gain|drop|inflow|outflow|flow|volume|loss|trading))",
    re.IGNORECASE,
)
_LIFETIME = re.compile(r"\b(?:lifetime|cumulative|all-time\snet|since\sinception|historical)\b", re.IGNORECASE)
_LIFETIME_AFTER = re.compile(r"\s(?:in|of)\s(?:total\s)?(?:lifetime|cumulative)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:\sand\s\w{3,9})?['’]s?\s")
_OF_ITS_KIND = re.compile(
    r"['’]s?\s(?:\w+\s){0,3}(?:(?:in|out)?flow|volume|liquidation|revenue|profit|loss|sales|purchase|haul)",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"\b(?:in|during|amid|through|throughout|at|on|over|for|across|above|below|from)\s(?:the\s)?$", re.IGNORECASE
)
_INSIDE_FIRST = re.compile(r"(?:ever\s)?(?:since|from|over|during|in|by)\s", re.IGNORECASE)
_DETERMINED = re.compile(r"\b(?:the|an?|its|their|his|her|this|whose)\s$", re.IGNORECASE)
_HELD = re.compile(
    r"\b(?:in|on|during|since|for|of|by|at|over|through|as\sof|until|from)\s(?:the|an?|its|their)\s$", re.IGNORECASE
)
_EVENT = re.compile(
    r"\s(?:\w+\s){0,2}?(?:crash|crisis|rally|sell-?off|meltdown|collapse|cuts?|hikes?|halving|elections?|hack|exploit|debut|launch)\b",
    re.IGNORECASE,
)
# A clause of its own begins: "and in 2021 it climbed", "then on Friday".
_OPENS_CLAUSE = re.compile(
    r"(?:[,;—–]\s?|\b)(?:and|but|while|whereas|then|before)\s(?:(?:in|on|by|during|at|over|for)\s)?(?:the\s)?$",
    re.IGNORECASE,
)
# What follows is the result, dated by itself: "$2.9 million, bringing year-to-date outflows to $12 million".
_RESULT = re.compile(r"\b(?:bringing|pushing|taking|lifting|raising|extending|driving|leaving)\b", re.IGNORECASE)
_PHRASE = re.compile(r"\s*(?:In|Over|During|Across|For|Within|On|Through)\b[^,;:.]*\Z")
_OPENS = re.compile(r"\bthat\s(?:on|in|during|over|by)\s(?:the\s)?$")
# "MARA cut 15% this week after selling $1.1 billion": the second came before.
_SECOND = re.compile(r"\b(?:after|following)\s\w+ing\b")
_VERB = re.compile(r"\b(?:then|but|before|has|have|had|is|was|are|were|will|added|fell|rose|said)\b", re.IGNORECASE)
_NOW_WORDS = ("now", "currently")
# Of what is read off now: "now sits close to $3,700", "now manages over $69 billion".
_READ_OFF = frozenset(["price", "aum", "market_cap", "volume", "loss", "rate", "open_interest", "capacity"])
_STANDS = re.compile(r"\s(?:stands?|standing|sits?|sitting|trades?|trading|manages?|managing|holds?|holding)\b")
_STOCKS = frozenset(["price", "aum", "market_cap", "holdings", "supply", "index", "count"])
_CHART = re.compile(r"(?:time\s?frame|chart|scale)\Z")
_FROM_TO = re.compile(r"\s(?:to|toward|towards)\s(?:\w+\s){0,3}", re.IGNORECASE)
_TO_FROM = re.compile(r",?\sfrom\s(?:\w+\s){0,3}", re.IGNORECASE)
# "Down 28% from the all-time high north of $126,000 reached in October".
_SINCE_PEAK = re.compile(
    r"\s(?:\w+\s){0,2}?(?:from|below|off)\s(?:its|the|an?|their)\s[^.;,()]{0,40}\b(?:high|peak|low|top|record|ATH)\b(?:[^.;,]|[.,](?=\d)){0,60}?"
    r"\s(?:in|on|of|from|since)\s(?:the\s)?",
    re.IGNORECASE,
)
_PEAK = 6.0  # what it costs to reach a peak's date
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_LIMIT = 16.0
_LOOKED_AT = 24  # expressions of a window


def is_lifetime(mention: Mention) -> bool:
    """Whether the figure is a running total whose start is not told."""
    return bool(_LIFETIME.search(mention.before[-50:]) or _LIFETIME_AFTER.match(mention.after))


def nearest(
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
    window = [item for item in expressions[low : low + _LOOKED_AT] if item.end <= mention.last]
    if told := _told_respectively(mention, window):
        return told
    costs = [(_cost(mention, item, kind, measure), item) for item in window]
    lifetime = is_lifetime(mention)
    near = [(cost, item) for cost, item in costs if cost <= _LIMIT and not (lifetime and _is_passing(mention, item))]
    if not near or _RECURRING.match(mention.after):
        return None
    best = min(near, key=lambda pair: pair[0])[1]
    return _own_after(mention, best, [item for _, item in near]) or best


def _is_passing(mention: Mention, expression: TimeExpression) -> bool:
    """Whether a running total can't be of the expression: "in the past week", not "year to date"."""
    told = mention.text[expression.start : expression.end].lower()
    return expression.sort in ("now", "span", "week", "that day", "that week") and not ("date" in told or "td" in told)


def _told_respectively(mention: Mention, window: Sequence[TimeExpression]) -> TimeExpression | None:
    """The expression at the figure's place in "A and B on Monday and Tuesday, respectively"."""
    after = [item for item in window if item.start >= mention.quantity.end]
    if len(after) < 2 or not _RESPECTIVELY.search(mention.text, after[1].end, min(mention.last, after[-1].end + 20)):
        return None
    starts, _ = mention.sentence.places
    index = bisect_right(starts, after[0].start) - 1  # the last figure before the expressions
    place = len(after) - 1 - (index - mention.position)
    together = bisect_left(starts, after[-1].end) == index + 1
    return after[place] if together and 0 <= place < len(after) else None


def _own_after(mention: Mention, chosen: TimeExpression, window: Sequence[TimeExpression]) -> TimeExpression | None:
    """The expression right after the figure where the chosen one is as close to the figure before: each has its own.

    "Up 0.8% in the last week or 4.5% in the last month".
    """
    quantity, previous = mention.quantity, mention.previous
    if previous is None or chosen.end > quantity.start or chosen.start < previous.end:
        return None
    if _beside(mention.text, previous.end, chosen.start):
        own = next((item for item in window if item.start >= quantity.end), None)
        if own and _beside(mention.text, quantity.end, own.start) and not _divided(mention, own):
            return own
    return None


def _beside(text: str, low: int, high: int) -> bool:
    """Whether only a few words, without a joint, stand between."""
    between = text[low:high]
    return len(between) <= 40 and between.count(" ") <= 5 and not any(mark in between for mark in ",;:—(.")


def _divided(mention: Mention, expression: TimeExpression) -> bool:
    """Whether another figure stands between the figure and the expression after it."""
    following = mention.position + 1
    quantities = mention.sentence.quantities
    return following < len(quantities) and quantities[following].end <= expression.start


def goes_to(mention: Mention) -> bool:
    """Whether the figure is where a move began: "from $14 million to $19 million"."""
    return _joined(mention, _FROM_TO)


def _came_from(mention: Mention, expression: TimeExpression) -> bool:
    """Whether the expression dates where a move began, not the figure: "to 47 from 31 on April 8"."""
    return _divided(mention, expression) and mention.lead == "to" and _joined(mention, _TO_FROM)


def _joined(mention: Mention, words: re.Pattern[str]) -> bool:
    following = mention.position + 1
    quantities = mention.sentence.quantities
    return following < len(quantities) and bool(
        words.fullmatch(mention.text, mention.quantity.end, min(quantities[following].start, mention.last))
    )


def _cost(mention: Mention, expression: TimeExpression, kind: FigureKind, measure: str) -> float:
    text, quantity = mention.text, mention.quantity
    lead = text[max(mention.first, expression.start - 60) : expression.start]
    if _dates_else(mention, expression, lead):
        return 99.0
    follows = expression.start >= quantity.end
    if expression.sort == "streak" and measure == "level" and kind != "flow":
        return 99.0  # a streak of weeks is one of flows or of gains
    if measure == "level" and expression.sort == "span" and _CHART.search(text, expression.start, expression.end):
        return 99.0
    if follows and _RESULT.search(text, quantity.end, expression.start):
        return 99.0
    if follows and _OPENS_CLAUSE.search(lead) and mention.sentence.places[0][-1] >= expression.end:
        return 99.0
    trails = expression.sort == "now" or (expression.sort == "span" and not goes_to(mention))
    if trails and measure == "level" and kind in _STOCKS and _divided(mention, expression):
        return 99.0  # "trades at $69,700, down 1% in the past day"
    if follows and expression.sort != "span" and _came_from(mention, expression):
        return 99.0
    cost = mention.distance(expression.start, expression.end)
    if follows and measure == "change" and _SINCE_PEAK.fullmatch(text, quantity.end, expression.start):
        cost = min(cost, _PEAK)
    if follows:
        cost *= 1.3
    opens = _opens(mention, expression) or _OPENS.search(lead)
    if not follows and _SECOND.search(text, expression.end, quantity.start):
        return 99.0
    if opens and not follows:
        cost = min(cost, 6.0) + (4.0 if expression.sort == "now" and mention.position else 0.0)
    if not follows and not opens and _taken(mention, expression):
        cost += 8.0
    return cost + _now_cost(mention, expression, kind, cost)


def _opens(mention: Mention, expression: TimeExpression) -> bool:
    """Whether the expression opens the sentence, alone or at the end of a phrase: "in four days from May 2 to 5,"."""
    before = expression.start - mention.sentence.start
    if before < 12:
        return True
    ends = mention.text[expression.end : expression.end + 1] == ","
    return ends and before < 45 and _PHRASE.match(mention.text, mention.sentence.start, expression.start) is not None


def _taken(mention: Mention, expression: TimeExpression) -> bool:
    """Whether the expression closes what is said of a figure before, and a verb goes on."""
    previous = mention.previous
    return (
        previous is not None
        and previous.end <= expression.start
        and _beside(mention.text, previous.end, expression.start)
        and bool(_VERB.search(mention.text, expression.end, mention.quantity.start))
    )


def _goes_on(mention: Mention, expression: TimeExpression, lead: str) -> bool:
    """Whether the figure stands in the clause that opens so: "after weekend strikes triggered $300 million"."""
    between = mention.text[expression.end : mention.quantity.start]
    return bool(_AFTER.search(lead)) and expression.end < mention.quantity.start and "," not in between


def _now_cost(mention: Mention, expression: TimeExpression, kind: FigureKind, cost: float) -> float:
    """What "now" and "currently" cost: they speak of what stands beside them, if that is read off at a moment."""
    if expression.sort != "now":
        return 0.0
    word = mention.text[expression.start : expression.end].lower()
    if word.startswith("current "):
        return 0.0 if 0 < mention.quantity.start - expression.end < 24 and cost < 5 else 99.0
    stands = _STANDS.match(mention.text, expression.end) is not None
    if word == "now" and ((kind not in _READ_OFF and not stands) or is_lifetime(mention)):
        return 99.0
    if word in _NOW_WORDS and (cost > 8 or mention.unit == "percent"):
        return 99.0
    return 6.0 if mention.unit == "percent" else 0.0


def _dates_else(mention: Mention, expression: TimeExpression, lead: str) -> bool:
    """Whether the expression dates something else: a saying, a comparison, a record, an event."""
    text, quantity = mention.text, mention.quantity
    if (_ELSEWHERE.search(lead) and not _goes_on(mention, expression, lead)) or (
        expression.sort == "day" and _SAID.search(lead)
    ):
        return True
    if expression.sort == "day" and _PAPER.match(text, expression.end):
        return True
    start = text[expression.start : expression.start + 5].lower()
    relative = mention.unit in ("percent", "x") and quantity.end <= expression.start
    # Not in "the previous week's $128 million" and "5.4% over the prior week".
    owns = 0 <= quantity.start - expression.end <= 3 or _DURING.search(lead)
    if _BASE.match(text, expression.start) and not owns and (relative or start == "from " or _COMPARED.search(lead)):
        compared = quantity.end <= expression.start and mention.lead in ("from", "than", "with", "to")
        return not (compared and expression.sort in ("quarter", "half", "month", "week"))
    if start == "since" and _SUPERLATIVE.search(lead):
        return True
    if start.startswith("in ") and expression.sort == "span" and _SUPERLATIVE.search(lead):
        return True
    inside = _INSIDE.search(lead) or _INSIDE_FIRST.match(text, expression.start)
    if _POSSESSIVE.match(text, expression.end) and not inside:
        between = text[expression.end : quantity.start] if expression.end <= quantity.start else ""
        return not 0 < len(between) < 60 or (", " in between and not _OF_ITS_KIND.match(between))
    named = _DETERMINED.search(lead) and not _HELD.search(lead) and expression.sort in ("day", "month", "year")
    return bool(named and _EVENT.match(text, expression.end))
