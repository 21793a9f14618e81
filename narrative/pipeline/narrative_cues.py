"""What the cues of the taxonomy say: for each narrative, log-odds that an article tells it.

`catalogue/data/narratives.toml` holds the cues and the formula. `narratives.py` weighs them with what the network says:
together they are better than either.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from narrative.catalogue.taxonomy import Taxonomy, load_taxonomy
from narrative.pipeline.cues import CueMatcher, Hit, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spacy.tokens import Doc

    from narrative.records import Camp, Sentence, Span

Weights = dict[str, float]  # by narrative
UNCUED = -5.3  # log-odds of a narrative that no cue speaks for


def cue_logits(doc: Doc) -> Weights:
    """By narrative, the log-odds that the cues give it, from `UNCUED` up to its opposite."""
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
    return _logits(in_title, weights[headings:], causes)


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


def _logits(in_title: Weights, in_body: Sequence[Weights], causes: Mapping[str, int]) -> Weights:
    taxonomy = load_taxonomy()
    settings = taxonomy.calibration
    factors = (settings.title, settings.body, settings.total, settings.explained)
    logits = dict.fromkeys(taxonomy.ids, UNCUED)
    for ident, values in features(in_title, in_body, causes, taxonomy).items():
        logits[ident] = min(-UNCUED, max(UNCUED, settings.intercept + sum(map(operator.mul, factors, values))))
    return logits
