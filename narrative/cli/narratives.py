"""The narratives that a command reads with: the shipped ones and a user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.catalogue.taxonomy import Taxonomy
    from narrative.project import Project


def taxonomy_of(own: Path | None, settings: Project) -> Taxonomy:
    """The shipped taxonomy, with the narratives of the user's file on top: the one given, else of the settings.

    Raises:
        SettingsError: the file can't be read, or holds no narratives.
    """
    from narrative.catalogue.own_narratives import read_own_narratives
    from narrative.catalogue.taxonomy import shipped_taxonomy

    file = own or (Path(settings.narratives) if settings.narratives else None)
    return read_own_narratives(file) if file else shipped_taxonomy()
