"""`narrative outlets`, and `narrative import --outlets`."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from narrative.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

FEED = "<rss><item><link>{}news/funds-bleed</link><pubDate>Tue, 10 Feb 2026 12:00:00 GMT</pubDate></item></rss>"
TEXT = "Funds lost money again on Tuesday. " * 9
ARTICLE = f"<html><head><title>Funds bleed</title></head><body><p>{TEXT}</p></body></html>"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


class Site(ThreadingHTTPServer):
    """Serves a feed, and nothing else."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.home = f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200 if self.path == "/feed" else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED.format(self.server.home).encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name that http.server gives it
        """Silence."""


def registry(folder: Path, home: str) -> Path:
    path = folder / "outlets.toml"
    path.write_text(
        f'[[outlet]]\nname = "wire"\ntitle = "Wire"\nhome = "{home}"\nfeeds = ["{home}feed"]\n'
        f"sitemaps = ['{home}map']\narticles = '^{home}news/[a-z-]+$'\ndelay = 0.0\n",
        "utf-8",
    )
    return path


def test_list_shows_the_shipped_registry_and_ones_own(tmp_path: Path) -> None:
    shown = run("outlets", "list")
    assert shown.exit_code == 0
    assert "coindesk" in shown.stdout
    own = run("outlets", "list", "--outlets", str(registry(tmp_path, "https://wire.example/")), "--json")
    assert [json.loads(line)["title"] for line in own.stdout.splitlines()] == ["Wire"]


def test_a_name_that_is_none_is_wrong_usage() -> None:
    result = run("outlets", "list", "--outlet", "nobody")
    assert result.exit_code == 2
    assert "--outlet nobody" in result.stderr


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_check_asks_through_the_guarded_fetcher(tmp_path: Path) -> None:
    with Site() as site:
        threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        result = run("outlets", "check", "--outlets", str(registry(tmp_path, site.home)), "--json")
        site.shutdown()
    assert result.exit_code == 3
    feed, sitemap = map(json.loads, result.stdout.splitlines())
    assert (feed["articles"], feed["newest"], feed["confirmed"]) == (1, "2026-02-10T12:00:00Z", False)
    assert "404" in sitemap["problem"]
    assert site.asked == ["/robots.txt", "/feed", "/map"]
    assert "1 of 2 addresses" in result.stderr


def test_audit_of_a_corpus_that_was_not_collected_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "A", "text": "Bitcoin fell on Tuesday.", "published": "2026-02-10"}\n')
    assert run("import", str(tmp_path / "a.jsonl"), "--corpus", str(tmp_path / "corpus")).exit_code == 0
    result = run("outlets", "audit", "--corpus", str(tmp_path / "corpus"))
    assert result.exit_code == 1
    assert "narrative collect" in result.stderr


def test_import_takes_registered_outlets_alone_and_tells_of_usable_weeks(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc"
    with archive.open("wb") as file:
        for host in ("wire.example", "elsewhere.example"):
            answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{ARTICLE}"
            file.write(
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://{host}/news/funds-bleed\r\n"
                "WARC-Date: 2026-02-28T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n{answer}\r\n\r\n".encode()
            )
    outlets = str(registry(tmp_path, "https://wire.example/"))
    result = run("import", str(archive), "--corpus", str(tmp_path / "corpus"), "--outlets", outlets)
    assert result.exit_code == 0, result.stderr
    assert "1 articles added" in result.stderr
    assert "no usable week yet" in result.stderr
