"""The stories of a corpus by how near they come to a narrative, and which of them to ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc

from narrative.errors import CorpusError
from narrative.pipeline.own_narratives import from_the_middle, score_of, similarities, vectors_of
from narrative.records import Record, Span
from narrative.store.meanings import read_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.catalogue.own_narratives import OwnNarrative
    from narrative.pipeline.encoder.backends import Model
    from narrative.store.corpus import Corpus

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]

NEAR: Final = (1, 1, 2, 4)  # sizes of the strata of near stories, in units of the first


@dataclass(frozen=True)
class Stories:
    """The stories of a corpus, the nearest first.

    Attributes:
        keys: of the articles; an article that is there twice counts once.
        scores: of their nearest sentences, from 0 to 1, falling.
        nearest: those sentences.
        unread: articles that are annotated, but not by the encoder in use.
    """

    keys: tuple[str, ...]
    scores: Floats
    nearest: tuple[Span, ...]
    unread: int


@dataclass(frozen=True)
class Sample:
    """Which stories to ask about, drawn at random from strata of neighbouring scores.

    Attributes:
        borders: where the strata begin in `Stories`, and at last the number of stories.
        asked: by stratum, the rows of `Stories` to ask about, in order.
    """

    borders: tuple[int, ...]
    asked: tuple[Numbers, ...]


class Candidate(Record):
    """A story to be answered with yes or no: does it tell the narrative?"""

    key: str
    score: float
    title: str | None
    outlet: str | None
    published: datetime | None
    sentence: str


def rank(corpus: Corpus, narrative: OwnNarrative, model: Model, encoder: str) -> Stories:
    """Score every story of a corpus by what its sentences mean; nothing is encoded but the narrative.

    Args:
        corpus: an annotated corpus.
        narrative: what to look for.
        model: what reads the narrative.
        encoder: that model's fingerprint.

    Raises:
        CorpusError: no article was read by this encoder.
    """
    bodies = _bodies(corpus)
    vectors = vectors_of(narrative.sentences, model)
    found: list[tuple[float, str, Span]] = []
    for key, meanings in read_meanings(corpus, encoder):
        body = bodies.pop(key, None)
        if body is not None and len(body) and len(meanings.spans):
            # The reader may have cut a sentence after the encoder read it: each part has the meaning of the whole.
            rows = np.maximum(np.searchsorted(meanings.spans[:, 0], body[:, 0], side="right") - 1, 0)
            near = similarities(from_the_middle(meanings.vectors[rows], model), vectors)
            start, end = body[near.argmax()].tolist()
            found.append((round(float(score_of(near.max())), 4), key, Span(start=start, end=end)))
    unread = sum(len(body) > 0 for body in bodies.values())
    if not found:
        what = "was read by another encoder" if unread else "holds no annotated article"
        raise CorpusError(f"{corpus.folder}: {what}; run `narrative annotate --corpus {corpus.folder}` first")
    found.sort(key=lambda story: (-story[0], story[1]))
    return Stories(
        keys=tuple(key for _, key, _ in found),
        scores=np.array([score for score, _, _ in found]),
        nearest=tuple(span for _, _, span in found),
        unread=unread,
    )


def draw(scores: Floats, number: int, seed: int) -> Sample:
    """Draw the stories to ask about: a third of them far ones, the others from four strata of near ones.

    The first two strata hold as many stories as the scores add up to, the next two twice and four times the first, the
    last all the others. In each stories are drawn at random without replacement, so that what is found among them can
    be told of all (stratified sampling: Cochran 1977, Sampling Techniques, chapter 5).

    Args:
        scores: of all stories, falling.
        number: how many to ask about.
        seed: of the draw.
    """
    each = max(1, number // (len(NEAR) + 2))
    unit = max(each, int(np.ceil(scores.sum() / 2)))
    ends = np.minimum(np.cumsum([0, *NEAR]) * unit, len(scores))
    borders = [0] if len(scores) <= number else [int(end) for end in dict.fromkeys(ends.tolist())]
    if borders[-1] != len(scores):
        borders.append(len(scores))
    sizes = np.diff(borders)
    shares = np.minimum(sizes, each)
    for stratum in reversed(range(len(sizes))):  # what is left goes to the far ones first
        shares[stratum] += min(sizes[stratum] - shares[stratum], max(0, number - shares.sum()))
    random = np.random.default_rng(seed)
    asked = tuple(
        np.sort(random.choice(size, share, replace=False) + start)
        for start, size, share in zip(borders, sizes, shares, strict=False)
    )
    return Sample(tuple(borders), asked)


def candidates(corpus: Corpus, stories: Stories, rows: Sequence[int]) -> list[Candidate]:
    """What to show of some stories, in their order."""
    wanted = {stories.keys[row]: row for row in rows}
    found: dict[int, Candidate] = {}
    for part in corpus.read("annotations", ["key", "article"]):
        for at, key in enumerate(part.column("key").to_pylist()):
            if key in wanted and wanted[key] not in found:
                row = wanted[key]
                article, span = part.column("article")[at].as_py(), stories.nearest[row]
                found[row] = Candidate(
                    key=key,
                    score=float(stories.scores[row]),
                    title=article["title"],
                    outlet=article["outlet"],
                    published=article["published"],
                    sentence=" ".join(article["text"][span.start : span.end].split()),
                )
    return [found[row] for row in rows]


def _bodies(corpus: Corpus) -> dict[str, Numbers]:
    """By article key, where the sentences of the body begin and end, as the latest reading has it."""
    bodies: dict[str, Numbers] = {}
    for part in corpus.read("annotations", ["key", "sentences"]):
        lists = part.column("sentences")
        sentences = pc.list_flatten(lists)
        spans = np.stack(
            [pc.struct_field(sentences, name).to_numpy(zero_copy_only=False) for name in ("start", "end")], 1
        )
        borders = np.cumsum([0, *pc.list_value_length(lists).to_pylist()])
        for at, key in enumerate(part.column("key").to_pylist()):
            bodies[key] = spans[borders[at] : borders[at + 1]]
    return bodies
