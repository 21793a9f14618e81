"""Explanations: what a sentence says moved, and why, by explicit causal links.

`data/explanations.toml` holds the links. A link counts where something of the market moves on its effect's side; the
cause is given to the narrative whose cues it holds.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.cues import DATA, LONGEST_SENTENCE, CueMatcher, Hit, covers, payloads, within
from narrative.pipeline.narratives import matcher as narrative_matcher
from narrative.pipeline.narratives import weigh
from narrative.records import Effect, Entity, Explanation, Moved, Quote, Reference, Status
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.tokens import Doc

    from narrative.records import Sentence

Cue = Hit[tuple[str, ...]]
_EFFECTS: tuple[Effect, ...] = ("up", "down", "flat")
_MOVERS = frozenset(["ASSET", "FUND", "COMPANY", "INDEX"])
_SPEAKERS = frozenset(["PERSON", "COMPANY", "INSTITUTION"])
_SHORTEST_CAUSE = 4  # characters
_LISTS = (", ", " and ", "; ")  # what stands between the causes of a list
_CLAUSES = (": ", ", while ", "; ", ", but ", ", with ")  # what stands before the clause of an effect
_NEAR_LINK = 100  # characters between a link and what it moves
_LONGEST_CAUSE = 250
_LONGEST_EFFECT = 200
_NEAR_SPEECH = 40
_LONGEST_TITLE = 16  # characters between "Bitcoin" and "Acme" in "Bitcoin miner Acme"
_NEAR_MOVE = 40
_NEAR_STATE = 30
_MOST = 3  # explanations a sentence
_MOST_LINKS = 12  # tried in a sentence


@Language.factory(
    "narrative_explanations_v1",
    requires=["doc._.sentences", "doc._.entities", "doc._.quotes"],
    assigns=["doc._.explanations"],
)
def create_explanations(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_explanations`."""
    return mark_explanations


class _Rules(NamedTuple):
    cues: CueMatcher[tuple[str, ...]]
    scores: dict[str, float]
    signed: list[tuple[str, str]]  # opposite narratives: which lifts, which weighs


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = read_toml(DATA / "explanations.toml")
    groups = {f"link after {name}": cues for name, cues in data["cause_after"].items()}
    groups |= {f"link before {name}": cues for name, cues in data["cause_before"].items()}
    groups |= {f"effect {name}": cues for name, cues in data["effect"].items()}
    groups |= {f"asset {name}": cues for name, cues in data["assets"].items()}
    groups |= {f"what {name}": cues for name, cues in data["what"].items()}
    groups |= {f"status {name}": cues for name, cues in data["status"].items()}
    groups |= {
        "link if": data["conditional"]["cues"],
        "chart": data["charts"]["cues"],
        "denial": data["denial"]["cues"],
        "speech": data["speech"]["cues"],
    }
    cues = payloads(groups) | dict.fromkeys(data["nothing"]["cues"], ())
    for cue, wider in covers(cues):
        if cues[cue]:
            cues[cue] = (*cues[cue], *cues[wider])
    return _Rules(CueMatcher(cues), data["scores"], [(pair["up"], pair["down"]) for pair in data["opposites"]])


class _Link(NamedTuple):
    """A causal link: the stretches of text where its effect and its cause stand, and what the link itself says."""

    effect: tuple[int, int]
    cause: tuple[int, int]
    direction: Effect | None
    score: float
    needs_narrative: bool
    named_beside: bool = False  # what moves must be named right after the link


def mark_explanations(doc: Doc) -> Doc:
    """Set `doc._.explanations`."""
    context = _Context(doc)
    hits = within(_rules().cues.find(context.text), doc._.sentences)
    found: list[Explanation] = []
    for sentence, cues in zip(doc._.sentences, hits, strict=True):
        found.extend(_explain(context, sentence, cues))
    doc._.explanations = tuple(found)
    return doc


class _Context:
    """What sentences need to know of the article: its entities by place, and the asset that it is mainly about."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text: str = doc.text
        self.entities: tuple[Entity, ...] = doc._.entities
        self.starts = [entity.start for entity in self.entities]
        counts: dict[str, int] = {}
        references: dict[str, Reference] = {}
        for entity in self.entities:
            if entity.type == "ASSET":
                counts[entity.name] = counts.get(entity.name, 0) + 1
                references.setdefault(entity.name, Reference(name=entity.name, id=entity.id))
        self.main = references[max(counts, key=lambda name: counts[name])] if counts else None
        self.quotes: tuple[Quote, ...] = doc._.quotes

    def between(self, start: int, end: int) -> list[Entity]:
        """The entities inside a stretch of text."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [entity for entity in self.entities[first:last] if entity.end <= end]


def _explain(context: _Context, sentence: Sentence, cues: Sequence[Cue]) -> list[Explanation]:
    if not any(group.startswith("link") for cue in cues for group in cue.payload):
        return []
    found: list[Explanation] = []
    taken: list[tuple[int, int]] = []
    for link in _links(context.text, sentence, cues):
        if len(found) >= _MOST or any(link.cause[0] < end and start < link.cause[1] for start, end in taken):
            continue
        moved = _moved(context, cues, link)
        if moved is None or _of_the_chart(cues, link):
            continue
        asset, effect, what = moved
        causes = [(start, end, _signed(cause, effect)) for start, end, cause in _causes(context.text, link)]
        if not causes or (link.needs_narrative and all(cause == "other" for _, _, cause in causes)):
            continue
        for start, end, cause in causes:
            taken.append((start, end))
            found.append(
                Explanation(
                    start=sentence.start,
                    end=sentence.end,
                    asset=asset,
                    effect=effect,
                    what=what,
                    cause=cause,
                    cause_start=start,
                    cause_end=end,
                    speaker=_speaker(context, sentence, cues),
                    denied=any("denial" in cue.payload for cue in cues),
                    status=_status(cues),
                    score=link.score,
                )
            )
    return found[:_MOST]


def _links(text: str, sentence: Sentence, cues: Sequence[Cue]) -> list[_Link]:
    """The causal links of a sentence, the surest first."""
    scores = _rules().scores
    links: list[_Link] = []
    last = min(sentence.end, sentence.start + LONGEST_SENTENCE)
    for cue in cues:
        before, after = (sentence.start, cue.start), (cue.end, last)
        for group in cue.payload:
            match group.split():
                case ["link", "after", strength]:
                    if cue.start - sentence.start < _SHORTEST_CAUSE:  # "As outflows mount, bitcoin falls"
                        comma = text.find(", ", cue.end, last)
                        if comma >= 0:
                            links.append(_Link((comma, last), (cue.end, comma), None, scores[strength], True))
                    else:
                        clauses = [at + 2 for joint in _CLAUSES if (at := text.rfind(joint, *before)) >= 0]
                        effect = max([sentence.start, cue.start - _LONGEST_EFFECT, *clauses]), cue.start
                        links.append(_Link(effect, after, None, scores[strength], strength == "weak"))
                case ["link", "before", name]:
                    direction = next((effect for effect in _EFFECTS if effect == name), None)
                    links.append(_Link(after, before, direction, scores["before"], True, True))
                case ["link", "if"]:
                    comma = text.find(", ", cue.end, last)
                    if comma >= 0:
                        links.append(_Link((comma, last), (cue.end, comma), None, scores["conditional"], True))
    return sorted(links, key=lambda link: -link.score)[:_MOST_LINKS]


def _of_the_chart(cues: Sequence[Cue], link: _Link) -> bool:
    """Whether the cause is a level or pattern of a chart, which explains nothing."""
    start, end = link.cause
    return any("chart" in cue.payload and start <= cue.start < end for cue in cues)


def _moved(context: _Context, cues: Sequence[Cue], link: _Link) -> tuple[Reference, Effect, Moved] | None:
    """What moves on the effect's side, which way, and what of it; none where nothing moves or nobody knows what."""
    start, end = link.effect
    inside = [cue for cue in cues if start <= cue.start and cue.end <= end]
    moves = [(cue, effect) for cue in inside for effect in _EFFECTS if f"effect {effect}" in cue.payload]
    forwards = link.cause[0] < link.effect[0]
    if forwards:
        moves = [move for move in moves if move[0].start - start <= _NEAR_LINK]
    else:
        moves = [move for move in moves if end - move[0].end <= _NEAR_LINK]
    if link.direction is None and not moves:
        return None
    move, named = (moves[0] if forwards else moves[-1]) if moves else (None, None)
    effect = link.direction or named or "up"
    if move is not None and link.direction is None and effect != "flat":
        state = next(
            (
                cue
                for cue in inside
                if "effect bad" in cue.payload and abs(cue.start - move.end) < _NEAR_STATE and cue != move
            ),
            None,
        )
        if state is not None:
            effect = "down" if effect == "up" else "up"
    asset = _asset(context, inside, link, move)
    if asset is None:
        return None
    near = {
        group for cue in inside if move is None or abs(cue.start - move.start) < _NEAR_MOVE for group in cue.payload
    }
    what: Moved = "flow" if "what flow" in near else "other" if "what other" in near else "price"
    return asset, effect, what


def _asset(context: _Context, inside: Sequence[Cue], link: _Link, move: Cue | None) -> Reference | None:
    """The asset that moves: the last one named before the movement, else the first after it, else the article's own."""
    named: list[tuple[int, int, Reference]] = [
        (entity.start, entity.end, Reference(name=entity.name, id=entity.id))
        for entity in context.between(*link.effect)
        if entity.type in _MOVERS
    ]
    for cue in inside:
        for group in cue.payload:
            if group.startswith("asset "):
                covered = [name for name in named if name[0] < cue.end and cue.start < name[1]]
                if not covered or all(name[1] - name[0] < cue.end - cue.start for name in covered):
                    named = [name for name in named if name not in covered]
                    named.append((cue.start, cue.end, Reference(name=group.removeprefix("asset "))))
    named.sort(key=lambda name: name[0])
    if named:
        place = move.start if move is not None else link.effect[0]
        if link.named_beside and named[0][0] - link.effect[0] > _NEAR_LINK:
            return None
        earlier = [name for name in named if name[0] < place]
        return _head(context.text, earlier)[2] if earlier else named[0][2]
    return None if link.named_beside else context.main


def _head(text: str, named: Sequence[tuple[int, int, Reference]]) -> tuple[int, int, Reference]:
    """The first name, or the one that it only describes: "Bitcoin miner Acme"."""
    head, *others = named
    for other in others:
        between = text[head[1] : other[0]]
        if (
            len(between) > _LONGEST_TITLE
            or not between.replace(" ", "").replace("-", "").isalpha()
            or " and " in between
        ):
            break
        head = other
    return head


def _causes(text: str, link: _Link) -> list[tuple[int, int, str]]:
    """The cause's words, apart where they belong to different narratives, each with its narrative."""
    start, end = link.cause
    if link.cause[0] < link.effect[0]:  # a cause that stands first: its last clause
        clauses = [
            stop + len(joint) for joint in (", ", "; ", " that ") if (stop := text.rfind(joint, start, end)) >= 0
        ]
        start = max(start, end - _LONGEST_CAUSE, *clauses)
    end = min(end, start + _LONGEST_CAUSE)
    start, end = _trimmed(text, start, end)
    if end - start < _SHORTEST_CAUSE:
        return []
    parts: list[tuple[int, int, str]] = []
    for part_start, part_end in _parts(text, start, end):
        cause = _narrative(text[part_start:part_end])
        if cause != "other" and all(cause != known for _, _, known in parts):
            parts.append((part_start, part_end, cause))
    return parts[:2] if len(parts) > 1 else [(start, end, parts[0][2] if parts else "other")]


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A list of causes taken apart at its commas and its "and"."""
    parts: list[tuple[int, int]] = []
    at = start
    while at < end:
        stops = [(stop, stop + len(joint)) for joint in _LISTS if (stop := text.find(joint, at, end)) >= 0]
        stop, after = min(stops, default=(end, end))
        trimmed = _trimmed(text, at, stop)
        if trimmed[1] - trimmed[0] >= _SHORTEST_CAUSE:
            parts.append(trimmed)
        at = after
    return parts


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not (text[start].isalnum() or text[start] in "$€£“‘\"'"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,;:!?–—-"):
        end -= 1
    return start, end


def _narrative(text: str) -> str:
    """The narrative that some words belong to, or `other`."""
    weights = weigh(narrative_matcher().find(text))
    if not weights:
        return "other"
    ids = load_taxonomy().ids
    return max(weights, key=lambda ident: (weights[ident], -ids.index(ident)))


def _signed(cause: str, effect: Effect) -> str:
    """The one of two opposite narratives that goes with an effect: what ends a sell-off lifts as a bull market does."""
    for pair in _rules().signed:
        if cause in pair and effect != "flat":
            return pair[0] if effect == "up" else pair[1]
    return cause


def _status(cues: Sequence[Cue]) -> Status:
    groups = {group for cue in cues for group in cue.payload}
    if "status expected" in groups:
        return "expected"
    return "hypothetical" if "status hypothetical" in groups else "actual"


def _speaker(context: _Context, sentence: Sentence, cues: Sequence[Cue]) -> Reference | None:
    """Who explains: the speaker of a quotation in the sentence, else a person or firm beside a verb of speech."""
    for quote in context.quotes:
        if quote.start < sentence.end and sentence.start < quote.end and quote.speaker:
            return quote.speaker
    speakers = [entity for entity in context.between(sentence.start, sentence.end) if entity.type in _SPEAKERS]
    for cue in cues:
        if "speech" in cue.payload:
            near = [e for e in speakers if min(abs(e.end - cue.start), abs(e.start - cue.end)) <= _NEAR_SPEECH]
            if near:
                closest = min(near, key=lambda e: min(abs(e.end - cue.start), abs(e.start - cue.end)))
                return Reference(name=closest.name, id=closest.id)
    return None
