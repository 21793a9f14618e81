"""What the collector knows, in SQLite: addresses and their state, answers held, requests made.

Every change is one transaction. A kill loses none; of a power cut, the last may be lost, which the archive makes good:
an answer is entered only after it is there on disk. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from narrative.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE = "ledger.sqlite"
FORMAT = 1
DAY = 86_400.0
RECHECKS = (6 * 3_600.0, DAY, 3 * DAY)  # after a page was first held: when it is asked for again
RETRIES = (0.0, 3_600.0, DAY)  # after the first, second, third failure in a row; after the fourth none
FORBIDDEN_FOR = DAY  # until a page that robots.txt forbids is looked at again
MOST_DUE = 20_000  # pages of an outlet at a time
MOST_SIGHTED_EDITS = 6  # times that a newer date in a feed makes a page due again

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new',  -- new, held, gone, forbidden, failed, refused
    why TEXT,                           -- of the last three
    first_seen REAL NOT NULL,           -- when its address was
    published REAL,                     -- as the feed or sitemap told
    modified REAL,
    attempts INTEGER NOT NULL DEFAULT 0,  -- that failed, in a row
    due REAL,                           -- when to ask for it; null: never again
    fetched REAL,                       -- when it last answered
    rechecks INTEGER NOT NULL DEFAULT 0,
    edits INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    digest TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pages_due ON pages (outlet, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    outlet TEXT NOT NULL,
    fetched REAL NOT NULL,
    file TEXT NOT NULL,                 -- of the archive
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    digest TEXT NOT NULL,
    opt_out TEXT,                       -- what reserved it, beside the page itself
    taken INTEGER NOT NULL DEFAULT 0,   -- whether the corpus has its article
    UNIQUE (file, start)
) STRICT;
CREATE INDEX IF NOT EXISTS answers_waiting ON answers (id) WHERE taken = 0;
CREATE TABLE IF NOT EXISTS maps (
    url TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    parent TEXT,
    modified REAL,                      -- as the parent told
    read REAL,                          -- when its entries came into this ledger
    etag TEXT,
    last_modified TEXT,
    reached REAL                        -- how far back the last walk from here went; null: it did not end
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (
    origin TEXT PRIMARY KEY,
    robots TEXT NOT NULL,
    reservations BLOB NOT NULL,         -- tdmrep.json
    read REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pauses (
    outlet TEXT PRIMARY KEY,
    until REAL NOT NULL                 -- as the site asked
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    outlet TEXT NOT NULL,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,               -- robots, reservations, feed, sitemap, listing, article, recheck, redirect
    conditional INTEGER NOT NULL,
    delay REAL NOT NULL,                -- seconds that were to lie between the last answer and this request
    at REAL NOT NULL,
    seconds REAL,                       -- until the answer; null: none, or killed while waiting
    status INTEGER,
    bytes INTEGER,
    error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS requests_of ON requests (outlet, at);
"""


class Sighting(NamedTuple):
    """An address in a feed, sitemap or listing, and the times that stand beside it."""

    url: str
    published: float | None = None
    modified: float | None = None


class DuePage(NamedTuple):
    """A page to ask for."""

    url: str
    is_recheck: bool
    published: float | None
    modified: float | None
    etag: str | None
    last_modified: str | None
    digest: str | None


class Held(NamedTuple):
    """An answer and where the archive has it."""

    url: str
    outlet: str
    fetched: float
    file: str
    start: int
    length: int
    digest: str
    opt_out: str | None
    etag: str | None = None
    last_modified: str | None = None


class Waiting(NamedTuple):
    """An answer whose article the corpus has not taken yet."""

    id: int
    url: str
    outlet: str
    fetched: float
    file: str
    start: int
    opt_out: str | None
    published: float | None
    is_first: bool


class KnownMap(NamedTuple):
    """What is known of a feed, sitemap or listing."""

    read: float | None = None
    etag: str | None = None
    last_modified: str | None = None
    reached: float | None = None


class Site(NamedTuple):
    """The robots.txt and the tdmrep.json of a site, and when they were read."""

    robots: str
    reservations: bytes
    read: float


class Ledger:
    """The ledger of a corpus; one process writes, whoever likes reads.

    Raises:
        CorpusError: the file is damaged, of a newer version, or can't be written to.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        with self._told():
            if read_only:
                self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
                return
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > FORMAT:
                raise CorpusError(f"{path}: format {version} is of a newer narrative: upgrade crypto-narrative")
            self._db.executescript(f"{_SCHEMA}; PRAGMA user_version = {FORMAT}")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Addresses

    def sight(self, outlet: str, sightings: Iterable[Sighting], now: float) -> int:
        """Enter addresses; returns how many were new. A newer `modified` makes a page that is held due again."""
        with self._transaction() as db:
            return self._sight(db, outlet, sightings, now)

    def enter_map(
        self,
        outlet: str,
        url: str,
        sightings: Iterable[Sighting],
        maps: Iterable[Sighting],
        *,
        etag: str | None,
        last_modified: str | None,
        now: float,
    ) -> int:
        """Enter all that a feed, sitemap or listing told, with its validators; returns how many pages were new."""
        with self._transaction() as db:
            new = self._sight(db, outlet, sightings, now)
            db.execute(
                "INSERT INTO maps (url, outlet, read, etag, last_modified) VALUES (?1, ?2, ?3, ?4, ?5) "
                "ON CONFLICT DO UPDATE SET read = ?3, etag = ?4, last_modified = ?5",
                (url, outlet, now, etag, last_modified),
            )
            db.executemany(
                "INSERT INTO maps (url, outlet, parent, modified) VALUES (?1, ?2, ?3, ?4) "
                "ON CONFLICT DO UPDATE SET parent = ?3, modified = ?4 WHERE url != ?3",
                [(child.url, outlet, url, child.modified or child.published) for child in maps],
            )
            return new

    def known_map(self, url: str) -> KnownMap:
        """What is known of a map."""
        row = self._row("SELECT read, etag, last_modified, reached FROM maps WHERE url = ?", url)
        return KnownMap(*row) if row else KnownMap()

    def set_reached(self, url: str, since: float | None) -> None:
        """Note how far back a walk that began here went."""
        with self._transaction() as db:
            db.execute("UPDATE maps SET reached = ? WHERE url = ?", (since, url))

    def maps_in(self, url: str) -> list[Sighting]:
        """The maps that an index named when it was last read, newest first."""
        rows = self._rows("SELECT url, modified FROM maps WHERE parent = ? ORDER BY modified DESC NULLS LAST, url", url)
        return [Sighting(child, modified=modified) for child, modified in rows]

    def due_pages(self, outlet: str, since: float, until: float, now: float) -> list[DuePage]:
        """The pages to ask for: new ones before rechecks, newest first, those without a date last."""
        rows = self._rows(
            "SELECT url, state = 'held', published, modified, etag, last_modified, digest FROM pages "
            "WHERE outlet = ?1 AND due <= ?2 AND (state = 'held' OR coalesce(published, modified + 172800, ?3) >= ?3 "
            "AND coalesce(published, ?3) < ?4) "
            "ORDER BY state = 'held', attempts, coalesce(published, modified) DESC NULLS LAST, url LIMIT ?5",
            outlet, now, since, until, MOST_DUE,
        )  # fmt: skip
        return [DuePage(row[0], bool(row[1]), *row[2:]) for row in rows]

    # Answers

    def hold(self, answers: Iterable[Held]) -> None:
        """Enter answers that the archive has on disk."""
        with self._transaction() as db:
            for held in answers:
                db.execute(
                    "INSERT OR IGNORE INTO answers (url, outlet, fetched, file, start, length, digest, opt_out) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    held[:8],
                )
                self._answered(db, held.url, held.fetched, held)

    def unchanged(self, url: str, now: float) -> None:
        """Note that a page is as it was."""
        with self._transaction() as db:
            self._answered(db, url, now, None)

    def failed(self, url: str, why: str, now: float) -> None:
        """Note a failure that may pass; after several in a row the page is given up, or kept as it is held."""
        with self._transaction() as db:
            attempts = (self._row("SELECT attempts FROM pages WHERE url = ?", url) or (0,))[0]
            if attempts < len(RETRIES):
                db.execute(
                    "UPDATE pages SET attempts = attempts + 1, due = ?, why = ? WHERE url = ?",
                    (now + RETRIES[attempts], why, url),
                )
            else:
                self._settle(db, url, "failed", why, None)

    def settle(self, url: str, state: str, why: str, due: float | None = None) -> None:
        """Note what will not pass: gone, forbidden or refused; a page that is held stays so."""
        with self._transaction() as db:
            self._settle(db, url, state, why, due)

    def waiting(self, most: int) -> list[Waiting]:
        """The oldest answers that the corpus has not taken."""
        rows = self._rows(
            "SELECT a.id, a.url, a.outlet, a.fetched, a.file, a.start, a.opt_out, p.published, "
            "NOT EXISTS (SELECT 1 FROM answers b WHERE b.url = a.url AND b.id < a.id) "
            "FROM answers a LEFT JOIN pages p ON p.url = a.url WHERE a.taken = 0 ORDER BY a.id LIMIT ?",
            most,
        )
        return [Waiting(*row) for row in rows]

    def count_waiting(self) -> int:
        """How many answers the corpus has not taken."""
        return int((self._row("SELECT count(*) FROM answers WHERE taken = 0") or (0,))[0])

    def take(self, ids: Iterable[int]) -> None:
        """Note that the corpus has these."""
        with self._transaction() as db:
            db.executemany("UPDATE answers SET taken = 1 WHERE id = ?", [(number,) for number in ids])

    def end_of(self, file: str) -> int:
        """Up to where the ledger knows a file of the archive."""
        return int((self._row("SELECT coalesce(max(start + length), 0) FROM answers WHERE file = ?", file) or (0,))[0])

    # Sites

    def site(self, origin: str) -> Site | None:
        """What was last read of a site's rules."""
        row = self._row("SELECT robots, reservations, read FROM sites WHERE origin = ?", origin)
        return Site(*row) if row else None

    def enter_site(self, origin: str, site: Site) -> None:
        """Keep a site's rules."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO sites VALUES (?, ?, ?, ?)", (origin, *site))

    def pause(self, outlet: str, until: float) -> None:
        """Keep, over the end of this run, that a site asked to be left alone."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO pauses VALUES (?, ?)", (outlet, until))

    # Requests

    def asked(self, outlet: str, url: str, reason: str, at: float, *, delay: float, conditional: bool) -> int:
        """Enter a request before it is made; returns its number."""
        with self._transaction() as db:
            entered = db.execute(
                "INSERT INTO requests (outlet, url, reason, conditional, delay, at) VALUES (?, ?, ?, ?, ?, ?)",
                (outlet, url, reason, conditional, delay, at),
            )
            return int(entered.lastrowid or 0)

    def answered(self, number: int, seconds: float, status: int | None, size: int | None, error: str | None) -> None:
        """Enter what came of a request."""
        with self._transaction() as db:
            db.execute(
                "UPDATE requests SET seconds = ?, status = ?, bytes = ?, error = ? WHERE id = ?",
                (seconds, status, size, error, number),
            )

    def requests_since(self, outlet: str, moment: float) -> int:
        """How many requests an outlet has had."""
        return int((self._row("SELECT count(*) FROM requests WHERE outlet = ? AND at >= ?", outlet, moment) or (0,))[0])

    def quiet_since(self, outlet: str) -> tuple[float, float]:
        """When the last request to an outlet had its answer, and until when the site asked to be left alone."""
        last = self._row(
            "SELECT at + coalesce(seconds, 0) FROM requests WHERE outlet = ? ORDER BY id DESC LIMIT 1", outlet
        )
        until = self._row("SELECT until FROM pauses WHERE outlet = ?", outlet)
        return (last or (0.0,))[0], (until or (0.0,))[0]

    def query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Rows for a summary, by name."""
        with self._told(), closing(self._db.cursor()) as cursor:
            cursor.row_factory = sqlite3.Row
            return cursor.execute(sql, values).fetchall()

    # Inside

    def _sight(self, db: sqlite3.Connection, outlet: str, sightings: Iterable[Sighting], now: float) -> int:
        before = db.total_changes
        rows = list(sightings)
        db.executemany(
            "INSERT OR IGNORE INTO pages (url, outlet, first_seen, published, modified, due) VALUES (?, ?, ?, ?, ?, ?)",
            [(url, outlet, now, published, modified, now) for url, published, modified in rows],
        )
        new = db.total_changes - before
        db.executemany(
            "UPDATE pages SET published = coalesce(published, ?2), modified = max(coalesce(modified, ?3), ?3) "
            "WHERE url = ?1 AND (published IS NULL AND ?2 IS NOT NULL OR ?3 > coalesce(modified, 0))",
            [tuple(row) for row in rows],
        )
        db.executemany(
            "UPDATE pages SET due = ?3, edits = edits + 1 WHERE url = ?1 AND state = 'held' AND ?2 > fetched "
            "AND edits < ?4 AND (due IS NULL OR due > ?3)",
            [(url, modified, now, MOST_SIGHTED_EDITS) for url, _, modified in rows if modified is not None],
        )
        return new

    def _answered(self, db: sqlite3.Connection, url: str, now: float, held: Held | None) -> None:
        rechecks, state = self._row("SELECT rechecks, state FROM pages WHERE url = ?", url) or (0, "new")
        number = rechecks + (state == "held")
        due = now + RECHECKS[number] if number < len(RECHECKS) else None
        db.execute(
            "UPDATE pages SET state = 'held', why = NULL, attempts = 0, fetched = ?, rechecks = ?, due = ? "
            "WHERE url = ?",
            (now, number, due, url),
        )
        if held is not None:
            db.execute(
                "UPDATE pages SET etag = ?, last_modified = ?, digest = ? WHERE url = ?",
                (held.etag, held.last_modified, held.digest, url),
            )

    def _settle(self, db: sqlite3.Connection, url: str, state: str, why: str, due: float | None) -> None:
        db.execute(
            "UPDATE pages SET state = CASE state WHEN 'held' THEN 'held' ELSE ? END, why = ?, due = ?, attempts = 0 "
            "WHERE url = ?",
            (state, why, due, url),
        )

    def _row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        with self._told():
            row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
            return row

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise CorpusError(f"{self._path}: the ledger can't be used: {error}") from error
