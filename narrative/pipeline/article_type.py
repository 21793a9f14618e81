"""What sort of article it is: news, a market report, an analysis, an opinion, a digest, a paid piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from spacy.language import Language

from narrative.records import ArticleType

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding

TYPES: tuple[ArticleType, ...] = get_args(ArticleType)


@Language.factory(
    "narrative_article_type_v2", requires=["doc._.sentences", "doc._.encoding"], assigns=["doc._.article_type"]
)
def create_article_type(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `mark_article_type`."""
    return mark_article_type


def mark_article_type(doc: Doc) -> Doc:
    """Set `doc._.article_type`, the likeliest type with its probability; a text without a body has none."""
    encoding: Encoding = doc._.encoding
    body = [(sentence.start, sentence.end) for sentence in doc._.sentences]
    if body:
        chances = dict(zip(encoding.labels("type"), encoding.probabilities("type", body), strict=True))
        paid = chances["sponsored"] >= encoding.threshold("sponsored")
        best = "sponsored" if paid else max(TYPES, key=lambda kind: chances[kind] * (kind != "sponsored"))
        doc._.article_type = best, round(float(chances[best]), 4)
    return doc
