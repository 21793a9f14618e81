"""The kind of a figure: what is measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.lexicon import data
from narrative.pipeline.figure_roles.mention import Decision
from narrative.pipeline.figure_roles.movement import moves

if TYPE_CHECKING:
    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.records import FigureKind

_AFTER = 1.4  # what follows a figure names it less often
_REACH = 8.0  # the distance at which a cue has lost half its weight
_LARGE = ("market_cap", "aum", "volume", "open_interest", "valuation", "liquidation", "revenue")
_OF = re.compile(r"\s?\+?\s(?:or\s(?:more|less)\s)?of\s(?!\$|\d|around|about)", re.IGNORECASE)
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


def listed(mention: Mention) -> bool:
    """Whether the figure goes on a list that the one before began ("$869 million, $492 million and $254 million")."""
    previous = mention.previous
    return (
        previous is not None
        and len(mention.between) < 40
        and previous.unit == mention.quantity.unit
        and _LISTED.match(mention.between) is not None
    )


def apposed(mention: Mention) -> bool:
    """Whether the figure only adds to the one before ("$118 million, down 42%", "$3,684 (+1.2%)")."""
    return mention.previous is not None and len(mention.between) < 60 and _APPOSED.match(mention.between) is not None


def kind_of(mention: Mention, previous: FigureKind | None = None) -> Decision:
    """The kind whose cue is nearest, weighed by what the unit and the size allow.

    Args:
        mention: the quantity in its sentence.
        previous: the kind of the sentence's figure before, which lists and appositions share.
    """
    if previous and listed(mention):
        return Decision(previous, 0.8)
    weights = data()["unit_weights"].get(mention.unit, {})
    scores: dict[str, float] = dict(data()["priors"].get(mention.unit, {}))
    for hit in mention.hits("kinds"):
        distance = mention.distance(hit.start, hit.end) * (_AFTER if hit.start > mention.quantity.start else 1.0)
        for kind, weight in hit.payload:
            score = weight * _REACH / (_REACH + distance)
            scores[kind] = max(scores.get(kind, 0.0), score)
    if mention.unit in ("money", "coin") and _funds_act(mention):
        scores["flow"] = scores.get("flow", 0.0) + 0.2
    quantity = mention.quantity
    if mention.unit == "capacity":
        return Decision("capacity", 0.9)
    if quantity.unit == "bps":
        scores["rate"] = scores.get("rate", 0.0) + 0.7
    if mention.unit == "percent" and _OF.match(mention.after):
        scores["share"] = scores.get("share", 0.0) + 0.9
    if mention.unit == "money" and quantity.value < 2e5:
        for kind in _LARGE:
            scores[kind] = scores.get(kind, 0.0) * 0.3
        scores = {kind: score * (1.4 if kind == "price" else 0.6) for kind, score in scores.items()}
    if mention.unit == "percent" and moves(mention):
        scores["price"] = max(scores.get("price", 0.0), 0.45)
    if previous and mention.previous and mention.previous.unit == mention.quantity.unit and len(mention.between) < 40:
        scores[previous] = scores.get(previous, 0.0) + 0.25
    if previous and apposed(mention) and (mention.unit in ("percent", "x") or previous != "price"):
        scores[previous] = scores.get(previous, 0.0) + 0.5
    if mention.unit == "money" and quantity.value >= 1e7:
        scores["price"] = 0.0  # nothing costs ten million apiece
    weighed = {kind: score * weights.get(kind, 1.0) for kind, score in scores.items()}
    best = max(sorted(weighed), key=lambda kind: weighed[kind], default="other")
    if not weighed.get(best):
        return Decision("other")
    return Decision(best, min(1.0, weighed[best]))
