"""The subject: the canonical name of what a figure is about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

from narrative.catalogue.entries import load_catalogue
from narrative.pipeline.figure_roles.lexicon import data
from narrative.pipeline.figure_roles.mention import Decision
from narrative.records import Entity, Reference

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.quantities import Quantity
    from narrative.records import FigureKind

_REACH = 10.0
_FUNDS = re.compile(r"\b(?:ETFs?|ETPs?|exchange-traded\s(?:funds?|products?)|funds|investment\sproducts?)\b")
_BARE_FUNDS = re.compile(r"\bETFs?\s(?:net\s|daily\s|weekly\s)?(?:in|out)?flows?\b", re.IGNORECASE)
_OBJECT = re.compile(r"\s(?:worth\s)?(?:of|in|for)?\s?(?:\w+\s)?")
_FADE = 0.9  # how much less an entity counts for each that was named after it
_ACTED_ON = re.compile(
    r"\b(?:acquir\w+|buys?|buying|bought|sells?|selling|sold|invests?\sin|to|from|in|with|against|on)\s(?:the\s)?$",
    re.IGNORECASE,
)
_AFTER = 1.25  # what follows a figure is less often its subject
_OWNERS = frozenset(
    "trade holdings funding spending fine".split()
)  # kinds of which a coin is the object, not the subject
_AGENTS = _OWNERS | {
    "earnings",
    "revenue",
    "valuation",
}  # kinds whose subject acts, so the sentence tends to open with it
_OWN = _AGENTS | {"count", "capacity", "other", "fee", "aum", "volume", "rate"}  # kinds that a firm tells of itself
_OPENING = 30  # characters
_STOCK = re.compile(r"\b(?:shares?|stocks?|per-share|equity|NASDAQ|NYSE|pre-?market|after[\s-]hours)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;]\s|\b(?:while|but|whereas|although|(?<!much\s)(?<!high\s)as(?!\s(?:much|high|low)\b))\b")
WHOLE = "crypto market"
_TOTALS = {"liquidation": WHOLE, "loss": WHOLE}


@dataclass
class Recall:
    """What the article has been about so far."""

    counts: Counter[str] = field(default_factory=Counter)  # mentions by name
    types: dict[str, Entity] = field(default_factory=dict)  # a mention by name
    recent: list[Entity] = field(default_factory=list)  # the entities of the last sentences, newest last
    subjects: dict[str, tuple[Reference, int]] = field(
        default_factory=dict
    )  # the last subject by kind, and its sentence
    last: Reference | None = None
    sources: set[str] = field(default_factory=set)  # who was quoted for something
    title: list[str] = field(default_factory=list)  # names of the title, in order
    values: dict[tuple[float, str], Reference] = field(default_factory=dict)  # the last subject by value and unit
    _frequent: list[str] = field(default_factory=list)

    def read(self, entities: Sequence[Entity]) -> None:
        """Take in a sentence's entities once its figures have been read."""
        self.recent = [*self.recent, *entities][-12:]

    def note(self, kind: str, subject: Reference, sentence: int, quantity: Quantity) -> None:
        """Remember a figure's subject."""
        self.subjects[kind] = subject, sentence
        self.last = subject
        self.values[quantity.value, quantity.unit] = subject

    def echo(self, quantity: Quantity) -> Reference | None:
        """The subject of an earlier figure of the same value."""
        return self.values.get((quantity.value, quantity.unit))

    def frequent(self) -> list[str]:
        """The names that the article mentions most."""
        if not self._frequent:
            known = [name for name in self.counts if name.casefold() not in indicators()]
            self._frequent = sorted(known, key=lambda name: -self.counts[name])[:3]
        return self._frequent


def subject_of(mention: Mention, kind: FigureKind, recall: Recall, sentence: int, sources: Collection[str]) -> Decision:
    """The nearest entity that fits the kind; else what the sentences before, or the whole article, are about.

    Args:
        mention: the quantity in its sentence.
        kind: its kind, which says what sort of thing can be its subject.
        recall: what was read before.
        sentence: the sentence's number.
        sources: names that the sentence gives as sources, which are seldom subjects too.
    """
    fits = fits_of(mention, kind)
    best: tuple[float, Entity] | None = None
    for entity in mention.entities:
        score = fit_of(mention, kind, entity, fits, sources)
        if best is None or score > best[0]:
            best = score, entity
    if best and best[0] >= 0.12:
        entity = best[1]
        name = fund_group(mention, kind, entity) or measured(entity)
        return Decision(name or Reference(name=entity.name, id=entity.id), min(1.0, best[0]))
    return Decision(_recalled(kind, recall, sentence, fits, sources), 0.15)


def fit_of(
    mention: Mention, kind: FigureKind, entity: Entity, fits: dict[str, float], sources: Collection[str]
) -> float:
    """How well an entity of the sentence suits as the subject: its type's fit, less with the distance."""
    fit = fits.get(entity.type, 0.1)
    if entity.name == WHOLE and kind in ("flow", "price"):
        fit *= 0.4  # often named as the surroundings
    if kind == "probability" and entity.name in data()["odds"]["markets"]:
        fit = 0.0
    if entity.name.casefold() in indicators():
        fit = fit * 0.1 if measured(entity) is None else fits.get("ASSET", 0.1)
    if kind in _AGENTS and _ACTED_ON.search(mention.text[max(mention.first, entity.start - 16) : entity.start]):
        fit *= 0.5
    if entity.name in sources:
        fit *= 0.2 if kind in _OWN else 0.0
    if (
        kind in _OWNERS
        and entity.type == "ASSET"
        and _OBJECT.fullmatch(mention.text, mention.quantity.end, max(mention.quantity.end, entity.start))
    ):
        fit *= 0.4
    if _inside(entity, mention):
        # "343 BTC" says of what, not whose
        fit *= 0.5 if kind in _OWNERS or kind == "flow" else 1.0
        distance = 6.0
    else:
        distance = mention.distance(entity.start, entity.end)
        if (
            kind in _AGENTS
            and entity.start - mention.sentence.start < _OPENING
            and entity.end <= mention.quantity.start
        ):
            distance = min(distance, 4.0)
        if entity.start > mention.quantity.start:
            distance = distance * _AFTER + (0 if distance <= 2 and kind not in _OWNERS else 3)
    return fit * _REACH / (_REACH + distance)


def fits_of(mention: Mention, kind: FigureKind) -> dict[str, float]:
    """How well each type of entity fits; what a share costs is said of a company, any other price seldom."""
    fits: dict[str, float] = data()["fits"][kind]
    if kind == "price":
        near = _CLAUSE.split(mention.before[-90:])[-1] + " " + _CLAUSE.split(mention.after[:40])[0]
        return {**fits, **data()["stock_fits"]} if _STOCK.search(near) else fits
    return fits


@cache
def indicators() -> frozenset[str]:
    """The names, folded, of indicators that are computed on an asset."""
    return frozenset(name.casefold() for name in data()["subject"]["indicators"])


def measured(entity: Entity) -> Reference | None:
    """The asset that an indicator names: "Bitcoin dominance" tells of Bitcoin."""
    first = entity.name.split(maxsplit=1)[0]
    known = entity.name.casefold() in indicators() and load_catalogue().by_name.get(first)
    return Reference(name=known.name, id=known.id) if known else None


def _inside(entity: Entity, mention: Mention) -> bool:
    return entity.start >= mention.quantity.start and entity.end <= mention.quantity.end


def fund_group(mention: Mention, kind: FigureKind, entity: Entity) -> Reference | None:
    """The funds of an asset where the text says "Bitcoin … ETFs" and their flow or size is meant."""
    if kind not in ("flow", "aum") or entity.type != "ASSET":
        return None
    beside = mention.text[max(mention.first, mention.quantity.start - 40) : mention.quantity.end + 40]
    if not (kind == "flow" and _BARE_FUNDS.search(beside)) and not _FUNDS.search(
        mention.text, entity.end, min(entity.end + 40, mention.last)
    ):
        return None
    if re.search(r"\b(?:products?|digital|CoinShares)\b", mention.text[entity.end : entity.end + 40]):
        return None
    name = data()["fund_groups"].get(entity.name, f"{entity.name} ETFs")
    return _named(name)


def _named(name: str) -> Reference:
    entry = load_catalogue().by_name.get(name)
    return Reference(name=name, id=entry.id if entry else None)


def _recalled(
    kind: str, recall: Recall, sentence: int, fits: dict[str, float], sources: Collection[str]
) -> Reference | None:
    known = recall.subjects.get(kind)
    if known and sentence - known[1] <= 3:
        return known[0]
    if kind in _TOTALS:
        return _named(_TOTALS[kind])
    recent = [
        (fits.get(entity.type, 0.1) * _FADE**age * (0.5 if entity.name in recall.sources else 1.0), entity)
        for age, entity in enumerate(reversed(recall.recent))
        if entity.name not in {*sources, WHOLE} and entity.name.casefold() not in indicators()
    ]
    fit, entity = max(recent, key=itemgetter(0), default=(0.0, None))
    if entity and fit >= 0.35:
        return Reference(name=entity.name, id=entity.id)
    if known:
        return known[0]
    names = [
        name
        for name in recall.counts
        if name not in {*sources, WHOLE, *recall.sources} and name.casefold() not in indicators()
    ]
    ranked = sorted(names, key=lambda name: -recall.counts[name] * fits.get(recall.types[name].type, 0.1))
    if ranked:
        return Reference(name=ranked[0], id=recall.types[ranked[0]].id)
    return recall.last
