"""Reads a text by the whole pipeline, with the encoder that ships or with one made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from narrative.pipeline.document import body_sentences
from narrative.pipeline.encoder.reading import reading_with
from narrative.pipeline.load import load
from narrative.records import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from narrative.pipeline.encoder.backends import Model

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


def read(text: str, *, title: str | None = None, model: Model | None = None) -> Doc:
    """A text read by the shipped pipeline; a title that begins the text is its headline."""
    nlp = load()
    doc = nlp.make_doc(text)
    doc._.title = title
    doc._.title_span = Span(start=0, end=len(title)) if title and text.startswith(title) else None
    with reading_with(model):
        return nlp(doc)


def body(doc: Doc) -> list[str]:
    """The texts of the body's sentences."""
    return [doc.text[span.start : span.end] for span in body_sentences(doc)]


def boilerplate(doc: Doc) -> list[str]:
    """The texts of the boilerplate."""
    return [doc.text[span.start : span.end] for span in doc._.boilerplate]
