"""Runs the rule-based readers on a text, without the components that they only profit from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import spacy
from hypothesis import strategies as st

from narrative.pipeline.document import body_sentences
from narrative.records import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from narrative.records import Entity, Quote

READERS = ("sentences", "boilerplate", "stance", "comparison", "explanations", "narratives", "article_type", "targets")

_WORDS = (
    "Bitcoin AI Nvidia crypto fell surged as after because of outflows inflows ETF if , . ? ! not despite “ ” \n \n\n "
    "Related Reading: Magazine: Related: The post appeared first on Featured image from TradingView.com Source: "
    "Disclaimer: 免责声明 whales losses narrowed rotation into pivot to Fed rate cut tariffs İ ß 🚀 $60,000 100% "
    "Written by About Us - # * never dismissed"
).split(" ")

# Texts that look like articles, and texts that look like nothing.
texts = st.one_of(
    st.lists(st.sampled_from(_WORDS), max_size=60).map(" ".join),
    st.text(max_size=300),
    st.text(alphabet="a .\n,AI", max_size=200),
)


@cache
def _pipeline() -> Language:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "narrative.Tokenizer.v1"}}})
    for name in READERS:
        nlp.add_pipe(f"narrative_{name}_v1")
    return nlp


def read(
    text: str, *, title: str | None = None, entities: tuple[Entity, ...] = (), quotes: tuple[Quote, ...] = ()
) -> Doc:
    """A text read by every reader; a title that begins the text is its headline."""
    nlp = _pipeline()
    doc = nlp.make_doc(text)
    doc._.title = title
    doc._.title_span = Span(start=0, end=len(title)) if title and text.startswith(title) else None
    doc._.entities = entities
    doc._.quotes = quotes
    return nlp(doc)


def body(doc: Doc) -> list[str]:
    """The texts of the body's sentences."""
    return [doc.text[span.start : span.end] for span in body_sentences(doc)]


def boilerplate(doc: Doc) -> list[str]:
    """The texts of the boilerplate."""
    return [doc.text[span.start : span.end] for span in doc._.boilerplate]
