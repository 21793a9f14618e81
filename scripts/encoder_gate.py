"""Floors under the encoder's scores on the public sets' test parts and on the challenge set.

    python scripts/encoder_gate.py          measure, and raise every floor that the encoder has passed
    python scripts/encoder_gate.py --lower  after a change of a set or of a scorer: the floors are what is measured now

Like `gates.py`, which does the same for the gold's lockbox. A floor lies a little under its score, since 8-bit weights
give other last digits on other processors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import challenge
import gold
from encoder import public_scores

from narrative.pipeline.encoder.backends import Model, encoder_path

FLOORS = Path(__file__).parent.parent / "tests" / "gates" / "encoder.json"
MARGIN = 0.01
CHALLENGED = ("denial", "denial, denied", "comparison recall", "explanation recall", "comparison winner")


def measure() -> dict[str, float]:
    """Scores by name, for instance `NewsMTSC mt macro_f1`; higher is better for each."""
    with tempfile.TemporaryDirectory() as folder:
        parts = public_scores.our_scores(public_scores.unpack(Path(folder)), Model(encoder_path()))
    scores: dict[str, float] = {}
    for part, row in parts.items():
        metric = next(metric for metric in ("macro_f1", "spearman") if metric in row)
        scores[f"{part} {metric}"] = row[metric]
    challenged = challenge.score()
    scores |= {f"challenge {name}": challenged[name]["value"] for name in CHALLENGED}
    scores["challenge false alarm absent"] = 1 - challenged["false alarm"]["value"]
    return scores


def input_hashes() -> dict[str, str]:
    """SHA-256 of every file that the scores rest on."""
    files = {name: gold.shared() / name for name in public_scores.input_names()}
    files[challenge.SENTENCES.name] = challenge.SENTENCES
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def pinned() -> dict[str, Any]:
    """The floors and the hashes they were measured with."""
    read: dict[str, Any] = json.loads(FLOORS.read_text("utf-8"))
    return read


def raised(old: dict[str, float], scores: dict[str, float]) -> dict[str, float]:
    """Floors under these scores, none under its old one."""
    floors = {name: math.floor((score - MARGIN) * 1000) / 1000 for name, score in scores.items()}
    return {name: max(floor, old.get(name, 0.0)) for name, floor in floors.items()}


def main() -> None:
    """Write `tests/gates/encoder.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lower", action="store_true", help="allow floors to sink")
    args = parser.parse_args()
    old = {} if args.lower else pinned()["floors"]
    scores = measure()
    floors = raised(old, scores)
    FLOORS.write_text(json.dumps({"inputs": input_hashes(), "floors": floors}, indent=1) + "\n", "utf-8")
    for name, floor in floors.items():
        print(f"{name:32} measured {scores[name]:.3f}   floor {old.get(name, 0.0):.3f} → {floor:.3f}")


if __name__ == "__main__":
    main()
