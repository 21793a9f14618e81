"""Placeholder until the component lands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc


@Language.factory("narrative_figures_v1")
def create_figures(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory."""
    return lambda doc: doc
