"""Our encoder on the parts of the public sets that nothing was trained on, read through the product's own code.

Tone: every text goes the way of an article up to the network, and the tone head is asked about the words of each
target; in TFNS, whose tweets have no target, about the whole text. Similarity: how the cosine of two headlines'
meanings ranks pairs that people have scored.
"""

from __future__ import annotations

import re
import tarfile
from typing import TYPE_CHECKING, Any, NamedTuple

import gold as gold_data
import numpy as np
from scipy.stats import spearmanr

from encoder import public_sets
from encoder.intervals import item_scores, label_scores, short
from narrative.pipeline.encoder.reading import read
from narrative.pipeline.load import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from narrative.pipeline.encoder.backends import Model
    from narrative.pipeline.encoder.encoding import Encoding

    Vectors = NDArray[np.float32]

PARTS = {
    "NewsMTSC rw": ("newsmtsc", "rw"),
    "NewsMTSC mt": ("newsmtsc", "mt"),
    "SEntFiN": ("sentfin", "test"),
    "FinEntity": ("finentity", "test"),
    "TFNS": ("tfns", "valid"),
}
LABELS = ("negative", "neutral", "positive")
PAIRS = "sts_headlines"
SIMILARITY = "STS headlines"
BINS = 10
_RESAMPLES = 500  # of pairs: a rank correlation can't be had by adding up counts


class Case(NamedTuple):
    """A stretch of a text, and the number of the tone towards it."""

    text: str
    start: int
    end: int
    label: int


class Pair(NamedTuple):
    """Two headlines and how alike people find them, 0 to 5."""

    first: str
    second: str
    score: float


def unpack(folder: Path) -> Any:
    """The loaders of the shared data, over the public sets and the scored pairs unpacked into a folder."""
    if not (folder / PAIRS).exists():
        with tarfile.open(gold_data.shared() / "data" / "labelled" / f"{PAIRS}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return public_sets.unpack(folder)


def cases(loaders: Any, name: str, part: str) -> list[Case]:
    """The cases of a part of a set."""
    found: Iterable[tuple[str, list[tuple[int, int, str]]]]
    if name == "tfns":
        found = ((text, [(0, len(text), label)]) for text, label in public_sets.sentiments(loaders, part))
    else:
        found = public_sets.targets(loaders, name, part).items()
    return [Case(text, start, end, public_sets.TONE[label]) for text, targets in found for start, end, label in targets]


def tested(loaders: Any, name: str, part: str) -> list[Case]:
    """The cases of a test part but for texts that the training part holds too, links, case and punctuation apart."""
    trained = {bare(case.text) for case in cases(loaders, name, "train")}
    return [case for case in cases(loaders, name, part) if bare(case.text) not in trained]


def bare(text: str) -> str:
    """A text's letters and digits, by which copies know each other."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"https?://\S+", " ", text.lower())).strip()


def pairs(loaders: Any) -> list[Pair]:
    """The headlines of STS with their scores; we trained on none, so each of its parts can test."""
    parts = ("train", "dev", "test")
    return [Pair(row["a"], row["b"], row["score"]) for part in parts for row in loaders.sts_headlines(part)]


def encodings(texts: Iterable[str], model: Model) -> dict[str, Encoding]:
    """What a model says of each text."""
    nlp = build()
    found = {}
    for text in texts:
        doc = nlp.make_doc(text)
        for name in ("sentences", "mentions"):
            doc = nlp.get_pipe(name)(doc)
        found[text] = read(doc, model)
    return found


def tones(wanted: Sequence[Case], model: Model) -> Vectors:
    """Probabilities of negative, neutral, positive, shape (cases, 3)."""
    said = encodings(dict.fromkeys(case.text for case in wanted), model)
    return np.stack([said[case.text].probabilities("tone", [(case.start, case.end)]) for case in wanted])


def tone_scores(wanted: Sequence[Case], named: Sequence[int]) -> dict[str, Any]:
    """How well labels match, with intervals over texts."""
    return label_scores([case.label for case in wanted], named, [case.text for case in wanted], len(LABELS))


def meanings(texts: Sequence[str], model: Model) -> Vectors:
    """One vector of length 1 a text, shape (texts, 384): towards the mean of its sentences'."""
    said = encodings(texts, model)
    sums = np.stack([said[text].meanings.sum(axis=0) for text in texts])
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9))


def similarity_scores(wanted: Sequence[Pair], embed: Callable[[Sequence[str]], Vectors]) -> dict[str, Any]:
    """Spearman's rank correlation of cosines with people's scores, with its interval over pairs.

    Args:
        wanted: the pairs.
        embed: texts → vectors of length 1.
    """
    texts = list(dict.fromkeys(text for pair in wanted for text in (pair.first, pair.second)))
    vectors = dict(zip(texts, embed(texts), strict=True))
    cosines = np.array([vectors[pair.first] @ vectors[pair.second] for pair in wanted])
    scored = np.array([pair.score for pair in wanted])

    def correlation(at: NDArray[np.int64]) -> float:
        return float(spearmanr(cosines[at], scored[at]).statistic)

    return item_scores("spearman", correlation, len(wanted), _RESAMPLES)


def calibration_error(chances: Vectors, right: NDArray[np.int64]) -> float:
    """Expected calibration error of the likeliest label, in ten bins: Guo and others (2017)."""
    sure, good = chances.max(axis=1), chances.argmax(axis=1) == right
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(float(sure[bins == at].sum()) - int(good[bins == at].sum())) for at in range(BINS)]
    return short(sum(gaps) / len(right))


def our_scores(loaders: Any, model: Model) -> dict[str, dict[str, Any]]:
    """Scores of a model by part, those of similarity last."""
    found: dict[str, dict[str, Any]] = {}
    for title, (name, part) in PARTS.items():
        wanted = tested(loaders, name, part)
        chances = tones(wanted, model)
        error = calibration_error(chances, np.array([case.label for case in wanted]))
        found[title] = tone_scores(wanted, chances.argmax(axis=1).tolist()) | {"calibration_error": error}
    found[SIMILARITY] = similarity_scores(pairs(loaders), lambda texts: meanings(texts, model))
    return found


def input_names() -> list[str]:
    """The files under the shared folder that these scores rest on."""
    held = sorted({name for name, _ in PARTS.values()} | {PAIRS})
    return ["data/loaders.py", *(f"data/labelled/{name}.tar.gz" for name in held)]
