"""Figures: quantities with their roles, as `doc._.figures`; and the periods that only a publication date would give."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from spacy.language import Language

from narrative.catalogue.entries import load_catalogue
from narrative.pipeline.document import body_sentences
from narrative.pipeline.figure_roles import source, source_candidates, subject_candidates
from narrative.pipeline.figure_roles.anaphora import antecedents
from narrative.pipeline.figure_roles.answers import Before, direction_answers, joint_of, kind_answers, status_answers
from narrative.pipeline.figure_roles.heads import Heads
from narrative.pipeline.figure_roles.kind import kind_scores, listed, restated
from narrative.pipeline.figure_roles.lexicon import NamedThing, matchers
from narrative.pipeline.figure_roles.mention import Decision, Mention, Sentence
from narrative.pipeline.figure_roles.movement import direction_of, measure_of
from narrative.pipeline.figure_roles.phrases import Phrase, new_names
from narrative.pipeline.figure_roles.report_time import ReportTime, one_each, repeat_dates
from narrative.pipeline.figure_roles.scorer import Scorer, decide, linear_scorers
from narrative.pipeline.figure_roles.subject import Recall
from narrative.pipeline.periods import TimeExpression, read_periods
from narrative.pipeline.quantities import Quantity, read_quantities
from narrative.records import Entity, Figure, Reference, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spacy.tokens import Doc

    from narrative.records import Direction, FigureKind


# Kinds that one source is quoted for sentence after sentence.
_RELAYED = frozenset(
    ["flow", "aum", "volume", "count", "share", "market_cap", "holdings", "supply", "other", "index", "ratio"]
)
_NEW = 4  # new names of the whole article that may be subjects
_TWINS = 8  # figures of one value that tell each other's kind
# "Among the largest cryptocurrencies", "the third-largest": not the largest one.
_ONE_OF = re.compile(r"(?:\b(?:among|of)\sthe\s|\b(?:second|third|fourth|fifth|\w+th)[\s-])(?:\w+\s)?$", re.IGNORECASE)


@Language.factory("narrative_figures_v1", assigns=["doc._.figures", "doc._.undated"])
def create_figures(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_figures`."""
    return mark_figures


def mark_figures(doc: Doc) -> Doc:
    """Read the quantities of the body into figures."""
    text = doc.text  # built anew at every call
    return _assign(doc, text, read_quantities(text), linear_scorers())


def assign_figures(doc: Doc, quantities: Sequence[Quantity], scorers: Mapping[str, Scorer] | None = None) -> Doc:
    """Set `doc._.figures` and `doc._.undated` from quantities that were read by whatever means.

    Args:
        doc: a document with its entities and quotations.
        quantities: the numbers to read as figures.
        scorers: what weighs the answers of each role, by its name in `scorer.ROLES`; else the shipped ones.
    """
    return _assign(doc, doc.text, quantities, scorers or linear_scorers())


def _assign(doc: Doc, text: str, quantities: Sequence[Quantity], scorers: Mapping[str, Scorer]) -> Doc:
    reader = _Reader(doc, text, quantities, scorers)
    doc._.figures = tuple(reader.figures())
    doc._.undated = tuple(reader.undated)
    return doc


@dataclass
class _Roles:
    """The roles of a figure as far as they are decided."""

    kind: Decision
    measure: Decision
    direction: Decision
    subject: Decision
    expression: TimeExpression | None
    status: Decision
    source: Reference | None

    def before(self) -> Before:
        """What the next figure of the sentence needs to know."""
        subject = self.subject.value.name if self.subject.value else None
        return Before(self.kind.value, self.direction.value, self.status.value, subject)


class _Reader:
    """Reads one document, sentence by sentence, remembering what the sentences before were about."""

    def __init__(self, doc: Doc, text: str, quantities: Sequence[Quantity], scorers: Mapping[str, Scorer]) -> None:
        self.doc = doc
        self.text = text
        self._scorers = scorers
        self.undated: list[Span] = []
        self._quantities = sorted(quantities, key=attrgetter("start"))
        self._sentences = list(body_sentences(doc)) if self._quantities else []
        self._recall = Recall()
        self._heard = source_candidates.Heard()
        self._kinds: dict[tuple[float, str], FigureKind] = {}  # the kind of the last figure by value and unit
        self._last_kind: FigureKind | None = None
        self._ways: dict[str, Direction | None] = {}  # the direction of the last figure by kind
        self._said: tuple[Reference, int] | None = None  # the last source and its sentence
        self._relayed: dict[str, tuple[Reference, int]] = {}  # the last source by kind and its sentence

    def figures(self) -> list[Figure]:
        """Every figure of the body, in order."""
        if not self._quantities:
            return []
        published = self.doc._.published
        self._times = ReportTime(read_periods(self.text, published), published.date() if published else None)
        self._hits = {family: matcher.find(self.text) for family, matcher in matchers().items()}
        self._pronouns = [hit for hit in self._hits["references"] if not hit.payload.name]
        self._entities = sorted([*self.doc._.entities, *self._referred()], key=attrgetter("start"))
        self._quotes = sorted(self.doc._.quotes, key=attrgetter("start"))
        self._quote_starts = [quote.start for quote in self._quotes]
        self._heads = Heads(self.doc._.encoding, self._entities)
        for entity in self._entities:
            self._recall.counts[entity.name] += 3 if self._in_title(entity) else 1
            self._recall.types.setdefault(entity.name, entity)
            if self._in_title(entity) and entity.name not in self._recall.title:
                self._recall.title.append(entity.name)
        self._look_ahead()
        spans = [(span.start, span.end) for span in self._sentences]
        self._new_names = new_names(self.text, spans, self._entities)
        often = sorted(self._new_names, key=lambda name: -self._new_names[name])
        self._newest = {name: self._new_names[name] for name in often[:_NEW]}
        found: list[Figure] = []
        for number, span in enumerate(self._sentences):
            sentence = self._sentence(span)
            if sentence.quantities:
                found += self._read(sentence, number)
            elif sentence.entities:
                self._heard.hear(self._remember_source(sentence, number), number)
            self._recall.read([entity for entity in sentence.entities if entity.score])
        return repeat_dates(found)

    def _referred(self) -> list[Entity]:
        """Phrases that stand for a named thing, where no entity is marked."""
        taken = sorted(self.doc._.entities, key=attrgetter("start"))
        found = []
        for hit in self._hits["references"]:
            thing: NamedThing = hit.payload
            if not thing.name:
                continue
            at = bisect_left(taken, hit.end, key=attrgetter("start"))
            if at and taken[at - 1].end > hit.start:
                continue
            if _ONE_OF.search(self.text[max(0, hit.start - 20) : hit.start]):
                continue
            known = load_catalogue().by_name.get(thing.name)
            found.append(
                Entity(
                    start=hit.start,
                    end=hit.end,
                    text=self.text[hit.start : hit.end],
                    type=thing.type,
                    name=thing.name,
                    id=known.id if known else None,
                    score=0.5,
                )
            )
        return found

    def _look_ahead(self) -> None:
        """Take in what the whole article tells: its sources, and the numbers that it gives twice."""
        mentions: dict[tuple[float, str], list[Mention]] = {}
        for span in self._sentences:
            entities = _within(self._entities, span)
            quantities = _within(self._quantities, span)
            if not quantities and not entities:
                continue
            hits = {family: _within(self._hits[family], span) for family in ("kinds", "movement", "source")}
            sentence = Sentence(self.text, span.start, span.end, quantities, entities, hits)
            for attribution in source.attributions(sentence):
                self._heard.total[attribution.source.name] += 1
                self._heard.known[attribution.source.name] = attribution.source
            for position, quantity in enumerate(quantities):
                mentions.setdefault((quantity.value, quantity.unit), []).append(Mention(sentence, position))
        twins = {key: found[:_TWINS] for key, found in mentions.items() if len(found) > 1}
        self._twins = {
            key: [(twin.quantity.start, kind_scores(twin)) for twin in found] for key, found in twins.items()
        }

    def _elsewhere(self, quantity: Quantity) -> dict[str, float]:
        """What the cues beside the other figures of the same value say for each kind."""
        found: dict[str, float] = {}
        for start, scores in self._twins.get((quantity.value, quantity.unit), ()):
            if start != quantity.start:
                for kind, score in scores.items():
                    found[kind] = max(found.get(kind, 0.0), score)
        return found

    def _in_title(self, entity: Entity) -> bool:
        title = self.doc._.title_span
        return title is not None and title.start <= entity.start < title.end

    def _sentence(self, span: Span) -> Sentence:
        quantities, entities = _within(self._quantities, span), _within(self._entities, span)
        # Of a sentence without quantities only its sources matter.
        families = ("kinds", "movement", "status", "source") if quantities else ("source",) if entities else ()
        hits = {family: _within(self._hits[family], span) for family in families}
        if quantities and (pronouns := _within(self._pronouns, span)):
            meant = antecedents(pronouns, entities, self._recall, self.text)
            entities = sorted([*entities, *meant], key=attrgetter("start"))
        return Sentence(self.text, span.start, span.end, quantities, entities, hits)

    def _read(self, sentence: Sentence, number: int) -> list[Figure]:
        sources = self._remember_source(sentence, number)
        names = {attribution.source.name for attribution in sources}
        phrases = subject_candidates.phrases_of(sentence, self._new_names)
        figures: list[Figure] = []
        before: _Roles | None = None
        for position in range(len(sentence.quantities)):
            mention = Mention(sentence, position)
            roles = self._roles(mention, before, number, sources, names, phrases)
            figures.append(self._figure(mention, roles))
            before = roles
        self._heard.hear(sources, number)
        return one_each(figures, self.text[sentence.start : sentence.end])

    def _roles(
        self,
        mention: Mention,
        previous: _Roles | None,
        number: int,
        sources: list[source.Attribution],
        names: set[str],
        phrases: list[Phrase],
    ) -> _Roles:
        before = previous.before() if previous else Before()
        quantity, scorers = mention.quantity, self._scorers
        key = quantity.value, quantity.unit
        heard = self._heads.chances("kind", quantity)
        answers = kind_answers(mention, before, self._elsewhere(quantity), self._kinds.get(key), self._last_kind, heard)
        kind = decide(scorers["kind"], mention, *answers)
        goes_on = previous is not None and before.kind == kind.value and listed(mention)
        again = previous is not None and restated(mention)
        measure = measure_of(mention, kind.value)
        if previous and before.kind == kind.value:
            unmoved = again and direction_of(mention, kind.value, measure.value).value is None
            if unmoved or (goes_on and mention.lead not in ("to", "from")):
                measure = previous.measure
        direction = decide(
            scorers["direction"],
            mention,
            *direction_answers(
                mention,
                kind.value,
                measure.value,
                before,
                self._ways.get(kind.value),
                self._heads.chances("direction", quantity),
            ),
        )
        self._ways[kind.value] = direction.value
        neighbour = subject_candidates.Neighbours(before.subject, before.kind, joint_of(mention))
        subject = decide(
            scorers["subject"],
            mention,
            *subject_candidates.candidates_of(
                mention,
                kind.value,
                self._recall,
                number,
                names,
                neighbour,
                phrases,
                self._newest,
                self.doc._.outlet,
                self._heads.matches("subject", quantity),
            ),
        )
        if kind.value == "valuation" and self._is_asset(subject.value):
            kind = kind._replace(value="market_cap")  # a coin is not a company
        self._recall.note(kind.value, subject.value, number, quantity)
        self._kinds[key] = self._last_kind = kind.value
        expression = self._times.expression_of(
            mention, kind.value, measure.value, number, previous.expression if previous else None, goes_on or again
        )
        chances = self._heads.chances("status", quantity)
        status = decide(scorers["status"], mention, *status_answers(mention, kind.value, before, chances))
        said = self._source(mention, kind.value, subject.value, number, sources)
        return _Roles(kind, measure, direction, subject, expression, status, said)

    def _is_asset(self, subject: Reference | None) -> bool:
        known = self._recall.types.get(subject.name) if subject else None
        return known is not None and known.type == "ASSET"

    def _remember_source(self, sentence: Sentence, number: int) -> list[source.Attribution]:
        found = source.attributions(sentence)
        self._recall.sources.update(attribution.source.name for attribution in found)
        if found:
            self._said = found[0].source, number
        return found

    def _source(
        self, mention: Mention, kind: FigureKind, subject: Reference | None, number: int, here: list[source.Attribution]
    ) -> Reference | None:
        quoted = source.quoted_by(mention.quantity.start, self._quotes, self._quote_starts)
        ruled = quoted or self._ruled_source(mention, kind, number, here)
        if ruled:
            self._relayed[kind] = ruled, number
        if ruled and subject and ruled.name == subject.name:
            ruled = None
        matches = self._heads.matches("source", mention.quantity)
        answers = source_candidates.candidates_of(
            mention, kind, subject, ruled, quoted, here, self._heard, number, matches
        )
        speaker: Reference | None = decide(self._scorers["source"], mention, *answers).value
        self._heard.figures, self._heard.figured = ruled, number  # not the scorer's: its slips would go on and on
        return speaker

    def _ruled_source(
        self, mention: Mention, kind: FigureKind, number: int, here: list[source.Attribution]
    ) -> Reference | None:
        if here:
            return here[0].source
        if self._said and number - self._said[1] == 1 and source.goes_on(mention.sentence):
            self._said = self._said[0], number
            return self._said[0]
        if kind == "probability" and (named := source.market(mention.entities)):
            return named
        known = self._relayed.get(kind) if kind in _RELAYED else None
        return known[0] if known and number - known[1] <= 2 else None

    def _figure(self, mention: Mention, roles: _Roles) -> Figure:
        quantity, expression = mention.quantity, roles.expression
        company = roles.subject.value.id if roles.subject.value else None
        period = (
            self._times.period_of(mention, roles.measure.value, expression, company, roles.status.value)
            if expression
            else None
        )
        if expression and expression.relative and expression.period is None and self.doc._.published is None:
            span = Span(start=expression.start, end=expression.end)
            if span not in self.undated:
                self.undated.append(span)
        return Figure(
            start=quantity.start,
            end=quantity.end,
            text=self.text[quantity.start : quantity.end],
            value=quantity.value,
            high=quantity.high,
            unit=quantity.unit,
            kind=roles.kind.value,
            measure=roles.measure.value,
            direction=roles.direction.value,
            subject=roles.subject.value,
            period=period,
            modality=quantity.modality,
            status=roles.status.value,
            attributed_to=roles.source,
            score=_score(roles),
        )


def _score(roles: _Roles) -> float:
    """A rough probability that value, unit, kind, direction and subject are all right."""
    return round(roles.kind.certainty * roles.subject.certainty * roles.direction.certainty, 3)


def _within(items: Sequence[Any], span: Span) -> Sequence[Any]:
    """The items, sorted by start, that lie inside a span."""
    low = bisect_left(items, span.start, key=attrgetter("start"))
    high = bisect_right(items, span.end - 1, key=attrgetter("start"))
    return [item for item in items[low:high] if item.end <= span.end]
