"""Doc → encoding: the component that runs the network once for all that come after it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from narrative.pipeline.cues import DATA, CueMatcher
from narrative.pipeline.document import sentence_spans
from narrative.pipeline.encoder.backends import Model, encoder_path, load_model
from narrative.pipeline.encoder.encoding import Encoding
from narrative.pipeline.encoder.windows import windows
from narrative.pipeline.encoder.wordpieces import Marked, load_tokenizer, split
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from spacy.tokens import Doc

    from narrative.records import Camp

MEANING = "similarity"  # the head whose columns are kept a sentence, not a piece
_model: ContextVar[Model | None] = ContextVar("model", default=None)


@Language.factory(
    "narrative_encoder_v1", requires=["token.is_sent_start", "doc._.mentions"], assigns=["doc._.encoding"]
)
def create_encoder(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Factory of `encode`."""
    return encode


@contextmanager
def reading_with(model: Model | None) -> Iterator[None]:
    """Read with another model than the shipped one, or on another device; none changes nothing."""
    token = _model.set(model or _model.get())
    try:
        yield
    finally:
        _model.reset(token)


@contextmanager
def reading_on(device: str) -> Iterator[None]:
    """Read with the shipped encoder on a device: `cpu`, `torch` (the float weights on a CPU) or `cuda`."""
    with reading_with(None if device == "cpu" else load_model(encoder_path(), device)):
        yield


def model_in_use() -> Model:
    """The model that texts are read with here."""
    return _model.get() or load_model(encoder_path())


def where_in_use() -> tuple[Path, str]:
    """The folder and the device of that model, without loading it."""
    model = _model.get()
    return (model.folder, model.device) if model else (encoder_path(), "cpu")


def encode(doc: Doc) -> Doc:
    """Set `doc._.encoding`."""
    doc._.encoding = read(doc, model_in_use())
    return doc


def read(doc: Doc, model: Model) -> Encoding:
    """What a model says of a text whose sentences and mentions are marked."""
    tokenizer = load_tokenizer(model.folder / "tokenizer.json")
    pieces = split(doc.text, marked_in(doc), tokenizer)
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    spans = [(span.start, span.end) for span in sentence_spans(doc)]
    columns = model.layout.values[MEANING]
    rows = np.zeros((len(pieces.ids), columns.start), dtype=np.float16)
    sums = np.zeros((len(spans), columns.stop - columns.start), dtype=np.float32)
    owner = np.searchsorted([start for start, _ in spans], pieces.starts, side="right") - 1
    for start, own, end in windows(pieces.starts, [start for start, _ in spans]):
        ids = np.concatenate([[first], pieces.ids[start:end], [last]])
        marks = np.zeros((len(ids), pieces.marks.shape[1]), dtype=np.int64)
        marks[1:-1] = pieces.marks[start:end]
        answer = model.run(ids, marks)[own - start + 1 : end - start + 1]
        rows[own:end] = answer[:, : columns.start]
        np.add.at(sums, np.maximum(owner[own:end], 0), answer[:, columns])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return Encoding(model.layout, model.decisions, pieces, rows, sums / np.maximum(lengths, 1e-9), spans)


@cache
def _camp_words() -> CueMatcher[Camp]:
    camps = read_toml(DATA / "camps.toml")
    words: dict[str, Camp] = {}
    for camp in CAMPS:
        words |= dict.fromkeys(camps[camp]["names"], camp)
    return CueMatcher(words)


CAMPS: tuple[Camp, ...] = ("crypto", "ai")


def marked_in(doc: Doc) -> list[Marked]:
    """What the catalogue and the words of the camps know in a text whose mentions are marked."""
    marked = [Marked(hit.start, hit.end, None, hit.payload) for hit in _camp_words().find(doc.text)]
    for mention in doc._.mentions:
        camp = mention.entry.camp if mention.entry else None
        marked.append(Marked(mention.start, mention.end, mention.type, camp))
    return marked
