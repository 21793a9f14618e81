"""What the command line is given → articles and errors."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_pages import NOW, PARAGRAPHS, TITLE, URL, html, page

from narrative.errors import FetchError, InputError, NarrativeError
from narrative.extract.sources import read_sources
from narrative.records import Article, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEXT = "Bitcoin rose 4% to $71,200 on Monday, and ether stayed at $2,050.\r\n\r\nFunds took in money. 比特币 🚀\n"


def articles(results: Iterable[Article | NarrativeError]) -> list[Article]:
    found = list(results)
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in records), "utf-8")
    return path


class Pages:
    """A fetcher without a network."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages

    def fetch(self, url: str) -> Page:
        if url not in self.pages:
            raise FetchError(url, "there is no such page (404); check the address")
        return self.pages[url]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a", "a.text"])
def test_plain_text_stays_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT.encode())
    (article,) = articles(read_sources([str(path)], title="A title", outlet="Ours", published="2026-02-10"))
    assert article.text == TEXT
    assert (article.source, article.title, article.title_span, article.outlet) == (str(path), "A title", None, "Ours")


CHINESE = "比特币基金本周录得资金流入，为今年以来首次，分析师认为信心正在恢复。" * 5
WESTERN = "“Funds” – he said – took in €5 million on Monday. " * 5


@pytest.mark.parametrize(
    ("encoding", "text"), [("utf-8-sig", CHINESE), ("utf-16", CHINESE), ("gb18030", CHINESE), ("cp1252", WESTERN)]
)
def test_text_in_other_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert articles(read_sources([str(path)]))[0].text == text


def test_pages_by_suffix_and_by_content(tmp_path: Path) -> None:
    for name in ("a.html", "b.htm", "c.txt", "d"):
        (tmp_path / name).write_text(html(), "utf-8")
    with gzip.open(tmp_path / "e.html.gz", "wt", encoding="utf-8") as file:
        file.write(html())
    found = articles(
        read_sources([str(tmp_path / name) for name in ("a.html", "b.htm", "c.txt", "d", "e.html.gz")], now=NOW)
    )
    assert {article.title for article in found} == {TITLE}
    assert [Path(article.source or "").name for article in found] == ["a.html", "b.htm", "c.txt", "d", "e.html.gz"]
    assert all(article.url is None for article in found)


def test_url_and_its_failure() -> None:
    found, failed = read_sources([URL, "https://a.example/gone"], fetcher=Pages({URL: page(html())}))
    assert isinstance(found, Article)
    assert (found.source, found.url) == (URL, URL)
    assert isinstance(failed, FetchError)


def test_folder_of_pages(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.html").write_text(html(title="The second of two pages in a folder"), "utf-8")
    (tmp_path / "a.html").write_text(html(), "utf-8")
    (tmp_path / "c.html").write_text("", "utf-8")
    (tmp_path / "notes.txt").write_text("not asked for", "utf-8")
    first, second, third = read_sources([str(tmp_path)], now=NOW)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.title) == (TITLE, "The second of two pages in a folder")
    assert isinstance(third, InputError)
    assert third.source == str(tmp_path / "c.html")


def test_lines_keep_id_and_text_and_go_on_after_errors(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "a.jsonl",
        {
            "id": "x-1",
            "title": "A title",
            "outlet": "Ours",
            "published": "2026-02-10T06:29:00Z",
            "text": TEXT,
            "colour": "blue",
        },
        {"id": 7, "text": "Bitcoin rose on Monday."},
        "{not json",
        "[1, 2]",
        "",
        {"id": "x-1", "text": "Another text under the same id."},
        {"id": "x-2", "title": "No text"},
        {"id": "x-3", "text": 5},
        {"id": "x-4", "text": "   "},
        {"id": "x-5", "text": "Bitcoin.", "published": "yesterday"},
        {"id": "x-6", "text": "Bitcoin.", "published": "2027-01-01"},
        {"id": "x-7", "text": "\ud800"},
        {"id": "x-8", "text": "Bitcoin \x00 rose."},
        {"id": "x-9", "text": "b" * 1_000_001},
        "[" * 100_000,
        {"id": "last", "text": "Ether rose, too."},
    )
    found = list(read_sources([str(path)], now=NOW))
    kept = [item for item in found if isinstance(item, Article)]
    assert [article.id for article in kept] == ["x-1", "7", "last"]
    assert kept[0].text == TEXT
    assert kept[0].published == datetime(2026, 2, 10, 6, 29, tzinfo=UTC)
    assert {article.source for article in kept} == {str(path)}
    errors = [str(item) for item in found if isinstance(item, InputError)]
    assert len(errors) == len(found) - 3
    for error, said in zip(
        errors,
        [
            ":3: not JSON", ":4: not an object", ":6: the id 'x-1'", ":7: there is no field 'text'",
            ":8: the field 'text'", ":9: there is no text", ":10: publication date", "in the future", ":12: ",
            ":13: this is binary", ":14: 1,000,001 characters", ":15: not JSON",
        ],
        strict=True,
    ):  # fmt: skip
        assert said in error
        assert str(path) in error


def test_lines_that_extract_wrote_come_back_as_they_were(tmp_path: Path) -> None:
    (article,) = articles(read_sources([URL], fetcher=Pages({URL: page(html())})))
    path = tmp_path / "a.jsonl"
    path.write_text(article.model_dump_json() + "\n", "utf-8")
    assert articles(read_sources([str(path)])) == [article]


def test_gzip_lines_and_an_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(json.dumps({"id": "1", "text": "Bitcoin rose."}).encode() + b"\n" + b'{"id": "2", "text": "')
        for _ in range(60):
            file.write(b"0" * 1_000_000)
        file.write(b'"}\n' + json.dumps({"id": "3", "text": "Ether rose."}).encode() + b"\n")
    tracemalloc.start()
    found = list(read_sources([str(path)]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(item) for item in found] == [Article, InputError, Article]
    assert "10,000,000 bytes" in str(found[1])
    assert peak < 40_000_000


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (TEXT.encode(), [TEXT]),
        (html().encode(), ["\n".join([TITLE, "", *PARAGRAPHS])]),
        (
            b'{"id": "1", "text": "Bitcoin rose."}\n{"id": "2", "text": "Ether rose."}\n',
            ["Bitcoin rose.", "Ether rose."],
        ),
        (
            b"{Bitcoin} rose, said the man, and braces make no JSON.",
            ["{Bitcoin} rose, said the man, and braces make no JSON."],
        ),
    ],
)
def test_standard_input_is_told_by_its_content(monkeypatch: pytest.MonkeyPatch, data: bytes, texts: list[str]) -> None:
    stdin(monkeypatch, data)
    found = articles(read_sources(["-"], now=NOW))
    assert [article.text for article in found] == texts
    assert {article.source for article in found} == {"stdin"}


def warc(path: Path, *responses: tuple[str, bytes, str]) -> Path:
    with path.open("wb") as file:
        for url, body, kind in responses:
            answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-02-28T12:00:00Z\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + answer + b"\r\n\r\n"))
    return path


def test_warc(tmp_path: Path) -> None:
    path = warc(
        tmp_path / "a.warc.gz",
        (URL, html().encode(), "text/html; charset=utf-8"),
        ("https://a.example/logo", b"\x89PNG", "image/png"),
        ("https://a.example/empty", b"<html></html>", "text/html"),
    )
    first, second = read_sources([str(path)])
    assert isinstance(first, Article)
    assert (first.url, first.source) == (URL, str(path))
    assert isinstance(second, InputError)


def pdf(text: str) -> bytes:
    """The smallest PDF that shows a line."""
    stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(data),
    )


def test_pdf_from_a_file_and_from_the_network(tmp_path: Path) -> None:
    data = pdf("Bitcoin rose 4% to $71,200 on Monday.")
    (tmp_path / "a.pdf").write_bytes(data)
    found = articles(read_sources([str(tmp_path / "a.pdf"), URL], fetcher=Pages({URL: page(data)})))
    assert [article.text for article in found] == ["Bitcoin rose 4% to $71,200 on Monday."] * 2


def bad(name: str, data: bytes) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        (folder / name).write_bytes(data)
        return str(folder / name)

    return make


def unreadable(folder: Path) -> str:
    path = folder / "secret.txt"
    path.write_text("Bitcoin rose.", "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user reads everything")
    return str(path)


def empty_folder(folder: Path) -> str:
    (folder / "none").mkdir()
    return str(folder / "none")


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


BAD = {
    "missing": (lambda folder: str(folder / "none.txt"), "no such file"),
    "an address without https": (lambda folder: "www.example-coin-news.com/a", "write https://www.example-coin-news.com/a"),
    "another scheme": (lambda folder: "ftp://a.example/b", "only http:// and https://"),
    "a file address": (lambda folder: "file:///etc/passwd", "only http:// and https://"),
    "nothing": (lambda folder: "", "no file name"),
    "a null": (lambda folder: "a\x00b", "no file name"),
    "a name too long": (lambda folder: "a" * 5_000, "too long"),
    "unreadable": (unreadable, "no permission"),
    "an empty folder": (empty_folder, "no .html files"),
    "a pipe": (pipe, "no ordinary file"),
    "empty text": (bad("a.txt", b""), "it is empty"),
    "blank text": (bad("a.txt", b" \n\t\n"), "no text"),
    "empty page": (bad("a.html", b""), "it is empty"),
    "an image as lines": (bad("a.jsonl", b"\x89PNG\r\n\x1a\n" + bytes(100)), "PNG"),
    "empty lines": (bad("a.jsonl", b""), "it is empty"),
    "blank lines": (bad("a.jsonl", b"\n\n"), "no lines"),
    "binary text": (bad("a.txt", bytes(range(256)) * 20), "binary"),
    "an image as text": (bad("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100)), "PNG"),
    "an image as page": (bad("a.html", b"\x89PNG\r\n\x1a\n" + bytes(100)), "PNG"),
    "a program": (bad("a", b"\x7fELF" + bytes(100)), "a program"),
    "an archive": (bad("a.zip", b"PK\x03\x04" + bytes(100)), "ZIP"),
    "Parquet": (bad("a.parquet", b"PAR1" + bytes(100)), "Parquet"),
    "lines in another encoding": (bad("a.jsonl", '{"text": "Großer Anstieg"}\n'.encode("latin-1")), ":1: not UTF-8"),
    "lines that are binary": (bad("a.jsonl", bytes(range(256)) * 20), "binary"),
    "a text too long": (bad("a.txt", b"b" * 1_000_001), "1,000,000 at the most"),
    "a text far too long": (bad("a.txt", b"b" * 6_000_000), "5,000,000 bytes"),
    "a page too long": (bad("a.html", b"<p>" + b"b" * 10_000_001), "10,000,000 bytes"),
    "a compressed bomb of text": (bad("a.txt.gz", gzip.compress(bytes(50_000_000))), "5,000,000 bytes"),
    "a compressed bomb of a page": (bad("a.html.gz", gzip.compress(b" " * 50_000_000)), "10,000,000 bytes"),
    "a bomb inside a bomb": (bad("a.txt.gz", gzip.compress(gzip.compress(b"b" * 1_000))), "gzip"),
    "gzip cut short": (bad("a.txt.gz", gzip.compress(os.urandom(5_000))[:2_000]), "damaged or cut short"),
    "gzip damaged": (bad("a.txt.gz", b"\x1f\x8b\x08\x00" + bytes(20) + b"\xff" * 100), "damaged or cut short"),
    "a feed as text": (bad("a.txt", b"\xef\xbb\xbf<?xml version='1.0'?>\n<rss version='2.0'></rss>"), "a feed"),
    "a sitemap": (bad("a.xml", b"<?xml version='1.0'?><urlset></urlset>"), "a sitemap"),
    "nested too deeply": (bad("a.html", b"<div>" * 100_000), "nested too deeply"),
    "no article": (bad("a.html", b"<html><body><p>Hi</p></body></html>"), "not an article"),
    "a damaged PDF": (bad("a.pdf", b"%PDF-1.7\n" + bytes(500)), "PDF is damaged"),
    "no PDF": (bad("a.pdf", b"Bitcoin rose."), "no PDF"),
    "a PDF of pictures": (bad("a.pdf", pdf("")), "only pictures"),
    "an empty WARC": (bad("a.warc", b"WARC/1.0\r\n"), "no HTML responses|damaged"),
    "a damaged WARC": (bad("a.warc.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 100), "damaged or cut short|no HTML"),
    "no WARC": (bad("a.warc", b"Bitcoin rose.\n" * 10), "damaged or cut short"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_sources_give_one_line_each_and_the_rest_goes_on(tmp_path: Path, what: str) -> None:
    make, reason = BAD[what]
    source = make(tmp_path)
    good = tmp_path / "good.txt"
    good.write_text("Bitcoin rose on Monday.", "utf-8")
    error, article = read_sources([source, str(good)], now=NOW)
    assert isinstance(error, InputError)
    assert any(part in str(error) for part in reason.split("|"))
    assert "\n" not in str(error)
    assert isinstance(article, Article)


def test_a_future_date_is_refused_where_the_time_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Bitcoin rose on Monday.", "utf-8")
    (refused,) = read_sources([str(path)], published="2026-03-09", now=NOW)
    assert isinstance(refused, InputError)
    assert "in the future" in str(refused)
    assert isinstance(next(read_sources([str(path)], published="2026-03-09")), Article)
    (nonsense,) = read_sources([str(path)], published="soon", now=NOW)
    assert "2026-02-10" in str(nonsense)


def test_missing_extras_name_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    (tmp_path / "a.pdf").write_bytes(pdf("Bitcoin"))
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0\r\n")
    first, second = read_sources([str(tmp_path / "a.pdf"), str(tmp_path / "a.warc")])
    assert "crypto-narrative[pdf]" in str(first)
    assert "crypto-narrative[collect]" in str(second)


def test_plain_text_loads_neither_parser_nor_network(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The price of bitcoin rose on Monday, and with it the shares that have been weak. " * 8, "utf-8")
    heavy = {"trafilatura", "lxml", "urllib3", "py3langid", "pypdf", "torch"}
    code = (
        "import sys; from narrative.extract.sources import read_sources; "
        f"print(next(read_sources([{str(path)!r}])).language, *({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["en"]
