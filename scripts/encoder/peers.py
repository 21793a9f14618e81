"""What the encoder is set beside on the public sets: each peer learns a set's training part and names its test part.

- the most frequent label of the training part;
- VADER and FinVADER, which count words of the whole text and learn nothing (`lexicons.py`);
- TF-IDF of words and pairs of words, those around the target apart, with logistic regression;
- frozen MiniLM, the network that ours began as: the means of the text's and of the target's pieces, with logistic
  regression.

Ours is one network for every set, each peer is fitted to the set at hand.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from encoder.public_scores import PARTS, SIMILARITY, cases, pairs, similarity_scores, tested, tone_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from encoder.minilm import MiniLM
    from encoder.public_scores import Case

    Peer = Callable[[Sequence[Case], Sequence[Case]], list[int]]

AROUND = 6  # words on either side of a target
REGULARISATION = {"words": 10.0, "vectors": 0.02}  # C of the logistic regressions
FREQUENT, TFIDF, MINILM = "most frequent label", "TF-IDF + logistic regression", "frozen MiniLM + logistic regression"
LEXICONS = "VADER", "FinVADER"
_READERS = Path(__file__).parent / "lexicons.py"


def most_frequent(trained: Sequence[Case], wanted: Sequence[Case]) -> list[int]:
    """The same label for all."""
    label = Counter(case.label for case in trained).most_common(1)[0][0]
    return [label] * len(wanted)


def tfidf(trained: Sequence[Case], wanted: Sequence[Case]) -> list[int]:
    """TF-IDF with logistic regression."""
    views = words(), words()
    columns = [[case.text for case in trained], [_around(case) for case in trained]]
    known = hstack([view.fit_transform(texts) for view, texts in zip(views, columns, strict=True)])
    columns = [[case.text for case in wanted], [_around(case) for case in wanted]]
    asked = hstack([view.transform(texts) for view, texts in zip(views, columns, strict=True)])
    classifier = LogisticRegression(C=REGULARISATION["words"], max_iter=1000)
    return [int(label) for label in classifier.fit(known, [case.label for case in trained]).predict(asked)]


def words() -> TfidfVectorizer:
    """Words and pairs of words that are in two texts or more."""
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)


def on_vectors() -> Any:
    """A logistic regression on vectors."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION["vectors"], max_iter=1000))


def _around(case: Case) -> str:
    """The words on either side of the target, which itself is masked."""
    before, after = case.text[: case.start].split()[-AROUND:], case.text[case.end :].split()[:AROUND]
    return " ".join([*before, "thetarget", *after])


def frozen(minilm: MiniLM) -> Peer:
    """Frozen MiniLM with logistic regression."""

    def named(trained: Sequence[Case], wanted: Sequence[Case]) -> list[int]:
        both = [*trained, *wanted]
        vectors = minilm.stretches([(case.text, case.start, case.end) for case in both])
        classifier = on_vectors().fit(vectors[: len(trained)], [case.label for case in trained])
        return [int(label) for label in classifier.predict(vectors[len(trained) :])]

    return named


def lexicon_tones(python: Path, texts: Iterable[str]) -> dict[str, dict[str, int]]:
    """By lexicon and text, the number of the tone; run with an interpreter that has `encoder_peers.txt` installed."""
    asked = list(dict.fromkeys(texts))
    done = subprocess.run(
        [str(python), str(_READERS)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    named: dict[str, list[int]] = json.loads(done.stdout)
    return {name: dict(zip(asked, labels, strict=True)) for name, labels in named.items()}


def peer_scores(loaders: Any, python: Path | None, minilm: MiniLM | None) -> dict[str, dict[str, Any]]:
    """Scores of every peer by part; the lexicons' and MiniLM's only where they are given."""
    found: dict[str, dict[str, Any]] = {title: {} for title in PARTS}
    learning: dict[str, Peer] = {FREQUENT: most_frequent, TFIDF: tfidf}
    if minilm:
        learning[MINILM] = frozen(minilm)
    parts = {title: tested(loaders, name, part) for title, (name, part) in PARTS.items()}
    for name in dict.fromkeys(name for name, _ in PARTS.values()):
        titles = [title for title in PARTS if PARTS[title][0] == name]
        trained, wanted = cases(loaders, name, "train"), [case for title in titles for case in parts[title]]
        for peer, read in learning.items():
            named = iter(read(trained, wanted))  # of both test parts of NewsMTSC at once
            for title in titles:
                found[title][peer] = _scored(parts[title], [next(named) for _ in parts[title]])
    if python:
        tones = lexicon_tones(python, (case.text for part in parts.values() for case in part))
        for title, part in parts.items():
            for peer, named_by_text in tones.items():
                found[title][peer] = _scored(part, [named_by_text[case.text] for case in part])
    if minilm:
        found[SIMILARITY] = {"MiniLM as it was": similarity_scores(pairs(loaders), minilm.texts)}
    return found


def _scored(wanted: Sequence[Case], named: Sequence[int]) -> dict[str, Any]:
    scores: Mapping[str, Any] = tone_scores(wanted, named)
    return {name: value for name, value in scores.items() if name != "confusion"}
