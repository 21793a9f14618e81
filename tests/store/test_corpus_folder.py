"""The folder itself: marker, lock, readers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import polars
import pyarrow as pa
import pyarrow.fs
import pytest
from small_corpora import row

from narrative.errors import CorpusError
from narrative.store.corpus import open_corpus
from narrative.store.engine import annotate_corpus
from narrative.store.local_engine import LocalEngine
from narrative.store.tables import TABLES, table_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from narrative.store.corpus import Corpus


@pytest.fixture
def annotated(make_corpus: Callable[..., Corpus], fixed_pipeline: Callable[[str], None]) -> Corpus:
    corpus = make_corpus([row(number) for number in range(20)])
    annotate_corpus(corpus, LocalEngine(1, "fake_readers:first"))
    return corpus


def test_other_programs_read_the_tables(annotated: Corpus) -> None:
    expected = [item for part in annotated.read("figures") for item in part.to_pylist()]
    values = sorted(str(item["value"]) for item in expected)
    assert len(values) > 10
    frame = polars.read_delta(str(annotated.folder / "figures"))
    assert sorted(map(str, frame["value"].to_list())) == values
    figures = annotated.dataset("figures")
    assert len(figures.to_table().to_pandas()) == len(values)
    counted = duckdb.sql("select outlet, count(*) from figures where value >= 0 group by outlet").fetchall()
    assert counted == [("The Daily Test", len(values))]
    annotations = annotated.dataset("annotations")
    nested = duckdb.sql("select count(*) from (select unnest(figures) from annotations)").fetchall()
    assert nested == [(len(values),)]
    assert annotations.count_rows() == 20


def test_reading_leaves_no_python_object_to_arrows_threads(annotated: Corpus) -> None:
    """With one, a process that ends right after reading aborts, about every second time."""
    assert not isinstance(annotated.dataset("figures").filesystem, pyarrow.fs.PyFileSystem)


@pytest.mark.parametrize("name", ["a corpus", "100 %", "ä#?"])
def test_folders_of_any_name_are_read(make_corpus: Callable[..., Corpus], tmp_path: Path, name: str) -> None:
    made = make_corpus([row(1)])
    copy = open_corpus(shutil.copytree(made.folder, tmp_path / name))
    assert [len(part) for part in copy.read("articles")] == [1]


def test_every_table_is_there_from_the_start(tmp_path: Path) -> None:
    corpus = open_corpus(tmp_path / "new", create=True)
    assert corpus.dataset("figures").count_rows() == 0
    with corpus.writing():
        pass
    for name in TABLES:
        assert polars.read_delta(str(corpus.folder / name)).columns == table_schema(name).names


def test_rows_keep_their_order_across_many_chunks(annotated: Corpus) -> None:
    rows = [item["article_id"] for part in annotated.read("sentences") for item in part.to_pylist()]
    assert rows == [f"a{number}" for number in range(20)]


HOLD = """
import sys
from narrative.store.corpus import open_corpus
with open_corpus(sys.argv[1], create=True).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_one_writer_at_a_time_and_a_dead_one_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        corpus = open_corpus(folder)
        with pytest.raises(CorpusError, match=f"another process \\(id {holder.pid}\\) is writing"), corpus.writing():
            pass
        assert corpus.count("articles") == 0  # reading needs no lock
        holder.send_signal(signal.SIGKILL)
    with corpus.writing():
        pass


@pytest.mark.parametrize(
    ("marker", "message"),
    [('{"format": 2}', "newer narrative"), ("{", "damaged"), ("[]", "damaged"), ('{"format": "x"}', "newer|damaged")],
)
def test_markers(tmp_path: Path, marker: str, message: str) -> None:
    (tmp_path / "corpus.json").write_text(marker)
    with pytest.raises(CorpusError, match=message):
        open_corpus(tmp_path)


def test_a_folder_of_other_things_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(CorpusError, match="holds other things"):
        open_corpus(tmp_path, create=True)
    (tmp_path / "thesis.docx").rename(tmp_path / "narrative.toml")
    open_corpus(tmp_path, create=True)
    assert json.loads((tmp_path / "corpus.json").read_text()) == {"format": 1}


def test_a_full_disk_keeps_what_was_committed(annotated: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(annotated.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=1000))
    rows = pa.Table.from_batches(annotated.read("articles"))
    with pytest.raises(CorpusError, match="the disk is full"), annotated.writing():
        annotated.append("articles", rows)
    assert annotated.count("articles") == 20


def test_a_damaged_table_is_told(annotated: Corpus) -> None:
    for log in (annotated.folder / "figures" / "_delta_log").glob("*.json"):
        log.write_text("{broken")
    with pytest.raises(CorpusError, match=r"figures: this table is damaged"):
        open_corpus(annotated.folder).count("figures")
