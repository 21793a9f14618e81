"""Measure what a user's own narrative is worth, and fit the curve that makes scores of similarities.

    python scripts/own_narratives.py --work DIR [--folds N]

Each shipped narrative is taken for a user's own, by its description and the three sentences of `own_narratives.toml`,
and looked for in the open part of the gold, in each article by the network of its fold, which has not seen the article
(`train_encoder.py` leaves them in DIR). It has seen others that tell the narrative, as it has none of a user's own, so
the scores flatter; those of a network before it is tuned on gold (`--model FOLDER`) don't. The curve and the threshold
that a narrative is measured with are fitted on the other narratives. Prints the constants for
`narrative/pipeline/own_narratives.py` and the table of `docs/narratives.md`.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gold import gold
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from train_figure_roles import fold_of

from narrative.catalogue.taxonomy import shipped_taxonomy
from narrative.extract.plain import article_from_text
from narrative.pipeline.document import INPUTS, sentence_spans
from narrative.pipeline.encoder.backends import Model
from narrative.pipeline.encoder.reading import read
from narrative.pipeline.load import build
from narrative.pipeline.own_narratives import from_the_middle, similarities, vectors_of

if TYPE_CHECKING:
    from spacy.language import Language

    Row = dict[str, Any]
    Array = np.ndarray[Any, Any]

EXAMPLES = Path(__file__).with_suffix(".toml")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--work", type=Path)
    group.add_argument("--model", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    args = parser.parse_args()
    examples = tomllib.loads(EXAMPLES.read_text("utf-8"))
    nlp, everything = build(), gold("open")
    entries = shipped_taxonomy().narrative
    rows: list[Row] = []
    parts = []
    for fold in range(args.folds if args.work else 1):
        model = Model(args.work / f"model{fold}" if args.work else args.model)
        unseen = [row for row in everything if not args.work or fold_of(row["id"]) == fold]
        bodies = [_body(row, nlp, model) for row in unseen]
        sets = [vectors_of((entry.description, *examples[entry.id]), model) for entry in entries]
        parts.append(np.array([_nearest(bodies, vectors) for vectors in sets]))
        rows += unseen
    near = np.concatenate(parts, axis=1)
    told = np.array([[entry.id in row["narratives"] for row in rows] for entry in entries])

    curve = _fit(near, told)
    print(f"STEEPNESS {curve[0]:.2f}  MIDDLE {curve[1]:.3f}  THRESHOLD {curve[2]:.2f}  {len(rows)} articles")
    print("| narrative | articles | AUC | precision | recall | F1 |\n|---|---|---|---|---|---|")
    cases = []
    for at, entry in enumerate(entries):
        others = np.arange(len(entries)) != at
        steepness, middle, threshold = _fit(near[others], told[others])
        said = _score(near[at], steepness, middle) >= threshold
        cases.append((told[at], said))
        auc = roc_auc_score(told[at], near[at])
        print(
            f"| `{entry.id}` | {told[at].sum()} | {auc:.2f} | "
            + " | ".join(f"{x:.2f}" for x in _rates(*cases[-1]))
            + " |"
        )
    aucs = [roc_auc_score(*pair) for pair in zip(told, near, strict=True)]
    macro = np.mean([_rates(*case)[2] for case in cases])
    micro = _rates(*(np.concatenate(part) for part in zip(*cases, strict=True)))
    rates = ", ".join(f"{rate:.3f}" for rate in micro)
    print(f"mean AUC {np.mean(aucs):.3f}, macro F1 {macro:.3f}, micro precision, recall, F1 {rates}")
    best = [max(_rates(one, near[at] >= t)[2] for t in np.quantile(near[at], np.linspace(0.5, 0.995, 60)))
            for at, one in enumerate(told)]  # fmt: skip
    print(f"macro F1 at each narrative's own best threshold, as `narrative define` seeks it: {np.mean(best):.3f}")


def _body(row: Row, nlp: Language, model: Model) -> Array:
    article = article_from_text(row["text"], **{name: row[name] for name in ("id", "title", "outlet", "published")})
    doc = nlp.make_doc(article.text)
    for name in INPUTS:
        doc._.set(name, getattr(article, name))
    for name in ("sentences", "mentions"):
        doc = nlp.get_pipe(name)(doc)
    meanings = read(doc, model).meanings
    skipped = row["boilerplate"]
    body = [
        at for at, span in enumerate(sentence_spans(doc))
        if not any(part["start"] < span.end and span.start < part["end"] for part in skipped)
    ]  # fmt: skip
    return from_the_middle(meanings[body], model)


def _nearest(bodies: list[Array], vectors: Array) -> list[float]:
    return [float(similarities(body, vectors).max()) if len(body) else -1.0 for body in bodies]


def _fit(near: Array, told: Array) -> tuple[float, float, float]:
    """Steepness and middle of the curve, and the threshold with the best F1 over all narratives together."""
    x, y = near.ravel(), told.ravel()
    fitted = LogisticRegression(C=1e6).fit(x[:, None], y)
    steepness = float(fitted.coef_[0, 0])
    middle = -float(fitted.intercept_[0]) / steepness
    scores = _score(x, steepness, middle)
    thresholds = np.linspace(0.02, 0.8, 79)
    return steepness, middle, float(thresholds[np.argmax([_rates(y, scores >= at)[2] for at in thresholds])])


def _score(near: Array, steepness: float, middle: float) -> Array:
    return 1 / (1 + np.exp(-steepness * (near - middle)))


def _rates(told: Array, said: Array) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    right = float((told & said).sum())
    return right / max(1, said.sum()), right / max(1, told.sum()), 2 * right / max(1, said.sum() + told.sum())


if __name__ == "__main__":
    main()
