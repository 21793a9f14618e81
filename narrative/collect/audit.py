"""What the collector did to each outlet, from the ledger's list of every request: politeness that can be checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from narrative.collect.ledger import FILE, Ledger
from narrative.errors import CorpusError
from narrative.records import Moment, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from narrative.store.corpus import Corpus

CLOCK_ERROR = 0.005  # seconds by which a clock that is read twice may differ


class OutletAudit(Record):
    """One outlet's requests and what came of them; gaps are seconds from an answer to the next request.

    `shortest_gap` is the shortest one, `delay` the one that was asked for then, `too_soon` how often a gap fell short
    of what was asked for. `unanswered` requests failed, or were under way when the collector was killed.
    """

    outlet: str
    requests: int
    by_reason: dict[str, int]
    first: Moment
    last: Moment
    busiest_day: int
    conditional: int
    not_modified: int
    errors: int
    slowed_down: int
    unanswered: int
    bytes: int
    delay: float | None
    shortest_gap: float | None
    too_soon: int
    pages: dict[str, int]
    opt_outs: int
    left_alone_until: Moment | None


def audit(corpus: Corpus, outlets: Iterable[str] = (), *, since: datetime | None = None) -> list[OutletAudit]:
    """Sum up what was asked of each outlet.

    Args:
        corpus: that was collected into.
        outlets: which ones; all that were ever asked if none is named.
        since: only requests from this moment on.

    Raises:
        CorpusError: nothing was collected into this corpus, or the ledger is damaged.
    """
    path = corpus.folder / "collect" / FILE
    if not path.exists():
        raise CorpusError(f"{corpus.folder}: nothing was collected into this corpus yet; run `narrative collect` first")
    ledger = Ledger(path, read_only=True)
    try:
        from_ = since.timestamp() if since else 0.0
        told = ledger.query("SELECT DISTINCT outlet FROM requests ORDER BY 1")
        names = list(outlets) or [row["outlet"] for row in told]
        return [found for name in names if (found := _of_outlet(ledger, name, from_)) is not None]
    finally:
        ledger.close()


def requests(corpus: Corpus, outlet: str) -> list[dict[str, object]]:
    """Every request to an outlet in its order: when, what, why, and what came of it."""
    ledger = Ledger(corpus.folder / "collect" / FILE, read_only=True)
    try:
        return [dict(row) for row in ledger.query("SELECT * FROM requests WHERE outlet = ? ORDER BY id", outlet)]
    finally:
        ledger.close()


def _of_outlet(ledger: Ledger, outlet: str, since: float) -> OutletAudit | None:
    totals = ledger.query(
        "SELECT count(*) AS requests, min(at) AS first, max(at) AS last, sum(conditional) AS conditional, "
        "sum(status IS 304) AS not_modified, sum(status IS NULL OR status >= 400 "
        "AND NOT (status = 404 AND reason IN ('robots', 'reservations'))) AS errors, "
        "sum(coalesce(status IN (429, 503), 0)) AS slowed_down, sum(status IS NULL) AS unanswered, "
        "sum(coalesce(bytes, 0)) AS bytes FROM requests WHERE outlet = ? AND at >= ?",
        outlet,
        since,
    )[0]
    if not totals["requests"]:
        return None
    gaps = ledger.query(
        "SELECT gap, delay, gap < delay - ? AS too_soon FROM "
        "(SELECT delay, at >= ? AS counts, at - lag(at + coalesce(seconds, 0)) OVER (ORDER BY id) AS gap "
        "FROM requests WHERE outlet = ?) WHERE gap IS NOT NULL AND counts ORDER BY gap - delay",
        CLOCK_ERROR,
        since,
        outlet,
    )
    by_reason = ledger.query(
        "SELECT reason, count(*) AS n FROM requests WHERE outlet = ? AND at >= ? GROUP BY 1 ORDER BY 2 DESC, 1",
        outlet,
        since,
    )
    busiest = ledger.query(
        "SELECT count(*) AS n FROM requests WHERE outlet = ? AND at >= ? GROUP BY CAST(at / 86400 AS INTEGER) "
        "ORDER BY 1 DESC LIMIT 1",
        outlet,
        since,
    )
    states = ledger.query(
        "SELECT state, count(*) AS n FROM pages WHERE outlet = ? GROUP BY 1 ORDER BY 2 DESC, 1", outlet
    )
    opt_outs = ledger.query(
        "SELECT count(DISTINCT url) AS n FROM answers WHERE outlet = ? AND opt_out IS NOT NULL", outlet
    )
    until = ledger.quiet_since(outlet)[1]
    return OutletAudit(
        outlet=outlet,
        **{
            name: totals[name]
            for name in ("requests", "conditional", "not_modified", "errors", "slowed_down", "unanswered", "bytes")
        },
        by_reason={row["reason"]: row["n"] for row in by_reason},
        first=datetime.fromtimestamp(totals["first"], UTC),
        last=datetime.fromtimestamp(totals["last"], UTC),
        busiest_day=busiest[0]["n"],
        delay=gaps[0]["delay"] if gaps else None,
        shortest_gap=min(row["gap"] for row in gaps) if gaps else None,
        too_soon=sum(row["too_soon"] for row in gaps),
        pages={row["state"]: row["n"] for row in states},
        opt_outs=opt_outs[0]["n"],
        left_alone_until=datetime.fromtimestamp(until, UTC) if until else None,
    )
