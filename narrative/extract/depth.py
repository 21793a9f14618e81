"""What there was to read: a headline, a summary, or the full text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.records import Depth, Span

FULL_FROM = 80  # words; feed summaries run to about 25, the shortest full reports to about 100
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def depth_of(text: str, title_span: Span | None) -> Depth:
    """By the number of words outside the title; a text that is cut short ("…") within twice that is a summary still."""
    body = text[title_span.end :] if title_span else text
    words = sum(1 for _ in _WORD.finditer(body))
    if words == 0 or (title_span is None and words < 25 and "\n" not in body.strip()):
        return "headline"
    cut = body.rstrip().endswith(("…", "...", "[…]", "[...]"))
    return "summary" if words < FULL_FROM * (2 if cut else 1) else "full"
