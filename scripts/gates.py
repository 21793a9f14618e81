"""Quality gates: floors under the scores of the lockbox, with hashes of what they were measured on.

    python scripts/gates.py          measure, and raise every floor that the reader has passed
    python scripts/gates.py --lower  after a change of gold or scorer: set the floors to what is measured now

A floor only goes up; `tests/gates/` fails where a score is under its floor or an input has another hash. The idea is
trafilatura's `tests/eval_gate.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import gold

FLOORS = Path(__file__).parent.parent / "tests" / "gates" / "floors.json"
INPUTS = ("gold/dev.jsonl", "eval/score.py", "eval/aliases.json")


def measure() -> dict[str, float]:
    """Scores on the lockbox by name, for instance `figure.value+unit f1`; higher is better for each."""
    table: dict[str, dict[str, Any]] = gold.score(gold.gold("lockbox")).rows()
    scores: dict[str, float] = {}
    for name, row in table.items():
        if not row["n"]:
            continue  # the lockbox has none, quotations for instance
        metric = next(metric for metric in ("f1", "macro_f1", "accuracy") if metric in row)
        if name == "figure.magnitude-error":
            scores["figure.magnitude-error absent"] = 1 - row["accuracy"]
        else:
            scores[f"{name} {metric}"] = row[metric]
    return scores


def input_hashes() -> dict[str, str]:
    """SHA-256 of every file that the scores rest on."""
    return {name: hashlib.sha256((gold.shared() / name).read_bytes()).hexdigest() for name in INPUTS}


def pinned() -> dict[str, Any]:
    """The floors and the hashes they were measured with."""
    read: dict[str, Any] = json.loads(FLOORS.read_text("utf-8"))
    return read


def main() -> None:
    """Write `tests/gates/floors.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lower", action="store_true", help="allow floors to sink")
    args = parser.parse_args()
    old = pinned()["floors"] if FLOORS.exists() and not args.lower else {}
    floors = {name: max(old.get(name, 0.0), math.floor(score * 1000) / 1000) for name, score in measure().items()}
    FLOORS.write_text(json.dumps({"inputs": input_hashes(), "floors": floors}, indent=1) + "\n", "utf-8")
    for name, floor in floors.items():
        print(f"{name:36} {old.get(name, 0.0):.3f} → {floor:.3f}")


if __name__ == "__main__":
    main()
