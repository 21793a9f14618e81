"""The sources of a command line, read one after another; what can't be read is told, counted, and left out."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

import typer

from narrative.cli.streams import say
from narrative.errors import NarrativeError
from narrative.extract.sources import is_url, read_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from narrative.collect.fetch import Fetcher
    from narrative.records import Article


class Reading:
    """The articles of some sources.

    Args:
        sources: as the user gave them.
        published: for sources without a date.
        title: for sources without a title.
        outlet: for sources that don't say.
        project: settings, for the contact that a fetched site is told.
    """

    def __init__(
        self,
        sources: list[str],
        *,
        published: str | None,
        title: str | None,
        outlet: str | None,
        project: Path | None,
    ) -> None:
        self._sources = sources
        self._given = {"published": published, "title": title, "outlet": outlet}
        fetches = any(map(is_url, sources))
        self._fetcher = _fetcher(project) if fetches or project else None  # wrong settings are told in any case
        self._done = self._failed = 0

    def __iter__(self) -> Iterator[Article]:
        for article in read_sources(self._sources, **self._given, fetcher=self._fetcher, now=datetime.now(UTC)):
            if isinstance(article, NarrativeError):
                self._failed += 1
                say(f"error: {article}")
            else:
                self._done += 1
                yield article

    def require_one(self) -> None:
        """Exit 1 where nothing could be read."""
        if not self._done:
            raise typer.Exit(1)

    def finish(self) -> None:
        """Exit 3 where something could not be read."""
        if self._failed:
            raise typer.Exit(3)


def write_json(documents: Iterable[str], file: TextIO, *, sources: int) -> None:
    """An object where one source gives one document, else an array, written as it comes."""
    waiting = iter(documents)
    first = next(waiting, None)
    if first is None:
        return
    second = next(waiting, None)
    if second is None and sources == 1:
        file.write(f"{first}\n")
        return
    file.write(f"[\n{first}")
    file.writelines(f",\n{document}" for document in (() if second is None else chain([second], waiting)))
    file.write("\n]\n")


def _fetcher(project: Path | None) -> Fetcher:
    from narrative.collect.fetch import HttpFetcher
    from narrative.project import load_project

    return HttpFetcher(contact=load_project(project).contact)
