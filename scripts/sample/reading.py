"""The sample's sources: articles by month, outlets and their sites, read and checked."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from narrative.catalogue.taxonomy import load_taxonomy
from narrative.records import ArticleType
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAMPLE = Path(__file__).parent
ARTICLES = SAMPLE / "articles"
SITES = SAMPLE / "sites.toml"
MONTHS = ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
WORDS = range(100, 251)
REPOSTING = ("coinquay", "onchaingazette")  # outlets whose templates show a repost
COPIED_WITHIN = (timedelta(hours=2), timedelta(hours=20))
LEAST = {"articles": 100, "paid pieces": 8, "copies": 10, "articles that argue against a narrative": 12}


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Story(_Source):
    """An article as it was written for the sample; a copy has no body of its own."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")
    outlet: str
    published: AwareDatetime
    author: str
    type: ArticleType
    title: str
    body: str
    rejects: tuple[str, ...] = ()
    paid_label: str | None = None
    copy_of: str | None = None
    before: str = ""
    after: str = ""
    tail_of: str | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Those of the body."""
        return paragraphs(self.body)


class Outlet(_Source):
    """An entry of the registry."""

    name: str
    title: str
    home: str
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    articles: str
    language: str
    zone: str
    delay: float

    def address(self, path: str) -> str:
        """The URL of a path on the outlet's site."""
        return self.home + path


class Site(_Source):
    """How an outlet lays out its site: see sites.toml."""

    path: str
    sections: dict[ArticleType, str]
    feed: Literal["rss", "atom"]
    monthly: str
    times: bool
    modified: bool
    menu: tuple[str, ...]
    robots: str


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each with single spaces."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def read_outlets(path: Path) -> dict[str, Outlet]:
    """The registry by outlet."""
    outlets = TypeAdapter(tuple[Outlet, ...]).validate_python(read_toml(path)["outlet"])
    return {outlet.name: outlet for outlet in outlets}


def read_sites(path: Path = SITES) -> tuple[dict[str, Site], dict[str, str]]:
    """The sites by outlet, and the tags by word of a title."""
    data = read_toml(path)
    tags: dict[str, str] = data.pop("tags")
    return TypeAdapter(dict[str, Site]).validate_python(data), tags


def read_stories(folder: Path = ARTICLES) -> tuple[Story, ...]:
    """All articles of a folder, the oldest first.

    Raises:
        ValueError: with a line for every entry that is none.
    """
    stories: list[Story] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for number, entry in enumerate(read_toml(path)["article"], 1):
            try:
                story = Story.model_validate(entry)
            except ValidationError as error:
                wrong += [f"{path.name}: {_named(entry, number)}: {fault}" for fault in _faults(error)]
                continue
            if f"{story.published:%Y-%m}" != path.stem:
                wrong.append(f"{path.name}: {story.slug}: published {story.published:%Y-%m-%d}, which is another month")
            stories.append(story)
    if wrong:
        raise ValueError("\n".join(wrong))
    return tuple(sorted(stories, key=lambda story: (story.published, story.slug)))


def faults(stories: Iterable[Story], outlets: Mapping[str, Outlet]) -> Iterator[str]:
    """What is wrong with single articles and their references to each other, a line each."""
    stories = list(stories)
    by_slug = {story.slug: story for story in stories}
    for what, values in (("slug", [s.slug for s in stories]), ("title", [s.title.casefold() for s in stories])):
        yield from (
            f"{value}: this {what} is used {count} times" for value, count in Counter(values).items() if count > 1
        )
    for story in stories:
        reasons = _story_faults(story, outlets)
        for reason in (*reasons, *(_copy_faults(story, by_slug) if story.copy_of else ())):
            yield f"{story.slug}: {reason}"


def shortfalls(stories: Iterable[Story]) -> Iterator[str]:
    """What the sample as a whole lacks, a line each."""
    stories = list(stories)
    missing = set(MONTHS) - {f"{story.published:%Y-%m}" for story in stories}
    yield from (f"no articles of {month}" for month in sorted(missing))
    counts = {
        "articles": len(stories),
        "paid pieces": sum(story.type == "sponsored" for story in stories),
        "copies": sum(story.copy_of is not None for story in stories),
        "articles that argue against a narrative": sum(bool(story.rejects) for story in stories),
    }
    yield from (f"{counts[what]} {what}, not {least}" for what, least in LEAST.items() if counts[what] < least)


def _story_faults(story: Story, outlets: Mapping[str, Outlet]) -> Iterator[str]:
    outlet = outlets.get(story.outlet)
    if outlet is None:
        yield f"no outlet {story.outlet!r} in the registry"
    else:
        there = story.published.astimezone(ZoneInfo(outlet.zone))
        if story.published.utcoffset() != there.utcoffset():
            yield f"published {story.published.isoformat()}, which is {there.isoformat()} in {outlet.zone}"
    words = len(story.body.split())
    if story.copy_of is None and words not in WORDS:
        yield f"{words} words; {WORDS[0]} to {WORDS[-1]} are wanted"
    if story.copy_of is None and (story.before or story.after or story.tail_of):
        yield "before, after and tail_of are for copies"
    if story.paid_label and story.type != "sponsored":
        yield f"labelled {story.paid_label!r}, but its type is {story.type}"
    unknown = sorted(set(story.rejects) - set(load_taxonomy().ids))
    if unknown:
        yield f"rejects {', '.join(unknown)}, which the taxonomy does not know"


def _copy_faults(story: Story, by_slug: Mapping[str, Story]) -> Iterator[str]:
    original = by_slug.get(story.copy_of or "")
    if original is None:
        yield f"a copy of {story.copy_of!r}, which there is not"
        return
    least, most = COPIED_WITHIN
    if not least <= story.published - original.published <= most:
        yield f"copied {story.published - original.published} after its original, not 2 to 20 hours"
    if story.outlet not in REPOSTING:
        yield f"{story.outlet} has no template for reposts; {' and '.join(REPOSTING)} have"
    if original.copy_of or original.outlet == story.outlet:
        yield "its original is a copy, or its own outlet's"
    if story.body.strip():
        yield "a copy takes its original's body and has none of its own"
    tail = by_slug.get(story.tail_of or "")
    if tail is None or tail.copy_of or tail.published > story.published:
        yield f"its tail {story.tail_of!r} is no earlier article with a body"


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        yield f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"


def _named(entry: dict[str, Any], number: int) -> str:
    return str(entry.get("slug", f"article {number}"))
