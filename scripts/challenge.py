"""The challenge set: sentences of our own on which denial is hard to tell, and how a reader does on them.

`tests/gates/challenge.md` says what they are and how they are scored. They are for testing only: nothing trains on
them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.extract.plain import article_from_text
from narrative.pipeline.annotate import annotate_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from narrative.records import Annotation, Article, Comparison, Explanation

    Annotate = Callable[[list[Article]], list[Annotation]]

SENTENCES = Path(__file__).parent.parent / "tests" / "gates" / "challenge.jsonl"


def read() -> list[dict[str, Any]]:
    """The records: `id`, `text`, `comparison`, `explanations` and `sort`."""
    return [json.loads(line) for line in SENTENCES.read_text("utf-8").splitlines()]


def denied(record: dict[str, Any]) -> bool:
    """Whether a labelled sentence rejects or doubts what it is scored on: its comparison or its first explanation."""
    label = record["comparison"] if record["sort"] == "comparison" else record["explanations"][0]
    return bool(label["denied"])


def score(annotate: Annotate = annotate_batch) -> dict[str, dict[str, Any]]:
    """Read every sentence by itself and compare.

    Args:
        annotate: the reader, one annotation for each article.

    Returns:
        Scores by name, each with `value` (a share from 0 to 1, null where `n` is 0) and `n`.
    """
    records = read()
    annotations = annotate([article_from_text(record["text"], id=record["id"]) for record in records])
    pairs = list(zip(records, annotations, strict=True))
    outcomes = [_outcome(record, annotation) for record, annotation in pairs if record["sort"] != "distractor"]
    others = [annotation for record, annotation in pairs if record["sort"] == "distractor"]
    comparisons = [outcome for outcome in outcomes if outcome["sort"] == "comparison"]
    scores = {
        f"{sort} recall": _share(outcome["found"] for outcome in outcomes if outcome["sort"] == sort)
        for sort in ("comparison", "explanation")
    }
    scores["comparison winner"] = _share(outcome["winner"] for outcome in comparisons if outcome["found"])
    for name, subset in _subsets(outcomes).items():
        scores[f"denial{name}"] = _share(outcome["right"] for outcome in subset)
        scores[f"denial among found{name}"] = _share(outcome["right"] for outcome in subset if outcome["found"])
    scores["false comparison"] = _share(bool(annotation.comparison) for annotation in others)
    scores["false explanation"] = _share(bool(annotation.explanations) for annotation in others)
    scores["false alarm"] = _share(bool(annotation.comparison or annotation.explanations) for annotation in others)
    return scores


def _subsets(outcomes: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "": outcomes,
        **{f", {sort}": [o for o in outcomes if o["sort"] == sort] for sort in ("comparison", "explanation")},
        ", denied": [o for o in outcomes if o["denied"]],
        ", not denied": [o for o in outcomes if not o["denied"]],
    }


def _share(right: Iterable[bool]) -> dict[str, Any]:
    answers = list(right)
    return {"value": sum(answers) / len(answers) if answers else None, "n": len(answers)}


def _outcome(record: dict[str, Any], annotation: Annotation) -> dict[str, Any]:
    """How one labelled sentence was read."""
    read_as: Comparison | Explanation | None
    if record["sort"] == "comparison":
        found = bool(annotation.comparison)
        read_as = max(annotation.comparison, key=lambda comparison: comparison.score, default=None)
        winner = found and read_as is not None and read_as.winner == record["comparison"]["winner"]
    else:
        found, winner = bool(annotation.explanations), False
        read_as = _reading(record, annotation.explanations)
    return {
        "id": record["id"],
        "sort": record["sort"],
        "denied": denied(record),
        "found": found,
        "winner": winner,
        "right": read_as is not None and read_as.denied == denied(record),
    }


def _reading(record: dict[str, Any], explanations: Iterable[Explanation]) -> Explanation | None:
    """The reading of the first labelled explanation: most of its cause's words, then the best score.

    One that covers more of another labelled cause than of this one reads that one: "the yen" in "the yen, not the Fed".
    """
    spans = []
    for label in record["explanations"]:
        start = record["text"].index(label["words"])
        spans.append((start, start + len(label["words"])))

    def shared(explanation: Explanation) -> list[int]:
        return [max(0, min(explanation.cause_end, end) - max(explanation.cause_start, start)) for start, end in spans]

    candidates = [explanation for explanation in explanations if shared(explanation)[0] == max(shared(explanation))]
    return max(candidates, key=lambda explanation: (shared(explanation)[0], explanation.score), default=None)
