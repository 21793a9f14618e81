"""Write the table of docs/outlets.md from the registry that ships: `python scripts/outlets.py`.

A test holds the page against `with_table`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from narrative.collect.registry import Outlet, read_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "outlets.md"
_TABLE = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- /table -->)", re.DOTALL)


def with_table(page: str) -> str:
    """The page with the table of the registry's outlets between its marks."""
    return _TABLE.sub(lambda _: "\n".join(_lines()) + "\n", page)


def _lines() -> Iterator[str]:
    yield "| outlet | `name` | feeds | sitemaps | listings | zone |"
    yield "|---|---|---|---|---|---|"
    for outlet in read_registry().outlets:
        language = "" if outlet.language == "en" else f" ({outlet.language})"
        addresses = (_told(outlet, urls) for urls in (outlet.feeds, outlet.sitemaps, outlet.listings))
        title = f"[{outlet.title}]({outlet.home}){language}"
        yield f"| {title} | `{outlet.name}` | {' | '.join(addresses)} | {outlet.zone} |"


def _told(outlet: Outlet, urls: tuple[str, ...]) -> str:
    """Links, each with a question mark if nobody has seen the address answer."""
    return ", ".join(f"[{_short(url)}]({url}){'?' if url in outlet.unconfirmed else ''}" for url in urls)


def _short(url: str) -> str:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    return "/" + (path if len(path) <= 40 else f"…{path[-38:]}")


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
