"""What stands between a reader and an article: robot checks, logins, scripts, paywalls (`data/walls.toml`)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from narrative.extract.outlets import DATA
from narrative.resources import read_toml

if TYPE_CHECKING:
    from narrative.records import Access

WAY_ON = "open it in a browser, save it as HTML and give the file, or paste the text"
LITTLE = 1_200  # characters of text; checks and logins show less, articles more
_SEEN = 20_000  # characters of markup that are looked at


def bot_wall(title: str | None, visible: str, markup: str) -> bool:
    """Whether the page is a robot check."""
    walls = _walls()["bot"]
    bare = " ".join((title or "").casefold().split())
    if len(visible) > LITTLE:
        return False
    if bare in walls["title"] or any(part in bare for part in walls["title"] if len(part) > 15):
        return True
    if _holds(visible, walls["text"]):
        return True
    return len(visible) < 200 and _holds(markup[:_SEEN], walls["markup"])


def access_of(title: str | None, visible: str, markup: str, *, is_free: bool, has_body: bool) -> Access:
    """What the page shows to a reader without account, subscription and scripts.

    Args:
        title: of the document.
        visible: all the text of the page.
        markup: the page.
        is_free: false where the page itself says that the article is not.
        has_body: whether there is a full text to read.
    """
    walls = _walls()
    if has_body:
        return "open" if is_free else "paywall"
    if not is_free or _holds(visible, walls["paywall"]["text"]):
        return "paywall"
    bare = re.split(r"\s[|–—-]\s", (title or "").casefold().strip())[0]
    if len(visible) <= LITTLE and (bare in walls["login"]["title"] or _holds(visible, walls["login"]["text"])):
        return "login"
    if _holds(markup, walls["script"]["text"]) or (len(visible) < 200 and _holds(markup, walls["script"]["markup"])):
        return "script"
    if len(visible) < 100 and "<script" in markup.casefold():
        return "script"
    return "open"


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    text = text.casefold().replace("’", "'")
    return any(phrase in text for phrase in phrases)


@cache
def _walls() -> dict[str, dict[str, tuple[str, ...]]]:
    data = read_toml(DATA / "walls.toml")
    return {wall: {place: tuple(phrases) for place, phrases in places.items()} for wall, places in data.items()}
