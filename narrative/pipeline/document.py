"""What a spaCy `Doc` carries through the pipeline.

In, set by the caller before the first component: `published`, `title`, `title_span`, `outlet`. Out, set by the
components: tuples of records whose offsets are code points into `doc.text`. `doc.sents` and `doc.ents` are spaCy's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.tokens import Doc

from narrative.records import ArticleStance, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUTS = ("published", "title", "title_span", "outlet")

OUTPUTS = {
    "mentions": (),  # Mention, of names, in the whole text
    "encoding": None,  # Encoding: what the network says of the text
    "boilerplate": (),  # Span
    "entities": (),  # Entity
    "quotes": (),  # Quote
    "figures": (),  # Figure
    "undated": (),  # Span of each expression of time that a publication date would resolve
    "sentences": (),  # Sentence, one for every sentence of the body
    "comparison": (),  # Comparison
    "explanations": (),  # Explanation
    "stance": ArticleStance(),
    "narratives": (),  # Narrative
    "article_type": None,  # (ArticleType, probability)
    "targets": (),  # Target
}


def register_extensions() -> None:
    """Declare the attributes of `doc._`; harmless when repeated."""
    for name in INPUTS:
        Doc.set_extension(name, default=None, force=True)
    for name, default in OUTPUTS.items():
        Doc.set_extension(name, default=default, force=True)


def sentence_spans(doc: Doc) -> Iterator[Span]:
    """Every sentence, trimmed of white space, boilerplate too."""
    for sentence in doc.sents:
        text = sentence.text
        bare = text.strip()
        if bare:
            start = sentence.start_char + text.index(bare[0])
            yield Span(start=start, end=start + len(bare))


def body_sentences(doc: Doc) -> Iterator[Span]:
    """The sentences outside the boilerplate, in order."""
    skipped = sorted(doc._.boilerplate, key=lambda span: span.start)
    at = 0
    for sentence in sentence_spans(doc):
        while at < len(skipped) and skipped[at].end <= sentence.start:
            at += 1
        if at == len(skipped) or sentence.end <= skipped[at].start:
            yield sentence
