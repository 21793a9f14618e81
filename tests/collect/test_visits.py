"""What a visit asks for, and what it makes of the answers; no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from narrative.collect.archive import Archive
from narrative.collect.fetch import Answer
from narrative.collect.ledger import RECHECKS, RETRIES, Ledger
from narrative.collect.politeness import Pace, read_retry_after
from narrative.collect.registry import Outlet
from narrative.collect.visits import MOST_FAILURES, MOST_MAPS, MOST_REFUSALS, Allowance, Ask, Visit, Window
from narrative.errors import FetchError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOME = "https://news.example"
NOW = 1_772_366_400.0  # 2026-03-01 12:00 UTC
FEED = f"{HOME}/feed.xml"
ROBOTS = f"{HOME}/robots.txt"
DAY = 86_400.0


class World:
    """An outlet, its site as a table of answers, and a clock that only a visit moves."""

    def __init__(self, folder: Path, **fields: object) -> None:
        told = {
            "name": "news",
            "title": "News",
            "home": HOME,
            "feeds": (FEED,),
            "articles": "^https://news\\.example/a/",
        }
        self.outlet = Outlet.model_validate({**told, "delay": 2.0, **fields})
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.archive = Archive(folder / "pages")
        self.now = NOW
        self.answers: dict[str, Answer | FetchError | Callable[[Ask], Answer | FetchError]] = {ROBOTS: answer(404)}
        self.asked: list[Ask] = []
        self.waits: list[float] = []

    def visit(self, since: str | None = None, until: str | None = None, limit: int | None = None) -> Visit:
        quiet_since, pause = self.ledger.quiet_since("news")
        pace = Pace(self.outlet.delay, quiet_since=quiet_since, until=pause)
        window = Window.read(since, until)
        visit = Visit(self.outlet, self.ledger, self.archive, pace, window, Allowance(limit), lambda: self.now)
        self.asked, self.waits = [], []
        self._carry(visit)
        return visit

    def _carry(self, visit: Visit) -> None:
        """As the spider and the download handler do."""
        asking, came = iter(visit), None
        while True:
            try:
                ask = asking.send(came)  # type: ignore[arg-type]  # None begins a generator
            except StopIteration:
                return
            self.waits.append(max(0.0, visit.pace.ready() - self.now))
            self.now += self.waits[-1]
            number = self.ledger.asked(
                "news", ask.url, ask.reason, self.now, delay=visit.pace.delay, conditional=bool(ask.headers)
            )
            self.asked.append(ask)
            found = self.answers.get(ask.url, answer(404))
            came = found(ask) if callable(found) else found
            self.now += 0.1
            if isinstance(came, Answer):
                came = came._replace(url=ask.url)
                pause = read_retry_after(came.header("Retry-After"), self.now)
                visit.pace.answered(self.now, 0.1, came.status, pause)
                self.ledger.answered(number, 0.1, came.status, len(came.body), None)
            else:
                visit.pace.answered(self.now, 0.1, None)
                self.ledger.answered(number, 0.1, None, None, came.reason)

    def urls(self) -> list[str]:
        return [ask.url.removeprefix(HOME) for ask in self.asked if ask.reason not in {"robots", "reservations"}]

    def state(self, path: str) -> str:
        return str(self.ledger.query("SELECT state FROM pages WHERE url = ?", HOME + path)[0]["state"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    return tmp_path


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    made = World(folder)
    yield made
    made.ledger.close()
    made.archive.close()


def answer(status: int, body: str = "", **headers: str) -> Answer:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("", status, told, body.encode())


def page(text: str = "Bitcoin rose.", **headers: str) -> Answer:
    return answer(200, f"<html><body><p>{text}</p></body></html>", **{"Content_Type": "text/html", **headers})


def feed(*paths: str, date: str = "Sun, 01 Mar 2026 09:00:00 GMT", **headers: str) -> Answer:
    items = "".join(f"<item><link>{HOME}{path}</link><pubDate>{date}</pubDate></item>" for path in paths)
    return answer(200, f"<rss><channel>{items}</channel></rss>", **headers)


def sitemap(*paths: str, index: bool = False, lastmod: str | None = None) -> Answer:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    when = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    rows = "".join(f"<{inner}><loc>{HOME}{path}</loc>{when}</{inner}>" for path in paths)
    return answer(200, f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{outer}>')


def test_new_pages_once_and_only_articles(world: World) -> None:
    world.answers |= {FEED: feed("/a/1", "/a/2", "/tags/x", "/a/1#top"), f"{HOME}/a/1": page(), f"{HOME}/a/2": page()}
    assert world.visit().tally.held == 2
    assert world.urls() == ["/feed.xml", "/a/1", "/a/2"]
    assert [ask.reason for ask in world.asked] == ["robots", "reservations", "feed", "article", "article"]
    assert min(world.waits[1:]) == pytest.approx(2.0)
    assert world.visit().tally.held == 0
    assert world.urls() == ["/feed.xml"]
    assert world.waits == [pytest.approx(2.0)]  # the delay holds between runs


def test_robots_rules_and_their_return(world: World) -> None:
    world.answers |= {FEED: feed("/a/1", "/a/2"), f"{HOME}/a/1": page(), f"{HOME}/a/2": page()}
    world.answers[ROBOTS] = answer(200, "User-agent: *\nCrawl-delay: 9\nDisallow: /a/2")
    visit = world.visit()
    assert world.urls() == ["/feed.xml", "/a/1"]
    assert (world.state("/a/2"), visit.tally.failed) == ("forbidden", 0)
    assert min(world.waits[1:]) == pytest.approx(9.0)
    world.answers[ROBOTS] = answer(503)
    world.now += 2 * DAY
    ended = world.visit().tally.ended
    assert ended is not None
    assert "503, which counts as forbidden" in ended
    assert [ask.url for ask in world.asked] == [ROBOTS]  # gone: nothing else is asked for
    world.answers[ROBOTS] = answer(404)
    world.now += 600
    world.visit()
    assert "/a/2" in world.urls()


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [(answer(404), True), (answer(403), True), (answer(410), True), (answer(500), False), (answer(503), False),
     (FetchError(ROBOTS, "no whole answer within 30 seconds"), False), (answer(302, Location="/robots.txt"), False),
     (answer(301, Location="https://elsewhere.example/robots.txt"), False)],
)  # fmt: skip
def test_robots_failures(world: World, robots: Answer | FetchError, allowed: bool) -> None:
    world.answers |= {ROBOTS: robots, FEED: feed()}
    visit = world.visit()
    assert ("/feed.xml" in world.urls()) is allowed
    assert any("counts as forbidden" in problem for problem in visit.tally.problems) is not allowed


def test_one_site_without_rules_is_one_site(world: World) -> None:
    world.outlet = world.outlet.model_copy(
        update={"feeds": ("https://feeds.example/news", "https://feeds.example/more", FEED)}
    )
    world.answers |= {"https://feeds.example/robots.txt": answer(500), FEED: feed("/a/1"), f"{HOME}/a/1": page()}
    visit = world.visit()
    assert (visit.tally.held, len(visit.tally.problems)) == (1, 2)
    assert [ask.url for ask in world.asked].count("https://feeds.example/robots.txt") == 1


def test_retry_after_is_kept_in_and_between_runs(world: World) -> None:
    told = iter([answer(429, Retry_After="40"), page()])
    world.answers |= {FEED: feed("/a/1"), f"{HOME}/a/1": lambda ask: next(told)}
    assert world.visit().tally.held == 1
    assert world.waits[-1] == pytest.approx(40.0)
    world.answers[FEED] = answer(503, Retry_After="7200")
    visit = world.visit()
    assert "left alone" in (visit.tally.ended or "")
    world.now += 3_600
    assert "left alone for the next 60 minutes" in (world.visit().tally.ended or "")
    assert world.asked == []
    world.now += 3_700
    world.visit()
    assert len(world.asked) == 1


def test_a_site_that_always_says_slow_down_is_left(world: World) -> None:
    world.answers |= {FEED: answer(429, Retry_After="1")}
    visit = world.visit()
    assert world.urls() == ["/feed.xml"] * MOST_REFUSALS
    assert "slow down" in (visit.tally.ended or "")


def test_failures_are_tried_again_later_and_given_up(world: World) -> None:
    world.answers |= {FEED: feed("/a/1"), f"{HOME}/a/1": answer(500)}
    tries = 0
    for _ in range(6):
        world.visit()
        tries += world.urls().count("/a/1")
        world.now += 2 * DAY
    assert tries == len(RETRIES) + 1
    assert world.state("/a/1") == "failed"


def test_an_outlet_that_is_down_is_left(world: World) -> None:
    world.answers |= {FEED: feed(*[f"/a/{number}" for number in range(20)])}
    world.answers |= {f"{HOME}/a/{number}": FetchError("x", "the connection failed") for number in range(20)}
    visit = world.visit()
    assert len(world.urls()) == 1 + MOST_FAILURES
    assert "in a row" in (visit.tally.ended or "")


def test_what_is_gone_or_no_page_is_not_asked_for_again(world: World) -> None:
    world.answers |= {
        FEED: feed("/a/1", "/a/2", "/a/3", "/a/4", "/a/5"),
        f"{HOME}/a/1": answer(404),
        f"{HOME}/a/2": answer(200, "%PDF", Content_Type="application/pdf"),
        f"{HOME}/a/3": answer(302, Location="/"),
        f"{HOME}/": page("The front page."),
        f"{HOME}/a/4": answer(301, Location="http://10.0.0.1/a/4"),
        f"{HOME}/a/5": answer(302, Location="/a/5?again=1"),
        f"{HOME}/a/5?again=1": answer(302, Location="/a/5"),
    }
    world.visit()
    assert [world.state(f"/a/{number}") for number in range(1, 6)] == ["gone", "refused", "gone", "refused", "new"]
    assert not any("10.0.0.1" in url for url in world.urls())
    asked = world.urls()
    assert asked.count("/a/5") == 6  # three in a circle, and once more
    world.visit()
    assert world.urls() == ["/feed.xml"]


def test_redirects_within_the_outlet_are_followed_under_its_rules(world: World) -> None:
    world.answers[ROBOTS] = answer(200, "User-agent: *\nDisallow: /a/closed")
    world.answers |= {
        FEED: feed("/a/1", "/a/2"),
        f"{HOME}/a/1": answer(301, Location="/a/moved"),
        f"{HOME}/a/moved": page(),
        f"{HOME}/a/2": answer(302, Location="/a/closed"),
    }
    assert world.visit().tally.held == 1
    assert world.state("/a/2") == "forbidden"
    assert "/a/closed" not in world.urls()


def test_rechecks_are_conditional_few_and_find_changes(world: World) -> None:
    world.answers |= {FEED: feed("/a/1", ETag='"f"'), f"{HOME}/a/1": page("One.", ETag='"1"')}
    world.visit()
    world.answers[FEED] = answer(304)
    outcomes = []
    for status in (answer(304), page("Two.", ETag='"2"'), page("Two.", ETag='"3"'), answer(304)):
        world.now += 4 * DAY
        world.answers[f"{HOME}/a/1"] = status
        visit = world.visit()
        outcomes.append((visit.tally.held, visit.tally.unchanged))
        if outcomes[-1] != (0, 0):
            assert world.asked[-1].reason == "recheck"
            assert "If-None-Match" in world.asked[-1].headers
    assert outcomes == [(0, 1), (1, 0), (0, 1), (0, 0)]
    assert len(RECHECKS) == 3
    assert world.ledger.count_waiting() == 2


def test_a_newer_date_in_the_feed_makes_a_page_due(world: World) -> None:
    world.outlet = world.outlet.model_copy(update={"feeds": (), "sitemaps": (f"{HOME}/map.xml",)})
    world.answers |= {f"{HOME}/map.xml": sitemap("/a/1", lastmod="2026-03-01T09:00Z"), f"{HOME}/a/1": page("One.")}
    world.visit()
    world.answers |= {f"{HOME}/map.xml": sitemap("/a/1", lastmod="2026-03-01T12:59Z"), f"{HOME}/a/1": page("Two.")}
    world.now += 3_600
    assert world.visit().tally.held == 1


def test_the_window(world: World) -> None:
    world.outlet = world.outlet.model_copy(update={"feeds": (FEED, f"{HOME}/old.xml")})
    world.answers |= {FEED: feed("/a/new"), f"{HOME}/old.xml": feed("/a/old", date="Mon, 02 Feb 2026 09:00:00 GMT")}
    world.answers |= {f"{HOME}/a/new": page("One."), f"{HOME}/a/old": page("Two.")}
    world.visit("2026-02-20", "2026-02-28")
    assert world.urls()[2:] == []
    world.visit("2026-02-20")
    assert world.urls()[2:] == ["/a/new"]
    world.visit("2026-02-01", "2026-02-02")
    assert world.urls()[2:] == ["/a/old"]
    with pytest.raises(SettingsError, match="nothing lies between"):
        world.visit("2026-03-01", "2026-02-01")
    with pytest.raises(SettingsError, match="--since"):
        world.visit("yesterday")


def test_limit_and_budget(world: World) -> None:
    paths = [f"/a/{number}" for number in range(9)]
    world.answers |= {FEED: feed(*paths), **{HOME + path: page(path) for path in paths}}
    visit = world.visit(limit=2)
    assert (visit.tally.held, visit.tally.is_at_fault) == (2, False)
    world.outlet = world.outlet.model_copy(update={"budget": 8})
    visit = world.visit()
    assert "budget of 8" in (visit.tally.ended or "")
    assert world.ledger.requests_since("news", NOW // DAY * DAY) == 8
    assert world.visit().tally.held == 0
    world.now += DAY  # a new day
    assert world.visit().tally.held == 5  # robots.txt and tdmrep.json are old by then, and asked for, too


def test_an_index_is_read_as_far_as_it_changed(world: World) -> None:
    index, news = f"{HOME}/index.xml", f"{HOME}/map-b.xml"
    world.outlet = world.outlet.model_copy(update={"feeds": (), "sitemaps": (index,)})
    world.answers |= {
        index: sitemap("/map-a.xml", "/map-b.xml", index=True, lastmod="2026-02-27T00:00Z"),
        f"{HOME}/map-a.xml": sitemap("/a/1"), news: sitemap("/a/2"), f"{HOME}/a/1": page("1"), f"{HOME}/a/2": page("2"),
    }  # fmt: skip
    world.visit()
    assert set(world.urls()) == {"/index.xml", "/map-a.xml", "/map-b.xml", "/a/1", "/a/2"}
    world.visit()
    assert world.urls() == ["/index.xml"]
    world.answers[index] = sitemap("/map-a.xml", "/map-b.xml", index=True, lastmod="2026-03-02T00:00Z")
    world.now += DAY
    world.visit("2026-02-20")
    assert set(world.urls()) >= {"/index.xml", "/map-a.xml", "/map-b.xml"}


def test_endless_sitemaps_end(world: World) -> None:
    world.outlet = world.outlet.model_copy(update={"feeds": (), "sitemaps": (f"{HOME}/map0.xml",), "delay": 0.0})
    for number in range(MOST_MAPS + 50):
        world.answers[f"{HOME}/map{number}.xml"] = sitemap(f"/map{number + 1}.xml", index=True)
    world.visit()
    assert len(world.urls()) == MOST_MAPS


def test_a_listing_is_walked_to_the_known(world: World) -> None:
    def shown(*paths: str, after: str | None = None) -> Answer:
        anchors = "".join(f'<p><a href="{path}">Bitcoin rose</a></p>' for path in paths)
        following = f'<a rel="next" href="{after}">older</a>' if after else ""
        return answer(200, f"<html><body>{anchors}{following}</body></html>", Content_Type="text/html")

    world.outlet = world.outlet.model_copy(update={"feeds": (), "listings": (f"{HOME}/news",)})
    world.answers |= {f"{HOME}/a/{number}": page(str(number)) for number in range(1, 6)}
    world.answers |= {
        f"{HOME}/news": shown("/a/4", after="/news?p=2"),
        f"{HOME}/news?p=2": shown("/a/3", after="/news?p=3"),
        f"{HOME}/news?p=3": FetchError("x", "cut"),
    }
    world.visit()
    assert world.urls() == ["/news", "/news?p=2", "/news?p=3", "/a/3", "/a/4"]
    world.answers[f"{HOME}/news?p=3"] = shown("/a/2")
    world.visit()
    assert world.urls() == ["/news", "/news?p=2", "/news?p=3", "/a/2"]  # the walk that broke off is made up for
    world.answers[f"{HOME}/news"] = shown("/a/5", after="/news?p=2")
    world.visit()
    assert world.urls() == ["/news", "/news?p=2", "/a/5"]  # all is known there
    world.visit()
    assert world.urls() == ["/news"]


def test_opt_outs_are_kept_with_the_answer(world: World) -> None:
    world.answers[ROBOTS] = answer(200, "User-agent: GPTBot\nDisallow: /a/robots\n")
    world.answers[f"{HOME}/.well-known/tdmrep.json"] = answer(200, '[{"location": "/a/site", "tdm-reservation": 1}]')
    world.answers |= {
        FEED: feed("/a/robots", "/a/site", "/a/header", "/a/free"),
        f"{HOME}/a/robots": page("1"),
        f"{HOME}/a/site": page("2"),
        f"{HOME}/a/header": page("3", X_Robots_Tag="noai"),
        f"{HOME}/a/free": page("4"),
    }
    world.visit()
    kept = {each.url.rpartition("/")[2]: each.opt_out for each in world.ledger.waiting(10)}
    assert kept == {
        "robots": "robots.txt: GPTBot",
        "site": "/.well-known/tdmrep.json",
        "header": "header X-Robots-Tag: noai",
        "free": None,
    }


def test_broken_maps_are_told_and_the_rest_goes_on(world: World) -> None:
    world.outlet = world.outlet.model_copy(update={"feeds": (f"{HOME}/broken.xml", f"{HOME}/absent.xml", FEED)})
    world.answers |= {f"{HOME}/broken.xml": answer(200, "no feed at all"), FEED: feed("/a/1"), f"{HOME}/a/1": page()}
    visit = world.visit()
    assert visit.tally.held == 1
    assert [problem.partition(": ")[0] for problem in visit.tally.problems] == [
        f"{HOME}/broken.xml",
        f"{HOME}/absent.xml",
    ]
