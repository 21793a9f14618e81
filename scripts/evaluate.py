"""Score the reader.

    python scripts/evaluate.py gold [--part open|lockbox|all] [--only PREFIX] [--errors N] [--json] [--output FILE]

    python scripts/evaluate.py figures [--peers PYTHON] [--json] [--output FILE]
    python scripts/evaluate.py entities [--model NAME] [--errors N] [--json] [--output FILE]
    python scripts/evaluate.py copies [--output FILE]
    python scripts/evaluate.py pages [--part unseen|all] [--json] [--output FILE]
    python scripts/evaluate.py encoder [--model DIR] [--peers PYTHON] [--minilm DIR] [--json] [--output FILE]

`gold` scores every field against the hand-annotated articles that NARRATIVE_SHARED names (default ../shared). Look at
errors of the open part only: the lockbox is what the gates are pinned on. `figures` sets the reader of quantities
beside its peers, on the gold and on the peers' suites; PYTHON is an interpreter with `figures_peers.txt` installed.
`entities` adds a table of ambiguous mentions, calibration and speed; NAME is a spaCy model to set beside ours, and the
errors shown are those of the table's tuned half. `encoder` sets the encoder (of --model, else the shipped one) beside
its peers on the test parts of the public sets, and the peers on the gold; PYTHON has `encoder_peers.txt` installed, the
DIR of --minilm holds its wheel. Without --peers, theirs are kept from docs/encoder.json, which --output should name.
`copies` measures the finding of copies: `scripts/copies.py`.
`pages` sets extraction beside bare trafilatura: `scripts/pages.py`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import copies
import entities
import figures
import gold as gold_data
import pages
from encoder import beside_peers


def keep_scores(path: Path) -> None:
    """Write the scores of the lockbox, rounded as they are quoted: the open part has trained what ships."""
    table = {"lockbox": gold_data.score(gold_data.gold("lockbox")).rows()}
    rounded = json.loads(json.dumps(table), parse_float=lambda digits: round(float(digits), 3))
    path.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")


def main() -> None:
    """Print a table of scores and, if asked, the errors behind them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["gold", "figures", "entities", "encoder", "copies", "pages"])
    parser.add_argument("--part", choices=["all", "open", "lockbox", "tuned", "unseen"], default="all")
    parser.add_argument("--only", default="", metavar="PREFIX", help="rows and errors whose name begins so")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N errors of each sort")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--output", type=Path, help="keep the lockbox's scores in a JSON file")
    parser.add_argument(
        "--peers", type=Path, metavar="PYTHON", help="for figures and encoder: run the peers too, with this Python"
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="for entities: a spaCy model to run too; for encoder: another than the shipped one",
    )
    parser.add_argument("--minilm", type=Path, metavar="DIR", help="for encoder: the folder of MiniLM's wheel, a peer")
    args = parser.parse_args()
    if args.what == "entities":
        scores = entities.compare(args.model)
        if args.output:
            args.output.write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
        print(json.dumps(scores, indent=1)) if args.json else entities.show(scores)
        for wrong in entities.table_errors()[: args.errors]:
            print("  " + " | ".join(map(str, wrong)))
        return
    if (args.part in {"tuned", "unseen"}) != (args.what == "pages") and args.part != "all":
        parser.error("the parts of pages are tuned and unseen, those of gold open and lockbox")
    if args.what == "pages":
        table = pages.compare(args.part)
        if args.output:
            args.output.write_text(json.dumps(table, indent=1) + "\n", "utf-8")
        print(json.dumps(table, indent=1)) if args.json else pages.show(table)
        return
    if args.what == "copies":
        found = json.dumps(copies.measure(), indent=1)
        if args.output:
            args.output.write_text(found + "\n", "utf-8")
        print(found)
        return
    if args.what == "figures":
        compared = figures.compare(args.peers)
        if args.output:
            args.output.write_text(json.dumps(compared, indent=1) + "\n", "utf-8")
        print(json.dumps(compared, indent=1)) if args.json else figures.show(compared)
        return
    if args.what == "encoder":
        beside = beside_peers.compare(args.model and Path(args.model), args.peers, args.minilm)
        if args.output:
            args.output.write_text(beside_peers.as_text(beside), "utf-8")
        print(json.dumps(beside, indent=1)) if args.json else beside_peers.show(beside)
        return
    if args.errors and args.part != "open":
        parser.error("errors are shown for --part open only")
    if args.output:
        keep_scores(args.output)
        return
    rows = gold_data.gold(args.part)
    counts = gold_data.score(rows)
    scored: dict[str, dict[str, Any]] = {name: row for name, row in counts.rows().items() if name.startswith(args.only)}
    if args.json:
        print(json.dumps(scored, indent=1))
        return
    for name, row in scored.items():
        print(f"{name:28}" + "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
    errors = [error for error in counts.errors if error[0].startswith(args.only)]
    for sort in sorted({error[0] for error in errors}) if args.errors else []:
        print(f"\n{sort}")
        for error in [error for error in errors if error[0] == sort][: args.errors]:
            print("  " + " | ".join(str(part)[:200] for part in error[1:]))


if __name__ == "__main__":
    main()
