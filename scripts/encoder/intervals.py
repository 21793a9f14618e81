"""Scores with 95% bootstrap intervals: texts are drawn whole, for what one text says hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.float64]

RESAMPLES = 2000
SEED = 6


def macro_f1(confusion: Table) -> Table:
    """Mean F1 over the labels that are right anywhere, of confusion tables of shape (…, right, named)."""
    right, named = confusion.sum(-1), confusion.sum(-2)
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    f1 = np.divide(2 * hits, right + named, out=np.zeros(hits.shape), where=right + named > 0)
    return np.asarray(f1.sum(-1) / np.maximum((right > 0).sum(-1), 1))


def accuracy(confusion: Table) -> Table:
    """Share of right answers, of confusion tables of shape (…, right, named)."""
    return np.asarray(np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum((-1, -2)))


def label_scores(right: Sequence[int], named: Sequence[int], texts: Sequence[str], labels: int) -> dict[str, Any]:
    """Macro F1 and accuracy with intervals over texts, and the confusion table, a row for each right label.

    Args:
        right: numbers of the right labels.
        named: numbers of the labels given.
        texts: which text each belongs to.
        labels: how many there are.
    """
    order = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    tables = np.zeros((len(order), labels, labels))
    np.add.at(tables, ([order[text] for text in texts], list(right), list(named)), 1)
    share = np.full(len(order), 1 / len(order))
    drawn = np.tensordot(np.random.default_rng(SEED).multinomial(len(order), share, RESAMPLES), tables, axes=1)
    whole = tables.sum(0)
    low, high = interval(macro_f1(drawn))
    accuracy_low, accuracy_high = interval(accuracy(drawn))
    return {
        "macro_f1": short(float(macro_f1(whole))),
        "low": low,
        "high": high,
        "accuracy": short(float(accuracy(whole))),
        "accuracy_low": accuracy_low,
        "accuracy_high": accuracy_high,
        "n": len(texts),
        "texts": len(order),
        "confusion": whole.astype(int).tolist(),
    }


def item_scores(name: str, score: Callable[[NDArray[np.int64]], float], count: int, resamples: int) -> dict[str, Any]:
    """Any score of some of `count` items, given by their numbers, under its name, with its interval."""
    rng = np.random.default_rng(SEED)
    low, high = interval(np.array([score(rng.integers(0, count, count)) for _ in range(resamples)]))
    return {name: short(score(np.arange(count))), "low": low, "high": high, "n": count}


def interval(values: Table) -> tuple[float, float]:
    """The middle 95% of a score over the resamples."""
    low, high = np.quantile(values, (0.025, 0.975))
    return short(float(low)), short(float(high))


def short(value: float) -> float:
    """As many digits as are worth keeping."""
    return round(value, 4)
