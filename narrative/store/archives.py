"""Web archives of many sites, such as CC-NEWS → articles of the registered outlets, and of nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from narrative.errors import InputError, NarrativeError
from narrative.extract.page import article_from_page
from narrative.extract.warc import pages_from_warc
from narrative.records import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from narrative.collect.registry import Registry
    from narrative.records import Article

_SUFFIXES = (".warc", ".warc.gz")


def is_archive(path: Path) -> bool:
    """Whether the file's name says that it is a WARC file."""
    return path.name.lower().endswith(_SUFFIXES) and not path.is_dir()


def articles_from_archive(path: Path, registry: Registry) -> Iterator[Article | InputError]:
    """The articles of registered outlets in a WARC file; what can't be read as one takes its place as an error.

    Outlet and zone are the registry's. An archive that breaks off gives what comes before, and an error at its end.
    """
    with path.open("rb") as stream:
        try:
            for item in pages_from_warc(stream, str(path), registry.outlet_of):
                yield _article(item, str(path), registry) if isinstance(item, Page) else _input_error(item, str(path))
        except InputError as error:
            yield error


def _article(page: Page, source: str, registry: Registry) -> Article | InputError:
    outlet = registry.outlet_of(page.url)
    try:
        return article_from_page(
            page,
            source=source,
            outlet=outlet.title if outlet else None,
            zone=ZoneInfo(outlet.zone) if outlet else None,
        )
    except InputError as error:
        return InputError(f"{source}: {page.url}", error.reason)
    except Exception as error:  # a page that nobody foresaw must not stand in the way of all others
        return InputError(f"{source}: {page.url}", f"could not be read: {type(error).__name__}: {error}"[:300])


def _input_error(error: NarrativeError, source: str) -> InputError:
    return error if isinstance(error, InputError) else InputError(source, str(error))
