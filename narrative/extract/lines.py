"""JSON Lines → articles: `id, title, outlet, published, text`, one article a line."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from narrative.errors import InputError, NarrativeError
from narrative.extract.files import limited_lines
from narrative.extract.plain import article_from_text
from narrative.records import Article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

LONGEST_LINE = 10_000_000  # bytes
_PATIENCE = 200_000_000  # bytes of one line that are skipped before the rest of the file is given up
_RECORD = frozenset(Article.model_fields)


def articles_from_lines(
    stream: IO[bytes],
    source: str,
    *,
    published: date | str | None = None,
    title: str | None = None,
    outlet: str | None = None,
) -> Iterator[Article | NarrativeError]:
    """An article or an error a line; empty lines are passed over, other fields ignored.

    A line that is an article record, as `narrative extract` writes it, comes back as it was. What is given here stands
    in for what a line leaves out.
    """
    seen: set[str] = set()
    read = False
    for number, line in limited_lines(stream, LONGEST_LINE, _PATIENCE):
        place = f"{source}:{number}"
        if line is None:
            read = True
            yield InputError(place, f"a line of more than {LONGEST_LINE:,} bytes; no article is that long")
            continue
        if not line.strip():
            continue
        read = True
        try:
            record = _object(line, place)
            article = _article(record, source, place, published=published, title=title, outlet=outlet)
        except NarrativeError as error:
            yield error
            continue
        if record.get("id") is not None:
            if article.id in seen:
                yield InputError(place, f"the id {article.id!r} was there before; ids must differ within a file")
                continue
            seen.add(article.id)
        yield article
    if not read:
        yield InputError(source, "there are no lines in it")


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(place, "not UTF-8; JSON Lines are UTF-8, so save the file as that") from error
    except (ValueError, RecursionError) as error:
        raise InputError(place, 'not JSON; each line must be one object such as {"id": "1", "text": "…"}') from error
    if not isinstance(record, dict):
        raise InputError(place, 'not an object; each line must be one such as {"id": "1", "text": "…"}')
    return record


def _article(
    record: dict[str, Any],
    source: str,
    place: str,
    *,
    published: date | str | None,
    title: str | None,
    outlet: str | None,
) -> Article:
    if record.keys() == _RECORD:
        try:
            return Article.model_validate(record)
        except ValueError:
            pass  # not ours after all: its five fields are read
    text = record.get("text")
    if text is None:
        raise InputError(place, "there is no field 'text'; `narrative import --map` reads other people's field names")
    if not isinstance(text, str):
        raise InputError(place, "the field 'text' is not a string")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InputError(place, "the field 'text' holds half a surrogate pair, which is no character")
    names = {field: _string(record.get(field), field, place) for field in ("id", "title", "outlet", "published")}
    try:
        article = article_from_text(
            text,
            id=names["id"],
            source=place,
            published=names["published"] or published,
            title=names["title"] or title,
            outlet=names["outlet"] or outlet,
        )
    except InputError as error:
        raise InputError(place, error.reason) from error
    return article.model_copy(update={"source": source})


def _string(value: Any, field: str, place: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise InputError(place, f"the field {field!r} is neither a string nor a number")
