"""Explanations: what a sentence says moved, and why.

The network tags the words of each cause; what they explain is read off the same words in their context. What moves is
the name, or the group of `data/explanations.toml`, that fits the cause best. The narrative that a cause belongs to is
weighed with the narratives of the article and with the taxonomy's cues in the cause's words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from spacy.language import Language

from narrative.pipeline.cues import DATA, CueMatcher, payloads
from narrative.pipeline.narrative_cues import matcher, weigh
from narrative.records import Explanation, Reference
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding, Stretch
    from narrative.records import Entity, Quote, Sentence

_MOVERS = frozenset(["ASSET", "FUND", "COMPANY", "INDEX", "PROTOCOL"])
_SPEAKERS = frozenset(["PERSON", "COMPANY", "INSTITUTION"])
_NEAR_SPEECH = 40  # characters between a speaker and the verb of speech
_MOST = 3  # explanations a sentence
_REMEMBERED = 24  # names outside the sentence that may be what moves
_OUTSIDE, _BACKGROUND, _BEGIN, _INSIDE = "outside", 0, 1, 2


@Language.factory(
    "narrative_explanations_v2",
    requires=["doc._.sentences", "doc._.entities", "doc._.quotes", "doc._.encoding"],
    assigns=["doc._.explanations"],
)
def create_explanations(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_explanations`."""
    return mark_explanations


class _Mover(NamedTuple):
    start: int
    end: int
    reference: Reference


Touching = TypeVar("Touching")


@cache
def _groups() -> CueMatcher[tuple[str, ...]]:
    data: dict[str, Any] = read_toml(DATA / "explanations.toml")
    named = {f"asset {name}": cues for name, cues in data["assets"].items()}
    return CueMatcher(payloads(named | {"speech": data["speech"]["cues"]}))


def mark_explanations(doc: Doc) -> Doc:
    """Set `doc._.explanations`."""
    encoding: Encoding = doc._.encoding
    told = [
        (sentence, float(chance))
        for sentence in doc._.sentences
        if (chance := encoding.probabilities("explains", [(sentence.start, sentence.end)])[0])
        >= encoding.threshold("explains")
    ]
    if not told:
        return doc
    context = _Context(doc)
    doc._.explanations = tuple(
        explanation for sentence, chance in told for explanation in _explanations(encoding, context, sentence, chance)
    )
    return doc


class _Context:
    """What may move, and who may speak, in the whole article."""

    def __init__(self, doc: Doc) -> None:
        self.text: str = doc.text
        self.entities: tuple[Entity, ...] = doc._.entities
        self.starts = [entity.start for entity in self.entities]
        self.quotes: tuple[Quote, ...] = doc._.quotes
        self.quote_borders = _borders(self.quotes)
        body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
        self.narratives = np.log(doc._.encoding.probabilities("narratives", body) + np.float32(1e-6))
        hits = _groups().find(self.text)
        self.speech = [hit for hit in hits if "speech" in hit.payload]
        self.speech_starts = [hit.start for hit in self.speech]
        movers = [
            _Mover(entity.start, entity.end, Reference(name=entity.name, id=entity.id))
            for entity in self.entities
            if entity.type in _MOVERS
        ]
        names = tuple(movers)
        borders = _borders(names)
        for hit in hits:
            touched = _touching(names, borders, hit.start, hit.end)
            if all(name.end - name.start < hit.end - hit.start for name in touched):
                movers += [
                    _Mover(hit.start, hit.end, Reference(name=group.removeprefix("asset ")))
                    for group in hit.payload
                    if group.startswith("asset ")
                ]
        self.movers = sorted(movers, key=lambda mover: mover.start)
        self.mover_starts = [mover.start for mover in self.movers]


def _borders(spans: Sequence[_Mover | Quote]) -> tuple[list[int], list[int]]:
    return [span.start for span in spans], [span.end for span in spans]


def _touching(
    spans: Sequence[Touching], borders: tuple[list[int], list[int]], start: int, end: int
) -> Sequence[Touching]:
    """Those of some spans that share a character with `start` to `end`; they are in order, without overlaps."""
    starts, ends = borders
    return spans[bisect_right(ends, start) : bisect_left(starts, end)]


def _explanations(encoding: Encoding, context: _Context, sentence: Sentence, chance: float) -> list[Explanation]:
    found = []
    told = set[tuple[Reference, str, str]]()
    for start, end in _causes(encoding, context.text, (sentence.start, sentence.end)):
        asset = _asset(encoding, context, sentence, (start, end))
        if asset is None:
            continue
        answers = {head: _likeliest(encoding, head, (start, end)) for head in _ANSWERS}
        cause = _narrative(encoding, context, (start, end), answers["effect"])
        if (asset, answers["effect"], cause) in told:  # a cause that the network has torn apart
            continue
        told.add((asset, answers["effect"], cause))
        denied = encoding.probabilities("cause_denied", [(start, end)])[0]
        found.append(
            Explanation(
                start=sentence.start,
                end=sentence.end,
                asset=asset,
                effect=answers["effect"],
                what=answers["moved"],
                cause=cause,
                cause_start=start,
                cause_end=end,
                speaker=_speaker(context, sentence),
                denied=bool(denied >= encoding.threshold("denied")),
                status=answers["cause_status"],
                score=round(chance, 4),
            )
        )
    return found


_ANSWERS = ("effect", "moved", "cause_status")


def _likeliest(encoding: Encoding, head: str, stretch: Stretch) -> Any:
    return encoding.labels(head)[int(encoding.probabilities(head, [stretch]).argmax())]


def cause_features(encoding: Encoding, text: str, cause: Stretch, article: NDArray[np.float32]) -> NDArray[np.float32]:
    """What speaks for each narrative, and for `other`, being the one that a cause belongs to.

    Args:
        encoding: what the network says of the text.
        text: the article.
        cause: the words of the cause.
        article: the narratives' log-probabilities in the whole article.

    Returns:
        Shape (4, narratives + 1): the head's own logits, the article's narratives, the narratives told by the words
        themselves, and the taxonomy's cues in them.
    """
    labels = encoding.labels("cause_narrative")
    own = encoding.pooled("cause_narrative", [cause])
    here = encoding.pooled("narratives", [cause])
    cues = weigh(matcher().find(text[cause[0] : cause[1]]))
    return np.stack(
        [
            own,
            np.append(article, article.mean()),  # `other` is as likely as the rest
            np.append(here, here.mean()),
            np.array([cues.get(label, 0.0) for label in labels], np.float32),
        ]
    )


CAUSE_WEIGHTS = ("cause own", "cause article", "cause here", "cause cues")


def _narrative(encoding: Encoding, context: _Context, cause: Stretch, effect: str) -> str:
    """The narrative that a cause belongs to, or `other`; of two opposite ones the one that moves things as told."""
    features = cause_features(encoding, context.text, cause, context.narratives)
    weights = [encoding.decisions.scale.get(name, float(name == "cause own")) for name in CAUSE_WEIGHTS]
    label = encoding.labels("cause_narrative")[int((np.array(weights, np.float32) @ features).argmax())]
    for pair in _opposites():
        if label in pair and effect != "flat":
            return pair[0] if effect == "up" else pair[1]
    return label


@cache
def _opposites() -> list[tuple[str, str]]:
    """Opposite narratives: which lifts, which weighs."""
    return [(pair["up"], pair["down"]) for pair in read_toml(DATA / "explanations.toml")["opposites"]]


def _causes(encoding: Encoding, text: str, sentence: Stretch) -> list[Stretch]:
    """The words of each cause in a sentence that explains, at least one."""
    within, logits = encoding.tokens("cause", *sentence)
    tags = logits.argmax(axis=1)
    runs = _runs(tags.tolist()) or [_likeliest_run(logits)]
    runs = sorted(sorted(runs, key=lambda run: -_weight(logits, run))[:_MOST])
    starts, ends = encoding.pieces.starts[within], encoding.pieces.ends[within]
    found: list[Stretch] = []
    for first, last in runs:
        start, end = _words(text, int(starts[first]), int(ends[last - 1]), sentence)
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _runs(tags: Sequence[int]) -> list[tuple[int, int]]:
    """Where tags begin a cause and go on with it."""
    runs: list[list[int]] = []
    for at, tag in enumerate(tags):
        if tag == _BEGIN or (tag == _INSIDE and (at == 0 or tags[at - 1] == _BACKGROUND)):
            runs.append([at, at + 1])
        elif tag == _INSIDE:
            runs[-1][1] = at + 1
    return [(first, last) for first, last in runs]


def _likeliest_run(logits: NDArray[np.float32]) -> tuple[int, int]:
    first = int((logits[:, _BEGIN] - logits[:, _BACKGROUND]).argmax())
    last = first + 1
    while last < len(logits) and logits[last, _INSIDE] > logits[last, _BACKGROUND] - 1:
        last += 1
    return first, last


def _weight(logits: NDArray[np.float32], run: tuple[int, int]) -> float:
    part = logits[run[0] : run[1]]
    return float((part[:, 1:].max(axis=1) - part[:, 0]).sum())


def _words(text: str, start: int, end: int, sentence: Stretch) -> Stretch:
    """A run of pieces widened to whole words, without the marks at its ends."""
    while start > sentence[0] and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < sentence[1] and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    while end - start > 1 and text[end - 1] in " .,;:!?–—-":
        end -= 1
    while end - start > 1 and text[start] in " .,;:!?–—":
        start += 1
    return start, end


def _asset(encoding: Encoding, context: _Context, sentence: Sentence, cause: Stretch) -> Reference | None:
    """What the cause moves: the best match among the names of the sentence and, at a price, of the article."""
    query = encoding.pooled("asset_query", [cause])
    price = encoding.threshold(_OUTSIDE)  # in logits
    best, highest = None, float("-inf")
    at, last = (bisect_left(context.mover_starts, border) for border in (sentence.start, sentence.end))
    inside = [mover for mover in context.movers[at:last] if mover.end <= sentence.end]
    outside = context.movers[max(0, at - _REMEMBERED) : at]
    for mover in [*inside, *outside]:
        score = float(encoding.pooled("asset_key", [(mover.start, mover.end)]) @ query) / 8
        if mover.end <= sentence.start:
            score -= price
        if score > highest:
            best, highest = mover.reference, score
    return best


def _speaker(context: _Context, sentence: Sentence) -> Reference | None:
    """Who explains: the speaker of a quotation in the sentence, else a person or firm beside a verb of speech."""
    for quote in _touching(context.quotes, context.quote_borders, sentence.start, sentence.end):
        if quote.speaker:
            return quote.speaker
    first, last = bisect_left(context.starts, sentence.start), bisect_left(context.starts, sentence.end)
    speakers = [entity for entity in context.entities[first:last] if entity.type in _SPEAKERS]
    at, end = (bisect_left(context.speech_starts, border) for border in (sentence.start, sentence.end))
    for cue in context.speech[at:end]:
        near = {min(abs(e.end - cue.start), abs(e.start - cue.end)): e for e in reversed(speakers)}
        if near and min(near) <= _NEAR_SPEECH:
            closest = near[min(near)]
            return Reference(name=closest.name, id=closest.id)
    return None
