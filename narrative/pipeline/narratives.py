"""Narratives by weighted cues: which stories an article tells, which one mainly, and which it tells only to reject.

`catalogue/data/narratives.toml` holds the cues, the formula from cues to probability, and the words of rejection.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from spacy.language import Language

from narrative.catalogue.taxonomy import Taxonomy, load_taxonomy
from narrative.pipeline.cues import LONGEST_SENTENCE, CueMatcher, Hit, payloads, within
from narrative.records import Camp, Narrative, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spacy.tokens import Doc

Weights = dict[str, float]  # by narrative


@Language.factory(
    "narrative_narratives_v1",
    requires=["doc._.sentences", "doc._.comparison", "doc._.explanations"],
    assigns=["doc._.narratives"],
)
def create_narratives(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_narratives`."""
    return mark_narratives


def mark_narratives(doc: Doc) -> Doc:
    """Set `doc._.narratives`, the likeliest first."""
    text = doc.text  # spaCy puts it together anew each time
    sentences: tuple[Sentence, ...] = doc._.sentences
    hits = within(matcher().find(text), sentences)
    headline: Span | None = doc._.title_span
    headings = sum(sentence.start < headline.end for sentence in sentences) if headline is not None else 0
    if headline is not None:
        title = [hit for found in hits[:headings] for hit in found]
    else:  # without a title the first sentence stands for it
        title = matcher().find(doc._.title or "") or (hits[0] if hits else [])
    winners = {comparison.start: comparison.winner for comparison in doc._.comparison}
    signals = [_signals(sentence, winners.get(sentence.start)) for sentence in sentences]
    weights = [weigh(found, signal) for found, signal in zip(hits, signals, strict=True)]
    in_title = weigh(title, *signals[:headings])
    causes = Counter(explanation.cause for explanation in doc._.explanations)
    probabilities = _probabilities(in_title, weights[headings:], causes)
    doc._.narratives = _records(text, probabilities, sentences, hits, weights)
    return doc


@cache
def matcher() -> CueMatcher[Weights]:
    """The cues of every narrative."""
    return CueMatcher(load_taxonomy().cues())


def weigh(hits: Sequence[Hit[Weights]], *signals: Weights) -> Weights:
    """What the cues and signals of a stretch of text weigh for each narrative; a cue repeated counts once."""
    seen: set[int] = set()
    total: Weights = {}
    for signal in signals:
        for ident, weight in signal.items():
            total[ident] = total.get(ident, 0.0) + weight
    for hit in hits:
        if id(hit.payload) not in seen:
            seen.add(id(hit.payload))
            for ident, weight in hit.payload.items():
                total[ident] = total.get(ident, 0.0) + weight
    return total


@cache
def _signal_weights() -> dict[str, Weights]:
    """By signal, the narratives that it tells."""
    found: dict[str, Weights] = {}
    for entry in load_taxonomy().narrative:
        for signal, weight in entry.signals.items():
            found.setdefault(signal, {})[entry.id] = weight
    return found


def _signals(sentence: Sentence, winner: Camp | None) -> Weights:
    """What a sentence's stance weighs for each narrative, and which camp it prefers to the other."""
    known = _signal_weights()
    ai, crypto = sentence.ai, sentence.crypto
    if ai and crypto:
        names = ["both", "both-good"] if ai.label + crypto.label > 0 else ["both"]
    elif ai:
        names = ["ai-alone", *(["ai-good"] if ai.label > 0 else ["ai-bad"] if ai.label < 0 else [])]
    elif crypto:
        names = ["crypto-good"] if crypto.label > 0 else ["crypto-bad"] if crypto.label < 0 else []
    else:
        names = []
    if winner:
        names.append(f"{winner}-wins")
    total: Weights = {}
    for name in names:
        for ident, weight in known.get(name, {}).items():
            total[ident] = total.get(ident, 0.0) + weight
    return total


def features(
    title: Weights, body: Sequence[Weights], causes: Mapping[str, int], taxonomy: Taxonomy
) -> dict[str, tuple[float, float, float, float]]:
    """By narrative, what the calibration weighs.

    Its weights in the title, in an average sentence, the logarithm of the whole body's, and of how often it explains.
    """
    cap = taxonomy.calibration.cap
    totals = dict.fromkeys(title, 0.0)
    for sentence in body:
        for ident, weight in sentence.items():
            totals[ident] = totals.get(ident, 0.0) + min(cap, weight)
    return {
        ident: (
            min(cap, title.get(ident, 0.0)),
            total / max(1, len(body)),
            math.log1p(total),
            math.log1p(causes.get(ident, 0)),
        )
        for ident, total in totals.items()
    }


def _probabilities(in_title: Weights, in_body: Sequence[Weights], causes: Mapping[str, int]) -> dict[str, float]:
    taxonomy = load_taxonomy()
    settings = taxonomy.calibration
    factors = (settings.title, settings.body, settings.total, settings.explained)
    return {
        ident: 1 / (1 + math.exp(-settings.intercept - sum(map(operator.mul, factors, values))))
        for ident, values in features(in_title, in_body, causes, taxonomy).items()
    }


def _records(
    text: str,
    probabilities: Mapping[str, float],
    sentences: Sequence[Sentence],
    hits: Sequence[Sequence[Hit[Weights]]],
    weighed: Sequence[Weights],
) -> tuple[Narrative, ...]:
    taxonomy = load_taxonomy()
    settings = taxonomy.calibration
    told = [ident for ident, score in probabilities.items() if score >= settings.threshold]
    for pair in taxonomy.opposites:
        if all(ident in told for ident in pair):
            told.remove(min(pair, key=lambda ident: probabilities[ident]))
    told.sort(key=lambda ident: (-probabilities[ident], taxonomy.ids.index(ident)))
    narratives: list[Narrative] = []
    for ident in told:
        showing = [index for index, weights in enumerate(weighed) if ident in weights]
        if not showing:  # named in a title that is not part of the text
            continue
        showing.sort(key=lambda index: (-weighed[index][ident], index))
        evidence = sorted(showing[: settings.evidence])
        shown = sum(weighed[index][ident] for index in evidence)
        refused = [index for index in evidence if _rejects(text, sentences[index], hits[index], ident)]
        rejected = sum(weighed[index][ident] for index in refused)
        narratives.append(
            Narrative(
                id=ident,
                score=round(probabilities[ident], 4),
                primary=not narratives,
                position="rejects" if rejected * 2 > shown else "tells",
                evidence=tuple(Span(start=sentences[index].start, end=sentences[index].end) for index in evidence),
            )
        )
    return tuple(narratives)


class _Rejections(NamedTuple):
    cues: CueMatcher[tuple[str, ...]]
    reach: int


@cache
def _rejections() -> _Rejections:
    words = load_taxonomy().rejection
    return _Rejections(CueMatcher(payloads({"before": words.before, "after": words.after})), words.reach)


def _rejects(text: str, span: Sentence, hits: Sequence[Hit[Weights]], ident: str) -> bool:
    """Whether the sentence rejects the narrative: a word of rejection stands beside every one of its stronger cues."""
    strongest = max((hit.payload[ident] for hit in hits if ident in hit.payload), default=0.0)
    cues = [hit for hit in hits if hit.payload.get(ident, 0.0) >= min(strongest, 1.0)]
    refusals = _rejections().cues.find(text[span.start : min(span.end, span.start + LONGEST_SENTENCE)])
    reach = _rejections().reach

    def refused(cue: Hit[Weights]) -> bool:
        start, end = cue.start - span.start, cue.end - span.start
        return any(
            ("before" in refusal.payload and 0 <= start - refusal.end <= reach)
            or ("after" in refusal.payload and 0 <= refusal.start - end <= reach)
            for refusal in refusals
        )

    return bool(cues) and bool(refusals) and all(refused(cue) for cue in cues)
