"""What the product reads of articles that its network has not seen, scored with intervals."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import gold as gold_data
import numpy as np
from train_figure_roles import fold_of

from narrative.pipeline.encoder.backends import Model, encoder_path
from narrative.pipeline.encoder.reading import reading_with
from narrative.pipeline.explanations import cause_features
from narrative.pipeline.load import build
from narrative.pipeline.narrative_cues import cue_logits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from narrative.pipeline.encoder.encoding import Encoding

RESAMPLES = 1000
# Their scorers are fitted on the whole open part: `scripts/train_figure_roles.py` tells how they do out of fold.
FITTED = frozenset(f"figure.{role}" for role in ("kind", "direction", "status", "subject", "attributed_to", "full"))
ENOUGH = 15  # cases of a narrative that a macro F1 needs
LATE = "2026-03-01"  # the later articles, for a look at how scores hold with time

Row = dict[str, Any]


def read_unseen(folder: Path, folds: int, rows: Sequence[Row]) -> dict[str, Row]:
    """Our annotations of open articles by id, each with the network that has not seen it."""
    found: dict[str, Row] = {}
    for fold in range(folds):
        mine = [row for row in rows if fold_of(row["id"]) == fold]
        if not mine:
            continue
        with reading_with(Model(folder / f"model{fold}")):
            found |= {row["id"]: read for row, read in zip(mine, gold_data.read_gold(mine), strict=True)}
    return found


def words_of_unseen(
    folder: Path, folds: int, rows: Sequence[Row]
) -> tuple[dict[str, dict[str, float]], list[tuple[NDArray[np.float32], int]]]:
    """What the taxonomy's cues say beside the networks: of each article, and of each cause of an explanation.

    Returns:
        By article, log-odds by narrative; for each cause, its features and the number of the right narrative.
    """
    nlp = build()
    found: dict[str, dict[str, float]] = {}
    causes: list[tuple[NDArray[np.float32], int]] = []
    for fold in range(folds):
        mine = [row for row in rows if fold_of(row["id"]) == fold]
        if not mine:
            continue
        with reading_with(Model(folder / f"model{fold}")):
            for row in mine:
                doc = nlp.make_doc(row["text"])
                doc._.title, doc._.outlet = row["title"], row["outlet"]
                found[row["id"]] = cue_logits(nlp(doc))
                encoding: Encoding = doc._.encoding
                body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
                article = np.log(encoding.probabilities("narratives", body) + np.float32(1e-6))
                for told in row["explanations"]:
                    features = cause_features(encoding, row["text"], (told["cause_start"], told["cause_end"]), article)
                    causes.append((features, encoding.labels("cause_narrative").index(told["cause"])))
    return found, causes


def scores_with_intervals(rows: Sequence[Row], read: dict[str, Row], seed: int = 0) -> dict[str, Row]:
    """The shared scorer's figures with 95% bootstrap intervals over articles."""
    scorer = gold_data.scorer()
    counts = [scorer.score([row], [read[row["id"]]]).n for row in rows]
    for count, row in zip(counts, rows, strict=True):
        count.update(_by_narrative(row, read[row["id"]]))
    keys = sorted({key for count in counts for key in count}, key=str)
    table = np.array([[count[key] for key in keys] for count in counts])
    weights = np.random.default_rng(seed).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
    whole = _figures(scorer, keys, table.sum(axis=0))
    drawn: dict[str, list[float]] = defaultdict(list)
    for totals in weights @ table:
        for name, row in _figures(scorer, keys, totals).items():
            drawn[name].append(row[_metric(row)])
    found = {}
    for name, row in whole.items():
        low, high = np.quantile(drawn[name], (0.025, 0.975))
        found[name] = {
            _metric(row): _short(row[_metric(row)]),
            "low": _short(low),
            "high": _short(high),
            "n": int(row["n"]),
        }
    return found


def _figures(scorer: Any, keys: Sequence[Any], totals: NDArray[np.int64]) -> dict[str, Row]:
    counts = scorer.Counts()
    counts.n.update({key: int(total) for key, total in zip(keys, totals, strict=True) if total})
    rows: dict[str, Row] = counts.rows()
    each = [row["f1"] for name, row in rows.items() if name.startswith("narrative of ") and row["n"] >= ENOUGH]
    if each:
        rows["narrative.macro"] = {"macro_f1": sum(each) / len(each), "n": len(each)}
    return rows


def _metric(row: Row) -> str:
    return next(metric for metric in ("f1", "macro_f1", "accuracy") if metric in row)


def _short(value: float) -> float:
    return round(float(value), 3)


def _by_narrative(row: Row, read: Row) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    told, right = {each["id"] for each in read["narratives"]}, set(row["narratives"])
    for ident in told | right:
        name = f"narrative of {ident}"
        counts[name, "tp"] += ident in told and ident in right
        counts[name, "p"] += ident in told
        counts[name, "g"] += ident in right
    return counts


def confusion(rows: Sequence[Row], read: dict[str, Row]) -> dict[str, Any]:
    """Which label was read for which: stance by sentence, article types."""
    table: dict[str, Counter[str]] = {name: Counter() for name in ("ai", "crypto", "type")}
    for row in rows:
        mine = read[row["id"]]
        table["type"][f"{row['type']} → {mine['article']['type']}"] += 1
        for right in row["sentences"]:
            shared = [min(right["end"], s["end"]) - max(right["start"], s["start"]) for s in mine["sentences"]]
            best = mine["sentences"][int(np.argmax(shared))] if shared and max(shared) > 0 else {}
            for camp in ("ai", "crypto"):
                if camp in right:
                    said = best.get(camp)
                    table[camp][f"{right[camp]} → {said['label'] if said else 'absent'}"] += 1
    return {name: dict(sorted(counts.items())) for name, counts in table.items()}


def calibration(rows: Sequence[Row], read: dict[str, Row]) -> dict[str, Any]:
    """How far the narratives' and types' probabilities are from how often they are right, on articles drawn blindly."""
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for row in rows:
        if row["drawn"] != "random":
            continue
        mine = read[row["id"]]
        pairs["narratives"] += [(each["score"], each["id"] in row["narratives"]) for each in mine["narratives"]]
        pairs["type"].append((mine["article"]["type_score"], mine["article"]["type"] == row["type"]))
    return {name: _calibration_error(held) for name, held in pairs.items()}


def _calibration_error(pairs: Sequence[tuple[float, bool]]) -> dict[str, float | int]:
    """Expected calibration error over five bins of equal size: Guo and others (2017)."""
    ordered = sorted(pairs)
    bins = [part for part in np.array_split(np.array(ordered, dtype=float), 5) if len(part)]
    error = sum(len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in bins) / len(ordered)
    claimed, right = np.array(ordered, dtype=float).mean(axis=0)
    return {"error": _short(error), "claimed": _short(claimed), "right": _short(right), "n": len(ordered)}


def measure(folder: Path, folds: int, rows: Sequence[Row], path: Path) -> None:
    """Write the measured scores beside the weights.

    Args:
        folder: with the folds' models.
        folds: how many of the five there are.
        rows: the open part of the gold; articles of other folds are left out.
        path: the file, whose other entries are kept.
    """
    import challenge

    read = read_unseen(folder, folds, rows)
    rows = [row for row in rows if row["id"] in read]
    began = time.process_time()
    locked = gold_data.gold("lockbox")
    lockbox = {row["id"]: each for row, each in zip(locked, gold_data.read_gold(locked), strict=True)}
    seconds = time.process_time() - began
    unseen = scores_with_intervals(rows, read)
    late = [row for row in rows if row["published"] >= LATE]
    model = Model(encoder_path())
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    held |= {
        "gold": {
            "out_of_fold": {name: row for name, row in unseen.items() if name not in FITTED},
            "lockbox": scores_with_intervals(locked, lockbox),
            f"out_of_fold_since_{LATE}": {
                name: row for name, row in scores_with_intervals(late, read).items() if name not in FITTED
            },
        },
        "challenge": challenge.score(),
        "calibration": calibration(rows, read),
        "confusion": confusion(rows, read),
        "cost": {
            "words a second, whole pipeline, one core": round(
                sum(len(row["text"].split()) for row in locked) / seconds
            ),
            "megabytes, int8": round((model.folder / "encoder.onnx").stat().st_size / 1e6, 1),
        },
    }
    path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", "utf-8")
