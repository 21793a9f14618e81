"""The sample's outlets, served on loopback as the sites would show them, and as badly as a test asks for."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from misbehaving import Handler, status

from narrative.collect.registry import Outlet, Registry, read_registry
from narrative.resources import shipped

if TYPE_CHECKING:
    from misbehaving import Answer

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".gz": "application/gzip",
    ".txt": "text/plain",
}


class SampleSite(ThreadingHTTPServer):
    """One outlet; `answers` go before its files, `asked` lists when, what and with which headers."""

    daemon_threads = True

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(("127.0.0.1", 0), SampleHandler)
        self.folder = shipped("corpus", "sample", "pages", outlet.name)
        self.home = outlet.home.rstrip("/")
        self.here = f"http://127.0.0.1:{self.server_port}"
        self.outlet = outlet.model_copy(
            update={
                name: getattr(outlet, name).replace(self.home, self.here)
                if isinstance(getattr(outlet, name), str)
                else tuple(url.replace(self.home, self.here) for url in getattr(outlet, name))
                for name in ("home", "feeds", "sitemaps", "listings")
            }
            | {"articles": outlet.articles.replace(self.home.replace(".", "\\."), self.here), "delay": 0.0}
        )
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[float, str, dict[str, str]]] = []
        self.open = self.most_open = self.articles = 0
        self.committed_then: list[tuple[int, dict[str, tuple[str, int, str]]]] = []  # at each kill of a collector
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    def articles_asked(self) -> list[str]:
        return [path for path in self.paths if self.outlet.is_article(self.here + path)]

    def stop(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""

    def file(self, path: str) -> bytes | None:
        found = self.folder / urlsplit(path).path.lstrip("/")
        if not found.is_file():
            return None
        data, here = found.read_bytes(), self.here.encode()
        if found.suffix == ".gz":
            return gzip.compress(gzip.decompress(data).replace(self.home.encode(), here), mtime=0)
        return data.replace(self.home.encode(), here)


class SampleHandler(Handler):
    server: SampleSite  # type: ignore[assignment]  # the handler of the other site, for its manners

    def do_GET(self) -> None:  # noqa: N802  # the name that http.server gives it
        site = self.server
        with site.lock:
            site.asked.append((time.monotonic(), self.path, dict(self.headers)))
            site.open += 1
            site.most_open = max(site.most_open, site.open)
            site.articles += site.outlet.is_article(site.here + self.path)
        try:
            answer = site.answers.get(self.path)
            (answer or serve)(self)
        except OSError:
            pass
        finally:
            with site.lock:
                site.open -= 1


def serve(handler: Handler) -> None:
    """A file of the sample with an ETag, or that it is as it was, or that there is none."""
    site: SampleSite = handler.server  # type: ignore[assignment]  # as above
    data = site.file(handler.path)
    if data is None:
        status(404)(handler)
        return
    etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
    if handler.headers.get("If-None-Match") == etag:
        handler.send(304, {"ETag": etag})
        return
    handler.send(200, {"Content-Type": TYPES[Path(urlsplit(handler.path).path).suffix], "ETag": etag}, data)


def sample_outlets() -> tuple[Outlet, ...]:
    return read_registry(shipped("corpus", "sample", "outlets.toml")).outlets


def registry_toml(outlets: list[Outlet]) -> str:
    """A registry file of these outlets."""
    import json

    lines = []
    for outlet in Registry(outlets=tuple(outlets)).outlets:
        lines.append("[[outlet]]")
        values = outlet.model_dump(exclude_defaults=True) | {"delay": outlet.delay}
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"
