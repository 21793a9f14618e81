"""Reading files without trusting their size: gzip is undone on the way, and nothing is read beyond a limit."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO, TYPE_CHECKING, cast

from narrative.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16


def gunzipped(raw: IO[bytes], source: str) -> io.BufferedReader:
    """The stream, decompressed if it is gzip by its first bytes."""
    stream = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", raw))
    if stream.peek(2)[:2] != b"\x1f\x8b":
        return stream
    return io.BufferedReader(_Gunzip(stream, source), _CHUNK)


def read_limited(stream: IO[bytes], most: int, source: str) -> bytes:
    """All of a stream.

    Raises:
        InputError: it holds more than `most` bytes.
    """
    data = stream.read(most + 1)
    if len(data) > most:
        raise InputError(
            source, f"more than {most:,} bytes, which no article has; give the article alone, or paste its text"
        )
    return data


def limited_lines(stream: IO[bytes], most: int, patience: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines, numbered from 1; null for one of more than `most` bytes, and the end after `patience` bytes of it."""
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) <= most:
            yield number, line
            continue
        yield number, None
        skipped = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(_CHUNK)):
            skipped += len(line)
            if skipped > patience:
                return


class _Gunzip(io.RawIOBase):
    """A gzip file whose damage is an `InputError`."""

    def __init__(self, stream: IO[bytes], source: str) -> None:
        self._file = gzip.GzipFile(fileobj=stream)
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed asks for any buffer
        try:
            data = self._file.read1(len(buffer))
        except (EOFError, OSError, zlib.error) as error:
            raise InputError(self._source, "its gzip data is damaged or cut short") from error
        buffer[: len(data)] = data
        return len(data)
