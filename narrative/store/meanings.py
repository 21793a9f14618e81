"""What sentences mean, kept: one vector of 384 numbers a sentence, by article key and encoder.

A vector of length 1 is kept as 384 signed bytes, its largest number being 127; divided by its length it is back, its
cosines to others right to about 0.002. So a sentence takes some 400 bytes, and nothing need be encoded a second time
to be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from narrative.pipeline.annotate import SentenceMeanings
from narrative.store.tables import table_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from narrative.store.corpus import Corpus

# What a reading is without what the writer adds.
MEANINGS = pa.schema([field for field in table_schema("meanings") if field.name != "batch"])


def meaning_rows(
    keys: Iterable[str], encoders: Iterable[str | None], meanings: Iterable[SentenceMeanings | None]
) -> pa.RecordBatch:
    """Rows of `MEANINGS`, one an article that has meanings and an encoder."""
    rows = [
        {
            "key": key,
            "encoder": encoder,
            "starts": held.spans[:, 0],
            "ends": held.spans[:, 1],
            "vectors": pack(held.vectors),
        }
        for key, encoder, held in zip(keys, encoders, meanings, strict=True)
        if encoder is not None and held is not None
    ]
    return pa.RecordBatch.from_pylist(rows, schema=MEANINGS)


def pack(vectors: NDArray[np.float32]) -> bytes:
    """Vectors of length 1 as signed bytes."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return bytes(np.rint(vectors * (127 / largest)).astype(np.int8).tobytes())


def unpack(data: bytes, sentences: int) -> NDArray[np.float32]:
    """The vectors of length 1 that `pack` packed, shape (sentences, 384)."""
    vectors = np.frombuffer(data, np.int8).reshape(sentences, -1 if sentences else 0).astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)  # type: ignore[no-any-return]


def stored_keys(corpus: Corpus, encoder: str) -> set[str]:
    """The keys of the articles whose meanings an encoder has left."""
    found: set[str] = set()
    for rows in corpus.read("meanings", ["key", "encoder"]):
        pairs = zip(rows.column("key").to_pylist(), rows.column("encoder").to_pylist(), strict=True)
        found.update(key for key, of in pairs if of == encoder)
    return found


def read_meanings(corpus: Corpus, encoder: str) -> Iterator[tuple[str, SentenceMeanings]]:
    """The meanings that an encoder has left, by article key, in the order of writing."""
    for rows in corpus.read("meanings", ["key", "encoder", "starts", "ends", "vectors"]):
        for row in rows.to_pylist():
            if row["encoder"] == encoder:
                spans = np.array([row["starts"], row["ends"]], np.int32).T
                yield row["key"], SentenceMeanings(spans, unpack(row["vectors"], len(spans)))


def not_yet_stored(rows: pa.RecordBatch, stored: set[str]) -> pa.RecordBatch:
    """The rows of `MEANINGS` whose key is not in `stored`, which gets theirs; each key once."""
    fresh = []
    for key in rows.column("key").to_pylist():
        fresh.append(key not in stored)
        stored.add(key)
    return rows.filter(pa.array(fresh, pa.bool_()))
