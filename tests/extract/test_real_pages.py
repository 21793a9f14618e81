"""Real pages and reposts; measured against what trafilatura gives alone."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from narrative.errors import InputError
from narrative.extract.page import article_from_page
from narrative.extract.plain import article_from_text
from narrative.records import Page

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
FETCHED = datetime(2026, 8, 1, tzinfo=UTC)
SAMPLE = 60


def member(path: Path, name: str) -> bytes:
    with tarfile.open(path) as archive:
        file = archive.extractfile(name)
        assert file is not None
        return file.read()


def test_reposts_tell_their_origin(shared: Path) -> None:
    origins = [article_from_text(path.read_text("utf-8")).origin for path in sorted((shared / "seeds").glob("*.txt"))]
    assert [(origin and origin.outlet, origin and origin.author) for origin in origins] == [
        ("TechFlow", None),
        ("Mars Finance", "Luke"),
    ]


def test_titles_and_days_of_news_pages(shared: Path) -> None:
    """Title and day of every seventh page of a set with gold: at the least what was measured when this was written."""
    archive = shared / "data" / "pages" / "aed_andy.tar.gz"
    gold: list[dict[str, Any]] = json.loads(member(archive, "aed_andy/news_articles.json"))
    wanted = {f"aed_andy/html/{item['html_file']}.html.gz": item for item in gold[:: len(gold) // SAMPLE]}
    titles = days = read = 0
    with tarfile.open(archive) as files:
        for info in files:
            item = wanted.get(info.name)
            file = files.extractfile(info) if item else None
            if item is None or file is None:
                continue
            body = gzip.GzipFile(fileobj=io.BytesIO(file.read())).read()
            with suppress(InputError):
                article = article_from_page(Page(url=item["link"], body=body, fetched=FETCHED))
                read += 1
                titles += (article.title or "").casefold() == item["title"].casefold()
                day = datetime.fromisoformat(item["date"]).replace(tzinfo=UTC)
                days += article.published is not None and abs((article.published - day).days) <= 1
    assert read >= SAMPLE
    assert titles / read >= 0.75
    assert days / read >= 0.8


def test_a_front_page_a_feed_and_a_page_of_scripts_are_no_articles(shared: Path) -> None:
    archive = shared / "data" / "pages" / "raw_pages.tar.gz"
    for name, reason in (
        ("jinfeng__cache__panews_20260711_0731.txt", "headlines"),
        ("jinfeng__cache__cryptopanic_20260711_0731.txt", "JavaScript"),
        ("jinfeng__cache__cointelegraph_20260711_0731.txt", "feed"),
    ):
        body = member(archive, f"raw_pages/{name}")
        with pytest.raises(InputError, match=reason):
            article_from_page(Page(url=name, body=body, fetched=FETCHED))
    body = member(archive, "raw_pages/trafilatura__de.cointelegraph.com-CME.html")
    article = article_from_page(Page(url="a.html", body=body, fetched=FETCHED))
    assert (article.outlet, article.language, article.depth) == ("Cointelegraph", "de", "full")
    assert article.published == datetime(2023, 10, 31, 12, tzinfo=UTC)
