"""The pipeline: which components, in which order."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from narrative.resources import pipeline_path

if TYPE_CHECKING:
    from spacy.language import Language

COMPONENTS = (
    "narrative_sentences_v1",
    "narrative_mentions_v1",
    "narrative_encoder_v1",
    "narrative_boilerplate_v2",
    "narrative_entities_v2",
    "narrative_quotes_v1",
    "narrative_figures_v1",
    "narrative_stance_v2",
    "narrative_comparison_v2",
    "narrative_explanations_v2",
    "narrative_narratives_v2",
    "narrative_article_type_v2",
    "narrative_targets_v2",
)


@cache
def load() -> Language:
    """The shipped pipeline, loaded once a process."""
    import spacy

    return spacy.load(pipeline_path())


def build() -> Language:
    """A new pipeline from its parts; `scripts/build_pipeline.py` saves it to `models/`."""
    import spacy

    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "narrative.Tokenizer.v1"}}})
    for component in COMPONENTS:
        nlp.add_pipe(component, name=component.removeprefix("narrative_").rpartition("_v")[0])
    nlp.meta["name"] = "narrative"
    return nlp
