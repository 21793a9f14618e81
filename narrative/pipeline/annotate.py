"""Article → annotation: one pure function, whatever engine calls it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

from narrative.catalogue.entries import using
from narrative.errors import UndatedWarning
from narrative.extract.plain import article_from_text
from narrative.pipeline.boilerplate import whole_sentences
from narrative.pipeline.fingerprint import pipeline_identity
from narrative.pipeline.load import load
from narrative.records import Annotation, Article

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

    from narrative.catalogue.entries import Catalogue
    from narrative.pipeline.encoder.encoding import Encoding

_SHOWN = 5  # periods that a warning names


class SentenceMeanings(NamedTuple):
    """The sentences of an article, boilerplate too, and what they mean to the encoder.

    Args:
        spans: code points from and to, shape (sentences, 2).
        vectors: of length 1, shape (sentences, 384).
    """

    spans: NDArray[np.int32]
    vectors: NDArray[np.float32]


def annotate(
    source: Article | str,
    *,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    nlp: Language | None = None,
    catalogue: Catalogue | None = None,
) -> Annotation:
    """Read one article.

    Args:
        source: an article record, or plain text, which stays as it is.
        published: when it appeared, to resolve relative periods; ISO 8601 if a string.
        title: context for plain text; part of the text only where the text begins with it.
        outlet: who published it.
        nlp: another pipeline than the shipped one.
        catalogue: the shipped one with your own entries on top, of `read_catalogue`.

    Raises:
        InputError: the text is empty, too long, or `published` is no date.

    Warns:
        UndatedWarning: there is no publication date and the text has periods that need one.
    """
    article = source if isinstance(source, Article) else article_from_text(
        source, published=published, title=title, outlet=outlet
    )  # fmt: skip
    with using(catalogue):
        doc = _read(article, nlp or load())
        annotation = _annotation(article, doc)
    if doc._.undated:
        warnings.warn(_undated(article, doc), UndatedWarning, stacklevel=2)
    return annotation


def annotate_batch(
    articles: Iterable[Article], nlp: Language | None = None, *, catalogue: Catalogue | None = None
) -> list[Annotation]:
    """Read many articles; the same article always gives the same annotation, in any company and on any engine."""
    with using(catalogue):
        return [annotation for annotation, _ in annotate_with_meanings(articles, nlp)]


def annotate_with_meanings(
    articles: Iterable[Article], nlp: Language | None = None
) -> list[tuple[Annotation, SentenceMeanings | None]]:
    """Read many articles as `annotate_batch` does, and keep what their sentences mean; null without an encoder."""
    reader = nlp or load()
    # A zone frees the words of the batch, so that memory stays flat over a corpus.
    with reader.memory_zone():
        read = ((article, _read(article, reader)) for article in articles)
        return [(_annotation(article, doc), _meanings(doc)) for article, doc in read]


def _read(article: Article, nlp: Language) -> Doc:
    doc = nlp.make_doc(article.text)
    doc._.published = _written(article)
    doc._.title = article.title
    doc._.title_span = article.title_span
    doc._.outlet = article.outlet
    return nlp(doc)


def _meanings(doc: Doc) -> SentenceMeanings | None:
    import numpy as np

    encoding: Encoding | None = doc._.encoding
    if encoding is None:
        return None
    return SentenceMeanings(np.array(encoding.sentences, np.int32).reshape(-1, 2), encoding.meanings)


def _written(article: Article) -> datetime | None:
    """When the words were published first: "yesterday" in a copy is the day before the original appeared."""
    original = article.origin.published if article.origin else None
    if original is None or (article.published is not None and original > article.published):
        return article.published
    return original


def _undated(article: Article, doc: Doc) -> str:
    words = dict.fromkeys(article.text[span.start : span.end] for span in doc._.undated)
    quoted = ", ".join(f"“{expression}”" for expression in words)
    return f"{article.source or article.title or 'text'}: no publication date, so these periods stay null: {quoted}"


def _annotation(article: Article, doc: Doc) -> Annotation:
    article_type, type_score = doc._.article_type or (article.type, article.type_score)
    return Annotation(
        pipeline=pipeline_identity(),
        article=article.model_copy(
            update={
                "type": article_type,
                "type_score": type_score,
                "boilerplate": whole_sentences(doc.text, doc._.boilerplate),
            }
        ),
        entities=doc._.entities,
        figures=doc._.figures,
        quotes=doc._.quotes,
        sentences=doc._.sentences,
        comparison=doc._.comparison,
        explanations=doc._.explanations,
        targets=doc._.targets,
        stance=doc._.stance,
        narratives=doc._.narratives,
    )
