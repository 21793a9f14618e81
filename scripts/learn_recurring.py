"""Learn the sentences that outlets set under many of their articles, into `narrative/pipeline/data/recurring.txt`.

    python scripts/learn_recurring.py [--show]

Of every outlet of the corpora in NARRATIVE_SHARED: a sentence that stands in at least EIGHT of its articles and in one
of a hundred, on days at least two weeks apart, and mostly in the same part of the text, at the beginning or at the end.
Articles with one headline count once. What is kept are hashes; `--show` prints the sentences instead.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gold

from narrative.pipeline.recurring import DATA, piece_hash, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = ("news_2025-05", "news_2025-06", "news_2025-07", "news_2025-08", "feed_2025-11_2026-04", "bulwark_2025-02")
EIGHT = 8  # articles
SHARE = 0.01  # of the outlet's articles
DAYS = 14
EDGE = 3  # sentences from either end
AT_EDGE = 0.6  # of its places
# A formula of a price report says something new each time that it is used.
_FORMULA = re.compile(
    r"\d|\b(?:support|resistance|MACD|RSI|levels?|zone|pric(?:e|es|ed)|bulls|bears|tokens?|analysts?)\b"
)
_COPYRIGHT = re.compile(r"©|copyright", re.IGNORECASE)
ENTRY = 80  # words; shorter bodies are summaries


@dataclass
class _Sentence:
    titles: set[str] = field(default_factory=set)
    first: str = "9"
    last: str = ""
    edge: int = 0
    words: str = ""


def articles() -> Iterator[tuple[str, str, str, str]]:
    """Outlet, day, headline and body of every article with a full text."""
    for name in FILES:
        with gzip.open(gold.shared() / "data" / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                item: dict[str, Any] = json.loads(line)
                body = item.get("body_raw") or item.get("body") or ""
                day = str(item.get("published_utc") or item.get("published_local_utc8") or "")[:10]
                if body.count(" ") >= ENTRY and day:
                    yield str(item.get("source")), day, str(item.get("headline") or item.get("title")), body


def learned() -> dict[str, tuple[str, str]]:
    """Outlet and words by hash."""
    found: dict[str, dict[str, _Sentence]] = defaultdict(lambda: defaultdict(_Sentence))
    titles: dict[str, set[str]] = defaultdict(set)
    for outlet, day, title, body in articles():
        if title in titles[outlet]:
            continue
        titles[outlet].add(title)
        spans = pieces(body)
        for index, (start, end) in enumerate(spans):
            key = piece_hash(body[start:end])
            if key is None or (_FORMULA.search(body, start, end) and not _COPYRIGHT.search(body, start, end)):
                continue
            sentence = found[outlet][key]
            sentence.titles.add(title)
            sentence.first, sentence.last = min(sentence.first, day), max(sentence.last, day)
            sentence.edge += index < EDGE or index >= len(spans) - 2 * EDGE
            sentence.words = sentence.words or body[start:end]
    return {
        key: (outlet, sentence.words)
        for outlet, sentences in found.items()
        for key, sentence in sentences.items()
        if len(sentence.titles) >= max(EIGHT, SHARE * len(titles[outlet]))
        and _days(sentence.first, sentence.last) >= DAYS
        and sentence.edge >= AT_EDGE * len(sentence.titles)
    }


def _days(first: str, last: str) -> int:
    from datetime import date

    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def main() -> None:
    """Write the hashes, or print the sentences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the sentences by outlet and write nothing")
    args = parser.parse_args()
    kept = learned()
    if args.show:
        for outlet, words in sorted(kept.values()):
            print(f"{outlet:20} {words[:150]}")
        return
    head = "# Hashes of sentences that recur across an outlet's articles, learned by scripts/learn_recurring.py from\n"
    head += f"# {', '.join(FILES)}.\n"
    DATA.write_text(head + "".join(f"{key}\n" for key in sorted(kept)), "utf-8")
    print(f"{len(kept)} sentences of {len({outlet for outlet, _ in kept.values()})} outlets")


if __name__ == "__main__":
    main()
