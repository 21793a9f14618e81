"""Readers for the tests of the engines: quick, and with articles that go wrong on demand."""

import os
import signal
import time
from collections.abc import Sequence

from narrative.records import (
    Annotation,
    Article,
    Entity,
    Figure,
    Fingerprint,
    Narrative,
    Period,
    Pipeline,
    Reference,
    Sentence,
    SentenceStance,
    Span,
)


def pipeline(rules: str = "first") -> Pipeline:
    return Pipeline(name="fake", version="1", fingerprint=Fingerprint(rules=rules, catalogue="c", taxonomy="t"))


def annotation(article: Article, rules: str = "first") -> Annotation:
    end = min(4, len(article.text))
    return Annotation(
        pipeline=pipeline(rules),
        article=article.model_copy(update={"type": "news", "type_score": 0.5}),
        entities=(Entity(start=0, end=end, text=article.text[:end], type="ASSET", name=rules, score=0.5),),
        figures=tuple(
            Figure(
                start=0,
                end=end,
                text=article.text[:end],
                value=float(number),
                unit="USD",
                kind="price",
                measure="level",
                subject=Reference(name="Bitcoin", id="asset:bitcoin") if number else None,
                period=Period(start="2026-01-01", end="2026-01-02") if number else None,
                score=0.5,
            )
            for number in range(len(article.text) % 3)
        ),
        sentences=(Sentence(start=0, end=end, ai=SentenceStance(label=-1, score=-0.5)),),
        narratives=(Narrative(id="ai-boom", score=0.5, evidence=(Span(start=0, end=end),)),),
    )


def first(articles: Sequence[Article]) -> list[Annotation]:
    return [annotation(article) for article in articles]


def second(articles: Sequence[Article]) -> list[Annotation]:
    return [annotation(article, "second") for article in articles]


def slow(articles: Sequence[Article]) -> list[Annotation]:
    time.sleep(0.004 * len(articles))
    return first(articles)


def frail(articles: Sequence[Article]) -> list[Annotation]:
    for article in articles:
        if "RAISE" in article.text:
            raise ValueError("this article is too much")
        if "DIE" in article.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in article.text:
            time.sleep(600)
    print("words that must not get between the frames")  # noqa: T201
    return first(articles)


def broken(articles: Sequence[Article]) -> list[Annotation]:
    raise RuntimeError("no model here")
