"""Annotating a corpus: the same rows however many processes read it, and whatever gets killed."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from fake_readers import pipeline
from small_corpora import contents, row, write_rows

import narrative.store.derived
import narrative.store.engine
from narrative.errors import NarrativeError
from narrative.pipeline.encoder.backends import encoder_path
from narrative.pipeline.encoder.reading import reading_with
from narrative.records import Annotation
from narrative.store import local_engine
from narrative.store.arrow import from_arrow
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.engine import annotate_corpus
from narrative.store.importing import import_files
from narrative.store.local_engine import LocalEngine
from narrative.store.tables import DERIVED, TABLES, fingerprint_hash

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    MakeCorpus = Callable[..., Corpus]

posix = pytest.mark.skipif(os.name != "posix", reason="kills by signal")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch, fixed_pipeline: Callable[[str], None]) -> None:
    monkeypatch.setattr(narrative.store.engine, "BATCH_ARTICLES", 10)
    monkeypatch.setattr(narrative.store.derived, "BATCHES_A_COMMIT", 3)


def in_process(reader: str = "fake_readers:first") -> LocalEngine:
    """The engine without processes."""
    return LocalEngine(1, reader)


@pytest.fixture
def few_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the batches one by one in this process."""

    def annotate(self: LocalEngine, batches: Any, stop: threading.Event) -> Any:
        for batch in batches:
            if stop.is_set():
                return
            yield local_engine.read_batch(batch, local_engine.resolve(self._reader))

    monkeypatch.setattr(LocalEngine, "annotate", annotate)


def test_the_same_rows_whatever_the_number_of_workers(make_corpus: MakeCorpus) -> None:
    rows = [row(number) for number in range(95)] + [row(3, text="Corrected."), row(4, text="RAISE")]
    corpora = [make_corpus(rows, f"workers{workers}") for workers in (1, 2)]
    for corpus, workers in zip(corpora, (1, 2), strict=True):
        report = annotate_corpus(corpus, LocalEngine(workers, "fake_readers:frail"))
        assert (report.annotated, report.failed, report.exit_code) == (96, 1, 3)
    one, two = (contents(corpus) for corpus in corpora)
    for tables in (one, two):
        for table in ("articles", "revisions", "annotations", "errors"):
            for item in tables[table]:
                item.pop("source", None)
                item.get("article", {}).pop("source", None)  # the file's name
                item.pop("trace", None)
    assert one == two
    assert [item["article_id"] for item in one["annotations"]] == [f"a{number}" for number in range(95)] + ["a3"]


def test_annotations_are_stored_whole_and_the_flat_tables_follow(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(number) for number in range(5)])
    assert annotate_corpus(corpus, in_process()).annotated == 5
    stored = [record for part in corpus.read("annotations") for record in from_arrow(part, Annotation)]
    tables = contents(corpus)
    assert [item["article_id"] for item in tables["annotations"]] == [record.article.id for record in stored]
    figures = [(record.article.id, figure) for record in stored for figure in record.figures]
    assert [(item["article_id"], item["value"]) for item in tables["figures"]] == [(id_, f.value) for id_, f in figures]
    assert {item["subject"] for item in tables["figures"]} == {None, "Bitcoin"}
    for item, (_, figure) in zip(tables["figures"], figures, strict=True):
        assert item["period_start"] == (figure.period.start if figure.period else None)
        assert item["subject_id"] == (figure.subject.id if figure.subject else None)
        assert item["outlet"] == "The Daily Test"
    assert all(item["crypto_label"] is None and item["ai_label"] == -1 for item in tables["sentences"])
    assert tables["narratives"][0]["evidence"] == [{"start": 0, "end": 4}]


def test_nothing_is_read_twice(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(1), row(2)])
    assert annotate_corpus(corpus, in_process()).annotated == 2
    assert annotate_corpus(corpus, in_process()).annotated == 0
    assert corpus.count("annotations") == 2


def test_another_pipeline_reads_again_and_replaces_the_flat_rows(
    make_corpus: MakeCorpus, fixed_pipeline: Callable[[str], None], few_is_much: None
) -> None:
    corpus = make_corpus([row(number) for number in range(45)])
    annotate_corpus(corpus, in_process())
    before = contents(corpus)["entities"]
    fixed_pipeline("second")
    assert annotate_corpus(corpus, in_process("fake_readers:second")).annotated == 45
    assert corpus.count("annotations") == 90
    after = contents(corpus)["entities"]
    assert [item["article_id"] for item in after] == [item["article_id"] for item in before]
    assert {item["fingerprint"] for item in after} == {fingerprint_hash(pipeline("second").fingerprint)}


def test_a_failed_article_is_left_alone_until_asked_for(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(1), row(2, text="RAISE"), row(3)])
    engine = in_process("fake_readers:frail")
    report = annotate_corpus(corpus, engine)
    assert (report.annotated, report.failed) == (2, 1)
    assert report.first_error is not None
    assert "ValueError: this article is too much" in report.first_error
    (error,) = contents(corpus)["errors"]
    assert error["article_id"] == "a2"
    assert "in frail" in str(error["trace"])
    assert annotate_corpus(corpus, engine).failed == 0
    assert annotate_corpus(corpus, engine, retry_errors=True).failed == 1
    assert annotate_corpus(corpus, in_process(), retry_errors=True).annotated == 1


def test_a_page_that_reserves_itself_stays_unread_until_asked_for(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    corpus = make_corpus([row(1)])
    page = tmp_path / "reserved.html"
    body = "<p>Bitcoin went sideways again on Tuesday, and nobody could say for how long it would go on so.</p>" * 5
    page.write_text(
        f"<html lang='en'><head><title>Sideways</title><meta name='robots' content='noai'></head>"
        f"<body><article><h1>Sideways</h1>{body}</article></body></html>",
        "utf-8",
    )
    import_files(corpus, [str(page)])
    report = annotate_corpus(corpus, in_process())
    assert (report.annotated, report.reserved) == (1, 1)
    assert "1 reserve themselves" in " ".join(report.lines())
    assert annotate_corpus(corpus, in_process(), opted_out=True).annotated == 1


@posix
def test_a_dying_or_hanging_worker_costs_only_the_article(
    make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_engine, "BATCH_SECONDS", 1.5)
    monkeypatch.setattr(local_engine, "ARTICLE_SECONDS", 0.5)
    corpus = make_corpus([row(n, text="DIE" if n == 33 else "HANG" if n == 52 else f"Calm {n}") for n in range(60)])
    report = annotate_corpus(corpus, LocalEngine(2, "fake_readers:frail"))
    assert (report.annotated, report.failed) == (58, 2)
    reasons = {item["article_id"]: str(item["reason"]) for item in contents(corpus)["errors"]}
    assert "killed (signal 9)" in reasons["a33"]
    assert "took longer than" in reasons["a52"]


def test_a_pipeline_that_can_not_be_loaded_is_no_article_s_fault(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(number) for number in range(60)])
    with pytest.raises(NarrativeError, match="could not be loaded: RuntimeError: no model here"):
        annotate_corpus(corpus, LocalEngine(1, "fake_readers:broken"))
    assert corpus.count("errors") == 0
    assert contents(corpus, but=frozenset(TABLES) - {"runs"})["runs"][-1]["status"] == "failed"


def test_workers_run_the_encoder_where_this_process_does(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(number) for number in range(60)])
    elsewhere: Any = SimpleNamespace(folder=encoder_path(), device="elsewhere")
    with reading_with(elsewhere), pytest.raises(NarrativeError, match=r"not be loaded: SettingsError: .*elsewhere"):
        annotate_corpus(corpus, LocalEngine(1, "fake_readers:first"))


def test_workers_are_replaced_after_a_while(make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_engine, "BATCHES_A_WORKER", 2)
    started = []
    init = local_engine._Worker.__init__
    monkeypatch.setattr(
        local_engine._Worker, "__init__", lambda self, *given: (started.append(1), init(self, *given))[1]
    )
    corpus = make_corpus([row(number) for number in range(60)])
    assert annotate_corpus(corpus, LocalEngine(1, "fake_readers:first")).annotated == 60
    assert len(started) == 3


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus([row(number) for number in range(60)])

    def interrupt(done: int, total: int) -> None:
        if done == 20:
            os.kill(os.getpid(), signal.SIGINT)

    report = annotate_corpus(corpus, LocalEngine(1, "fake_readers:slow"), progress=interrupt)
    assert report.interrupted
    assert report.exit_code == 130
    assert 20 <= report.annotated < 60
    assert report.left == 60 - report.annotated
    assert corpus.count("sentences") == report.annotated
    assert annotate_corpus(corpus, in_process()).annotated == report.left
    assert corpus.count("sentences") == 60


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def test_a_kill_after_any_commit_loses_and_doubles_nothing(
    make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch, few_is_much: None, fixed_pipeline: Callable[[str], None]
) -> None:
    rows = [row(number, text="RAISE" if number == 7 else f"Text {number}") for number in range(15)]
    rows.append(row(2, text="Corrected."))

    def annotate_twice(corpus: Corpus) -> None:
        fixed_pipeline("first")
        annotate_corpus(corpus, in_process("fake_readers:frail"))
        fixed_pipeline("second")
        annotate_corpus(corpus, in_process("fake_readers:second"))

    imported = make_corpus(rows, "imported").folder
    names = itertools.count()

    def fresh() -> Corpus:
        return open_corpus(shutil.copytree(imported, imported.with_name(f"copy{next(names)}")))

    commits = fatal = 0
    commit = Corpus._commit

    def fragile(self: Corpus, *arguments: Any) -> None:
        nonlocal commits
        commit(self, *arguments)
        commits += 1
        if commits == fatal:
            raise Killed

    monkeypatch.setattr(Corpus, "_commit", fragile)
    whole = fresh()
    annotate_twice(whole)
    expected, total = contents(whole), commits
    assert total > 15
    for number in range(1, total):
        corpus = fresh()
        commits, fatal = 0, number
        with pytest.raises(Killed):
            annotate_twice(corpus)
        fatal = 0
        again = open_corpus(corpus.folder)
        annotate_twice(again)
        found = contents(again)
        for table in DERIVED:
            assert _bare(found[table]) == _bare(expected[table]), (number, table)
        assert len(found["annotations"]) == len(expected["annotations"])


def _bare(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str({name: value for name, value in item.items() if name != "batch"}) for item in rows)


SCRIPT = """
import sys
import fake_readers, narrative.store.engine as engine, narrative.store.derived as derived
from narrative.store.corpus import open_corpus
from narrative.store.local_engine import LocalEngine
engine.BATCH_ARTICLES, derived.BATCHES_A_COMMIT = 10, 3
engine.pipeline_identity = fake_readers.pipeline
engine.annotate_corpus(open_corpus(sys.argv[1]), LocalEngine(2, "fake_readers:slow"))
"""


@posix
def test_a_real_kill_at_several_moments(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    rows = [row(number) for number in range(240)]
    whole = make_corpus(rows, "corpus")
    annotate_corpus(whole, LocalEngine(1, "fake_readers:first"))
    expected = contents(whole)

    corpus = open_corpus(tmp_path / "again", create=True)
    import_files(corpus, [write_rows(tmp_path / "corpus.jsonl", rows)])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    lost = 0
    for batches in (0, 4, 11):
        with subprocess.Popen([sys.executable, "-c", SCRIPT, str(corpus.folder)], env=environment) as process:
            while corpus.last_batch("annotations") < batches and process.poll() is None:
                time.sleep(0.005)
            time.sleep(0.03 * (batches % 3))
            process.send_signal(signal.SIGKILL)
        lost += process.returncode == -signal.SIGKILL
    assert lost == 3
    assert corpus.last_batch("annotations") < 24
    annotate_corpus(corpus, LocalEngine(2, "fake_readers:first"))
    found = contents(corpus)
    for table in ("annotations", *DERIVED):
        assert _bare(found[table]) == _bare(expected[table])
