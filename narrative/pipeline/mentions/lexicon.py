"""The word lists of `data/entities*.toml`, read once a process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.catalogue.forms import FormIndex, fold, shipped_forms
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class EntityData:
    """What the files hold; their comments say what each list is for."""

    lower_tickers: tuple[str, ...]
    nothing: tuple[str, ...]
    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]
    readings: Mapping[str, Mapping[str, Any]]  # by folded form
    asset_words: frozenset[str]
    fund_names: Mapping[str, str]
    fund_generic: Mapping[str, str]
    unknown: Mapping[str, Any]
    elsewhere: Mapping[str, tuple[str, ...]]  # by folded form: words beside which it means something else
    common: frozenset[str]  # folded phrases in which ambiguous forms are words
    own: Mapping[str, tuple[str, ...]]  # by id: words that go with an entry, beside those of the catalogue
    bare_words: frozenset[str]
    owners: frozenset[str]
    capitals: frozenset[str]
    never_lower: frozenset[str]
    determiners: frozenset[str]
    verbs: frozenset[str]
    no_verbs: frozenset[str]
    moves: frozenset[str]
    agents: frozenset[str]
    not_surnames: frozenset[str]


@cache
def entity_data() -> EntityData:
    """The shipped lists."""
    data, senses = read_toml(_FOLDER / "entities.toml"), read_toml(_FOLDER / "entities_evidence.toml")
    elsewhere: dict[str, tuple[str, ...]] = {}
    for group in senses["elsewhere"]:
        for form in group["forms"]:
            elsewhere[fold(form)] = (*elsewhere.get(fold(form), ()), *group["words"])
    return EntityData(
        lower_tickers=tuple(data["lower_tickers"]),
        nothing=(*data["nothing"], *senses["nothing"], *senses["common"]),
        before={kind: frozenset(words) for kind, words in data["before"].items()},
        after={kind: frozenset(words) for kind, words in data["after"].items()},
        readings={fold(rule["form"]): rule for rule in data["reading"]},
        asset_words=frozenset(data["asset_words"]["after"]),
        fund_names=data["funds"]["names"],
        fund_generic=data["funds"]["generic"],
        unknown=data["unknown"],
        elsewhere=elsewhere,
        common=frozenset(map(fold, senses["common"])),
        own={ident: tuple(words) for ident, words in senses["own"].items()},
        bare_words=frozenset(map(fold, senses["bare_words"].split())),
        owners=frozenset(map(fold, senses["owners"].split())),
        capitals=frozenset(map(fold, senses["capitals"].split())),
        never_lower=frozenset(map(fold, senses["never_lower"].split())),
        determiners=frozenset(senses["determiners"].split()),
        verbs=frozenset(senses["verbs"]["any"].split()) | frozenset(senses["verbs"]["past"].split()),
        no_verbs=frozenset(senses["verbs"]["none"].split()),
        moves=frozenset(senses["verbs"]["moves"].split()),
        agents=frozenset(senses["verbs"]["agents"].split()),
        not_surnames=frozenset((data["unknown"]["not_surnames"] + data["unknown"]["not_names"]).split())
        | {word for words in data["unknown"]["last"].values() for word in words},
    )


@cache
def first_names() -> frozenset[str]:
    """Common first names."""
    return frozenset(read_toml(_FOLDER / "entities_first_names.toml")["names"].split())


def certainty(evidence: str, kind: str) -> float:
    """The probability that a mention of this type that rests on this sort of evidence is right."""
    weights = certainty_weights()
    return 1 / (1 + math.exp(-weights["evidence"][evidence] - weights["type"][kind]))


@cache
def certainty_weights() -> dict[str, dict[str, float]]:
    """Log-odds by `evidence` and by `type`."""
    return read_toml(_FOLDER / "entities_certainty.toml")


def form_index() -> FormIndex:
    """The automaton over the shipped catalogue and these lists."""
    data = entity_data()
    return shipped_forms(data.nothing, data.lower_tickers)
