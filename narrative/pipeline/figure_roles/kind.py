"""The kind of a figure: what is measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.lexicon import beside, data, noun_after, unit_class
from narrative.pipeline.figure_roles.mention import Decision
from narrative.pipeline.figure_roles.movement import moves

if TYPE_CHECKING:
    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.records import FigureKind

_AFTER = 1.4  # what follows a figure names it less often
_REACH = 8.0  # the distance at which a cue has lost half its weight
_LARGE = ("market_cap", "aum", "volume", "open_interest", "valuation", "liquidation", "revenue")
_OF = re.compile(r"\s?\+?\s(?:or\s(?:more|less)\s)?of\s(?!\$|\d|around|about)", re.IGNORECASE)
_COUNTED = 0.1  # what "in" or "of" joins to a figure says what it counts
_HEADED = re.compile(
    r"(?P<counted>\s(?:worth\s)?(?:in|of)\s)(?:[\w’'-]+\s){0,2}"
    r"|[\s-](?:(?!(?:in|of|at|on|by|to|from|for|with|and|or|as|after|via|into|over|per|a|an|the|this|is|was|were|has"
    r"|that)\b)[\w’'-]+\s){0,2}",
    re.IGNORECASE,
)
_COSTS = 0.3  # a small sum after an asset's name is what it costs
_TO = re.compile(
    r"\s(?:to|at)\s(?:(?:about|around|nearly|almost|roughly|over|just|some|a|new|record|high|of)\s){0,3}", re.IGNORECASE
)
_OF_VALUE = re.compile(
    r"\sof\s(?:its|their|his|her|the)\s(?:\w+\s)?(?:value|gains|losses|worth|price)\b", re.IGNORECASE
)
_AT_VALUATION = re.compile(r"\s(?:round\s)?at\s(?:an?|its)\s(?:[^\s.,;]+\s){0,4}valuation\b", re.IGNORECASE)
_MOVED = re.compile(r",\s(?:up|down|higher|lower)\b", re.IGNORECASE)  # "$1.1 billion, down 12%"
_VALUES_AT = re.compile(r"\bvalu(?:es|ed|ing)\s(?:[\w’'.-]+\s){1,4}at\s(?:\w+\s){0,3}$", re.IGNORECASE)
_MOVES = 0.2  # a percentage after an asset's name and a verb of movement is how its price moved
_SMALL = {"price": 1.4, "fee": 1.4}  # what less than $200,000 may be
_WORKFORCE = re.compile(r"\sof\s(?:\w+\s){0,3}(?:workforce|staff|employees|headcount|workers|jobs)\b", re.IGNORECASE)
_CUT = re.compile(r"\b(?:cut|lay|laid|slash|reduc|eliminat|trim|axe|fir|shed|dismiss|let)\w*\b", re.IGNORECASE)
_RESTATED = re.compile(r"(?:,?\sor\s|\s\()(?:\w+\s){0,3}[~≈]?$", re.IGNORECASE)
_PRICE_OF = re.compile(r"\s\(?(?:worth|for|valued\sat)\s(?:\w+\s){0,2}", re.IGNORECASE)
_APPOSED = re.compile(
    r"\s*(?:,|\(|—|–| - |:)?\s*(?:is\s|was\s|it\s)?(?:now\s|still\s)?(?:an?\s|or\s|roughly\s|about\s)*"
    r"(?:up|down|higher|lower|after\s\w+|reflecting\san?(?:\s\w+)?|marking\san?|representing\san?)?(?:\s(?:by|of))?"
    r"(?:\s(?:about|almost|nearly|over|more\sthan|roughly|around|some))?\s*[(+−-]?\s*$",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:\s|,|and|or|to|&|/|–|-|versus|vs\.?|from|then|as|well|just|about|around|nearly|over|almost|roughly|even|again|at|another|a|further)*$",
    re.IGNORECASE,
)


def _funds_act(mention: Mention) -> bool:
    """Whether funds are named just before: what they "lost" or "added" is money that flowed."""
    return any(
        entity.type == "FUND"
        and entity.end <= mention.quantity.start
        and mention.distance(entity.start, entity.end) <= 5
        for entity in mention.entities
    )


def _asset_before(mention: Mention) -> bool:
    """Whether an asset is named just before a small sum, which is then likely what it costs."""
    return any(
        entity.type == "ASSET"
        and entity.end <= mention.quantity.start
        and mention.distance(entity.start, entity.end) <= 5
        for entity in mention.entities
    )


def listed(mention: Mention) -> bool:
    """Whether the figure goes on a list that the one before began ("$869 million, $492 million and $254 million")."""
    previous = mention.previous
    return (
        previous is not None
        and len(mention.between) < 40
        and not mention.between.startswith(" at ")
        and previous.unit == mention.quantity.unit
        and _LISTED.match(mention.between) is not None
    )


def apposed(mention: Mention) -> bool:
    """Whether the figure only adds to the one before ("$118 million, down 42%", "$3,684 (+1.2%)")."""
    return mention.previous is not None and len(mention.between) < 60 and _APPOSED.match(mention.between) is not None


def _paid(mention: Mention) -> bool:
    """Whether the figure is the money for the coins before it: "1,200 BTC for $85 million"."""
    return (
        mention.previous is not None
        and mention.unit == "money"
        and unit_class(mention.previous.unit) == "coin"
        and len(mention.between) < 40
        and _PRICE_OF.fullmatch(mention.between) is not None
    )


def _arrived(mention: Mention, previous: FigureKind) -> bool:
    """Whether the figure is where the move before it led: "added 3.3% to $2,718"."""
    return (
        mention.previous is not None
        and unit_class(mention.previous.unit) == "percent"
        and mention.unit in ("money", "coin", "count", "index")
        and previous not in ("share", "probability", "rate")
        and _TO.fullmatch(mention.between) is not None
    )


def _headed(mention: Mention, start: int) -> re.Match[str] | None:
    """Whether a cue after the figure is what it counts: "$5 million in outflows", "a $13 billion real estate fund"."""
    between = start - mention.quantity.end
    return _HEADED.fullmatch(mention.text, mention.quantity.end, start) if 0 < between < 40 else None


def _shares_kind(mention: Mention, previous: FigureKind) -> bool:
    """Whether an apposition tells of the same thing: not the money in "an $11B valuation after a $1B raise"."""
    if mention.unit in ("percent", "x"):
        return True
    return previous != "price" and " after " not in mention.between.lower()


def restated(mention: Mention) -> bool:
    """Whether the figure says the one before in other units ("92 million ARB, or 1.8% of the supply")."""
    return mention.previous is not None and len(mention.between) < 40 and _RESTATED.search(mention.between) is not None


def kind_of(mention: Mention, previous: FigureKind | None = None) -> Decision:
    """The kind whose cue is nearest, weighed by what the unit and the size allow.

    Args:
        mention: the quantity in its sentence.
        previous: the kind of the sentence's figure before, which lists and appositions share.
    """
    decided = _settled(mention, previous)
    if decided:
        return decided
    weighed = kind_scores(mention, previous)
    best = max(sorted(weighed), key=lambda kind: weighed[kind], default="other")
    if not weighed.get(best):
        return Decision("other")
    return Decision(best, min(1.0, weighed[best]))


def _settled(mention: Mention, previous: FigureKind | None) -> Decision | None:
    """The kind where one pattern settles it."""
    if previous and (listed(mention) or _paid(mention) or _arrived(mention, previous)):
        return Decision(previous, 0.8)
    if previous and mention.unit == "percent" and apposed(mention) and _MOVED.match(mention.between):
        return Decision(previous, 0.8)
    if mention.unit == "capacity":
        return Decision("capacity", 0.9)
    if mention.unit == "money" and _AT_VALUATION.match(mention.after):
        return Decision("funding", 0.8)
    if mention.unit == "money" and _VALUES_AT.search(mention.before[-70:]):
        return Decision("valuation", 0.8)
    if mention.unit == "percent" and _WORKFORCE.match(mention.after) and _CUT.search(mention.before[-60:]):
        return Decision("count", 0.8)
    return None


def kind_scores(mention: Mention, previous: FigureKind | None = None) -> dict[str, float]:
    """What cues, unit, size and neighbours say for each kind."""
    weights = data()["unit_weights"].get(mention.unit, {})
    scores: dict[str, float] = dict(data()["priors"].get(mention.unit, {}))
    for hit in mention.hits("kinds"):
        distance = mention.distance(hit.start, hit.end)
        heads = _headed(mention, hit.start)
        if hit.start > mention.quantity.start and heads is None:
            distance *= _AFTER
        for kind, weight in hit.payload:
            score = weight * _REACH / (_REACH + distance)
            if heads and heads["counted"] and weight == 1.0:
                score += _COUNTED
            scores[kind] = max(scores.get(kind, 0.0), score)
    quantity = mention.quantity
    if mention.unit in ("money", "coin") and _funds_act(mention):
        scores["flow"] = scores.get("flow", 0.0) + 0.2
    if mention.unit == "money" and quantity.value < 2e5 and _asset_before(mention):
        scores["price"] = scores.get("price", 0.0) + _COSTS
    if quantity.unit == "bps":
        scores["rate"] = scores.get("rate", 0.0) + 0.7
    if mention.unit == "percent" and _OF.match(mention.after) and not _OF_VALUE.match(mention.after):
        scores["share"] = scores.get("share", 0.0) + 0.9
    elif mention.unit == "percent" and noun_after().match(mention.after):
        scores["share"] = scores.get("share", 0.0) * 0.4  # "a 12% rise" is no part of a whole
    if mention.unit == "money" and quantity.value < 2e5:
        for kind in _LARGE:
            scores[kind] = scores.get(kind, 0.0) * 0.3
        scores = {kind: score * _SMALL.get(kind, 0.6) for kind, score in scores.items()}
    if mention.unit == "percent" and moves(mention):
        scores["price"] = max(scores.get("price", 0.0), 0.45)
        if mention.lead in beside("by") and _asset_before(mention):
            scores["price"] += _MOVES
    if previous and mention.previous and mention.previous.unit == mention.quantity.unit and len(mention.between) < 40:
        scores[previous] = scores.get(previous, 0.0) + 0.25
    if previous and apposed(mention) and _shares_kind(mention, previous):
        scores[previous] = scores.get(previous, 0.0) + 0.5
    if mention.unit == "money" and quantity.value >= 1e7:
        scores["price"] = 0.0  # nothing costs ten million apiece
    return {kind: score * weights.get(kind, 1.0) for kind, score in scores.items()}
