"""Fit the scorers of the figure roles on the gold, and tell how well they do on articles that they have not seen.

    python scripts/train_figure_roles.py --models DIR [--write]

Five folds by article over the gold's open part and the sample (`scripts/sample/gold`, annotated for this project); the
lockbox never trains. The cases of tests/specs/figures.json always do: they say what SEMANTICS.md decides. The scores
printed are of articles that the scorers which read them have not seen: out of fold for the open part and the sample,
the whole of both for the lockbox. Features tell of what was decided for the figures before; they are taken from a
reading by the rules alone. Reading them off the fitted scorers' own decisions, alone or added, made no difference
beyond chance. What the encoder says is a feature, too, so every article is read with a network that has not seen it:
DIR holds those of the folds (`model0` and so on, of `scripts/train_encoder.py`, whose folds are the same; articles of a
fold that has none are left out), and what never trains is read with the shipped one. `--write` writes
`models/figure_roles/`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gold as gold_data
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from narrative.extract.plain import article_from_text
from narrative.pipeline.encoder.backends import Model, load_model
from narrative.pipeline.encoder.reading import reading_with
from narrative.pipeline.figure_roles.scorer import ROLES, Candidate, LinearScorer, weights_path
from narrative.pipeline.figures import assign_figures
from narrative.pipeline.load import build
from narrative.pipeline.quantities import read_quantities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spacy.tokens import Doc

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.figure_roles.scorer import Scorer

FOLDS = 5
PARTS = ("open", "lockbox", "sample")
RARE = 2  # articles that a feature must be in
SPEC_TIMES = 5  # how often a case of the specs counts: it says what is right, articles what is usual
SMALL = 0.03  # weights that are not worth keeping
# The strength of the prior that weights are 0: of a candidate's own features, and of the context's.
PRIORS = {
    "kind": (0.3, 3.0), "direction": (0.3, 3.0), "status": (1.0, 3.0), "subject": (4.0, 4.0), "source": (4.0, 10.0),
}  # fmt: skip
START: dict[str, Scorer] = {role: LinearScorer({"rule": 6.0, "rule none": 3.0}) for role in ROLES}


@dataclass
class Example:
    """One decision: the candidates, and which of them is right."""

    article: str
    context: Sequence[str]
    candidates: Sequence[Candidate]
    right: int


@dataclass
class Recorder:
    """A scorer that remembers what it was asked."""

    scorer: Scorer
    asked: list[tuple[int, Sequence[str], Sequence[Candidate]]] = field(default_factory=list)

    def __call__(self, mention: Mention, context: Sequence[str], candidates: Sequence[Candidate]) -> Sequence[float]:
        """What the scorer says."""
        self.asked.append((mention.quantity.start, context, candidates))
        return self.scorer(mention, context, candidates)


def fold_of(ident: str) -> int:
    """An article's fold, by a hash of its id; -1 for the lockbox, none for a spec, which always trains."""
    if ident.startswith("spec "):
        return FOLDS
    if ident.startswith("sample "):
        return int(hashlib.sha256(ident.encode()).hexdigest(), 16) % FOLDS
    digest = hashlib.sha256(f"fold {ident}".encode()).hexdigest()
    return -1 if gold_data.in_lockbox(ident) else int(digest, 16) % FOLDS


def part_of(ident: str) -> str:
    """Whose article it is."""
    if ident.startswith("sample "):
        return "sample"
    return "lockbox" if fold_of(ident) == -1 else "open"


def specified() -> list[dict[str, Any]]:
    """The figures of tests/specs that tell every role, as gold records: what SEMANTICS.md decides, in our own words."""
    path = Path(__file__).parent.parent / "tests" / "specs" / "figures.json"
    rows = []
    for number, spec in enumerate(json.loads(path.read_text("utf-8"))):
        at, figures = 0, []
        for figure in spec["expected"]:
            start = spec["text"].index(figure["text"], at)
            at = start + len(figure["text"])
            if {"kind", "direction", "status", "subject", "attributed_to"} <= figure.keys():
                figures.append({**figure, "start": start, "end": at})
        ident = f"spec {number}"
        rows.append({**spec, "id": ident, "title": None, "outlet": None, "figures": figures})
    return rows


def sample() -> list[dict[str, Any]]:
    """The articles of the sample with their figures, as gold records."""
    rows = []
    for path in sorted((Path(__file__).parent / "sample" / "gold").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for figure in row["figures"]:
                period = figure["period"]
                figure["period"] = {"start": period[0], "end": period[1]} if period else None
            rows.append({**row, "id": f"sample {row['id']}"})
    return rows


def unseeing(ident: str, models: Path) -> Model | None:
    """The network whose training an article of the open part was left out of; none, so the shipped, for all others."""
    fold = fold_of(ident)
    return load_model(models / f"model{fold}") if fold in range(FOLDS) and part_of(ident) == "open" else None


def has_network(ident: str, models: Path) -> bool:
    """Whether there is a network that has not seen an article; one whose fold was not trained is left out."""
    return part_of(ident) != "open" or (models / f"model{fold_of(ident)}").exists()


def documents(rows: list[dict[str, Any]], models: Path) -> list[Doc]:
    """The articles, read up to the figures with a network that has not seen them."""
    nlp = build()
    docs = []
    for row in rows:
        article = article_from_text(
            row["text"], id=row["id"], title=row["title"], outlet=row["outlet"], published=row["published"]
        )
        doc = nlp.make_doc(article.text)
        for name in ("published", "title", "title_span", "outlet"):
            doc._.set(name, getattr(article, name))
        with reading_with(unseeing(row["id"], models)):
            for name, component in nlp.pipeline:
                if name == "figures":
                    break
                doc = component(doc)
        docs.append(doc)
    return docs


def answer(role: str, figure: dict[str, Any], normal: Any) -> Any:
    """The gold's answer of a role in a form that candidates can be compared with."""
    if role == "source":
        return normal(figure["attributed_to"])
    return normal(figure["subject"]) if role == "subject" else figure[role]


def read(
    rows: list[dict[str, Any]], docs: list[Doc], scorers: Mapping[int, Mapping[str, Scorer]]
) -> dict[str, list[Example]]:
    """Read every article with the scorers of its fold; the decisions that the gold knows the answer of."""
    shared = gold_data.scorer()
    examples: dict[str, list[Example]] = defaultdict(list)
    for row, doc in zip(rows, docs, strict=True):
        recorders = {role: Recorder(scorer) for role, scorer in scorers[fold_of(row["id"])].items()}
        assign_figures(doc, read_quantities(doc.text), recorders)
        found = [figure.model_dump(mode="json") for figure in doc._.figures]
        known = {mine["start"]: figure for figure, mine in shared.pair(row["figures"], found)}
        for role, recorder in recorders.items():
            for start, context, candidates in recorder.asked:
                if start not in known:
                    continue
                wanted = answer(role, known[start], shared.normal)
                values = [
                    shared.normal(each.value.name) if hasattr(each.value, "name") else each.value for each in candidates
                ]
                if wanted in values:
                    examples[role].append(Example(row["id"], context, candidates, values.index(wanted)))
    return examples


def fit(role: str, examples: Sequence[Example]) -> LinearScorer:
    """A conditional logit with a normal prior, by L-BFGS.

    McFadden (1974), "Conditional logit analysis of qualitative choice behavior".
    """
    own, labels = PRIORS[role]
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for example in examples:
        for name in {name for candidate in example.candidates for name in candidate.features}:
            seen[name, ""].add(example.article)
        for name in example.context:
            seen[name, "*"].add(example.article)
    columns: dict[tuple[str, str], int] = {}
    rows, cols, values, starts, right = [], [], [], [], []
    row = 0
    for example in examples:
        starts.append(row)
        right.append(row + example.right)
        context = [name for name in example.context if len(seen[name, "*"]) >= RARE]
        for candidate in example.candidates:
            found = {(name, ""): value for name, value in candidate.features.items() if len(seen[name, ""]) >= RARE}
            if candidate.label:
                found |= {(name, candidate.label): 1.0 for name in context}
            for key, value in found.items():
                rows.append(row)
                cols.append(columns.setdefault(key, len(columns)))
                values.append(value)
            row += 1
    table = csr_array((values, (rows, cols)), shape=(row, len(columns)))
    turned = table.T.tocsr()
    prior = np.array([labels if label else own for _, label in columns])
    groups = np.repeat(np.arange(len(starts)), np.diff([*starts, row]))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = table @ weights
        scores -= np.maximum.reduceat(scores, starts)[groups]
        odds = np.exp(scores)
        chances = odds / np.add.reduceat(odds, starts)[groups]
        slope = chances.copy()
        slope[right] -= 1
        cost = -np.log(np.maximum(chances[right], 1e-300)).sum() + 0.5 * (prior * weights**2).sum()
        return float(cost), turned @ slope + prior * weights

    best = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    features: dict[str, float] = {}
    context_weights: dict[str, dict[str, float]] = defaultdict(dict)
    for (name, label), weight in zip(columns, best, strict=True):
        if abs(weight) < SMALL:
            continue
        if label:
            context_weights[name][label] = round(float(weight), 3)
        else:
            features[name] = round(float(weight), 3)
    return LinearScorer(features, dict(context_weights))


def train(rows: list[dict[str, Any]], docs: list[Doc]) -> dict[int, dict[str, Scorer]]:
    """The scorers of every fold; those of -1 are fitted on the whole open part."""
    examples = read(rows, docs, dict.fromkeys(range(-1, FOLDS + 1), START))
    taught = {
        role: [each for each in found if fold_of(each.article) == FOLDS] * (SPEC_TIMES - 1)
        for role, found in examples.items()
    }
    return {
        fold: {
            role: fit(
                role, [*taught[role], *(each for each in examples[role] if fold_of(each.article) not in (-1, fold))]
            )
            for role in ROLES
        }
        for fold in range(-1, FOLDS + 1)
    }


def scores(rows: list[dict[str, Any]], docs: list[Doc]) -> dict[str, dict[str, Any]]:
    """The shared scorer's rows for the figures as they were read last, by part."""
    shared = gold_data.scorer()
    parts = {}
    for part in PARTS:
        counts = shared.Counts()
        for row, doc in zip(rows, docs, strict=True):
            if part_of(row["id"]) == part:
                shared.score_figures(
                    counts, row["id"], row["figures"], [each.model_dump(mode="json") for each in doc._.figures]
                )
        parts[part] = counts.rows()
    return parts


def main() -> None:
    """Print the scores of unseen articles; write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, metavar="DIR", help="where the folds' networks are")
    parser.add_argument("--write", action="store_true", help="write the weights to models/figure_roles/")
    args = parser.parse_args()
    taught = specified()
    rows = [*gold_data.gold("all"), *sample()]
    rows = [row for row in rows if has_network(row["id"], args.models)]
    docs = documents(rows, args.models)
    scorers = train([*rows, *taught], [*docs, *documents(taught, args.models)])
    read(rows, docs, scorers)
    table = scores(rows, docs)
    for name in table["open"]:
        cells = [{"accuracy": part[name].get("accuracy"), "f1": part[name].get("f1")} for part in table.values()]
        print(f"{name:24}" + "  ".join(f"{next(v for v in cell.values() if v is not None):.3f}" for cell in cells))
    if args.write:
        path = weights_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        shipped = {
            role: {"features": dict(sorted(scorer.features.items())), "context": dict(sorted(scorer.context.items()))}
            for role, scorer in scorers[-1].items()
            if isinstance(scorer, LinearScorer)
        }
        path.write_text(json.dumps(shipped, indent=0, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
