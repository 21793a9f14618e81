"""Fit how sure a mention is: `python scripts/calibrate_entities.py` writes `entities_certainty.toml`.

A logistic regression over the sort of evidence and the type, on the open part of the gold, with a ridge that pulls what
is seen rarely towards the mean. A mention counts as right where the gold has its very span, type and name.
"""

from __future__ import annotations

from pathlib import Path

import entities
import gold
import numpy as np

from narrative.pipeline.mentions.lexicon import certainty_weights

FILE = Path(__file__).parent.parent / "narrative" / "pipeline" / "data" / "entities_certainty.toml"
RIDGE = 1.0
STEPS = 30


def main() -> None:
    """Fit and write."""
    names = [("evidence", name) for name in certainty_weights()["evidence"]]
    names += [("type", name) for name in certainty_weights()["type"]]
    place = {name: at for at, name in enumerate(names)}
    found = entities.open_outcomes(gold.gold("open"))
    design = np.zeros((len(found), len(names)))
    for row, (evidence, kind, _) in enumerate(found):
        design[row, place["evidence", evidence]] = design[row, place["type", kind]] = 1
    weights = fit(design, np.array([right for *_, right in found], dtype=float))
    lines = [
        "# How sure a mention is: the logistic function of the sum of two weights.",
        "# Written by scripts/calibrate_entities.py.",
    ]
    for table in ("evidence", "type"):
        lines += ["", f"[{table}]"]
        lines += [f'"{name}" = {weights[place[table, name]]:.2f}' for kind, name in names if kind == table]
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def fit(design: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Weights by Newton's method; the evidence is pulled towards the mean log-odds, the types towards none."""
    mean = np.log(right.mean() / (1 - right.mean()))
    evidence = design[:, : len(certainty_weights()["evidence"])].shape[1]
    centre = np.where(np.arange(design.shape[1]) < evidence, mean, 0.0)
    weights = centre.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (right - chance) - RIDGE * (weights - centre)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    return weights


if __name__ == "__main__":
    main()
