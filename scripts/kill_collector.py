"""Kill the collector at random moments against the sample's outlets on loopback, and tell what it cost.

python scripts/kill_collector.py --kills 20 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "collect"))

from killed import kill_again_and_again  # type: ignore[import-not-found]  # found by the line above

OUTLETS = ("blockmeridian", "coinquay", "onchaingazette", "tidelinemarkets")  # the fifth asks for a second's delay


def main() -> int:
    """Exit 1 if anything was lost, fetched twice or left unlisted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_again_and_again(Path(folder) / "corpus", arguments.kills, arguments.seed, OUTLETS)
    print(f"{outcome.kills} kills, {outcome.requests} requests, {time.monotonic() - began:.0f} s")
    print(f"pages committed at each kill: {outcome.committed_at_kills}")
    print(f"made again, because the kill came before the answer was in the archive: {outcome.in_flight}")
    wrong = {name: getattr(outcome, name) for name in ("refetched", "lost", "unlisted", "twice")}
    print(", ".join(f"{name}: {len(urls)}" for name, urls in wrong.items()))
    for name, urls in wrong.items():
        print(*(f"  {name}: {url}" for url in urls), sep="\n", end="")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
