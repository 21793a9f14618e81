"""Who or what a figure could be about, with what speaks for each."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from narrative.catalogue.entries import load_catalogue
from narrative.pipeline.figure_roles.context import near, stem
from narrative.pipeline.figure_roles.lexicon import data
from narrative.pipeline.figure_roles.phrases import (
    Phrase,
    beside,
    counted,
    is_stop,
    is_verb,
    known_names,
    names,
    openings,
)
from narrative.pipeline.figure_roles.scorer import Candidate
from narrative.pipeline.figure_roles.subject import (
    WHOLE,
    fit_of,
    fits_of,
    fund_group,
    indicators,
    measured,
    subject_of,
)
from narrative.records import Reference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from narrative.pipeline.figure_roles.heads import Matches
    from narrative.pipeline.figure_roles.mention import Mention, Sentence
    from narrative.pipeline.figure_roles.subject import Recall
    from narrative.records import Entity, FigureKind

# Kinds that take the same sort of subject.
_GROUPS = {
    "price": "price", "market_cap": "price", "open_interest": "price", "index": "price", "ratio": "price",
    "flow": "flow", "aum": "flow", "volume": "volume", "fee": "volume",
    "trade": "trade", "holdings": "trade", "spending": "own", "funding": "own", "revenue": "own", "earnings": "own",
    "valuation": "own", "fine": "own", "capacity": "own", "loss": "loss", "liquidation": "liquidation",
    "supply": "supply", "count": "count", "share": "share", "rate": "rate", "probability": "probability",
    "other": "other",
}  # fmt: skip
_BEFORE_WORD = re.compile(r"([\w’'$-]+)[\s(“\"]*$")
_AFTER_WORD = re.compile(r"^(?:[’']s?\b|[”\")]|\s)*([\w’'$-]+|[,;:.()|—–-])")
_POSSESSIVE = re.compile(r"[’']s?\s")
_WORDS = re.compile(r"\S+")
_HEAD = re.compile(r"(?:\s?\([^)]{1,20}\))?[”\"’,]?\s(?:\w+ly\s|also\s|now\s|briefly\s)?([\w’'-]+)")
_LIST = re.compile(r"(?:\s?[,;&]\s?|\s)(?:and\s)?(?:\w+\s){0,2}", re.IGNORECASE)
_CRYPTO = re.compile(r"\b(?:crypto|cryptocurrenc(?:y|ies)|digital[\s-]assets?)\b(?:\s(\w+))?", re.IGNORECASE)
_PREPOSITIONS = frozenset("of in on by for from to into at with against via across to among between after amid".split())
_RUN = 6  # figures on either side that one "respectively" may serve
_NEARBY = 12  # entities of the sentence that are candidates
_PRODUCTS = "crypto ETPs"
_FUNDS = re.compile(r"\bET[FP]s?\b|\bfunds\b")
_RECENT = 8  # entities of the sentences before that are candidates
_FREQUENT = 3  # names of the whole article that are candidates


class Neighbours(NamedTuple):
    """What was decided of the sentence's figure before: its subject's name, its kind, and how this one follows it."""

    name: str | None
    kind: str | None
    joint: str  # listed, apposed, restated, after, or empty for the sentence's first


def phrases_of(sentence: Sentence, repeated: Mapping[str, int]) -> list[Phrase]:
    """The noun phrases of a sentence that no entity covers; `repeated` are the new names that the article repeats."""
    known = sentence.entities
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [*openings(text, start, end), *names(text, start, end, known), *known_names(text, start, end, repeated)]
    found += [rest for phrase in found for rest in _without_name(phrase, known)]
    return [phrase for phrase in found if not _covered(phrase, known)]


def _without_name(phrase: Phrase, entities: Sequence[Entity]) -> Iterator[Phrase]:
    """A phrase without the name that it begins with: the "AI models" of "Anthropic AI models"."""
    for entity in entities:
        if entity.start <= phrase.start and phrase.start < entity.end < phrase.end and entity.score:
            rest = (
                phrase.text[entity.end - phrase.start :].lstrip(" ’'s")
                if len(phrase.text) == phrase.end - phrase.start
                else ""
            )
            if rest:
                yield Phrase(phrase.end - len(rest), phrase.end, rest, "rest")


def _covered(phrase: Phrase, entities: Sequence[Entity]) -> bool:
    return any(entity.start <= phrase.start and phrase.end <= entity.end for entity in entities if entity.score)


def candidates_of(
    mention: Mention,
    kind: FigureKind,
    recall: Recall,
    number: int,
    sources: Collection[str],
    before: Neighbours,
    phrases: Sequence[Phrase],
    new: Mapping[str, int],
    outlet: str | None,
    matches: Matches | None,
) -> tuple[list[str], list[Candidate]]:
    """The candidates for a figure's subject, the rules' own answer first.

    Args:
        mention: the quantity in its sentence.
        kind: its kind.
        recall: what was read before.
        number: the sentence's number.
        sources: names that the sentence gives as sources.
        before: the sentence's figure before.
        phrases: the sentence's noun phrases, from `phrases_of`.
        new: the article's most frequent new names, with how often it gives them.
        outlet: who published the article.
        matches: what the encoder says of names and places.

    Returns:
        The features of the figure that are crossed with labels, here none, and the candidates.
    """
    respective = _respective(mention)
    if respective:
        return [], [Candidate(Reference(name=respective.name, id=respective.id), "", {})]
    group = _GROUPS[kind]
    found: dict[str, tuple[Reference, dict[str, float]]] = {}
    places: dict[str, list[tuple[int, int]]] = {}  # where words stand that mean a candidate without naming it

    def add(name: Reference, features: Iterator[str] | Sequence[str], **values: float) -> None:
        known = found.setdefault(name.name.casefold(), (name, {}))[1]
        for feature in features:
            known[feature] = 1.0
            known[f"{feature} {group}"] = 1.0
        for feature, value in values.items():
            known[feature] = max(known.get(feature, 0.0), value)
            known[f"{feature} {group}"] = known[feature]

    ruled = subject_of(mention, kind, recall, number, sources)
    if ruled.value:
        add(ruled.value, ["rule"], rule_certainty=ruled.certainty)
    fits = fits_of(mention, kind)
    inside = _mentions(mention, kind, fits, sources)
    ranks = {"before": 0, "after": 0}
    for score, entity in inside:
        if entity.name.casefold() in indicators() and measured(entity) is None:
            continue  # the asset that it is computed on is the subject
        side = "before" if entity.end <= mention.quantity.start else "after"
        rank = ranks[side]
        ranks[side] += 1
        reference = measured(entity) or Reference(name=entity.name, id=entity.id)
        if reference.name != entity.name or not entity.score:
            places.setdefault(reference.name.casefold(), []).append((entity.start, entity.end))
        first = "here" not in found.get(reference.name.casefold(), (reference, {}))[1]
        add(reference, _standing(mention, entity, kind, side, rank) if first else (), fit=score)
        if first:
            add(reference, ["here", f"type {entity.type} {kind}"])
        grouped = fund_group(mention, kind, entity)
        if grouped and grouped.name != reference.name:
            places.setdefault(grouped.name.casefold(), []).append((entity.start, entity.end))
            add(grouped, _standing(mention, entity, kind, side, rank))
            add(grouped, ["here", "group"], fit=score)
    heads: list[Entity | Phrase] = [
        entity for _, entity in inside if entity.end <= mention.quantity.start and _heads(mention.text, entity)
    ]
    openers = [phrase for phrase in phrases if phrase.place == "opening" and phrase.end <= mention.quantity.start]
    if heads or openers:
        near_head = max([*heads, *openers], key=attrgetter("start"))
        first_head = min([*heads, *openers], key=attrgetter("start"))
        for head, name in ((near_head, "nearest head"), (first_head, "first head")):
            if isinstance(head, Phrase):
                add(Reference(name=head.text, id=None), [name])
            else:
                add(measured(head) or Reference(name=head.name, id=head.id), [name, f"{name} {head.type}"])
    for phrase in (*phrases, *counted(mention), *beside(mention)):
        if phrase.place != "beside" or not _covered(phrase, mention.entities):
            add(Reference(name=phrase.text, id=None), _phrase_standing(mention, phrase, kind, phrases))
            places.setdefault(phrase.text.casefold(), []).append((phrase.start, phrase.end))
    for rank, name in enumerate(new):
        add(
            Reference(name=name, id=None),
            ["new name", f"new name {rank}", f"new name {kind}", f"new name {min(new[name], 4)}"],
        )
    for age, entity in enumerate(reversed(recall.recent[-_RECENT:])):
        if entity.name.casefold() not in indicators():
            add(Reference(name=entity.name, id=entity.id), (), recency=0.8**age)
            add(Reference(name=entity.name, id=entity.id), [f"recent {entity.type} {kind}"])
    for rank, name in enumerate(recall.frequent()):
        if rank < _FREQUENT:
            add(_reference(name, recall), [f"frequent {rank}", f"frequent {recall.types[name].type} {kind}"])
    for name in recall.title:
        add(_reference(name, recall), ["title", f"title {recall.types[name].type} {kind}"])
    if recall.title:
        add(_reference(recall.title[0], recall), ["title first"])
    told = recall.subjects.get(kind)
    if told:
        add(told[0], ["same kind", f"same kind {near(number - told[1])}"])
    if recall.last:
        add(recall.last, ["last subject"])
    echoed = recall.echo(mention.quantity)
    if echoed:
        add(echoed, ["echo"])
    add(_named(WHOLE), ["whole", *_whole(mention)])
    if kind in ("flow", "aum", "volume"):
        add(_named(_PRODUCTS), ["products", *_whole(mention)])
    if _FUNDS.search(mention.before[-80:]) or _FUNDS.search(mention.after[:60]):
        assets = [entity for _, entity in inside if entity.type == "ASSET"][:2]
        assets += [recall.types[name] for name in recall.frequent() if recall.types[name].type == "ASSET"][:1]
        for entity in assets:
            add(_named(data()["fund_groups"].get(entity.name, f"{entity.name} ETFs")), ["funds", f"funds {kind}"])
    if before.name and before.name.casefold() in found:
        add(
            found[before.name.casefold()][0],
            [f"previous {before.joint}", f"previous {before.joint} {before.kind == kind}"],
        )
    for reference, features in found.values():
        name = reference.name
        if name == outlet:
            features["outlet"] = 1.0
        if name in sources:
            features[f"source {group}"] = features["source"] = 1.0
        if name in recall.sources:
            features["source before"] = 1.0
        if name in data()["odds"]["markets"]:
            features[f"market {group}"] = 1.0
        if "here" not in features and "phrase" not in features:
            features["elsewhere"] = features[f"elsewhere {bool(inside)} {group}"] = 1.0
    if matches:
        for name, (_, features) in found.items():
            features.update(_matched(matches, name, places.get(name, ()), group))
    return [], [Candidate(reference, "", features) for reference, features in found.values()]


def _matched(matches: Matches, name: str, places: Sequence[tuple[int, int]], group: str) -> Iterator[tuple[str, float]]:
    """What the encoder says of a candidate, by its name or by the words that mean it."""
    named = matches.of_name(name)
    told = [said for place in places if (said := matches.of_place(*place)) is not None]
    sort = "encoder place" if named is None else "encoder"
    match = max([*told, *([] if named is None else [named])], default=None)
    if match is None:
        yield "encoder absent", 1.0
        yield f"encoder absent {group}", 1.0
    else:
        yield sort, match
        yield f"{sort} {group}", match
        yield f"{sort} is there", 1.0


def _mentions(
    mention: Mention, kind: FigureKind, fits: dict[str, float], sources: Collection[str]
) -> list[tuple[float, Entity]]:
    """The sentence's entities with the rules' score, nearest first."""
    scored = [(fit_of(mention, kind, entity, fits, sources), entity) for entity in mention.entities]
    return sorted(scored, key=lambda pair: mention.distance(pair[1].start, pair[1].end))[:_NEARBY]


def _heads(text: str, entity: Entity) -> bool:
    """Whether a verb follows the entity, brackets left out: "Riot Platforms (RIOT) sold"."""
    follow = _HEAD.match(text, entity.end, entity.end + 40)
    return follow is not None and is_verb(follow[1])


def _respective(mention: Mention) -> Entity | None:
    """Whose figure it is in "ARKB and GBTC saw $77 million and $36 million, respectively"."""
    sentence, at = mention.sentence, mention.position
    first = last = at
    gap = sentence.text
    while (
        first
        and at - first < _RUN
        and _LIST.fullmatch(gap, sentence.quantities[first - 1].end, sentence.quantities[first].start)
    ):
        first -= 1
    while (
        last - at < _RUN
        and last + 1 < len(sentence.quantities)
        and _LIST.fullmatch(gap, sentence.quantities[last].end, sentence.quantities[last + 1].start)
    ):
        last += 1
    if first == last or "respectively" not in gap[sentence.quantities[last].end : sentence.quantities[last].end + 60]:
        return None
    named = [entity for entity in sentence.entities if entity.end <= sentence.quantities[first].start]
    group = named[-(last - first + 1) :]
    return group[at - first] if len(group) == last - first + 1 else None


def _whole(mention: Mention) -> Iterator[str]:
    """Whether the text says "crypto" beside the figure."""
    for side, words in (("before", mention.before[-60:]), ("after", mention.after[:40])):
        found = list(_CRYPTO.finditer(words))
        if found:
            gap = words[found[-1].end() :] if side == "before" else words[: found[0].start()]
            yield f"crypto {side} {near(gap.count(' '))}"
            yield f"crypto {side}"
            yield f"crypto {side} {(found[-1 if side == 'before' else 0][1] or '').lower()}"


def _reference(name: str, recall: Recall) -> Reference:
    known = recall.types.get(name)
    return Reference(name=name, id=known.id if known else None)


def _named(name: str) -> Reference:
    entry = load_catalogue().by_name.get(name)
    return Reference(name=name, id=entry.id if entry else None)


def _standing(mention: Mention, entity: Entity, kind: str, side: str, rank: int) -> Iterator[str]:
    """How an entity stands to the figure."""
    text, quantity = mention.text, mention.quantity
    if entity.start >= quantity.start and entity.end <= quantity.end:
        yield "inside"
        yield f"inside {kind}"
        return
    yield f"{side}"
    yield f"{side} rank {min(rank, 3)}"
    yield f"{side} distance {near(mention.distance(entity.start, entity.end))}"
    yield f"{side} rank {min(rank, 2)} {entity.type}"
    lead = _BEFORE_WORD.search(text, max(mention.sentence.start, entity.start - 24), entity.start)
    yield f"word before {stem(lead[1]) if lead else '^'}"
    if lead and lead[1].lower() in _PREPOSITIONS:
        yield f"{side} {lead[1].lower()} {kind}"
        yield f"{side} {lead[1].lower()} {entity.type}"
    for other in _neighbours(mention, entity):
        if other.end < entity.start and _POSSESSIVE.match(text, other.end):
            yield "owned"
            yield f"owned {entity.type}"
        if entity.end < other.start and _POSSESSIVE.match(text, entity.end):
            yield "owns"
            yield f"owns {other.type}"
    follow = _AFTER_WORD.match(text[entity.end : entity.end + 24])
    yield f"word after {stem(follow[1]) if follow else '$'}"
    if _POSSESSIVE.match(text, entity.end):
        yield "possessive"
        yield f"possessive {entity.type}"
    elif follow and follow[1][0].isalpha() and not is_verb(follow[1]) and not is_stop(follow[1]):
        yield "modifies"
        yield f"modifies {entity.type}"
        yield f"modifies {kind}"
    elif follow and is_verb(follow[1]):
        yield "verb follows"
        yield f"verb follows {side} {entity.type}"
        yield f"verb follows {side} {kind}"
    if entity.start == mention.sentence.start:
        yield "opens"
    low, high = (entity.end, quantity.start) if side == "before" else (quantity.end, entity.start)
    between = _WORDS.findall(text[low:high])
    if len(between) <= 4:
        yield f"{side} between {' '.join(map(_shape, between))}"
    if not any(joint in ",;:()—–|" for joint in text[low:high]):
        yield f"{side} same clause"
    if any(
        other.end <= high and other.start >= low
        for other in mention.sentence.quantities[max(0, mention.position - 3) : mention.position + 4]
    ):
        yield f"{side} beyond a figure"


def _neighbours(mention: Mention, entity: Entity) -> Iterator[Entity]:
    """The entities that stand right before and after one."""
    known = mention.sentence.entities
    at = bisect_left(known, entity.start, key=attrgetter("start"))
    yield from (
        other
        for other in known[max(0, at - 2) : at + 3]
        if other.end < entity.start <= other.end + 3 or entity.end < other.start <= entity.end + 3
    )


def _shape(word: str) -> str:
    return stem(re.sub(r"^\W+|\W+$", "", word) or word[0])


def _phrase_standing(mention: Mention, phrase: Phrase, kind: str, phrases: Sequence[Phrase]) -> Iterator[str]:
    """How a phrase stands to the figure."""
    yield "phrase"
    yield f"phrase {phrase.place}"
    yield f"phrase {phrase.place} {kind}"
    side = "before" if phrase.end <= mention.quantity.start else "after"
    yield f"phrase {phrase.place} {side} {near(mention.distance(phrase.start, phrase.end))}"
    words = phrase.text.split()
    yield f"phrase {phrase.place} of {len(words)}"
    yield f"phrase head {stem(words[-1])}"
    yield f"phrase {phrase.place} plural {words[-1].endswith('s')}"
    yield f"phrase {phrase.place} name {words[0][0].isupper()}"
    if any(entity.start < phrase.end and phrase.start < entity.end for entity in mention.entities):
        yield f"phrase {phrase.place} holds a name"
    if phrase.start == mention.sentence.start:
        yield "phrase opens"
    if any(other.start == phrase.start and other.end > phrase.end for other in phrases):
        yield f"phrase {phrase.place} part of a longer"
