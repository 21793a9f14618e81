"""Speed as ratios against a named peer in the same run, the two taken in turn.

python scripts/benchmark.py                     print the table
python scripts/benchmark.py --output FILE.json  and keep it (docs/benchmark.json feeds the README)
python scripts/benchmark.py --check             and exit 1 where a ratio is over its limit
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from narrative.resources import shipped

NARRATIVE = [sys.executable, "-m", "narrative"]
ARTICLE = str(
    shipped("corpus", "sample", "pages", "tidelinemarkets", "flows", "2025-11", "903-million-and-a-record-month.html")
)
PLAIN = """Record day of withdrawals

Investors pulled $523 million out of the largest US bitcoin fund on Tuesday, the most since it began trading in January
2024, according to data from Farside Investors. Bitcoin fell below $90,000 for the first time in seven months, and the
funds have lost more than $2.5 billion since the beginning of the month as hopes of a rate cut by the Federal Reserve
faded. “We expect bitcoin to stay where it is until the flows turn,” said a strategist of the firm.
"""


def cases(folder: Path) -> dict[str, tuple[list[str], list[str], float]]:
    """Command, peer and limit of the ratio by name."""
    text = folder / "article.txt"
    text.write_text(PLAIN, "utf-8")
    blank = "import spacy; spacy.blank('en')"
    return {
        "help ÷ python -c pass": ([*NARRATIVE, "--help"], [sys.executable, "-c", "pass"], 8.0),
        "text article ÷ spacy.blank": (
            [*NARRATIVE, "annotate", str(text), "--published", "2025-11-19"],
            [sys.executable, "-c", blank],
            2.0,
        ),
        "HTML article ÷ spacy.blank and trafilatura": (
            [*NARRATIVE, "annotate", ARTICLE],
            [sys.executable, "-c", f"import trafilatura; {blank}"],
            2.0,
        ),
    }


def seconds(command: list[str]) -> float:
    """Wall time of one run of a process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare(command: list[str], peer: list[str], runs: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the ratios pair by pair, after a warm-up."""
    seconds(command), seconds(peer)
    pairs = [(seconds(command), seconds(peer)) for _ in range(runs)]
    return (
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(ours / theirs for ours, theirs in pairs),
    )


def imports_torch() -> bool:
    """Whether annotating an article imports torch."""
    code = (
        "import sys, narrative; narrative.annotate('Bitcoin fell to $90,000.', published='2025-11-19');"
        "sys.exit('torch' in sys.modules)"
    )
    return subprocess.run([sys.executable, "-c", code], check=False).returncode != 0


def main() -> None:
    """Measure, print, and keep or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("/tmp"), help="for the files that are read")  # noqa: S108
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for name, (command, peer, limit) in cases(args.folder).items():
        ours, theirs, ratio = compare(command, peer, args.runs)
        rows.append({"name": name, "seconds": ours, "peer_seconds": theirs, "ratio": ratio, "limit": limit})
        print(f"{name:44} {ours:7.3f} s  {theirs:7.3f} s  ratio {ratio:5.2f}  limit {limit}")
    torch = imports_torch()
    print(f"annotating imports torch: {torch}")
    result = {"python": platform.python_version(), "machine": platform.machine(), "runs": args.runs, "start-up": rows}
    if args.output:
        args.output.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if args.check and (torch or any(row["ratio"] > row["limit"] for row in rows)):
        sys.exit(1)


if __name__ == "__main__":
    main()
