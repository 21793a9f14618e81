"""What sentences mean, kept in the corpus: small, by article and encoder, once."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import fake_readers
import numpy as np
import pyarrow.parquet as pq
import pytest
from small_corpora import NOW, row

import narrative.store.engine
from narrative.errors import CorpusError
from narrative.pipeline.annotate import SentenceMeanings
from narrative.store.corpus import Corpus
from narrative.store.engine import annotate_corpus
from narrative.store.export import export_table
from narrative.store.local_engine import LocalEngine
from narrative.store.meanings import pack, read_meanings, stored_keys, unpack
from narrative.store.reading import read_batch
from narrative.store.worker import pack_readings, unpack_readings

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.records import Annotation, Article, Pipeline

Make = Callable[..., Corpus]


def vectors(seed: int, sentences: int = 3) -> Any:
    drawn = np.random.default_rng(seed).normal(size=(sentences, 384)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def identity(rules: str, encoder: str) -> Pipeline:
    held = fake_readers.pipeline(rules)
    return held.model_copy(update={"fingerprint": held.fingerprint.model_copy(update={"encoder": encoder})})


def reader(rules: str, encoder: str) -> Callable[[Sequence[Article]], list[tuple[Annotation, SentenceMeanings]]]:
    def read(articles: Sequence[Article]) -> list[tuple[Annotation, SentenceMeanings]]:
        found = []
        for article in articles:
            annotation = fake_readers.annotation(article, rules)
            meanings = SentenceMeanings(np.array([[0, 2], [3, 5], [6, 9]], np.int32), vectors(len(article.text)))
            found.append((annotation.model_copy(update={"pipeline": identity(rules, encoder)}), meanings))
        return found

    return read


@pytest.fixture
def annotate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def run(corpus: Corpus, rules: str, encoder: str) -> None:
        monkeypatch.setattr(narrative.store.engine, "pipeline_identity", lambda: identity(rules, encoder))
        monkeypatch.setattr("narrative.store.local_engine.resolve", lambda name: reader(rules, encoder))
        annotate_corpus(corpus, LocalEngine(1), clock=lambda: NOW)

    return run


def test_a_vector_comes_back_nearly_as_it_was() -> None:
    before = vectors(0, 50)
    after = unpack(pack(before), 50)
    assert len(pack(before)) == 50 * 384
    assert np.abs(before @ before.T - after @ after.T).max() < 0.004
    assert np.allclose(np.linalg.norm(after, axis=1), 1, atol=1e-6)


def test_no_sentence_and_one_without_words() -> None:
    assert unpack(pack(np.zeros((0, 384), np.float32)), 0).shape[0] == 0
    assert not unpack(pack(np.zeros((1, 384), np.float32)), 1).any()


def test_meanings_are_kept_once_by_article_and_encoder(make_corpus: Make, annotate: Callable[..., None]) -> None:
    corpus = make_corpus([row(number) for number in range(5)])
    annotate(corpus, "first", "e1")
    keys = stored_keys(corpus, "e1")
    assert len(keys) == corpus.count("meanings") == 5
    for key, held in read_meanings(corpus, "e1"):
        assert key in keys
        assert held.spans.tolist() == [[0, 2], [3, 5], [6, 9]]
        assert held.vectors.shape == (3, 384)
    annotate(corpus, "second", "e1")  # other rules, the same encoder
    assert (corpus.count("meanings"), corpus.count("annotations")) == (5, 10)
    annotate(corpus, "second", "e2")
    assert (corpus.count("meanings"), len(stored_keys(corpus, "e2"))) == (10, 5)


def test_a_run_that_ends_between_the_two_commits_doubles_nothing(
    make_corpus: Make, annotate: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = make_corpus([row(number) for number in range(5)])
    append = Corpus.append

    def fail(self: Corpus, name: str, rows: Any) -> int:
        if name == "annotations":
            raise CorpusError("the disk is full")
        return append(self, name, rows)

    with monkeypatch.context() as broken:
        broken.setattr(Corpus, "append", fail)
        with pytest.raises(CorpusError, match="disk"):
            annotate(corpus, "first", "e1")
    assert (corpus.count("meanings"), corpus.count("annotations")) == (5, 0)  # annotations are committed last
    annotate(corpus, "first", "e1")
    assert (corpus.count("meanings"), corpus.count("annotations")) == (5, 5)


def test_readings_cross_a_process_whole(make_corpus: Make) -> None:
    corpus = make_corpus([row(1), row(2)])
    (articles,) = corpus.read("articles")
    readings = read_batch(articles, reader("first", "e1"))
    back = unpack_readings(*pack_readings(readings))
    assert back.annotations.equals(readings.annotations)
    assert back.meanings.equals(readings.meanings)
    assert back.meanings.num_rows == 2


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".sqlite", ".parquet"])
def test_they_can_be_exported(make_corpus: Make, annotate: Callable[..., None], tmp_path: Path, suffix: str) -> None:
    corpus = make_corpus([row(1)])
    annotate(corpus, "first", "e1")
    (held,) = (item for part in corpus.read("meanings") for item in part.to_pylist())
    output = tmp_path / f"meanings{suffix}"
    assert export_table(corpus, "meanings", output, clock=lambda: NOW)["rows"] == 1
    if suffix == ".parquet":
        assert pq.read_table(output).column("vectors").to_pylist() == [held["vectors"]]
    else:
        assert b64encode(held["vectors"]) in output.read_bytes().replace(b"-", b"+").replace(b"_", b"/")


def test_a_reader_without_meanings_keeps_none(make_corpus: Make, fixed_pipeline: Callable[[str], None]) -> None:
    corpus = make_corpus([row(1)])
    annotate_corpus(corpus, LocalEngine(1, "fake_readers:first"), clock=lambda: NOW)
    assert (corpus.count("meanings"), corpus.count("annotations")) == (0, 1)
