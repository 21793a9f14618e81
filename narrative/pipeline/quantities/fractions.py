"""Fractions in digits: `½`, `7 3/4`, `1/3`; and what follows a whole magnitude: `3 million and a half`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from narrative.pipeline.quantities.tables import VULGAR

if TYPE_CHECKING:
    from narrative.pipeline.quantities.tables import Tables

_VULGAR = dict(zip(VULGAR, (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, 1 / 8, 3 / 8, 5 / 8, 7 / 8), strict=True))
_DENOMINATORS = "2|3|4|5|8|16|32|64"
_PRINTED = re.compile(
    rf"(?:(?P<whole>[0-9]{{1,3}})[ ]?)?(?P<sign>[{VULGAR}])"
    rf"|(?:(?P<units>[0-9]{{1,3}})[ -])?(?P<parts>[1-9][0-9]?)[ ]?[/⁄][ ]?(?P<of>{_DENOMINATORS})"
    r"(?![0-9/⁄.,-]|[ ]?[/⁄])"
)
_AND_PART = re.compile(
    r"[ -]and[ -](?:(?P<one>an?|one)[ -](?P<half>half)(?![\w-]|[ ](?:stakes?|shares?|tokens?|coins?)(?!\w))"
    r"|(?P<count>an?|one|two|three|four)[ -](?P<part>thirds?|quarters?|fourths?|fifths?)"
    r"(?=[ ]?(?:[.,;:!?)]|$)|[ -](?:thousand|(?:m|b|tr)illion|per ?cent|percentage|dollars|euros|pounds|times)(?!\w)))"
    r"(?P<scale>[ -](?:hundred|thousand|(?:m|b|tr)illion)(?!\w))?",
    re.IGNORECASE,
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5}


def printed_fraction(text: str, start: int) -> tuple[float, int, bool] | None:
    """Value and end of the fraction that begins at `start`, and whether it can't be a date: it has a whole or a sign.

    `1/2` alone may be a day of January; only what stands beside it can tell.
    """
    match = _PRINTED.match(text, start)
    if match is None:
        return None
    if match["sign"]:
        return float(match["whole"] or 0) + _VULGAR[match["sign"]], match.end(), True
    parts, of = int(match["parts"]), int(match["of"])
    if parts >= of:
        return None
    return float(match["units"] or 0) + parts / of, match.end(), match["units"] is not None


def and_part(text: str, end: int, scale: float, known: Tables) -> tuple[float, int] | None:
    """What `and a half`, `and three quarters`, `and a half million` behind a number of this `scale` adds, and its end.

    Null where nothing of the kind follows; the part is of the scale unless it prints a smaller one of its own.
    """
    match = _AND_PART.match(text, end)
    if match is None:
        return None
    count = known.ones.get((match["count"] or "one").lower(), 1)
    own = match["scale"]
    of = known.scales[own[1:].lower()] if own and scale > 1 else scale
    if of > scale:
        return None
    if own and scale == 1.0:
        return count / _PARTS[(match["half"] or match["part"]).lower().removesuffix("s")], match.start("scale")
    return of * count / _PARTS[(match["half"] or match["part"]).lower().removesuffix("s")], match.end()
