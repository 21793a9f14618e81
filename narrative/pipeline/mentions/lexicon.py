"""The word lists of `data/entities.toml`, read once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.catalogue.forms import FormIndex, fold, shipped_forms
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).parent.parent / "data" / "entities.toml"


@dataclass(frozen=True)
class EntityData:
    """What `entities.toml` holds; its comments say what each list is for."""

    lower_tickers: tuple[str, ...]
    nothing: tuple[str, ...]
    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]
    readings: Mapping[str, Mapping[str, Any]]  # by folded form
    asset_words: frozenset[str]
    fund_names: Mapping[str, str]
    fund_generic: Mapping[str, str]
    unknown: Mapping[str, Any]


@cache
def entity_data() -> EntityData:
    """The shipped lists."""
    data = read_toml(_FILE)
    return EntityData(
        lower_tickers=tuple(data["lower_tickers"]),
        nothing=tuple(data["nothing"]),
        before={kind: frozenset(words) for kind, words in data["before"].items()},
        after={kind: frozenset(words) for kind, words in data["after"].items()},
        readings={fold(rule["form"]): rule for rule in data["reading"]},
        asset_words=frozenset(data["asset_words"]["after"]),
        fund_names=data["funds"]["names"],
        fund_generic=data["funds"]["generic"],
        unknown=data["unknown"],
    )


def form_index() -> FormIndex:
    """The automaton over the shipped catalogue and these lists."""
    data = entity_data()
    return shipped_forms(data.nothing, data.lower_tickers)
