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
from narrative.pipeline.figure_roles import source
from narrative.pipeline.figure_roles.anaphora import antecedents
from narrative.pipeline.figure_roles.kind import apposed, kind_of, listed, restated
from narrative.pipeline.figure_roles.lexicon import NamedThing, matchers
from narrative.pipeline.figure_roles.mention import Decision, Mention, Sentence
from narrative.pipeline.figure_roles.movement import direction_of, measure_of
from narrative.pipeline.figure_roles.report_time import ReportTime, one_each, repeat_dates
from narrative.pipeline.figure_roles.status import status_of
from narrative.pipeline.figure_roles.subject import Recall, subject_of
from narrative.pipeline.periods import TimeExpression, read_periods
from narrative.pipeline.quantities import Quantity, read_quantities
from narrative.records import Entity, Figure, Reference, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.tokens import Doc


# Kinds that one source is quoted for sentence after sentence.
_RELAYED = frozenset(
    ["flow", "aum", "volume", "count", "share", "market_cap", "holdings", "supply", "other", "index", "ratio"]
)
# "Among the largest cryptocurrencies", "the third-largest": not the largest one.
_ONE_OF = re.compile(r"(?:\b(?:among|of)\sthe\s|\b(?:second|third|fourth|fifth|\w+th)[\s-])(?:\w+\s)?$", re.IGNORECASE)


@Language.factory("narrative_figures_v1", assigns=["doc._.figures", "doc._.undated"])
def create_figures(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_figures`."""
    return mark_figures


def mark_figures(doc: Doc) -> Doc:
    """Read the quantities of the body into figures."""
    text = doc.text  # built anew at every call
    return _assign(doc, text, read_quantities(text))


def assign_figures(doc: Doc, quantities: Sequence[Quantity]) -> Doc:
    """Set `doc._.figures` from quantities that were read by whatever means, and `doc._.undated`."""
    return _assign(doc, doc.text, quantities)


def _assign(doc: Doc, text: str, quantities: Sequence[Quantity]) -> Doc:
    reader = _Reader(doc, text, quantities)
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


class _Reader:
    """Reads one document, sentence by sentence, remembering what the sentences before were about."""

    def __init__(self, doc: Doc, text: str, quantities: Sequence[Quantity]) -> None:
        self.doc = doc
        self.text = text
        self.undated: list[Span] = []
        self._quantities = sorted(quantities, key=attrgetter("start"))
        self._sentences = list(body_sentences(doc)) if self._quantities else []
        self._recall = Recall()
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
        for entity in self._entities:
            self._recall.counts[entity.name] += 3 if self._in_title(entity) else 1
            self._recall.types.setdefault(entity.name, entity)
        found: list[Figure] = []
        for number, span in enumerate(self._sentences):
            sentence = self._sentence(span)
            if sentence.quantities:
                found += self._read(sentence, number)
            elif sentence.entities:
                self._remember_source(sentence, number)
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
        figures: list[Figure] = []
        before: _Roles | None = None
        for position in range(len(sentence.quantities)):
            mention = Mention(sentence, position)
            roles = self._roles(mention, before, number, sources, names)
            figures.append(self._figure(mention, roles))
            before = roles
        return one_each(figures, self.text[sentence.start : sentence.end])

    def _roles(
        self, mention: Mention, before: _Roles | None, number: int, sources: list[source.Attribution], names: set[str]
    ) -> _Roles:
        kind = kind_of(mention, before.kind.value if before else None)
        goes_on = before is not None and before.kind.value == kind.value and listed(mention)
        again = before is not None and restated(mention)
        measure = measure_of(mention, kind.value)
        direction = direction_of(mention, kind.value, measure.value)
        if goes_on and before and mention.lead not in ("to", "from"):
            measure = before.measure
            direction = direction if mention.quantity.negative else before.direction
        if again and before and before.kind.value == kind.value and direction.value is None:
            measure, direction = before.measure, before.direction
        subject = subject_of(mention, kind.value, self._recall, number, names)
        if before and before.subject.value and apposed(mention):
            subject = before.subject
        if kind.value == "valuation" and self._is_asset(subject.value):
            kind = kind._replace(value="market_cap")  # a coin is not a company
        if subject.value:
            self._recall.note(kind.value, subject.value, number)
        expression = self._times.expression_of(
            mention, kind.value, measure.value, number, before.expression if before else None, goes_on or again
        )
        inherits = (goes_on and mention.lead != "from") or again
        status = before.status if before and inherits else status_of(mention, kind.value)
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
        self, mention: Mention, kind: str, subject: Reference | None, number: int, sources: list[source.Attribution]
    ) -> Reference | None:
        speaker = source.quoted_by(mention.quantity.start, self._quotes, self._quote_starts)
        if speaker is None and sources:
            speaker = sources[0].source
        if speaker is None and self._said and number - self._said[1] == 1 and source.goes_on(mention.sentence):
            speaker = self._said[0]
            self._said = speaker, number
        if speaker is None and kind == "probability":
            speaker = source.market(mention.entities)
        if speaker is None and kind in _RELAYED and (known := self._relayed.get(kind)) and number - known[1] <= 2:
            speaker = known[0]
        if speaker:
            self._relayed[kind] = speaker, number
        return None if speaker and subject and speaker.name == subject.name else speaker

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
    sure = roles.kind.certainty + roles.subject.certainty + roles.direction.certainty
    return round(min(0.95, 0.2 + 0.25 * sure), 3)


def _within(items: Sequence[Any], span: Span) -> Sequence[Any]:
    """The items, sorted by start, that lie inside a span."""
    low = bisect_left(items, span.start, key=attrgetter("start"))
    high = bisect_right(items, span.end - 1, key=attrgetter("start"))
    return [item for item in items[low:high] if item.end <= span.end]
