"""`narrative define`, from a corpus to a TOML entry, with a model that adds words up."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner
from word_model import WORDS, WordModel

import narrative.pipeline.encoder.reading
import narrative.pipeline.fingerprint
from narrative.catalogue.own_narratives import narratives_in
from narrative.cli.app import app
from narrative.keys import annotation_key
from narrative.pipeline.annotate import SentenceMeanings
from narrative.records import Annotation, Article, Fingerprint, Pipeline, Sentence
from narrative.store.arrow import to_arrow
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.reading import read_batch
from narrative.store.tables import table_schema

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

PIPELINE = Pipeline(
    name="fake", version="1", fingerprint=Fingerprint(encoder="e1", rules="r", catalogue="c", taxonomy="t")
)
RUN = "savers queue withdraw deposits bank run"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WordModel:
    made = WordModel(tmp_path / "model")
    monkeypatch.setattr(narrative.pipeline.encoder.reading, "model_in_use", lambda: made)
    monkeypatch.setattr(narrative.pipeline.fingerprint, "pipeline_identity", lambda: PIPELINE)
    return made


@pytest.fixture
def corpus(tmp_path: Path, model: WordModel) -> Corpus:
    """200 stories, the first 30 with more and more words of a bank run."""
    random = np.random.default_rng(0)
    held = open_corpus(tmp_path / "corpus", create=True)
    texts = []
    for number in range(200):
        words = [str(word) for word in random.choice(WORDS[6:-4], 6)]
        if number < 30:
            words[: 1 + number // 5] = RUN.split()[: 1 + number // 5]
        texts.append(f"{' '.join(words)}. ether price fell on day {number}.")
    articles = [
        Article(id=f"a{number}", title=f"=Story {number}", outlet="The Daily Test", text=text,
                published=datetime(2026, 2, 1, tzinfo=UTC))
        for number, text in enumerate(texts)
    ]  # fmt: skip

    def read(batch: Any) -> Any:
        found = []
        for article in batch:
            cut = article.text.index(".") + 1
            spans = [(0, cut), (cut + 1, len(article.text))]
            vectors = np.stack([model.meaning(article.text[start:end]) for start, end in spans])
            sentences = tuple(Sentence(start=start, end=end) for start, end in spans)
            annotation = Annotation(pipeline=PIPELINE, article=article, sentences=sentences)
            found.append((annotation, SentenceMeanings(np.array(spans, np.int32), vectors)))
        return found

    rows = to_arrow(articles, Article)
    keys = pa.array([annotation_key(article) for article in articles])
    readings = read_batch(rows.append_column("key", keys), read)
    with held.writing():
        held.append("meanings", readings.meanings)
        runs = pa.array(["r"] * 200)
        held.append("annotations", readings.annotations.append_column(table_schema("annotations").field("run"), runs))
    return held


def run(corpus: Corpus, *arguments: object, stdin: str | None = None) -> Result:
    words = ["define", "savers withdraw deposits", "--example", RUN, "--corpus", corpus.folder, *arguments]
    return CliRunner().invoke(app, list(map(str, words)), input=stdin)


def listed(corpus: Corpus, *arguments: object) -> list[dict[str, Any]]:
    done = run(corpus, "--list", "--format", "jsonl", *arguments)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def answered(corpus: Corpus, path: Path) -> Path:
    lines = [f"{item['key']} {'yes' if 'withdraw' in item['sentence'] else 'no'}\n" for item in listed(corpus)]
    path.write_text("".join(lines), "utf-8")
    return path


def test_the_list_has_near_and_far_stories_with_their_best_sentence(corpus: Corpus) -> None:
    found = listed(corpus)
    assert len(found) == len({item["key"] for item in found}) == 60
    scores = [item["score"] for item in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.9
    assert scores[-1] < 0.3
    assert found[0]["sentence"] == f"{RUN}."
    assert set(found[0]) == {"key", "score", "title", "outlet", "published", "sentence"}
    assert found == listed(corpus)
    assert found != listed(corpus, "--seed", 1)


def test_the_list_as_csv_is_safe_to_open(corpus: Corpus) -> None:
    rows = list(csv.DictReader(io.StringIO(run(corpus, "--list", "--number", 12).stdout)))
    assert len(rows) == 12
    assert all(row["title"].startswith("'=Story") for row in rows)


def test_answers_make_an_entry_with_what_it_is_worth(corpus: Corpus, tmp_path: Path) -> None:
    answers, output = answered(corpus, tmp_path / "answers.txt"), tmp_path / "own.toml"
    done = run(corpus, "--answers", answers, "--id", "bank-runs", "--title", "Bank runs", "--output", output)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "precision" in done.stderr
    assert "95% interval" in done.stderr
    (entry,) = narratives_in(output)
    assert (entry.id, entry.title, entry.examples) == ("bank-runs", "Bank runs", (RUN,))
    assert entry.measured is not None
    assert (entry.measured.stories, entry.measured.answers, entry.measured.encoder) == (200, 60, "e1")
    for rate in (entry.measured.precision, entry.measured.recall, entry.measured.f1):
        assert 0 <= rate[1] <= rate[0] <= rate[2] <= 1
    assert entry.measured.f1[0] > 0.8
    assert entry.threshold is not None
    again = run(corpus, "--answers", answers, "--id", "bank-runs", "--title", "Bank runs")
    assert again.stdout == output.read_text("utf-8")


def test_a_second_narrative_joins_the_file_and_the_same_one_does_not(corpus: Corpus, tmp_path: Path) -> None:
    answers, output = answered(corpus, tmp_path / "answers.txt"), tmp_path / "own.toml"
    for ident in ("one", "two"):
        assert run(corpus, "--answers", answers, "--id", ident, "--output", output).exit_code == 0
    assert [entry.id for entry in narratives_in(output)] == ["one", "two"]
    done = run(corpus, "--answers", answers, "--id", "one", "--output", output)
    assert done.exit_code == 2
    assert "holds a narrative one already" in done.stderr


def test_at_a_terminal_it_asks_and_keeps_the_answers(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = tmp_path / "answers.txt"
    monkeypatch.setattr("narrative.cli.define._at_a_terminal", lambda: True)
    done = run(corpus, "--answers", answers, stdin="y\nmaybe\nn\ns\nn\nq\n")
    assert done.exit_code == 0, done.stderr
    assert "1 of 60 · =Story" in done.stderr
    kept = answers.read_text("utf-8").splitlines()
    assert [line.split()[1] for line in kept] == ["yes", "no", "no"]
    done = run(corpus, "--answers", answers, stdin="q\n")
    assert "1 of 57" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ((), 2, "say --answers FILE"),
        (("--answers", "absent.txt"), 1, "No such file"),
        (("--id", "defi", "--list"), 2, "the id defi is taken"),
        (("--example", " ", "--list"), 2, "write 1 to 1,000 characters"),
        (("--output", "absent/own.toml", "--list"), 2, "does not exist"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(corpus: Corpus, arguments: Any, code: int, complaint: str) -> None:
    done = run(corpus, *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_corpus_that_another_encoder_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = PIPELINE.model_copy(update={"fingerprint": PIPELINE.fingerprint.model_copy(update={"encoder": "e2"})})
    monkeypatch.setattr(narrative.pipeline.fingerprint, "pipeline_identity", lambda: newer)
    done = run(corpus, "--list")
    assert done.exit_code == 1
    assert "was read by another encoder; run `narrative annotate --corpus" in done.stderr


def test_nothing_of_the_corpus_is_encoded(corpus: Corpus, model: WordModel, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    once = model.run
    monkeypatch.setattr(model, "run", lambda ids, marks: encoded.append(len(ids)) or once(ids, marks))
    run(corpus, "--list")
    assert len(encoded) <= 2 + 27  # the narrative's own sentences, and the shipped descriptions
