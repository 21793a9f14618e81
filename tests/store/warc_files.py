"""WARC files as CC-NEWS has them: pages of the sample and of others, by warcio."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from narrative.resources import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from warcio.recordloader import ArcWarcRecord

FETCHED = "2026-04-02T09:00:00Z"
SAMPLE = shipped("corpus", "sample", "pages")
HOMES = {
    "harborwire": "https://www.harborwire.example/",
    "blockmeridian": "https://www.blockmeridian.example/",
    "tidelinemarkets": "https://tidelinemarkets.example/",
}


def sample_pages(outlet: str) -> list[tuple[str, bytes]]:
    """Addresses and bodies of an outlet's articles."""
    folder = SAMPLE / outlet
    return [(HOMES[outlet] + path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*.html")]


def write_warc(
    path: Path,
    pages: Iterable[tuple[str, bytes]],
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
) -> Path:
    """A WARC file with a record that describes it, and of each page the request and the response."""
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=path.name.endswith(".gz"))
        _write(writer, writer.create_warcinfo_record(path.name, {"software": "a test"}))
        for url, body in pages:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
            answer = StatusAndHeaders(status, [("Content-Type", content_type)], protocol="HTTP/1.1")
            told = {"WARC-Date": FETCHED}
            _write(writer, writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=told))
            payload = BytesIO(body)
            _write(
                writer,
                writer.create_warc_record(
                    url, "response", payload=payload, http_headers=answer, warc_headers_dict=dict(told)
                ),
            )
    return path


def _write(writer: WARCWriter, record: ArcWarcRecord) -> None:
    """Write a record, and close the temporary file that its digest was taken from."""
    writer.write_record(record)
    if record.raw_stream is not None:
        record.raw_stream.close()
