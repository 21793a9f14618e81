"""From the network's logits on articles that it has not seen to calibration and thresholds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize

from narrative.pipeline.encoder.decisions import Decisions, sigmoid, softmax
from narrative.pipeline.encoder.wordpieces import AI, CAMP, CRYPTO
from narrative.pipeline.explanations import CAUSE_WEIGHTS
from narrative.pipeline.stance import with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from encoder.examples import Example, Question
    from narrative.pipeline.encoder.layout import Layout

CALIBRATED = (
    "camps", "stance_ai", "stance_crypto", "comparison", "denies", "explains", "boilerplate", "narratives", "rejects",
    "type", "article_ai", "article_crypto", "cause_denied", "kind", "measure", "direction", "status",
)  # fmt: skip
BALANCED = ("stance_ai", "stance_crypto", "article_ai", "article_crypto")
SHIFT_PRIOR = 0.5  # standard deviation of a shift away from 0, in logits
ABSTAIN = 0.45  # of three answers none of which is this likely, the one named is a guess
# From here on the network is believed where no notice stands: with less it took as much of the body as it found.
BOILERPLATE = 0.9
# What a cue of comparison adds to the log-odds, and from where on a sentence compares: of 40 settings tried on unseen
# articles in the middle of those that do best; there are too few comparisons for a finer choice.
COMPARISON_CUES, COMPARISON = 3.0, 0.45
GRID = np.arange(0.05, 0.96, 0.01)


class Answers(NamedTuple):
    """What a head said of articles that it had not seen, and what is right."""

    logits: NDArray[np.float32]  # (questions, labels)
    right: NDArray[np.float64]  # (questions,) numbers of labels, or (questions, labels) targets
    articles: list[str]
    named: NDArray[np.float32]  # (questions, camps) whether the stretch names a camp


def answers(rows: Mapping[str, NDArray[np.float32]], examples: Sequence[Example], layout: Layout) -> dict[str, Answers]:
    """Every question of the examples with the network's logits, by head."""
    found: dict[str, list[tuple[NDArray[np.float32], object, str, tuple[bool, bool]]]] = defaultdict(list)
    for each in examples:
        if each.ident in rows:
            for question in each.questions:
                marks = np.concatenate([each.pieces.marks[start:end, CAMP] for start, end in question.stretches])
                named = bool((marks == AI).any()), bool((marks == CRYPTO).any())
                pooled = _pooled(rows[each.ident], question, layout)
                found[question.head].append((pooled, question.answer, each.ident, named))
    return {
        head: Answers(
            np.stack([row[0] for row in held]),
            np.array([row[1] for row in held], float),
            [row[2] for row in held],
            np.array([row[3] for row in held], np.float32),
        )
        for head, held in found.items()
    }


def _pooled(rows: NDArray[np.float32], question: Question, layout: Layout) -> NDArray[np.float32]:
    part = np.concatenate([rows[start:end] for start, end in question.stretches])
    values = part[:, layout.values[question.head]]
    keys = part[:, layout.keys[question.head]]
    if question.key is not None:
        at = layout.keys[question.key[0]].start + question.key[1]
        keys = part[:, at : at + 1]
    return (values * softmax(keys.T).T).sum(axis=0) if keys.shape[1] else values.mean(axis=0)  # type: ignore[no-any-return]


def decisions(
    held: Mapping[str, Answers],
    layout: Layout,
    drawn: Collection[str],
    cues: Mapping[str, Mapping[str, float]] | None = None,
    causes: Sequence[tuple[NDArray[np.float32], int]] = (),
) -> Decisions:
    """Calibration by temperature and shift, thresholds and balances by the scores that they give.

    Args:
        held: answers on unseen articles.
        layout: of the heads.
        drawn: articles drawn blindly: how likely an answer is beforehand is read off these, since the others were
            chosen for what is rare. How far a logit can be trusted is read off all.
        cues: by article, the log-odds that the taxonomy's cues give each narrative; none to leave them out.
        causes: what `cause_weights` takes; none to go by the cause's own head alone.
    """
    held = dict(held)
    weights = {"comparison cues": COMPARISON_CUES, **(cause_weights(causes) if causes else {})}
    held["camps"], names = _with_names(held["camps"])
    weights |= names
    if cues:
        held["narratives"], weights["narrative cues"] = _with_cues(held["narratives"], layout, cues)
    scale = dict(weights)
    shift: dict[str, tuple[float, ...]] = {}
    for head in CALIBRATED:
        exclusive = layout.heads[head].exclusive
        given = held[head]
        scale[head] = _scale(given, exclusive)
        if head == "narratives" and cues:  # the product adds the cues to logits that are scaled already
            scale["narrative cues"] *= scale[head]
        blind = np.array([article in drawn for article in given.articles])
        if blind.sum() >= 30:
            shift[head] = _shift(given.logits[blind] * scale[head], given.right[blind], exclusive)
    fitted = Decisions(scale, shift)
    balance = {head: _balance(fitted.calibrated(head, held[head].logits), held[head].right) for head in BALANCED}
    return Decisions(scale, shift, balance, _thresholds(fitted, held, layout))


def cause_weights(causes: Sequence[tuple[NDArray[np.float32], int]]) -> dict[str, float]:
    """What each of a cause's features weighs, by a conditional logit.

    Args:
        causes: features of the narratives that a cause could belong to, shape (4, narratives + 1), and the right one.
    """
    features = np.stack([each for each, _ in causes]).astype(np.float64)
    right = np.array([each for _, each in causes], float)

    def cost(weights: NDArray[np.float64]) -> float:
        return _loss(np.einsum("w,cwn->cn", weights, features), right, exclusive=True) + float((weights**2).sum() / 2)

    found = minimize(cost, np.array([1.0, 0, 0, 0]), method="L-BFGS-B").x
    return dict(zip(CAUSE_WEIGHTS, (float(each) for each in found), strict=True))


def _with_names(given: Answers) -> tuple[Answers, dict[str, float]]:
    """The camps' logits with what their names add, and the weights of a name in the sentence and around it."""
    around = np.zeros_like(given.named)
    articles = np.array(given.articles)
    for article in set(given.articles):
        around[articles == article] = given.named[articles == article].mean(axis=0)

    def cost(parameters: NDArray[np.float64]) -> float:
        own, here, near, *intercepts = parameters
        logits = own * given.logits + here * given.named + near * around + np.array(intercepts)
        return _loss(logits, given.right, exclusive=False) + float((parameters**2).sum() / 20)

    own, here, near, *_ = minimize(cost, np.array([1.0, 0.0, 0.0, 0.0, 0.0]), method="L-BFGS-B").x
    weights = {"camp named": float(here / own), "camp around": float(near / own)}
    return given._replace(logits=with_names(given.logits, given.named, around, weights)), weights


def _with_cues(given: Answers, layout: Layout, cues: Mapping[str, Mapping[str, float]]) -> tuple[Answers, float]:
    """The narratives' logits with their cues' added, and the weight that the cues have beside the network's."""
    ids = layout.heads["narratives"].labels
    heard = np.array([[cues[article][ident] for ident in ids] for article in given.articles], np.float32)

    def cost(parameters: NDArray[np.float64]) -> float:
        own, cue, intercept = parameters
        return _loss(own * given.logits + cue * heard + intercept, given.right, exclusive=False)

    own, cue, _ = minimize(cost, np.array([1.0, 0.0, 0.0]), method="L-BFGS-B").x
    weight = float(cue / own)
    return given._replace(logits=given.logits + np.float32(weight) * heard), weight


def _loss(logits: NDArray[np.float64], right: NDArray[np.float64], exclusive: bool) -> float:
    if exclusive:
        top = logits.max(axis=1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        return float((total - logits[np.arange(len(right)), right.astype(int)]).sum())
    return float((np.logaddexp(0, logits) - right.reshape(logits.shape) * logits).sum())


def _scale(given: Answers, exclusive: bool) -> float:
    """One over the temperature: Guo and others (2017), "On calibration of modern neural networks"."""
    logits = given.logits.astype(np.float64)
    count = logits.shape[1]

    def cost(parameters: NDArray[np.float64]) -> float:
        return _loss(logits * np.exp(parameters[0]) + parameters[1:], given.right, exclusive) + float(
            (parameters**2).sum() / 2
        )

    return float(np.exp(minimize(cost, np.zeros(1 + count), method="L-BFGS-B").x[0]))


def _shift(logits: NDArray[np.float32], right: NDArray[np.float64], exclusive: bool) -> tuple[float, ...]:
    """What brings the mean probabilities to the shares in articles drawn blindly, held near 0 where they are few."""

    def cost(shift: NDArray[np.float64]) -> float:
        return _loss(logits + shift, right, exclusive) + float((shift**2).sum() / (2 * SHIFT_PRIOR**2))

    return tuple(float(each) for each in minimize(cost, np.zeros(logits.shape[1]), method="L-BFGS-B").x)


def _balance(logits: NDArray[np.float32], right: NDArray[np.float64]) -> tuple[float, ...]:
    """Factors of the labels' probabilities that give the best macro F1 over the labels, the last one's factor 1."""
    chances = softmax(logits)
    steps = np.exp(np.arange(-1.0, 1.05, 0.1))
    best = np.ones(chances.shape[1])
    for _ in range(3):
        for label in range(chances.shape[1] - 1):
            tried = []
            for step in steps:
                factors = best.copy()
                factors[label] = step
                # A step away from 1 has to pay for itself.
                tried.append((macro_f1((chances * factors).argmax(axis=1), right) - 0.004 * abs(np.log(step)), step))
            best[label] = max(tried)[1]
    return tuple(float(each) for each in best)


def macro_f1(named: NDArray[np.int64], right: NDArray[np.float64]) -> float:
    """The mean F1 over the labels that are right anywhere."""
    return float(np.mean([f1(named == label, right == label) for label in np.unique(right)]))


def f1(named: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall."""
    total = named.sum() + right.sum()
    return float(2 * (named & right).sum() / total) if total else 0.0


def _best(score: Callable[[float], float]) -> float:
    """The threshold with the best score; of a plateau its middle."""
    scores = np.array([score(float(at)) for at in GRID])
    smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(np.median(GRID[smooth >= smooth.max() - 1e-9]))


def _thresholds(fitted: Decisions, held: Mapping[str, Answers], layout: Layout) -> dict[str, float]:
    def chances(head: str) -> NDArray[np.float32]:
        logits = fitted.calibrated(head, held[head].logits)
        return softmax(logits) if layout.heads[head].exclusive else sigmoid(logits)

    found = {"stance": ABSTAIN, "boilerplate": BOILERPLATE}
    camps = chances("camps")
    for at, camp in enumerate(layout.heads["camps"].labels):
        right = held["camps"].right[:, at] > 0.5
        found[f"camps {camp}"] = _best(lambda t, at=at, right=right: f1(camps[:, at] >= t, right))  # type: ignore[misc]
    explains = chances("explains").ravel()
    found["explains"] = _best(lambda t: f1(explains >= t, held["explains"].right.ravel() > 0.5))
    found["comparison"] = COMPARISON
    found["sponsored"] = _best(
        lambda t: f1(chances("type")[:, -1] >= t, held["type"].right == len(layout.heads["type"].labels) - 1)
    )
    told, right = chances("narratives"), held["narratives"].right > 0.5
    common = _best(lambda t: f1((told >= t).ravel(), right.ravel()))
    for at, ident in enumerate(layout.heads["narratives"].labels):
        # A narrative's own threshold counts as far as it has cases.
        own = _best(lambda t, at=at: f1(told[:, at] >= t, right[:, at]))  # type: ignore[misc]
        weight = right[:, at].sum() / (right[:, at].sum() + 30)
        found[f"narratives {ident}"] = weight * own + (1 - weight) * common
    return found
