"""Other people's field names → an article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from narrative.errors import InputError, SettingsError
from narrative.extract.availability import availability
from narrative.extract.depth import depth_of
from narrative.extract.language import detect_language
from narrative.extract.moments import LATEST, read_stamp
from narrative.extract.plain import check_text, title_span
from narrative.keys import content_hash
from narrative.records import Article, Dates, Page
from narrative.store.rows import storable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta, tzinfo

    from narrative.extract.moments import Stamp
    from narrative.records import Link
    from narrative.store.rows import Row

    FieldMap = Mapping[str, tuple[str, ...]]

# The fields that a map can name, each with the names that it goes by where no map names it; case does not matter.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "guid"),
    "url": ("url", "link", "canonical_url"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content", "article", "description", "summary"),
    "outlet": ("outlet", "source", "source_name", "publisher", "site"),
    "author": ("author", "authors", "byline"),
    "published": ("published", "published_utc", "published_at", "publishedat", "publish_date", "pub_date", "pubdate",
                  "datepublished", "date", "datetime", "timestamp"),
    "modified": ("modified", "modified_at", "updated", "updated_at", "updatedat", "datemodified"),
    "first_seen": ("first_seen", "fetched", "fetched_at", "fetchedat", "crawled_at"),
    "language": ("language", "lang"),
}  # fmt: skip
MAX_NAME = 2_000  # characters in an id, an address, a title, an outlet's name
_HTML = re.compile(
    r"\s*<(?:!doctype|html|head|body|article|section|div|p|h[1-6]|ul|ol|figure|table|blockquote|span|img|a|b)\b",
    re.IGNORECASE,
)
_SHOWN = 12  # fields in a message


def read_field_map(text: str) -> dict[str, tuple[str, ...]]:
    """Read `text=title+body,published=published_utc`.

    Raises:
        SettingsError: it is no such list, or names a field that articles do not have.
    """
    fields: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, columns = part.partition("=")
        if not equals or not columns.strip():
            raise SettingsError(f"--map {part}: write it like text=title+body,published=published_utc")
        if name.strip() in fields:
            raise SettingsError(f"--map: {name.strip()} is named twice")
        fields[name.strip()] = columns
    return field_map(fields, "--map")


def field_map(fields: Mapping[str, str], where: str) -> dict[str, tuple[str, ...]]:
    """The columns of each field, in order.

    Raises:
        SettingsError: an article has no such field.
    """
    for name in fields:
        if name not in USUAL_NAMES:
            raise SettingsError(f"{where}: an article has no field '{name}'; it has {', '.join(USUAL_NAMES)}")
    return {name: tuple(column.strip() for column in columns.split("+")) for name, columns in fields.items()}


def check_fields(rows: list[dict[str, Any]], name: str, fields: FieldMap) -> None:
    """See that every mapped field occurs in one of the rows.

    Raises:
        InputError: one does not.
    """
    if not rows:
        return
    present = {column: None for row in rows for column in row}
    for column in (column for columns in fields.values() for column in columns):
        if column not in present:
            shown = ", ".join(list(present)[:_SHOWN]) + (", …" if len(present) > _SHOWN else "")
            raise InputError(name, f"no row has the field '{column}' that the map names; they have {shown}")


def article_from_row(row: Row, fields: FieldMap, *, zone: tzinfo, embargo: timedelta) -> Article:
    """Build the article: title, empty line, body, unless the body already begins with the title.

    A row that is an article record (what `narrative extract` and `narrative corpus export` write) stays as it is.

    Raises:
        InputError: no text, too long a text, or a date that is none.
    """
    if not fields and Article.model_fields.keys() <= row.values.keys():
        return _record(row)
    found = _Found(row, fields)
    title = found.short("title")
    url = found.short("url")
    title, text, links = _read_body(title, found.body(title), url, row.source)
    check_text(text, row.source)
    stamps = {name: found.stamp(name, zone) for name in ("published", "modified", "first_seen")}
    moments = {name: stamp.moment if stamp else None for name, stamp in stamps.items()}
    published = stamps["published"]
    available, known_from = availability(
        moments["published"],
        published.precision if published else "second",
        first_seen=moments["first_seen"],
        modified=moments["modified"],
        embargo=embargo,
    )
    details = {name: stamp.detail(found.column(name)) if stamp else None for name, stamp in stamps.items()}
    outlet = found.short("outlet")
    span = title_span(text, title)
    return Article(
        id=found.short("id") or _id(url, outlet, title, text),
        source=row.source,
        url=url,
        title=title,
        title_span=span,
        outlet=outlet,
        author=found.short("author"),
        **moments,
        available=available,
        dates=Dates(**details, available=known_from),
        language=_language(found.short("language")) or detect_language(text),
        depth=depth_of(text, span),
        text=text,
        links=links,
    )


def _id(url: str | None, outlet: str | None, title: str | None, text: str) -> str:
    """As a page's: the hash of its canonical address; without one, of what it says."""
    if url is None:
        return content_hash(outlet, title, text)
    from narrative.extract.metadata import clean_url

    return content_hash(clean_url(url))


def _read_body(title: str | None, body: str, url: str | None, source: str) -> tuple[str | None, str, tuple[Link, ...]]:
    """Title, text and links; a body that is HTML is read as a page."""
    if not _HTML.match(body):
        return title, _with_title(title, body), ()
    from narrative.extract.page import article_from_page

    markup = body.encode()
    page = Page(url=url or source, body=markup, content_type="text/html", charset="utf-8", fetched=LATEST)
    article = article_from_page(page, source=source, title=title)
    return article.title, article.text, article.links


def _record(row: Row) -> Article:
    values = {name: row.values[name] for name in Article.model_fields}
    try:
        article = Article.model_validate({**values, "source": values["source"] or row.source})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            row.source, f"no article record: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        ) from error
    check_text(article.text, row.source)
    return article


def _with_title(title: str | None, body: str) -> str:
    if title is None or title_span(body, title):
        return body
    return f"{title}\n\n{body}" if body else title


def _language(code: str | None) -> str | None:
    primary = (code or "").replace("_", "-").partition("-")[0].strip().lower()
    return primary if len(primary) in {2, 3} and primary.isascii() and primary.isalpha() else None


class _Found:
    """The fields of a row, by the names of an article's."""

    def __init__(self, row: Row, fields: FieldMap) -> None:
        self._row, self._fields = row, fields
        self._by_lower_name = {column.lower(): column for column in reversed(row.values)}

    def column(self, name: str) -> str:
        """The column that holds a field, or the field's name where there is none."""
        return next(iter(self._columns(name)), name)

    def body(self, title: str | None) -> str:
        """The columns of the text, joined by empty lines; the title's own column is not said twice."""
        parts = [part.strip() for part in (self._text(column) for column in self._columns("text")) if part]
        if title and len(parts) > 1 and parts[0] == title:
            parts = parts[1:]
        return "\n\n".join(filter(None, parts))

    def short(self, name: str) -> str | None:
        """A field that is a name or an address; null if blank."""
        text = " ".join(filter(None, (self._text(column) for column in self._columns(name)))).strip()
        if len(text) > MAX_NAME:
            raise InputError(self._row.source, f"{name} has {len(text):,} characters; {MAX_NAME:,} at the most")
        return text or None

    def stamp(self, name: str, zone: tzinfo) -> Stamp | None:
        """A field that is a time; null if blank."""
        value = self._row.values.get(self.column(name))
        if value is None or value != value or (isinstance(value, str) and not value.strip()):  # NaN, NaT
            return None
        try:
            if isinstance(value, bool):
                raise TypeError(f"{value} is no time")  # noqa: TRY301
            return read_stamp(value, zone=zone)
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(self._row.source, f"{name}: {str(error)[:120]}") from error

    def _columns(self, name: str) -> tuple[str, ...]:
        if name in self._fields:
            return self._fields[name]
        columns = (self._by_lower_name.get(usual) for usual in USUAL_NAMES[name])
        taken = {column for columns in self._fields.values() for column in columns} if name != "title" else set()
        return next(
            ((column,) for column in columns if column is not None and column not in taken and self._text(column)), ()
        )

    def _text(self, column: str) -> str:
        value = self._row.values.get(column)
        if isinstance(value, str):
            return str(storable(value))
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return str(storable(", ".join(value)))
        if value is None or value != value:  # NaN
            return ""
        if isinstance(value, dict | list | bytes):
            raise InputError(self._row.source, f"field '{column}' holds no text")
        return str(value)
