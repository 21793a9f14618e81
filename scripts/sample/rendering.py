"""Stories and templates → the files of the outlets' sites: pages, feeds, sitemaps, robots.txt."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sample.reading import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sample.reading import Outlet, Site, Story

TEMPLATES = Path(__file__).parent / "templates"
FEED_ITEMS = 20
RECENT = timedelta(days=7)  # of the news sitemap, before the outlet's newest article
RELATED = 3
SUMMARY_WORDS = 28
TAIL_PARAGRAPHS = 2


@dataclass(frozen=True)
class Page:
    """What a template is given of an article."""

    story: Story
    outlet: Outlet
    site: Site
    path: str
    section: str
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...]
    modified: datetime | None
    original: Page | None = None
    tail: Page | None = None

    @property
    def url(self) -> str:
        """The canonical address."""
        return self.outlet.address(self.path)

    @property
    def summary(self) -> str:
        """The first words."""
        words = self.paragraphs[0].split()
        return " ".join(words[:SUMMARY_WORDS]) + ("…" if len(words) > SUMMARY_WORDS else "")

    @property
    def stamp(self) -> str:
        """When it was published, as finely as the site tells."""
        return self.story.published.isoformat() if self.site.times else f"{self.story.published:%Y-%m-%d}"

    @property
    def touched(self) -> str:
        """When it was last changed, the same way."""
        return self.modified.isoformat() if self.modified else self.stamp

    @property
    def before(self) -> tuple[str, ...]:
        """The paragraphs that a copy puts before its original's."""
        return paragraphs(self.story.before)

    @property
    def after(self) -> tuple[str, ...]:
        """Those behind."""
        return paragraphs(self.story.after)

    @property
    def mailed(self) -> str:
        """The publication as RSS has it: midnight where the site knows no times."""
        at = self.story.published
        return format_datetime(at if self.site.times else at.replace(hour=0, minute=0, second=0))


def pages_of(
    stories: Sequence[Story], outlets: Mapping[str, Outlet], sites: Mapping[str, Site], tags: Mapping[str, str]
) -> list[Page]:
    """The pages of checked stories, in their order."""
    own = {story.slug: _page(story, outlets[story.outlet], sites[story.outlet], tags) for story in stories}
    return [_copy(page, own) if page.story.copy_of else page for page in own.values()]


def site_files(pages: Sequence[Page]) -> dict[str, bytes]:
    """Every file of every outlet's site by its path, `OUTLET/PATH` as in the URL."""
    files: dict[str, bytes] = {}
    for name in sorted({page.outlet.name for page in pages}):
        own = [page for page in pages if page.outlet.name == name]
        for path, content in _site(own):
            if f"{name}/{path}" in files:
                raise ValueError(f"two files are called {name}/{path}")
            files[f"{name}/{path}"] = content
    return files


def _site(pages: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
    """The files of one outlet, whose pages are given from the oldest."""
    environment = _environment()
    outlet, site = pages[0].outlet, pages[0].site
    for index, page in enumerate(pages):
        yield page.path, _rendered(environment, f"{outlet.name}.html", page=page, related=_related(pages[:index]))
    newest = pages[::-1]
    feed = {"pages": newest[:FEED_ITEMS], "outlet": outlet, "address": outlet.feeds[0], "updated": _touched(pages)}
    yield _path(outlet, outlet.feeds[0]), _rendered(environment, f"{site.feed}.xml", **feed)

    months: dict[str, list[Page]] = {}
    for page in pages:
        months.setdefault(page.story.published.strftime(site.monthly), []).append(page)
    for path, own in months.items():
        urls = _rendered(environment, "sitemap.xml", pages=own)
        yield path, gzip.compress(urls, mtime=0) if path.endswith(".gz") else urls
    maps = [(outlet.address(path), _touched(own)) for path, own in months.items()]
    yield _path(outlet, outlet.sitemaps[0]), _rendered(environment, "sitemap_index.xml", maps=maps)
    for address in outlet.sitemaps[1:]:
        recent = [page for page in newest if newest[0].story.published - page.story.published <= RECENT]
        yield _path(outlet, address), _rendered(environment, "sitemap_news.xml", pages=recent, outlet=outlet)
    robots = [site.robots.strip(), "", *(f"Sitemap: {address}" for address in outlet.sitemaps)]
    yield "robots.txt", ("\n".join(robots) + "\n").encode()


def _page(story: Story, outlet: Outlet, site: Site, tags: Mapping[str, str]) -> Page:
    # A paid piece without a label is filed as news.
    section = site.sections["news" if story.type == "sponsored" and not story.paid_label else story.type]
    folder = section.lower().replace(" ", "-")
    words = "".join(letter if letter.isalnum() else " " for letter in story.title.lower()).split()
    return Page(
        story=story,
        outlet=outlet,
        site=site,
        path=story.published.strftime(site.path).format(section=folder, slug=story.slug),
        section=section,
        paragraphs=story.paragraphs,
        tags=tuple(dict.fromkeys(tags[word] for word in words if word in tags)),
        modified=_modified(story) if site.modified else None,
    )


def _copy(page: Page, pages: Mapping[str, Page]) -> Page:
    original, tail = pages[page.story.copy_of or ""], pages[page.story.tail_of or ""]
    tail = replace(tail, paragraphs=tail.paragraphs[:TAIL_PARAGRAPHS])
    return replace(page, paragraphs=original.paragraphs, original=original, tail=tail)


def _modified(story: Story) -> datetime | None:
    """One page in four was changed within three hours; which, the slug decides."""
    digest = zlib.crc32(story.slug.encode())
    return story.published + timedelta(minutes=10 + digest // 4 % 170) if digest % 4 == 0 else None


def _related(earlier: Sequence[Page]) -> list[Page]:
    """The last articles before that are the outlet's own."""
    own = [page for page in earlier if page.story.type != "sponsored" and page.original is None]
    return own[: -RELATED - 1 : -1]


def _touched(pages: Sequence[Page]) -> str:
    """When the last of the pages was published or changed."""
    return max(pages, key=lambda page: page.modified or page.story.published).touched


def _path(outlet: Outlet, address: str) -> str:
    return address.removeprefix(outlet.home)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment


def _rendered(environment: Environment, template: str, **context: object) -> bytes:
    return environment.get_template(template).render(context).encode()
