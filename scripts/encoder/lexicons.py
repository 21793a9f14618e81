"""Peers that count words, in a process of their own: texts as JSON on standard input, their tones on standard output.

Needs the packages of `encoder_peers.txt` and nothing of ours. `VADER` is vaderSentiment as it comes. `FinVADER` is the
same with the two financial lexicons of the package finvader added and weighed as it does; the package itself downloads
a lexicon when it is imported, so its word lists are read without importing it.
"""

from __future__ import annotations

import importlib.util
import json
import runpy
import sys
from pathlib import Path

THRESHOLD = 0.05  # of the compound score, the authors' own
SENTIBIGNOMICS = 0.1  # finvader's weight of that lexicon


def finvader_words() -> dict[str, float]:
    """Both lexicons of finvader."""
    found = importlib.util.find_spec("finvader")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent
    words: dict[str, float] = runpy.run_path(str(folder / "SentiBignomics.py"))["lexicon1"]()
    henry: dict[str, float] = runpy.run_path(str(folder / "Henry.py"))["lexicon2"]()
    return {word: value * SENTIBIGNOMICS for word, value in words.items()} | henry


def main() -> None:
    """Name the tone of every text: 0 negative, 1 neutral, 2 positive."""
    analyzer = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer
    readers = {"VADER": analyzer(), "FinVADER": analyzer()}
    readers["FinVADER"].lexicon.update(finvader_words())
    texts = json.load(sys.stdin)
    named = {}
    for name, reader in readers.items():
        scores = [reader.polarity_scores(text)["compound"] for text in texts]
        named[name] = [0 if score <= -THRESHOLD else 2 if score >= THRESHOLD else 1 for score in scores]
    json.dump(named, sys.stdout)


if __name__ == "__main__":
    main()
