"""Stance by weighted cues: which camps a sentence speaks about, and how it portrays their fortunes.

`data/stance.toml` holds the cues and explains their parts. A sentence's score for a camp is the sum of its cues, each
turned round by a negation before it, damped inside a concession, and decided together where a movement meets what moves
("losses narrowed").
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

from narrative.catalogue.entries import load_catalogue
from narrative.pipeline.cues import DATA, CueMatcher, Hit, covers, within
from narrative.pipeline.document import body_sentences
from narrative.records import ArticleStance, Camp, Sentence, SentenceStance, StanceValue
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.tokens import Doc

    from narrative.records import Span

_JOINTS = (",", ";", " and ", " as ", " after ", " but ", " while ")  # where another clause begins
CAMPS: tuple[Camp, ...] = ("ai", "crypto")


@Language.factory(
    "narrative_stance_v1",
    requires=["doc._.boilerplate", "doc._.entities"],
    assigns=["doc._.sentences", "doc._.stance"],
)
def create_stance(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_stance`."""
    return mark_stance


class Meaning(NamedTuple):
    """What a cue says: the camp it names, its weight, and its part in the rules."""

    camp: Camp | None = None
    reference: tuple[Camp, ...] = ()
    weight: float = 0.0
    thing: int = 0  # 1 a good state, -1 a bad one
    movement: int = 0  # 1 up, -1 down
    negates: bool = False
    concedes: bool = False
    opening: bool = False  # concedes only where it opens the sentence


class Rules(NamedTuple):
    """The data file, compiled."""

    cues: CueMatcher[Meaning]
    weights: dict[str, float]
    article: dict[str, float]


@cache
def rules() -> Rules:
    """The rules of `data/stance.toml`."""
    data = read_toml(DATA / "stance.toml")
    meanings: dict[str, dict[str, Any]] = {}

    def add(cues: list[str], **parts: Any) -> None:
        for cue in cues:
            meanings.setdefault(cue, {}).update(parts)

    for group in data["polarity"]:
        add(group["cues"], weight=group["weight"])
    for name, sign in (("good", 1), ("bad", -1)):
        add(data["things"][name], thing=sign)
        add(data["fixed"][name], weight=float(sign), thing=0, movement=0)
    add(data["fixed"]["neutral"], weight=0.0, thing=0, movement=0)
    for name, sign in (("up", 1), ("down", -1)):
        add(data["movement"][name], movement=sign)
    add(data["negation"]["cues"], negates=True)
    add(data["concession"]["cues"], concedes=True)
    add(data["concession"]["opening"], concedes=True, opening=True)
    for camp in CAMPS:
        for cue in data["camps"][camp]["references"]:
            known = meanings.get(cue, {}).get("reference", ())
            add([cue], reference=(*known, camp))
        add(data["camps"][camp]["names"], camp=camp)
    for cue, wider in covers(meanings):  # "falls" is bad by itself, and moves as "fall*" does
        meanings[cue] = meanings[wider] | meanings[cue]
    matcher = CueMatcher({cue: Meaning(**parts) for cue, parts in meanings.items()})
    return Rules(matcher, data["weights"], data["article"])


def mark_stance(doc: Doc) -> Doc:
    """Set `doc._.sentences`, one record for each sentence of the body, and `doc._.stance`."""
    text = doc.text  # spaCy puts it together anew each time
    spans = list(body_sentences(doc))
    hits = within(rules().cues.find(text), spans)
    mentions = _mentions(doc, spans)
    leading = _leading_camps(doc, hits, mentions)
    sentences = []
    for span, found, named in zip(spans, hits, mentions, strict=True):
        camps = _present(found, named, leading)
        scores = _scores(text, span.start, found, named, camps)
        sentences.append(
            Sentence(
                start=span.start,
                end=span.end,
                ai=_labelled(scores["ai"]) if "ai" in camps else None,
                crypto=_labelled(scores["crypto"]) if "crypto" in camps else None,
            )
        )
    doc._.sentences = tuple(sentences)
    doc._.stance = _article_stance(doc, sentences)
    return doc


Mention = tuple[int, Camp]


def _mentions(doc: Doc, spans: Sequence[Span]) -> list[list[Mention]]:
    """Where entities of a camp stand in each sentence."""
    catalogue = load_catalogue().by_id
    starts = [span.start for span in spans]
    lists: list[list[Mention]] = [[] for _ in spans]
    for entity in doc._.entities:
        entry = catalogue.get(entity.id) if entity.id else None
        index = bisect_left(starts, entity.start + 1) - 1
        if entry and entry.camp and index >= 0 and entity.end <= spans[index].end:
            lists[index].append((entity.start, entry.camp))
    return lists


def _leading_camps(
    doc: Doc, hits: Sequence[Sequence[Hit[Meaning]]], mentions: Sequence[Sequence[Mention]]
) -> frozenset[Camp]:
    """The camps that the article is about: named in its title or in a good share of its sentences."""
    article = rules().article
    title = {hit.payload.camp for hit in rules().cues.find(doc._.title or "")}
    counts = dict.fromkeys(CAMPS, 0)
    for found, named in zip(hits, mentions, strict=True):
        for camp in _present(found, named, frozenset()):
            counts[camp] += 1
    needed = article["references_from"] * len(hits)
    return frozenset(camp for camp in CAMPS if camp in title or (counts[camp] and counts[camp] >= needed))


def _present(found: Sequence[Hit[Meaning]], named: Sequence[Mention], leading: frozenset[Camp]) -> frozenset[Camp]:
    """The camps that a sentence speaks about: by name, else, in an article about one camp, by reference."""
    present = frozenset([hit.payload.camp for hit in found if hit.payload.camp] + [camp for _, camp in named])
    if present or not leading:
        return present
    camp: Camp = "crypto" if "crypto" in leading else "ai"
    return frozenset((camp,)) if any(camp in hit.payload.reference for hit in found) else present


def _scores(
    text: str, start: int, found: Sequence[Hit[Meaning]], named: Sequence[Mention], camps: frozenset[Camp]
) -> dict[Camp, float]:
    """The score of each camp, -1 to 1."""
    weights = rules().weights
    places: dict[Camp, list[int]] = {camp: [] for camp in CAMPS}
    for place, camp in named:
        places[camp].append(place)
    for hit in found:
        if hit.payload.camp:
            places[hit.payload.camp].append(hit.start)
    for at in places.values():
        at.sort()
    sums = dict.fromkeys(CAMPS, 0.0)
    if not camps:
        return sums
    for place, weight in _weighed(text, start, found):
        distances = {camp: _distance(places[camp], place) for camp in camps}
        nearest = min(distances.values(), default=0)
        for camp in camps:
            sums[camp] += weight if distances[camp] <= nearest else weight * weights["other_camp"]
    return {camp: math.tanh(weights["steepness"] * (sums[camp] + weights["bias"])) for camp in CAMPS}


def _distance(places: Sequence[int], place: int) -> int:
    """Characters from a place to the nearest of others, which are in order; 0 where there are none."""
    index = bisect_left(places, place)
    return min((abs(place - at) for at in places[max(0, index - 1) : index + 1]), default=0)


def _weighed(text: str, start: int, found: Sequence[Hit[Meaning]]) -> list[tuple[int, float]]:
    """The places and weights of a sentence's cues after the rules have been applied."""
    weights = rules().weights
    weighed: list[tuple[int, float]] = []
    used = set[int]()
    conceded_to = -1
    negated_at = -1
    for index, hit in enumerate(found):
        meaning = hit.payload
        if meaning.concedes and (not meaning.opening or hit.start <= start + 1):
            comma = text.find(",", hit.end, hit.end + 200)
            conceded_to = comma if comma >= 0 else hit.end + 200
        if index not in used:
            weight = meaning.weight
            partner = _partner(text, found, index, used)
            if partner is not None:
                other = found[partner].payload
                weight = weights["moved"] * (meaning.thing * other.movement or meaning.movement * other.thing)
                used.add(partner)
            if weight:
                if negated_at >= 0 and _words_between(text, negated_at, hit.start) <= weights["negation_reach"]:
                    weight *= weights["negated"]
                    negated_at = -1
                if hit.start < conceded_to:
                    weight *= weights["conceded"]
                weighed.append((hit.start, weight))
        if meaning.negates:
            negated_at = hit.end
    return weighed


def _partner(text: str, found: Sequence[Hit[Meaning]], index: int, used: set[int]) -> int | None:
    """The next cue that with this one makes a state and its movement, in either order."""
    meaning, end = found[index].payload, found[index].end
    if not meaning.thing and not meaning.movement:
        return None
    weights = rules().weights
    for at in range(index + 1, min(index + 4, len(found))):
        other = found[at].payload
        between = text[end : found[at].start]
        words = _words_between(text, end, found[at].start)
        if words > weights["reach"] or any(joint in between for joint in _JOINTS):
            return None
        if at not in used and meaning.thing and other.movement:
            return at
        if at not in used and meaning.movement and other.thing and words <= weights["reach_back"]:
            return at
    return None


def _words_between(text: str, start: int, end: int) -> int:
    return text.count(" ", start, end) if end - start < 120 else 99


def _labelled(score: float) -> SentenceStance:
    weights = rules().weights
    label = label_of(score)
    nearest = min(abs(score - weights["positive"]), abs(score - weights["negative"]))
    return SentenceStance(label=label, score=round(score, 4), abstained=nearest < weights["unsure"])


def _label(score: float, borders: dict[str, float]) -> StanceValue:
    if score > borders["positive"]:
        return 1
    return -1 if score < borders["negative"] else 0


def label_of(score: float) -> StanceValue:
    """The label of a sentence's score, or of the mean of several."""
    return _label(score, rules().weights)


def _article_stance(doc: Doc, sentences: Sequence[Sentence]) -> ArticleStance:
    """The tone a reader takes away from the sentences, the title and the lead weighing more."""
    article = rules().article
    title = doc._.title_span
    stances: dict[Camp, SentenceStance | None] = {}
    for camp in CAMPS:
        weights, total, spoken = 0.0, 0.0, 0
        for index, sentence in enumerate(sentences):
            stance = sentence.ai if camp == "ai" else sentence.crypto
            if stance is None:
                continue
            headline = title is not None and sentence.start < title.end
            lead = index < article["lead_sentences"] + (title is not None)
            weight = article["title"] if headline else article["lead"] if lead else 1.0
            weights += weight
            total += weight * stance.score
            spoken += 1
        if not spoken or spoken < article["present"] * len(sentences):
            stances[camp] = None
            continue
        score = max(-1.0, total / weights - article["usual"])
        label = _label(score, article)
        nearest = min(abs(score - article["positive"]), abs(score - article["negative"]))
        stances[camp] = SentenceStance(
            label=label, score=round(score, 4), abstained=nearest < rules().weights["unsure"]
        )
    ai, crypto = stances["ai"], stances["crypto"]
    return ArticleStance(ai=ai, crypto=crypto, spread=ai.score - crypto.score if ai and crypto else None)
