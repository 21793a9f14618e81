"""A web site on loopback that misbehaves in every way that a test asks for."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = Callable[["Handler"], None]

ARTICLE = "<html><head><title>Funds return</title></head><body><p>Bitcoin rose — at last.</p></body></html>"


class Site(ThreadingHTTPServer):
    """Serves `answers` by path, the article elsewhere, and 404 for robots.txt; `asked` lists paths and headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {"/robots.txt": status(404)}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        with suppress(OSError):
            self.server.answers.get(self.path, body(ARTICLE.encode()))(self)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name that http.server gives it
        """Silence."""

    def send(self, code: int, headers: dict[str, str], data: bytes = b"") -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def body(data: bytes, content_type: str = "text/html; charset=utf-8", **headers: str) -> Answer:
    return lambda handler: handler.send(200, {"Content-Type": content_type, **headers}, data)


def status(code: int) -> Answer:
    return lambda handler: handler.send(code, {"Content-Type": "text/html"}, b"<html>no</html>")


def redirect(location: str, code: int = 302) -> Answer:
    return lambda handler: handler.send(code, {"Location": location})


def robots(text: str) -> Answer:
    return body(text.encode(), "text/plain")


def bomb(megabytes: int) -> Answer:
    data = gzip.compress(bytes(megabytes * 1_000_000))
    return lambda handler: handler.send(200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, data)


def drip(handler: Handler) -> None:
    """A byte at a time, each well within any time limit of a single read."""
    handler.send(200, {"Content-Type": "text/html", "Content-Length": "10000"})
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def drip_headers(handler: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


def cut(handler: Handler) -> None:
    handler.send(200, {"Content-Type": "text/html", "Content-Length": "10000"}, b"<html>")
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000):
        handler.wfile.write(f"X-{number}: {'x' * 1_000}\r\n".encode())


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n" * 10)
    handler.close_connection = True
