"""The cues and weights of `data/figure_roles.toml`, compiled once a process."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from narrative.pipeline.cues import DATA, CueMatcher, payloads
from narrative.resources import read_toml

_PLAIN = {"percent": "percent", "bps": "percent", "x": "x", "count": "count", "index": "index"}


class NamedThing(NamedTuple):
    """A name that a phrase stands for, with the type of thing that it is; no name where the text told it before."""

    name: str
    type: str


@cache
def data() -> dict[str, Any]:
    """The data file as read."""
    return read_toml(DATA / "figure_roles.toml")


@cache
def matchers() -> dict[str, CueMatcher[Any]]:
    """One matcher a family of cues: kinds, movement, status, source, references."""
    kinds: dict[str, list[tuple[str, float]]] = {}
    for kind, cues in data()["kinds"].items():
        for strength, weight in (("weak", 0.45), ("strong", 1.0)):
            for cue in cues[strength]:
                kinds.setdefault(cue, []).append((kind, weight))
    references = {
        cue: NamedThing(group["name"], group["type"]) for group in data()["references"] for cue in group["cues"]
    }
    references |= {cue: NamedThing("", type_) for type_, cues in data()["anaphora"].items() for cue in cues}
    return {
        "kinds": CueMatcher(kinds),
        "movement": CueMatcher(payloads(data()["movement"])),
        "status": CueMatcher(payloads(data()["status"])),
        "source": CueMatcher(payloads(data()["source"])),
        "references": CueMatcher(references),
    }


@cache
def _currencies() -> frozenset[str]:
    return frozenset(
        "USD EUR GBP JPY CNY KRW INR CAD AUD CHF HKD SGD BRL MXN TRY RUB ZAR SEK NOK DKK NZD PLN THB IDR PHP VND MYR "
        "TWD AED SAR ILS ARS CLP COP NGN KES UAH CZK HUF RON PKR BDT EGP QAR KWD KZT".split()
    )


def unit_class(unit: str) -> str:
    """Money, coin, percent, x, count, index or capacity."""
    if unit in _PLAIN:
        return _PLAIN[unit]
    if unit in _currencies():
        return "money"
    return "coin" if unit.isupper() and unit not in ("MW", "GW", "TPS", "TW") and "/" not in unit else "capacity"


@cache
def beside(role: str) -> frozenset[str]:
    """The words of one list of `[beside]`."""
    return frozenset(data()["beside"][role])


@cache
def noun_after() -> re.Pattern[str]:
    """A noun of rise (group `up`) or fall (group `down`) within three words after a number."""
    groups = (
        rf"(?P<{way}>{'|'.join(sorted(beside(role), key=len, reverse=True))})"
        for way, role in (("up", "gains"), ("down", "falls"))
    )
    return re.compile(rf"\s(?:\w+\s){{0,2}}?(?:{'|'.join(groups)})\b", re.IGNORECASE)
