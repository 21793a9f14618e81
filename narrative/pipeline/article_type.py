"""Article type by cues: news, market report, analysis, opinion, digest, or sponsored.

`data/article_types.toml` holds the cues and how they add up. Boilerplate is read too: its tail gives a press release
away.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from spacy.language import Language

from narrative.catalogue.folding import fold
from narrative.errors import SettingsError
from narrative.pipeline.cues import DATA, CueMatcher, payloads
from narrative.records import ArticleType
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

_MOST_DECISIVE = 3  # decisive cues of a body that count
_STRENGTHS = ("decisive", "strong", "plain")
_TYPES: tuple[ArticleType, ...] = get_args(ArticleType)


@Language.factory("narrative_article_type_v1", assigns=["doc._.article_type"])
def create_article_type(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_article_type`."""
    return mark_article_type


def mark_article_type(doc: Doc) -> Doc:
    """Set `doc._.article_type`: the likeliest type and its probability."""
    headline = doc._.title_span
    title = doc._.title or (doc.text[headline.start : headline.end] if headline is not None else "")
    scores = article_types(title, doc.text)
    best = max(scores, key=lambda name: scores[name])
    doc._.article_type = (best, round(scores[best], 4))
    return doc


class _Rules(NamedTuple):
    cues: CueMatcher[tuple[str, ...]]
    priors: dict[str, float]
    weights: dict[str, float]


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = read_toml(DATA / "article_types.toml")
    if set(data["types"]) != set(_TYPES):
        raise SettingsError(f"article_types.toml: the types must be {', '.join(_TYPES)}")
    groups = {f"{name} {how}": body[how] for name, body in data["types"].items() for how in _STRENGTHS if how in body}
    priors = {name: body["prior"] for name, body in data["types"].items()}
    return _Rules(CueMatcher(payloads(groups)), priors, data["weights"])


def article_types(title: str, text: str) -> dict[ArticleType, float]:
    """The probability of each type."""
    rules = _rules()
    in_title, _ = _sums(title)
    in_text, decided = _sums(text)
    weights = rules.weights
    logits = {
        name: (
            rules.priors[name]
            + weights["title"] * in_title.get(name, 0.0)
            + min(weights["body_cap"], weights["body"] * (in_text.get(name, 0.0) - decided.get(name, 0.0)))
            + weights["body"] * min(decided.get(name, 0.0), _MOST_DECISIVE * weights["decisive"])
        )
        / weights["temperature"]
        for name in _TYPES
    }
    highest = max(logits.values())
    total = sum(math.exp(logit - highest) for logit in logits.values())
    return {name: math.exp(logit - highest) / total for name, logit in logits.items()}


def _sums(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """By type, what the different cues of a text add up to, and how much of it comes from decisive ones."""
    rules = _rules()
    folded = fold(text)
    seen = {(folded[hit.start : hit.end], hit.payload) for hit in rules.cues.find(text)}
    sums: dict[str, float] = {}
    decided: dict[str, float] = {}
    for group in (group for _, groups in seen for group in groups):
        name, how = group.split()
        weight = rules.weights.get(how, 1.0)
        sums[name] = sums.get(name, 0.0) + weight
        if how == "decisive":
            decided[name] = decided.get(name, 0.0) + weight
    return sums, decided
