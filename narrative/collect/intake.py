"""Archived pages → articles in the corpus, by the importer's way; what waits after a kill comes in with the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from narrative.errors import InputError
from narrative.extract.availability import availability
from narrative.extract.page import article_from_page
from narrative.extract.warc import charset_of
from narrative.records import DateDetail, Page
from narrative.store.importing import import_articles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from narrative.collect.archive import Archive
    from narrative.collect.ledger import Ledger, Waiting
    from narrative.collect.registry import Outlet
    from narrative.records import Article
    from narrative.store.corpus import Corpus
    from narrative.store.importing import ImportReport
    from narrative.store.runs import Clock

BATCH = 200  # pages a commit


def take_in(
    corpus: Corpus,
    ledger: Ledger,
    archive: Archive,
    outlets: Mapping[str, Outlet],
    *,
    embargo: timedelta = timedelta(0),
    clock: Clock,
) -> Iterator[ImportReport]:
    """Put every archived page that waits into the corpus, a report a commit.

    Args:
        corpus: where to.
        ledger: which pages wait.
        archive: where they are.
        outlets: by name.
        embargo: after which a backfilled story counts as known.
        clock: for `imported_at`.

    Raises:
        CorpusError: another process writes to the corpus, or it can't be written to; nothing is lost.
    """
    while waiting := ledger.waiting(BATCH):
        articles = (_article(each, archive, outlets.get(each.outlet), embargo) for each in waiting)
        told = {"outlets": sorted({each.outlet for each in waiting}), "embargo_seconds": embargo.total_seconds()}
        yield import_articles(corpus, articles, told, command="collect", clock=clock)
        ledger.take(each.id for each in waiting)


def _article(waiting: Waiting, archive: Archive, outlet: Outlet | None, embargo: timedelta) -> Article | InputError:
    answer = archive.read(waiting.file, waiting.start).answer
    content_type = answer.header("Content-Type")
    fetched = datetime.fromtimestamp(waiting.fetched, UTC)
    page = Page(
        url=answer.url,
        body=answer.body,
        content_type=content_type,
        charset=charset_of(content_type),
        fetched=fetched,
        opt_out=waiting.opt_out is not None,
    )
    name, zone = (outlet.title, ZoneInfo(outlet.zone)) if outlet else (None, None)
    try:
        article = article_from_page(page, outlet=name, zone=zone)
        if article.published is None and waiting.published is not None:
            told = datetime.fromtimestamp(waiting.published, UTC)
            article = _from_feed(article_from_page(page, outlet=name, published=told, zone=zone))
    except InputError as error:
        return error
    except Exception as error:  # a page that nobody foresaw must not stand in the way of all others
        return InputError(answer.url, f"could not be read: {type(error).__name__}: {error}"[:300])
    return _dated(article, fetched, embargo, is_first=waiting.is_first)


def _from_feed(article: Article) -> Article:
    """Say where a date comes from that the page does not tell."""
    detail = article.dates.published
    told = detail.model_copy(update={"source": "feed"}) if detail else None
    return article.model_copy(update={"dates": article.dates.model_copy(update={"published": told})})


def _dated(article: Article, fetched: datetime, embargo: timedelta, *, is_first: bool) -> Article:
    """When the page was first held, and when a reader of this corpus could have known: a later version not before."""
    detail = article.dates.published
    seen = DateDetail(source="first_seen")
    available, known_from = (
        availability(
            article.published,
            detail.precision if detail else "second",
            first_seen=fetched,
            modified=article.modified,
            embargo=embargo,
        )
        if is_first
        else (fetched, seen)
    )
    dates = article.dates.model_copy(update={"first_seen": DateDetail(source="collector"), "available": known_from})
    return article.model_copy(update={"first_seen": fetched, "available": available, "dates": dates})
