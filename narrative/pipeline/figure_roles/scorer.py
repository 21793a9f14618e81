"""Scorers: what weighs the answers that a role could have against each other.

A role function names its candidates and what speaks for each; a scorer gives every one a score, and the highest is the
answer. The shipped scorer is linear, with the weights of `models/figure_roles/weights.json`, fitted by
`scripts/train_figure_roles.py`. Another one, an encoder for instance, needs only the same call: the mention holds the
text and everything found in it, the candidates say where they stand.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from narrative.errors import SettingsError
from narrative.pipeline.figure_roles.mention import Decision
from narrative.resources import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from narrative.pipeline.figure_roles.mention import Mention

ROLES = ("kind", "direction", "status", "subject", "source")


class Candidate(NamedTuple):
    """One answer that a role could have.

    `label` is what the weights of a role with fixed answers are kept under, empty where answers are things of the text;
    `features` speak for this answer alone. `value` is the answer as the record has it.
    """

    value: Any
    label: str
    features: Mapping[str, float]


class Scorer(Protocol):
    """Scores the candidates of one role for one figure, the higher the likelier, as logits."""

    def __call__(self, mention: Mention, context: Sequence[str], candidates: Sequence[Candidate]) -> Sequence[float]:
        """One score a candidate. `context` are features of the figure whatever the answer."""


@dataclass(frozen=True)
class LinearScorer:
    """A conditional logit: the sum of the weights of a candidate's features and of the context's for its label."""

    features: Mapping[str, float] = field(default_factory=dict)
    context: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # by feature, then by label

    def __call__(self, mention: Mention, context: Sequence[str], candidates: Sequence[Candidate]) -> Sequence[float]:
        """One score a candidate; a feature without a weight counts nothing."""
        by_label: dict[str, float] = {}
        for feature in context:
            for label, weight in self.context.get(feature, {}).items():
                by_label[label] = by_label.get(label, 0.0) + weight
        known = self.features
        return [
            by_label.get(candidate.label, 0.0)
            + sum(known[name] * value for name, value in candidate.features.items() if name in known)
            for candidate in candidates
        ]


def decide(scorer: Scorer, mention: Mention, context: Sequence[str], candidates: Sequence[Candidate]) -> Decision:
    """The likeliest candidate with its probability; of equals the first."""
    scores = scorer(mention, context, candidates)
    best = max(range(len(candidates)), key=lambda at: scores[at])
    total = sum(math.exp(score - scores[best]) for score in scores)
    return Decision(candidates[best].value, 1 / total)


@cache
def linear_scorers() -> Mapping[str, Scorer]:
    """The shipped scorer of every role.

    Raises:
        SettingsError: the weights can't be read.
    """
    path = weights_path()
    try:
        weights = json.loads(path.read_text("utf-8"))
        return {role: LinearScorer(weights[role]["features"], weights[role]["context"]) for role in ROLES}
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"{path}: {error}; scripts/train_figure_roles.py writes it") from error


def weights_path() -> Any:
    """Where the shipped weights are."""
    return shipped("models", "figure_roles", "weights.json")
