"""Measure and direction: how much there is or by how much it moved, and which way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.lexicon import beside, noun_after
from narrative.pipeline.figure_roles.mention import Decision

if TYPE_CHECKING:
    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.records import FigureKind

_STATES = ("share", "probability", "fee", "ratio", "rate", "index", "capacity")
_MOVING = (
    "price",
    "market_cap",
    "volume",
    "open_interest",
    "revenue",
    "count",
    "flow",
    "trade",
    "liquidation",
)  # a percentage of these is a change
_SIZED = ("price", "market_cap", "volume", "open_interest", "supply", "count")  # "a $5 billion drop" is a change
_STILL = ("trade", "loss", "fine", "liquidation", "funding", "spending")  # directions are rare here


def measure_of(mention: Mention, kind: FigureKind) -> Decision:
    """`change` for a relative move or an amount gained or lost, else `level`."""
    if mention.quantity.unit == "bps" and noun_after().match(mention.after):
        return Decision("change", 0.8)
    if mention.unit == "x" and kind != "ratio" and mention.text[mention.quantity.start].isalpha():
        return Decision("change", 0.7)  # doubled, tripling
    if kind == "count" and lays_off(mention):
        return Decision("change", 0.7)
    if mention.unit in ("percent", "x"):
        if kind in _STATES:
            by_itself = mention.lead in beside("by") and kind != "share" and mention.unit == "percent"
            by_itself = by_itself or (kind == "index" and mention.unit == "percent")
            return Decision("change" if by_itself else "level", 0.6)
        if kind in _MOVING:
            return Decision("change", 0.8)
        settled = mention.lead in ("to", "at") and kind in ("other", "holdings", "supply", "trade")
        return Decision("change" if moves(mention) and not settled else "level", 0.5)
    if mention.lead in ("by", "up", "down") and kind not in ("trade", "flow") and not _NO_MOVE.search(mention.before):
        return Decision("change", 0.7)
    if kind in ("market_cap", "open_interest") and mention.unit == "money" and mention.lead in beside("by"):
        return Decision("change", 0.6)
    if kind in _SIZED and mention.lead not in ("to", "at", "above", "below", "near"):
        noun = noun_after().match(mention.after)
        beside_it = (
            noun is not None and noun.group().count(" ") <= 2 and noun.group().split()[-1].lower() in beside("amounts")
        )
        return Decision("change" if beside_it else "level", 0.5)
    return Decision("level", 0.5)


def lays_off(mention: Mention) -> bool:
    """Whether a count is of people whose jobs are cut."""
    near = f"{mention.before[-50:]}#{mention.after[:50]}"
    return _LAYOFF.search(near) is not None or (_CUTS.search(near) is not None and _JOBS.search(near) is not None)


_LAYOFF = re.compile(
    r"\blay(?:s|ing)?[\s-]?offs?\b|\blaid\soff\b|\b(?:job|staff|workforce|head\s?count)\scuts?\b|-person\scut\b"
    r"|\bjob\slosses\b|\bredundanc",
    re.IGNORECASE,
)
_CUTS = re.compile(
    r"\b(?:cut|cuts|cutting|slash\w*|shed|sheds|shedding|eliminat\w+|axe[sd]?|fired?|dismiss\w*|trim\w*)\b",
    re.IGNORECASE,
)
_JOBS = re.compile(r"\b(?:jobs?|roles|positions|employees|workers|staff|workforce|headcount)\b", re.IGNORECASE)
_NO_MOVE = re.compile(
    r"\b(?:followed|backed|led|used|held|owned|locked|set|made)\s(?:by|up)\s(?:\w+\s){0,2}$", re.IGNORECASE
)


def moves(mention: Mention) -> bool:
    """Whether a movement stands close by."""
    return (
        (mention.lead in beside("by") and not _NO_MOVE.search(mention.before))
        or bool(noun_after().match(mention.after))
        or any(
            {"up", "down"} & set(hit.payload) and mention.drives(hit) and mention.distance(hit.start, hit.end) <= 4
            for hit in mention.hits("movement")
        )
    )


def direction_of(mention: Mention, kind: FigureKind, measure: str) -> Decision:
    """In or out for flows; up or down for a change, or for the move that led to a level; else null."""
    if kind == "flow" and measure == "level":
        return _flow(mention)
    if measure == "change":
        return Decision("down", 0.7) if kind == "count" and lays_off(mention) else _change(mention)
    if mention.quantity.negative:
        return Decision("down", 0.9)
    if kind == "earnings":
        return _earnings(mention)
    if kind in _STILL:
        return Decision(None, 0.6)
    return _arrival(mention, kind)


def _nearest(mention: Mention, ways: tuple[str, ...], limit: float, after: float = 1.0) -> tuple[str, float] | None:
    best: tuple[float, str] | None = None
    for hit in mention.hits("movement"):
        way = next((way for way in ways if way in hit.payload), None)
        if way is None:
            continue
        distance = mention.distance(hit.start, hit.end) * (after if hit.start > mention.quantity.start else 1.0)
        if distance <= limit and (best is None or distance < best[0]) and mention.drives(hit):
            best = distance, way
    return (best[1], best[0]) if best else None


def _flow(mention: Mention) -> Decision:
    if mention.quantity.negative:
        return Decision("out", 0.9)
    found = _nearest(mention, ("in", "out"), 30)
    return Decision(found[0], 8 / (8 + found[1])) if found else Decision(None)


def _change(mention: Mention) -> Decision:
    quantity = mention.quantity
    if quantity.negative:
        return Decision("down", 0.95)
    if mention.text[quantity.start] == "+":
        return Decision("up", 0.95)
    noun = noun_after().match(mention.after)
    if mention.lead in ("add", "added", "adds", "adding"):
        return Decision("up", 0.7)
    found = _nearest(mention, ("up", "down"), 30, after=1.3)
    if noun and (found is None or found[1] > 2):
        return Decision(noun.lastgroup, 0.8)
    if found:
        return Decision(found[0], 8 / (8 + found[1]))
    return Decision("up" if mention.unit == "x" else None)


def _earnings(mention: Mention) -> Decision:
    lost = re.search(
        r"\bloss(?:es)?\b|\blost\b|\bin the red\b|\blos(?:es|ing)\b",
        mention.before[-60:] + " " + mention.after[:40],
        re.IGNORECASE,
    )
    return Decision("down" if lost else None, 0.6)


def _arrival(mention: Mention, kind: FigureKind) -> Decision:
    """The direction of the verb that brought something to this level."""
    lead = mention.lead
    if lead in ("from", "between", "than", "versus"):
        return Decision(None, 0.7)
    if _FROM.search(mention.before[-60:]):
        return Decision(None, 0.7)  # "from an intraday high of $1.44": where the move began
    if mention.before.lower().endswith("sub-"):
        return Decision("down", 0.6)
    limit = 20 if lead == "to" else 9
    best: tuple[float, set[str], int, int] | None = None
    for hit in mention.hits("movement"):
        ways = {"up", "down", "reach", "hold"} & set(hit.payload)
        if not ways or hit.end > mention.quantity.start or not mention.drives(hit):
            continue
        distance = mention.distance(hit.start, hit.end)
        if distance <= limit and (best is None or distance <= best[0]):
            best = distance, ways, hit.start, hit.end
    noun = noun_after().match(mention.after)
    if noun and kind in ("price", "market_cap") and noun.group().strip().lower() in beside("amounts"):
        return Decision(noun.lastgroup, 0.6)  # "a $100,000 slump"
    if best is None:
        return Decision("up", 0.3) if lead == "to" and kind == "price" else Decision(None, 0.4)
    distance, ways, start, end = best
    if _OTHER_LEVEL.search(mention.text[end : mention.quantity.start]):
        return Decision(None, 0.5)
    if "hold" in ways or (lead not in beside("towards") and distance > 2):
        return Decision(None, 0.5)
    certainty = 8 / (8 + distance)
    if _DENIED.search(mention.text[max(mention.first, start - 30) : start]):
        return Decision(None, certainty)
    if "reach" in ways:
        return Decision(_way_of_reaching(mention, start, end), certainty)
    return Decision("up" if "up" in ways else "down", certainty)


# A level that is told of in passing: "nears the apex, with resistance at".
_OTHER_LEVEL = re.compile(r"[,;(–—].*\b(?:supports?|resistances?|barriers?|hurdles?|targets?|pivot)\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s(?:[\w’'-]+\s){1,5}(?:of|at|near|around)\s(?:\w+\s)?$", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:fail\w*\sto|struggl\w+\sto|(?:unable|inability|failure)\sto|attempt\w*|trying\sto|hurdles?|yet\sto|not|never)\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_LOW_AFTER = re.compile(
    r"\s(?:support|(?:[\w-]+\s){0,2}lows?)\b|,\s(?:an?|its|the)\s(?:[\w-]+\s){0,2}low(?:est)?\b", re.IGNORECASE
)
_LOW = re.compile(r"\blows?\b|\bbelow\b|\bunder\b(?!\smanagement)|\bbottom\b|\bsupport\b", re.IGNORECASE)


def _way_of_reaching(mention: Mention, start: int, end: int) -> str:
    """Up, unless something fell to it: "fell to hit", "hit a low of", "broke support at"."""
    for hit in reversed(mention.hits("movement")):
        if hit.end <= start and mention.path(hit.end, start) <= 4 and mention.drives(hit):
            if "down" in hit.payload:
                return "down"
            if "up" in hit.payload:
                return "up"
    low = _LOW.search(mention.text[end : mention.quantity.start]) or _LOW_AFTER.match(mention.after)
    return "down" if low else "up"
