"""The answers of the roles that have fixed ones (kind, direction, status), with what speaks for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from narrative.pipeline.figure_roles.context import near, stem
from narrative.pipeline.figure_roles.kind import apposed, kind_of, kind_scores, listed, restated
from narrative.pipeline.figure_roles.mention import Decision
from narrative.pipeline.figure_roles.movement import direction_of
from narrative.pipeline.figure_roles.scorer import Candidate
from narrative.pipeline.figure_roles.status import status_of
from narrative.records import Direction, FigureKind, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from narrative.pipeline.figure_roles.mention import Mention

KINDS: tuple[FigureKind, ...] = get_args(FigureKind)
DIRECTIONS: tuple[Direction | None, ...] = (None, *get_args(Direction))
STATUSES: tuple[Status, ...] = get_args(Status)


class Before(NamedTuple):
    """What was decided of the sentence's figure before, if there is one."""

    kind: FigureKind | None = None
    direction: Direction | None = None
    status: Status | None = None
    subject: str | None = None


def joint_of(mention: Mention) -> str:
    """How a figure follows the one before it in its sentence; empty for the first."""
    if mention.previous is None:
        return ""
    same = "same unit" if mention.previous.unit == mention.quantity.unit else "other unit"
    for name, holds in (("listed", listed), ("restated", restated), ("apposed", apposed)):
        if holds(mention):
            return f"{name} {same}"
    return f"{'close' if len(mention.between) < 40 else 'far'} {same}"


def kind_answers(
    mention: Mention,
    before: Before,
    elsewhere: Mapping[str, float],
    seen: FigureKind | None,
    last: FigureKind | None,
    heard: Mapping[str, float],
) -> tuple[list[str], list[Candidate]]:
    """The kinds that the unit allows, with the context that tells them apart.

    Args:
        mention: the quantity in its sentence.
        before: the sentence's figure before.
        elsewhere: what the article's other figures of the same value say for each kind.
        seen: the kind of an earlier figure of the same value.
        last: the kind of the article's figure before.
        heard: the encoder's log-probability of each kind.
    """
    context = list(mention.context)
    joint = joint_of(mention)
    if before.kind:
        context += [f"previous {before.kind}", f"previous {before.kind} {joint}"]
    ruled = kind_of(mention, before.kind)
    scores = kind_scores(mention, before.kind)
    top = max(scores.values(), default=0.0)
    candidates = []
    for kind in KINDS:
        features = {"score": scores.get(kind, 0.0), f"score {mention.unit}": scores.get(kind, 0.0)}
        if kind not in scores:
            features["no cue"] = 1.0
        elif scores[kind] == top:
            features["best score"] = 1.0
        if kind == ruled.value:
            features["rule"] = 1.0
            features["rule certainty"] = ruled.certainty
            features[f"rule {kind}"] = 1.0
        features |= _heard(heard, kind, mention.unit)
        if kind in elsewhere:
            features["elsewhere"] = elsewhere[kind]
        if kind == seen:
            features["seen"] = features[f"seen {mention.unit}"] = 1.0
        if kind == last:
            features["last"] = features[f"last {kind}"] = 1.0
        if kind == before.kind:
            features[f"previous {joint}"] = features[f"previous {joint} {mention.unit}"] = 1.0
        candidates.append(Candidate(kind, kind, features))
    cued: set[str] = set()
    movers = [hit.start for hit in mention.hits("movement")]
    for hit in mention.hits("kinds"):
        side = "before" if hit.end <= mention.quantity.start else "after"
        step = near(mention.distance(hit.start, hit.end))
        for kind, weight in hit.payload:
            features = dict(candidates[KINDS.index(kind)].features)
            strength = "strong" if weight == 1.0 else "weak"
            features[f"cue {strength} {side} {step}"] = 1.0
            if side == "before" and any(0 < start - hit.end <= 12 for start in movers):
                features[f"moves {strength}"] = features[f"moves {mention.unit}"] = 1.0
            if kind not in cued:
                features[f"cue {strength}"] = 1.0
                cued.add(kind)
            candidates[KINDS.index(kind)] = Candidate(kind, kind, features)
    return context, candidates


def direction_answers(
    mention: Mention,
    kind: FigureKind,
    measure: str,
    before: Before,
    told: Direction | None,
    heard: Mapping[str, float],
) -> tuple[list[str], list[Candidate]]:
    """The directions, with the context that tells them apart.

    Args:
        mention: the quantity in its sentence.
        kind: its kind.
        measure: its measure.
        before: the sentence's figure before.
        told: the direction of the last figure of the kind.
        heard: the encoder's log-probability of each direction.
    """
    ruled = direction_of(mention, kind, measure)
    joint = joint_of(mention)
    if before.kind == kind and (
        (joint.startswith("listed") and mention.lead not in ("to", "from") and not mention.quantity.negative)
        or (joint.startswith("restated") and ruled.value is None)
    ):
        ruled = Decision(before.direction, 0.8)
    state = f"{kind} {measure}"
    context = [f"{feature} {measure}" for feature in mention.context]
    context += [f"kind {state}", f"rule {ruled.value} {state}", f"lead {mention.lead} {state}"]
    context += [f"previous {before.direction} {joint}", f"rule {ruled.value} {ruled.certainty:.1f}"]
    for way, (distance, side, word) in _movements(mention).items():
        context += [f"{way} {side} {near(distance)}", f"{way} {side} {near(distance)} {measure}", f"{way} {word}"]
        context += [f"{way} {side} {near(distance)} {mention.lead}", f"{way} {side} {kind}"]
    candidates = []
    for direction in DIRECTIONS:
        features = _heard(heard, direction or "none", measure)
        if direction == ruled.value:
            features |= {"rule": 1.0, "rule certainty": ruled.certainty, f"rule {measure}": 1.0}
        if direction == told and kind in ("flow", "price"):
            features |= {f"told {kind}": 1.0, f"told {kind} {measure} {ruled.value is None}": 1.0}
        if direction == before.direction and joint:
            features |= {f"previous {joint}": 1.0, f"previous {joint} {measure}": 1.0}
        candidates.append(Candidate(direction, str(direction), features))
    return context, candidates


def _movements(mention: Mention) -> dict[str, tuple[float, str, str]]:
    """The nearest cue of each sort of movement on each side: distance, side, word."""
    found: dict[str, tuple[float, str, str]] = {}
    for hit in mention.hits("movement"):
        if not mention.drives(hit):
            continue
        distance = mention.distance(hit.start, hit.end)
        side = "before" if hit.end <= mention.quantity.start else "after"
        for way in hit.payload:
            name = f"{way} {side[0]}"
            if name not in found or distance < found[name][0]:
                found[name] = distance, side, stem(mention.text[hit.start : hit.end])
    return found


def status_answers(
    mention: Mention, kind: FigureKind, before: Before, heard: Mapping[str, float]
) -> tuple[list[str], list[Candidate]]:
    """The statuses, with the context that tells them apart; `heard` is the encoder's log-probability of each."""
    ruled = status_of(mention, kind)
    joint = joint_of(mention)
    if before.status and (
        (joint.startswith("listed") and before.kind == kind and mention.lead != "from") or joint.startswith("restated")
    ):
        ruled = Decision(before.status, 0.8)
    context = [*mention.context, f"kind {kind}", f"rule {ruled.value} {kind}", f"lead {mention.lead} {kind}"]
    asks = mention.text[mention.sentence.end - 1] == "?"
    context.append(f"asks {asks}")
    for hit in mention.hits("status"):
        side = "before" if hit.end <= mention.quantity.start else "after"
        step = near(mention.distance(hit.start, hit.end))
        for status in hit.payload:
            context += [f"{status} {side} {step}", f"{status} {side}"]
        word = stem(mention.text[hit.start : hit.end])
        context += [f"cue {word}", f"cue {word} {side} {step}"]
    candidates = []
    for status in STATUSES:
        features = _heard(heard, status, mention.unit)
        if status == ruled.value:
            features |= {"rule": 1.0, f"rule {status}": 1.0, "rule certainty": ruled.certainty}
        if status == before.status:
            features[f"previous {joint}"] = features[f"previous {joint} {status}"] = 1.0
        candidates.append(Candidate(status, status, features))
    return context, candidates


def _heard(heard: Mapping[str, float], answer: str, case: str) -> dict[str, float]:
    """What the encoder says of an answer."""
    if not heard:
        return {}
    said = heard[answer]
    features = {"encoder": said, f"encoder {case}": said, f"encoder {answer}": said}
    if said == max(heard.values()):
        features["encoder first"] = features[f"encoder first {case}"] = 1.0
    return features
