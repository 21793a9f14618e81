"""When a reader of this corpus could have known of an article.

`first_seen` where the outlet was being watched when the story appeared; else `published` plus an embargo, marked
`backfilled`. A date without a time counts from the end of that day; a page modified later counts from the modification,
unless the caller holds the earlier revision.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from narrative.records import DateDetail

if TYPE_CHECKING:
    from narrative.records import Precision

# A story first seen within this of its publication was found by somebody who was watching; later, it was backfilled.
WATCHED_WITHIN = timedelta(days=2)


def availability(
    published: datetime | None,
    precision: Precision = "second",
    *,
    first_seen: datetime | None = None,
    modified: datetime | None = None,
    embargo: timedelta = timedelta(0),
) -> tuple[datetime | None, DateDetail | None]:
    """When an article became available, and by what: `first_seen`, or `published` or `modified`, marked as backfilled.

    `published` of precision `day` is the first moment of that day in the outlet's zone.
    """
    if published is None:
        return (first_seen, DateDetail(source="first_seen")) if first_seen else (None, None)
    known = published + timedelta(days=1) if precision == "day" else published
    if first_seen is not None and first_seen <= known + WATCHED_WITHIN:
        return max(first_seen, published), DateDetail(source="first_seen")
    if modified is not None and modified > known:
        return modified + embargo, DateDetail(source="modified, backfilled")
    return known + embargo, DateDetail(source="published, backfilled", precision=precision)
