"""Score the finding of copies, and fit its model.

    python scripts/copies.py fit       fit the weights on the pairs of the half `fit`, and write them
    python scripts/evaluate.py copies  measure: the labelled pairs, the sample's copies, headlines, the feed

`copies_pairs.jsonl` holds pairs of real articles (of the corpora that NARRATIVE_SHARED names) that were labelled by
reading: no text, only a hash of each article, whether one is a copy of the other, how the pair was drawn, and the group
of pairs about one text that it is in, by whose hash it falls into the half to fit on or the half to measure on. A pair
is scored as an import would: among all that its corpus printed in the 72 hours before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import tarfile
import time
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

import gold
import numpy as np

from narrative.copies.assign import WITHIN, Stories
from narrative.copies.features import NAMES, compare
from narrative.copies.index import Index
from narrative.copies.score import WEIGHTS, model
from narrative.copies.words import Fingerprint, fingerprint
from narrative.extract.plain import title_span
from narrative.keys import content_hash
from narrative.records import Article
from narrative.resources import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = Path(__file__).parent / "copies_pairs.jsonl"
FEED = "feed_2025-11_2026-04.jsonl.gz"
CORPORA = (
    FEED, "news_2025-05.jsonl.gz", "news_2025-06.jsonl.gz", "news_2025-07.jsonl.gz", "news_2025-08.jsonl.gz",
    "bulwark_2025-02.jsonl.gz", "genkinhe_html_2026-08.jsonl.gz", "uptodate_2026-08.jsonl.gz",
)  # fmt: skip
RIDGE = 0.3  # the penalty on the sum of squared weights
THRESHOLD = 0.5  # either error weighs the same
CHINA = timezone(timedelta(hours=8))
_TAG = re.compile(r"<[^<>]{0,5000}>")


class Pair(NamedTuple):
    """A labelled pair: two articles' ids, the label, how it was drawn, and whether it is to fit or to measure on."""

    first: str
    second: str
    copy: bool
    drawn: str
    measure: bool


class Scored(NamedTuple):
    """A pair with its features, and whether the index offered the one for the other."""

    pair: Pair
    features: tuple[float, ...]
    candidate: bool


@cache
def pairs() -> list[Pair]:
    """Every labelled pair."""
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    return [
        Pair(row["articles"][0], row["articles"][1], row["copy"], row["drawn"], int(row["group"], 16) % 2 == 0)
        for row in rows
    ]


def articles(corpus: str) -> Iterator[Article]:
    """The articles of a file of `data/news` in the order of publication, with hashes of their content as ids."""
    with gzip.open(gold.shared() / "data" / "news" / corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: dict[str, Article] = {}
    for row in rows:
        published = _published(row)
        title = row.get("title") or row.get("headline") or ""
        body = next((row[name] for name in ("body", "body_raw", "content", "summary") if row.get(name)), "")
        if "description" in row and not body:
            body = _TAG.sub(" ", row["description"] or "")
        if published is None or not f"{title}{body}".strip():
            continue
        text = f"{title}\n\n{body}"
        ident = content_hash(published.isoformat(), row["source"], text)[:16]
        found[ident] = Article(
            id=ident,
            title=title,
            outlet=row["source"],
            published=published,
            text=text,
            title_span=title_span(text, title),
        )
    yield from sorted(found.values(), key=lambda article: (article.published, article.id))


def scored(chosen: list[Pair]) -> list[Scored]:
    """The features of pairs, each as an import would see it."""
    by_id: dict[str, list[Pair]] = {}
    for pair in chosen:
        for ident in (pair.first, pair.second):
            by_id.setdefault(ident, []).append(pair)
    found: list[Scored] = []
    for corpus in CORPORA:
        index, seen = Index(), dict[str, Fingerprint]()
        for number, article in enumerate(articles(corpus)):
            text = fingerprint(article)
            wanted = by_id.get(article.id, ())
            if wanted:
                candidates, common = index.candidates(text)
                offered = {one.id for one in candidates}
                for pair in wanted:
                    other = seen.get(pair.first if pair.second == article.id else pair.second)
                    if other is not None:
                        features = compare(text, other, common).features
                        found.append(Scored(pair, features, other.id in offered))
                seen[article.id] = text
            index.add(text)
            if number % 500 == 0 and text.moment:
                index.forget(text.moment - WITHIN, math.inf)
    return found


def fit() -> None:
    """Fit a logistic regression with a ridge on the half to fit on, and tell how it does there, cross-validated."""
    rows = scored([pair for pair in pairs() if not pair.measure])
    x = np.array([row.features for row in rows])
    y = np.array([row.pair.copy for row in rows], float)
    weights, intercept = logistic(x, y)
    folds = np.arange(len(rows)) % 10
    held = np.zeros(len(rows))
    for fold in range(10):
        part, bias = logistic(x[folds != fold], y[folds != fold])
        held[folds == fold] = probability(x[folds == fold], part, bias)
    told = held >= THRESHOLD
    right = int((told & (y == 1)).sum())
    written = {
        "weights": dict(zip(NAMES, np.round(weights, 3).tolist(), strict=True)),
        "intercept": round(float(intercept), 3),
        "threshold": THRESHOLD,
        "fitted_on": {
            "pairs": len(rows),
            "copies": int(y.sum()),
            "cross_validated": {"precision": interval(right, int(told.sum())), "recall": interval(right, int(y.sum()))},
        },
    }
    WEIGHTS.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    print(WEIGHTS.read_text("utf-8"))


def logistic(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], float]:
    """Weights and intercept of a ridge-penalised logistic regression, by Newton's method."""
    design = np.column_stack([x, np.ones(len(x))])
    penalty = np.diag([RIDGE] * x.shape[1] + [0.0])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (p - y) + penalty @ beta
        step = np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + penalty, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta[:-1], float(beta[-1])


def probability(x: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], intercept: float) -> np.ndarray[Any, Any]:
    """Of each row."""
    found: np.ndarray[Any, Any] = 1 / (1 + np.exp(-(x @ weights + intercept)))
    return found


def interval(hits: int, of: int) -> dict[str, float]:
    """A share with Wilson's interval at 95%."""
    if not of:
        return {"value": math.nan, "low": 0.0, "high": 1.0, "n": 0}
    z, share = 1.96, hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return {"value": round(share, 3), "low": round(centre - spread, 3), "high": round(centre + spread, 3), "n": of}


def measure_pairs() -> dict[str, Any]:
    """Precision and recall on the half that nothing was chosen on."""
    rows = scored([pair for pair in pairs() if pair.measure])
    told = [(row.pair, row.candidate and model().score(row.features) >= model().threshold) for row in rows]
    table: dict[str, Any] = {}
    for name in ("all", "fresh"):
        of = [(pair.copy, found) for pair, found in told if name == "all" or pair.drawn.startswith("fresh")]
        right = sum(copy and found for copy, found in of)
        table[name] = {
            "precision": interval(right, sum(found for _, found in of)),
            "recall": interval(right, sum(copy for copy, _ in of)),
            "pairs": len(of),
        }
    table["candidates"] = interval(sum(row.candidate for row in rows if row.pair.copy), sum(r.pair.copy for r in rows))
    return table


def measure_feed(corpus: str = FEED) -> dict[str, Any]:
    """How many stories the articles of a file make, and how long it takes."""
    read = list(articles(corpus))
    placed: list[str] = []
    stories, started = Stories(), time.process_time()
    for number, article in enumerate(read):
        placed.append(str(stories.place(article)[0].story_id))
        if number % 2000 == 0 and article.published:
            stories.forget(article.published.timestamp() - WITHIN, math.inf)
    seconds = time.process_time() - started
    return {
        "articles": len(read),
        "stories": len(set(placed)),
        "articles_a_second": round(len(read) / seconds),
    }


def measure_sample() -> dict[str, Any]:
    """The copies planted in the sample: whether each shares its original's story, and what else was joined."""
    from narrative.extract.sources import read_sources

    sample = shipped("corpus", "sample")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    read = [item for item in read_sources([str(sample / "pages")], now=now) if isinstance(item, Article)]
    planted = json.loads((sample / "planted.json").read_text("utf-8"))["copies"]
    wanted = {frozenset((entry["url"], entry["original"])) for entry in planted}
    stories = Stories()
    by_story: dict[str, list[str]] = {}
    for article in read:
        placed = stories.place(article)[0]
        by_story.setdefault(str(placed.story_id), []).append(str(article.url))
    found = {
        frozenset((first, second))
        for urls in by_story.values()
        for place, first in enumerate(urls)
        for second in urls[place + 1 :]
    }
    return {
        "recall": interval(len(found & wanted), len(wanted)),
        "joined_wrongly": sorted(sorted(pair) for pair in found - wanted),
        "missed": sorted(sorted(pair) for pair in wanted - found),
    }


def measure_headlines() -> dict[str, Any]:
    """Pairs of headlines that people graded 0 to 5: the score beside the grades."""
    graded: list[tuple[float, float]] = []
    with tarfile.open(gold.shared() / "data" / "labelled" / "sts_headlines.tar.gz") as packed:
        name = next(name for name in packed.getnames() if name.endswith("/STSBenchmark/sts-test.csv"))
        lines = cast("IO[bytes]", packed.extractfile(name)).read().decode("utf-8").splitlines()
    for line in lines:
        cells = line.split("\t")
        if len(cells) > 6 and cells[1] == "headlines":
            one, other = (_headline(str(place), cells[4 + place]) for place in (1, 2))
            features = compare(one, other, np.zeros(0, np.uint64)).features
            graded.append((float(cells[4]), model().score(features)))
    grades, scores = (np.array(column) for column in zip(*graded, strict=True))
    told = scores >= model().threshold
    return {
        "pairs": len(graded),
        "pearson": round(float(np.corrcoef(grades, scores)[0, 1]), 3),
        "of_grade_5_told": interval(int((told & (grades == 5)).sum()), int((grades == 5).sum())),
        "of_grade_under_3_told": interval(int((told & (grades < 3)).sum()), int((grades < 3).sum())),
    }


def measure() -> dict[str, Any]:
    """Everything that `evaluate.py copies` prints."""
    return {
        "pairs": measure_pairs(),
        "sample": measure_sample(),
        "sts_headlines": measure_headlines(),
        "feed": measure_feed(),
    }


def _headline(ident: str, text: str) -> Fingerprint:
    return fingerprint(Article(id=ident, title=text, text=text, published=datetime(2026, 1, 1, tzinfo=UTC)))


def _published(row: dict[str, Any]) -> datetime | None:
    local = row.get("published_local_utc8") or row.get("pub_date")
    told = local or row.get("published_utc") or row.get("pubDate") or row.get("fetchedAt")
    try:
        moment = datetime.fromisoformat(str(told))
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=CHINA if local else UTC) if moment.tzinfo is None else moment


def main() -> None:
    """Fit or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["fit", "measure"])
    if parser.parse_args().what == "fit":
        fit()
    else:
        print(json.dumps(measure(), indent=1))


if __name__ == "__main__":
    main()
