"""A collector that is killed again and again, and what must hold each time; `scripts` and a test run it."""

from __future__ import annotations

import multiprocessing
import random
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sample_sites import SampleSite, sample_outlets

from narrative.collect.archive import Archive, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from narrative.collect.registry import Outlet

DISCOVERY = 0.2  # of the kills come behind any few requests, the others behind some articles
_WORKERS = multiprocessing.get_context("forkserver")
_WORKERS.set_forkserver_preload(["narrative.collect.collecting", "narrative.extract.page", "trafilatura"])


@dataclass
class Outcome:
    """What the kills did; every list should be empty."""

    kills: int = 0
    requests: int = 0
    committed_at_kills: list[int] = field(default_factory=list)
    in_flight: int = 0  # requests that a kill left without an answer in the archive, and that were made again
    refetched: list[str] = field(default_factory=list)  # although they were committed
    lost: list[str] = field(default_factory=list)  # committed, and not in the archive or the corpus
    unlisted: list[str] = field(default_factory=list)  # requests that the audit log does not know
    twice: list[str] = field(default_factory=list)  # in the corpus


def collect_until_killed(folder: str, outlets: Sequence[Outlet]) -> None:
    """One run of the collector, in a process of its own; commits often, so that kills hit commits, too."""
    from narrative.collect import collecting
    from narrative.collect.visits import Window
    from narrative.store.corpus import open_corpus

    collecting.COMMIT_PAGES = 4
    settings = collecting.CollectSettings(window=Window.read("2025-10-01", None), timeout=120.0)
    collecting.collect(open_corpus(folder, create=True), outlets, settings)


def kill_again_and_again(folder: Path, kills: int, seed: int, names: Sequence[str]) -> Outcome:
    """Kill a collector at random moments until it was killed so often, then let it end, and look at everything."""
    from narrative.store.corpus import open_corpus

    chance = random.Random(seed)  # noqa: S311  # a test's dice
    sites = [SampleSite(outlet) for outlet in sample_outlets() if outlet.name in names]
    outcome = Outcome()
    try:
        pages = sum(1 for site in sites for path in site.folder.rglob("*.html"))
        for number in range(kills):
            # So that the pages last: each run gets a share of what is left.
            left = max(1, pages - len(_committed(folder)))
            after = 1 + chance.randrange(max(1, left // (kills - number)))
            outcome.kills += _run(folder, sites, after, chance.random() * 0.05, any_=chance.random() < DISCOVERY)
            committed = _committed(folder)
            outcome.committed_at_kills.append(len(committed))
            for site in sites:
                before = len(site.asked)
                site.committed_then.append((before, committed))
        _run(folder, sites, None, 0.0)
        _look(folder, sites, outcome, open_corpus(folder).dataset("articles").to_table(["url"]).to_pylist())
    finally:
        for site in sites:
            site.stop()
    return outcome


def _run(folder: Path, sites: list[SampleSite], requests: int | None, delay: float, *, any_: bool = False) -> bool:
    """Run the collector, and kill it behind so many requests for articles (or any) and seconds; whether it was."""

    def made() -> int:
        return sum(len(site.asked) if any_ else site.articles for site in sites)

    before = made()
    process = _WORKERS.Process(target=collect_until_killed, args=(str(folder), [site.outlet for site in sites]))
    process.start()
    if requests is not None:
        while process.is_alive() and made() < before + requests:
            time.sleep(0.001)
        time.sleep(delay)
        process.kill()
    process.join()
    killed = process.exitcode == -signal.SIGKILL
    assert killed or process.exitcode == 0, f"the collector ended with {process.exitcode}"
    return killed


def _committed(folder: Path) -> dict[str, tuple[str, int, str]]:
    """The pages that the ledger says are held: file, start and digest by address."""
    path = folder / "collect" / "ledger.sqlite"
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as ledger:
        try:
            rows = ledger.execute("SELECT url, file, start, digest FROM answers").fetchall()
        except sqlite3.OperationalError:  # killed before there was a table
            return {}
    return {url: (file, start, digest) for url, file, start, digest in rows}


def _look(folder: Path, sites: list[SampleSite], outcome: Outcome, articles: list[dict[str, str]]) -> None:
    archive = Archive(folder / "collect" / "pages")
    in_the_end = _committed(folder)
    stored = [article["url"] for article in articles]
    for site in sites:
        outcome.requests += len(site.asked)
        for before, committed in site.committed_then:
            asked_after = {site.here + path for _, path, _ in site.asked[before:]}
            outcome.refetched += sorted(asked_after & committed.keys())
            outcome.lost += [url for url in committed if url not in in_the_end]
        paths = site.articles_asked()
        outcome.in_flight += len(paths) - len(set(paths))
        for page in site.folder.rglob("*.html"):
            url = f"{site.here}/{page.relative_to(site.folder).as_posix()}"
            if not site.outlet.is_article(url):
                continue
            file, start, digest = in_the_end.get(url, ("", 0, ""))
            data = site.file(urlsplit(url).path)
            if (
                not file
                or data is None
                or digest_of(archive.read(file, start).answer.body) != digest_of(data) != digest
            ):
                outcome.lost.append(url)
    with closing(sqlite3.connect(folder / "collect" / "ledger.sqlite")) as ledger:
        listed = [url for (url,) in ledger.execute("SELECT url FROM requests")]
    for site in sites:
        for path in set(site.paths):
            url = site.here + path
            if listed.count(url) < site.paths.count(path):
                outcome.unlisted.append(url)
    outcome.twice = sorted({url for url in stored if stored.count(url) > 1})
    canonical = {urlsplit(url).path for url in stored}
    outcome.lost += [url for url in in_the_end if urlsplit(url).path not in canonical]
    archive.close()
