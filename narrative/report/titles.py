"""What series are called, in words."""

from __future__ import annotations

from functools import cache

from narrative.catalogue.entries import load_catalogue
from narrative.catalogue.taxonomy import load_taxonomy

_KINDS = {"index": "index", "share": "share of stories", "rejects": "share of stories that reject it"}
_CAMPS = {"ai": "Stance towards AI", "crypto": "Stance towards crypto", "spread": "Stance, AI less crypto"}
_STEPS = {"h": "by the hour", "D": "daily", "W": "weekly", "M": "monthly"}


def series_title(series: str) -> str:
    """A series id in words; an id of no known form stays as it is.

    >>> series_title("stance/ai/ex-price")
    'Stance towards AI (without sentences about prices)'
    """
    match series.split("/"):
        case ["narrative", narrative, kind] if kind in _KINDS:
            return f"{narrative_title(narrative)}, {_KINDS[kind]}"
        case ["stance", camp] if camp in _CAMPS:
            return _CAMPS[camp]
        case ["stance", camp, "ex-price"] if camp in _CAMPS:
            return f"{_CAMPS[camp]} (without sentences about prices)"
        case ["comparison", "balance"]:
            return "AI held against crypto, balance of comparisons"
        case ["flow", subject, step] if step in _STEPS:
            return f"Reported flows of {subject_title(subject)}, {_STEPS[step]}"
    return series


def narrative_title(narrative: str) -> str:
    """A narrative's title; an id that the taxonomy does not hold stays as it is."""
    return _narratives(load_taxonomy().additions).get(narrative, (narrative, ""))[0]


def narrative_description(narrative: str) -> str:
    """What a narrative says, in a line; empty if the taxonomy does not hold it."""
    return _narratives(load_taxonomy().additions).get(narrative, ("", ""))[1]


def subject_title(subject: str) -> str:
    """The canonical name behind a catalogue id; an id that the catalogue does not hold stays as it is."""
    entry = load_catalogue().by_id.get(subject)
    return entry.name if entry else subject


@cache
def _narratives(additions: str) -> dict[str, tuple[str, str]]:
    """By id, title and description, with those that `additions` put on top."""
    return {entry.id: (entry.title, entry.description) for entry in load_taxonomy().narrative}
