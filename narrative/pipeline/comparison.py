"""Comparison: sentences that set AI against crypto, and which of them wins.

`data/comparison.toml` holds the cues by the place where the winner stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

from narrative.pipeline.cues import DATA, LONGEST_SENTENCE, CueMatcher, Hit, payloads, within
from narrative.pipeline.stance import CAMPS, rules
from narrative.records import Camp, Comparison
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.tokens import Doc

    from narrative.records import Sentence

_NEAR = 80  # characters between a cue and the camp that it points to
_MIXED = 14  # characters from one camp to the other in "AI tokens", "crypto and AI"
_NEGATES = 20  # characters between a negation and the cue that it denies
_OTHER: dict[Camp, Camp] = {"ai": "crypto", "crypto": "ai"}


@Language.factory("narrative_comparison_v1", requires=["doc._.sentences"], assigns=["doc._.comparison"])
def create_comparison(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_comparison`."""
    return mark_comparison


class _Rules(NamedTuple):
    cues: CueMatcher[tuple[str, ...]]
    scores: dict[str, float]


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = read_toml(DATA / "comparison.toml")
    groups = {name: data[name]["cues"] for name in ("toward", "away", "over", "under", "denial", "negation")}
    for camp in CAMPS:
        groups[f"wins {camp}"] = data["wins"][camp]
        groups[f"names {camp}"] = data["camps"][camp]
    cues = payloads(groups) | dict.fromkeys(data["nothing"]["cues"], ())
    return _Rules(CueMatcher(cues), {name: body["score"] for name, body in data.items() if "score" in body})


def mark_comparison(doc: Doc) -> Doc:
    """Set `doc._.comparison`, one record at most for a sentence."""
    text = doc.text
    hits = within(_rules().cues.find(text), doc._.sentences)
    found = (_compare(text, sentence, cues) for sentence, cues in zip(doc._.sentences, hits, strict=True) if cues)
    doc._.comparison = tuple(record for record in found if record is not None)
    return doc


def _compare(article: str, sentence: Sentence, cues: Sequence[Hit[tuple[str, ...]]]) -> Comparison | None:
    named = [(hit.start, camp) for hit in cues for camp in CAMPS if f"names {camp}" in hit.payload]
    if sum(1 for stance in (sentence.ai, sentence.crypto) if stance) + len({camp for _, camp in named}) < 2:
        return None
    text = article[sentence.start : min(sentence.end, sentence.start + LONGEST_SENTENCE)]
    mentions = [
        (sentence.start + hit.start, hit.payload.camp)
        for hit in rules().cues.find(text)
        if hit.payload.camp is not None
    ]
    mentions = sorted({*mentions, *named})
    if len({camp for _, camp in mentions}) < 2:
        return None
    best: tuple[float, Camp, Hit[tuple[str, ...]]] | None = None
    for hit in cues:
        for group in hit.payload:
            winner = _winner(group, hit, mentions)
            score = _rules().scores.get(group.split()[0], 0.0)
            if winner and (best is None or score > best[0]):
                best = score, winner, hit
    if best is None:
        return None
    score, winner, chosen = best
    denied = any(
        "denial" in hit.payload or ("negation" in hit.payload and 0 <= chosen.start - hit.end <= _NEGATES)
        for hit in cues
    )
    return Comparison(
        start=sentence.start, end=sentence.end, winner=winner, loser=_OTHER[winner], denied=denied, score=score
    )


def _winner(group: str, hit: Hit[tuple[str, ...]], mentions: Sequence[tuple[int, Camp]]) -> Camp | None:
    """Who wins by one cue, if the camps stand where it needs them."""
    before = [camp for place, camp in mentions if hit.start - _NEAR <= place < hit.start]
    following = [(place, camp) for place, camp in mentions if hit.end <= place <= hit.end + _NEAR]
    after = [camp for _, camp in following]
    mixed = any(place - following[0][0] <= _MIXED and camp != after[0] for place, camp in following)
    match group.split():
        case ["wins", "ai"]:
            return "ai"
        case ["wins", "crypto"]:
            return "crypto"
        case ["toward"] if after and not mixed:
            return after[0]
        case ["away"] if after:
            return _OTHER[after[0]]
        case ["over"] if before and after and before[-1] != after[0]:
            return before[-1]
        case ["under"] if before and after and before[-1] != after[0]:
            return after[0]
    return None
