"""Status: whether a figure happened, is expected, or is only supposed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.mention import Decision

if TYPE_CHECKING:
    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.records import FigureKind

_TARGET = re.compile(
    r"\s(?:\w+\s){0,2}?(?:price\s)?(?:target|targets|prediction|forecast|goal|estimate|guidance)\b", re.IGNORECASE
)
_EXPECTED = re.compile(
    r"\s(?:is|are|was|were|as|(?:that\s)?(?:analysts|economists|wall\sstreet|traders|investors|the\smarket)(?:\shad|\shave|\swere)?)?\s?(?:expected|forecast|projected|anticipated|targeted)\b",
    re.IGNORECASE,
)
_FORECASTER = re.compile(r"\b(?:predict|forecast|analyst|puts?|sees|gives?)", re.IGNORECASE)
_SEES = re.compile(
    r"\b(?:sees?|seeing)\s(?:\w+\s){1,4}(?:hit|reach|at|ris|fall|climb|top|trad|go|surg|drop|end|rally)\w*\s(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"(?:will|to|would|could|may|might|can)\s(?:soon\s)?be\s\w+(?:ed|en|nt)\b", re.IGNORECASE)
_IN_MAY = re.compile(r"May\s\d|\b(?:in|of|since|by|until|from|late|early|mid|last|this|to)[\s-]May", re.IGNORECASE)
_LIMIT = {"expected": 11.0, "hypothetical": 13.0, "actual": 3.0}


def status_of(mention: Mention, kind: FigureKind) -> Decision:
    """The nearest cue in the clause; a forecast word gives `expected` even beside "could"."""
    if mention.lead == "from":
        return Decision("actual", 0.5)  # where a move begins is a fact, wherever it leads
    if _TARGET.match(mention.after) or _EXPECTED.match(mention.after) or _SEES.search(mention.before[-80:]):
        return Decision("expected", 0.8)
    nearest: dict[str, float] = {}
    asks = mention.sentence.text[mention.sentence.end - 1] == "?"
    for hit in mention.hits("status"):
        word = mention.text[hit.start : hit.end]
        if word == "May" and _IN_MAY.search(mention.text[max(0, hit.start - 9) : hit.end + 2]):
            continue
        if word.lower() == "can" and not asks:
            continue  # what can be done is so; "can it hold $2?" is not
        distance = mention.distance(hit.start, hit.end)
        if hit.start > mention.quantity.start:
            # "92 million ARB will be unlocked" looks ahead, "5% and will report on Friday" does not.
            passive = _PASSIVE.match(mention.text, hit.start) is not None
            distance = distance * (0.5 if passive else 3) + (0 if passive else 5)
        for status in hit.payload:
            if distance <= _LIMIT[status] and distance < nearest.get(status, 99.0):
                nearest[status] = distance
    if "actual" in nearest and nearest["actual"] <= min(
        nearest.get("expected", 99.0), nearest.get("hypothetical", 99.0)
    ):
        return Decision("actual", 0.6)
    if kind == "probability" and not _FORECASTER.search(mention.before[-90:]):
        return Decision("actual", 0.6)  # a market's odds are what they are
    if asks and {"expected", "hypothetical"} & nearest.keys():
        return Decision("hypothetical", 0.5)
    for status in ("expected", "hypothetical"):
        if status in nearest:
            return Decision(status, 8 / (8 + nearest[status]))
    return Decision("actual", 0.5)
