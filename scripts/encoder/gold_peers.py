"""What the encoder is set beside on the gold: each peer learns four folds of the open part and reads the fifth.

Their readings take the form of our annotations, so the shared scorer scores both alike. Sentences are those that we
read.

- the most frequent label: neutral wherever a camp is named (by the words and mentions that are marked for our
  network), news, and the most frequent narrative;
- VADER and FinVADER wherever a camp is named;
- TF-IDF and frozen MiniLM, each with logistic regression: for each camp absent, -1, 0 or 1, from the sentence and the
  one before; for each narrative yes or no, and the type, from the article.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gold as gold_data
import numpy as np
from scipy.sparse import csr_array, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from train_figure_roles import FOLDS, fold_of

from encoder.measure import scores_with_intervals
from encoder.peers import FREQUENT, LEXICONS, MINILM, REGULARISATION, TFIDF, lexicon_tones, words
from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.document import sentence_spans
from narrative.pipeline.encoder.reading import marked_in
from narrative.pipeline.load import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from encoder.minilm import MiniLM

    Row = dict[str, Any]

CAMPS = ("ai", "crypto")
ABSENT = 9  # a label beside -1, 0 and 1
_INNER = 3  # folds within the articles seen
SCORED = (
    "stance.crypto.sentence", "stance.ai.sentence", "stance.crypto.present", "stance.ai.present", "narrative",
    "narrative.macro", "narrative.primary", "type", "type.sponsored",
)  # fmt: skip


@dataclass(frozen=True)
class Sentences:
    """The sentences of an article: where they are, which camps their words name, and what is right of them."""

    spans: list[tuple[int, int]]
    named: list[frozenset[str]]
    labels: dict[str, list[int]]  # by camp, a label a sentence


@dataclass(frozen=True)
class Features:
    """What a peer sees: a row for each sentence, in order of the articles, and a row for each article."""

    sentences: Any
    articles: Any


def sentences_of(rows: Sequence[Row]) -> list[Sentences]:
    """The sentences of each article."""
    nlp = build()
    found = []
    for row in rows:
        doc = nlp.make_doc(row["text"])
        for name in ("sentences", "mentions"):
            doc = nlp.get_pipe(name)(doc)
        spans = [(span.start, span.end) for span in sentence_spans(doc)]
        marked = [mark for mark in marked_in(doc) if mark.camp]
        named = [frozenset(str(m.camp) for m in marked if start <= m.start < end) for start, end in spans]
        labels = {camp: [ABSENT] * len(spans) for camp in CAMPS}
        for labelled in row["sentences"]:
            shared = [min(end, labelled["end"]) - max(start, labelled["start"]) for start, end in spans]
            at = int(np.argmax(shared))
            for camp in CAMPS:
                if camp in labelled and shared[at] > 0:
                    labels[camp][at] = labelled[camp]
        found.append(Sentences(spans, named, labels))
    return found


def annotation(
    row: Row, sentences: Sentences, labels: Mapping[str, Sequence[int]], told: Sequence[str], kind: str
) -> Row:
    """A reading in the form of our annotations; the first narrative is the main one."""
    read = []
    for at, (start, end) in enumerate(sentences.spans):
        cells = {camp: {"label": int(labels[camp][at])} if labels[camp][at] != ABSENT else None for camp in CAMPS}
        read.append({"start": start, "end": end, **cells})
    narratives = [{"id": name, "primary": not at, "position": "tells"} for at, name in enumerate(told)]
    article = {"id": row["id"], "text": row["text"], "type": kind}
    empty: dict[str, Any] = {name: [] for name in ("entities", "figures", "quotes", "comparison", "explanations")}
    return {"article": article, "sentences": read, "narratives": narratives, "stance": {}, **empty}


def by_words_of_camps(
    rows: Sequence[Row], held: Sequence[Sentences], tones: dict[str, int] | None = None
) -> dict[str, Row]:
    """Sentences that name a camp get the tone that their text has, or 0; articles the most frequent answers."""
    found = {}
    for row, sentences in zip(rows, held, strict=True):
        texts = [row["text"][start:end] for start, end in sentences.spans]
        tone = [tones[text] - 1 if tones else 0 for text in texts]
        labels = {
            camp: [t if camp in named else ABSENT for t, named in zip(tone, sentences.named, strict=True)]
            for camp in CAMPS
        }
        found[row["id"]] = annotation(row, sentences, labels, _most_frequent_narrative(rows), "news")
    return found


def _most_frequent_narrative(rows: Sequence[Row]) -> list[str]:
    told = [name for row in rows for name in row["narratives"]]
    return [max(sorted(set(told)), key=told.count)]


def learned(rows: Sequence[Row], held: Sequence[Sentences], features: Sequence[Features], kind: str) -> dict[str, Row]:
    """What classifiers read of the articles of each fold that they have not seen.

    Args:
        rows: gold records.
        held: their sentences.
        features: by fold, fitted without it.
        kind: of the features, `words` or `vectors`.
    """
    folds = np.array([fold_of(row["id"]) for row in rows])
    owner = np.repeat(np.arange(len(rows)), [len(each.spans) for each in held])
    found = {}
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        known, asked = folds[owner] != fold, np.flatnonzero(folds[owner] == fold)
        named: dict[str, Any] = {}
        for camp in CAMPS:
            right = np.array([label for each in held for label in each.labels[camp]])
            classifier = _classifier(kind).fit(features[fold].sentences[np.flatnonzero(known)], right[known])
            named[camp] = classifier.predict(features[fold].sentences[asked])
        articles = features[fold].articles
        types = (
            _classifier(kind).fit(articles[seen], [rows[at]["type"] for at in seen.tolist()]).predict(articles[unseen])
        )
        chances = _narrative_chances(rows, articles, seen, unseen, kind)
        threshold = _threshold(rows, articles, seen, kind)
        for number, at in enumerate(unseen.tolist()):
            own = {camp: labels[owner[asked] == at] for camp, labels in named.items()}
            ranked = {name: float(said[number]) for name, said in chances.items()}
            told = [name for name in sorted(ranked, key=ranked.__getitem__, reverse=True) if ranked[name] >= threshold]
            found[rows[at]["id"]] = annotation(rows[at], held[at], own, told, types[number])
    return found


def _narrative_chances(
    rows: Sequence[Row], articles: Any, seen: NDArray[np.int64], unseen: NDArray[np.int64], kind: str
) -> dict[str, NDArray[np.float64]]:
    """By narrative, how likely each unseen article tells it; balanced, for most narratives are rare."""
    chances = {}
    for name in load_taxonomy().ids:
        right = [name in rows[at]["narratives"] for at in seen]
        if any(right):
            classifier = _classifier(kind, class_weight="balanced").fit(articles[seen], right)
            chances[name] = classifier.predict_proba(articles[unseen])[:, 1]
    return chances


def _threshold(rows: Sequence[Row], articles: Any, seen: NDArray[np.int64], kind: str) -> float:
    """The probability from which a narrative is told that gives the best micro F1 within the articles seen."""
    said, right = [], []
    for part in range(_INNER):
        inside, outside = seen[part::_INNER], np.delete(seen, np.s_[part::_INNER])
        for name, chances in _narrative_chances(rows, articles, outside, inside, kind).items():
            said.append(chances)
            right.append([name in rows[at]["narratives"] for at in inside])
    given, true = np.concatenate(said), np.concatenate(right)
    return max(
        (round(float(at), 2) for at in np.arange(0.05, 0.96, 0.05)),
        key=lambda at: 2 * float((true & (given >= at)).sum()) / float(true.sum() + (given >= at).sum()),
    )


def _classifier(kind: str, **settings: Any) -> Any:
    classifier = LogisticRegression(C=REGULARISATION[kind], max_iter=1000, **settings)
    return classifier if kind == "words" else make_pipeline(StandardScaler(), classifier)


def word_features(rows: Sequence[Row], held: Sequence[Sentences]) -> list[Features]:
    """TF-IDF by fold, its vocabulary and weights from the other folds."""
    folds = [fold_of(row["id"]) for row in rows]
    texts, before, owner = [], [], []
    for row, each, fold in zip(rows, held, folds, strict=True):
        own = [row["text"][start:end] for start, end in each.spans]
        texts += own
        before += ["", *own[:-1]]
        owner += [fold] * len(own)
    found = []
    for fold in range(FOLDS):
        view = words().fit([text for text, mine in zip(texts, owner, strict=True) if mine != fold])
        whole = words().fit([row["text"] for row, mine in zip(rows, folds, strict=True) if mine != fold])
        pair = hstack([view.transform(texts), view.transform(before)])
        found.append(Features(csr_array(pair), csr_array(whole.transform(row["text"] for row in rows))))
    return found


def vector_features(rows: Sequence[Row], held: Sequence[Sentences], minilm: MiniLM) -> list[Features]:
    """Frozen MiniLM: vectors of the sentence and of the one before; of an article the mean of its sentences'."""
    texts = [row["text"][start:end] for row, each in zip(rows, held, strict=True) for start, end in each.spans]
    vectors = minilm.texts(texts)
    ends = np.cumsum([len(each.spans) for each in held])
    parts = np.split(vectors, ends[:-1])
    before = np.concatenate([np.concatenate([np.zeros_like(part[:1]), part[:-1]]) for part in parts])
    articles = np.stack([part.mean(axis=0) for part in parts])
    return [Features(np.concatenate([vectors, before], axis=1), articles)] * FOLDS


def gold_peer_scores(python: Path | None, minilm: MiniLM | None) -> dict[str, dict[str, Any]]:
    """By peer and name, scores of the open part and intervals; lexicons and MiniLM only where they are given."""
    rows = gold_data.gold("open")
    held = sentences_of(rows)
    read = {
        FREQUENT: by_words_of_camps(rows, held),
        TFIDF: learned(rows, held, word_features(rows, held), "words"),
    }
    if minilm:
        read[MINILM] = learned(rows, held, vector_features(rows, held, minilm), "vectors")
    if python:
        texts = [row["text"][start:end] for row, each in zip(rows, held, strict=True) for start, end in each.spans]
        for peer, tones in lexicon_tones(python, texts).items():
            read[peer] = by_words_of_camps(rows, held, tones)
    table = {}
    for peer, readings in read.items():
        scores = scores_with_intervals(rows, readings)
        # Lexicons say nothing of narratives and types, and of presence what the marks say.
        asked = [name for name in SCORED if peer not in LEXICONS or name.endswith("sentence")]
        table[peer] = {name: scores[name] for name in asked if name in scores}
    return table
