"""The facts that a report shows: those that outlets support best, and those on which they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from narrative.report.evidence import annotations_of, source_at
from narrative.report.facts_wording import dissent, fact_period, fact_subject, fact_value, note
from narrative.series.facts import Selection, facts_of
from narrative.series.grouping import ADDING_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from narrative.report.evidence import Source
    from narrative.results import Fact, Telling
    from narrative.series.stories import Stories
    from narrative.store.corpus import Corpus

FACTS: Final = 12  # of each list
# What a market quotes moves all day; that two stories have the same number says little.
QUOTED: Final = frozenset({"price", "market_cap", "open_interest", "index", "probability"})
OF_ONE: Final = 3  # of one subject and kind, or a long streak of daily flows would fill the list
TELLINGS: Final = 4  # shown of a value
DISSENTS: Final = 4  # shown of a fact


@dataclass(frozen=True)
class ToldValue:
    """A value in words, how many stories give it, and some of them with their sentence."""

    words: str
    stories: int
    sources: Sequence[Source]


@dataclass(frozen=True)
class ShownFact:
    """A fact in words, and who tells it; the first of `values` is the agreed one."""

    period: str
    subject: str
    value: str
    support: str
    notes: str
    values: Sequence[ToldValue]


@dataclass(frozen=True)
class ShownFacts:
    """What the section shows, and of how many facts."""

    supported: Sequence[ShownFact]
    disputed: Sequence[ShownFact]
    number: int


def shown_facts(corpus: Corpus, stories: Stories, span: tuple[datetime, datetime]) -> ShownFacts:
    """The best supported facts of a span and those on which stories of several outlets disagree.

    Only facts of several stories are looked at, without what markets quote, and of the disputed ones only what adds up
    over a period: holdings on which two stories differ may have moved.

    Args:
        corpus: where the sentences are.
        stories: of the corpus.
        span: from when to when.
    """
    several = Selection(since=span[0].date(), until=span[1].date(), min_reports=2)
    number = 0
    supported: list[Fact] = []
    disputed: list[Fact] = []
    for fact in facts_of(stories, selection=several):
        number += 1
        if fact.kind not in QUOTED and fact.independent_sources > 1 and fact.basis in {"unanimous", "majority"}:
            supported.append(fact)
        if fact.kind in ADDING_UP and _outlets_disagree(fact):
            disputed.append(fact)
        if len(supported) + len(disputed) > _KEPT:
            supported, disputed = _best(supported, _support), _best(disputed, _weight)
    chosen = _varied(_best(supported, _support)), _varied(_best(disputed, _weight))
    keys = dict(zip(stories.articles["article_id"], stories.articles["key"], strict=True))
    shown = [telling for facts in chosen for fact in facts for telling in _tellings(fact)]
    read = annotations_of(corpus, {(telling.article_id, keys[telling.article_id]) for telling in shown})
    by_article = {article: annotation for (article, _), annotation in read.items()}

    def sources(tellings: Sequence[Telling]) -> list[Source]:
        return [
            source_at(by_article[one.article_id], one.sentence_start, one.sentence_end)
            for one in tellings[:TELLINGS]
            if one.article_id in by_article
        ]

    def row(fact: Fact) -> ShownFact:
        values = [ToldValue(fact_value(fact), fact.stories, sources(fact.tellings))]
        values += [
            ToldValue(dissent(one, fact.unit), one.stories, sources(one.tellings)) for one in fact.dissent[:DISSENTS]
        ]
        return ShownFact(
            fact_period(fact), fact_subject(fact), fact_value(fact), _supported_by(fact), "; ".join(note(fact)), values
        )

    return ShownFacts([row(fact) for fact in chosen[0]], [row(fact) for fact in chosen[1]], number)


_KEPT: Final = 5_000  # facts held at a time


def _outlets_disagree(fact: Fact) -> bool:
    agreeing = {telling.outlet for telling in fact.tellings}
    return any(telling.outlet not in agreeing for other in fact.dissent for telling in other.tellings)


def _support(fact: Fact) -> tuple[float, ...]:
    return (fact.independent_sources, fact.stories, -fact.dissenting_stories, fact.period.end.toordinal())


def _weight(fact: Fact) -> tuple[float, ...]:
    return (fact.stories + fact.dissenting_stories, fact.independent_sources, fact.period.end.toordinal())


def _best(facts: list[Fact], key: Callable[[Fact], tuple[float, ...]]) -> list[Fact]:
    return nlargest(_KEPT // 4, facts, key=key)


def _varied(facts: Sequence[Fact]) -> list[Fact]:
    """The first facts, not too many of one subject and kind."""
    seen: dict[tuple[str, str], int] = {}
    chosen = []
    for fact in facts:
        of = (fact.subject.name, fact.kind)
        seen[of] = seen.get(of, 0) + 1
        if seen[of] <= OF_ONE:
            chosen.append(fact)
    return chosen[:FACTS]


def _tellings(fact: Fact) -> Iterator[Telling]:
    yield from fact.tellings[:TELLINGS]
    for other in fact.dissent[:DISSENTS]:
        yield from other.tellings[:TELLINGS]


def _supported_by(fact: Fact) -> str:
    """`3 stories of 2 outlets, 2 independent sources (SoSoValue)`."""
    sources = f" ({', '.join(fact.sources[:3])})" if fact.sources else ""
    return (
        f"{_counted(fact.stories, 'story', 'stories')} of {_counted(fact.outlets, 'outlet', 'outlets')}, "
        f"{_counted(fact.independent_sources, 'independent source', 'independent sources')}{sources}"
    )


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
