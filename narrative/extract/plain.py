"""Plain text → article. The text stays as it is, so that offsets given with it stay true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.errors import InputError
from narrative.extract.availability import availability
from narrative.extract.depth import depth_of
from narrative.extract.language import detect_language
from narrative.extract.moments import Stamp, read_stamp
from narrative.extract.origin import find_origin
from narrative.keys import content_hash
from narrative.records import Article, Dates, Span

if TYPE_CHECKING:
    from datetime import date

MAX_CHARACTERS = 1_000_000  # what spaCy reads as one document


def article_from_text(
    text: str,
    *,
    id: str | None = None,  # noqa: A002  # the record's own name for it
    source: str | None = None,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    language: str | None = None,
) -> Article:
    """An article of exactly this text; title, outlet and publication date are context.

    Raises:
        InputError: no text, too much of it, or `published` is no date.
    """
    name = source or id or "text"
    check_text(text, name)
    stamp = stamp_or_error(published, name)
    span = title_span(text, title)
    available, available_detail = availability(stamp.moment, stamp.precision) if stamp else (None, None)
    return Article(
        id=id or content_hash(text),
        source=source,
        title=title,
        title_span=span,
        outlet=outlet,
        published=stamp.moment if stamp else None,
        available=available,
        dates=Dates(published=stamp.detail("given") if stamp else None, available=available_detail),
        origin=find_origin(text, outlet=outlet),
        language=language or detect_language(text),
        depth=depth_of(text, span),
        text=text,
    )


def check_text(text: str, source: str) -> None:
    """Raise `InputError` for a text that can't be read as an article."""
    if not text.strip():
        raise InputError(source, "there is no text in it")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            source, f"{len(text):,} characters; an article holds {MAX_CHARACTERS:,} at the most, so split it"
        )
    if "\x00" in text:
        raise InputError(source, "this is binary data, not text")


def title_span(text: str, title: str | None) -> Span | None:
    """Where the text begins with its title, else null."""
    if not title or not title.strip():
        return None
    title = title.strip()
    start = len(text) - len(text.lstrip())
    end = start + len(title)
    runs_on = text[end : end + 1].isalnum() and title[-1].isalnum()  # the title "Two" is not in "Twofold"
    return Span(start=start, end=end) if text.startswith(title, start) and not runs_on else None


def stamp_or_error(value: date | str | None, source: str) -> Stamp | None:
    """Read a publication date, or raise `InputError` naming the source."""
    if value is None or value == "":
        return None
    try:
        return read_stamp(value)
    except ValueError as error:
        raise InputError(source, f"publication date {error}; write it like 2026-02-10 or 2026-02-10T06:29Z") from error
