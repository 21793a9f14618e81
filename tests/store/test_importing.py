"""Files of articles → corpus."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_corpora import NOW, contents, row, write_rows

from narrative.errors import InputError, SettingsError
from narrative.keys import annotation_key, content_hash
from narrative.records import Article
from narrative.store import importing
from narrative.store.arrow import from_arrow
from narrative.store.corpus import Corpus, open_corpus
from narrative.store.fields import read_field_map
from narrative.store.importing import ImportReport, ImportSettings, import_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return open_corpus(tmp_path / "corpus", create=True)


def take(corpus: Corpus, *files: Path | str, fields: str = "", **settings: object) -> ImportReport:
    told = ImportSettings(fields=read_field_map(fields), **settings)  # type: ignore[arg-type]  # as given by the test
    return import_files(corpus, [str(file) for file in files], told, clock=lambda: NOW)


def stored(corpus: Corpus, table: str = "articles") -> list[Article]:
    return [article for part in corpus.read(table) for article in from_arrow(part, Article)]


def only(corpus: Corpus) -> Article:
    (article,) = stored(corpus)
    return article


def reasons(corpus: Corpus) -> list[str]:
    return [f"{str(item['source']).rpartition('/')[2]} {item['reason']}" for item in contents(corpus)["errors"]]


def test_other_people_s_field_names(corpus: Corpus, tmp_path: Path) -> None:
    item = {
        "nr": 7,
        "head": "Ether rises",
        "lead": "It rose.",
        "rest": "A lot.",
        "when": "2026-02-01",
        "by": ["A", "B"],
    }
    report = take(
        corpus,
        write_rows(tmp_path / "a.jsonl", [item]),
        fields="id=nr,title=head,text=lead+rest,published=when,author=by",
        zone=ZoneInfo("America/New_York"),
    )
    article = only(corpus)
    assert (report.added, report.exit_code) == (1, 0)
    assert article.id == "7"
    assert article.text == "Ether rises\n\nIt rose.\n\nA lot."
    assert article.title_span is not None
    assert article.text[: article.title_span.end] == "Ether rises"
    assert article.author == "A, B"
    assert article.published == datetime(2026, 2, 1, 5, tzinfo=UTC)
    assert article.dates.published is not None
    assert (article.dates.published.source, article.dates.published.precision) == ("when", "day")
    assert article.source == f"{tmp_path / 'a.jsonl'}:1"
    (kept,) = contents(corpus)["articles"]
    assert kept["key"] == annotation_key(article)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"title": "A", "body": "B"}, "A\n\nB"),
        ({"title": "A", "body": "A, so they say."}, "A, so they say."),
        ({"title": "A", "body": ""}, "A"),
        ({"title": "", "body": "B"}, "B"),
        ({"title": " A ", "body": "\nB\n"}, "A\n\nB"),
    ],
)
@pytest.mark.parametrize("fields", ["text=title+body", "text=body", ""])
def test_a_row_reads_as_title_empty_line_body(
    corpus: Corpus, tmp_path: Path, item: dict[str, object], text: str, fields: str
) -> None:
    take(corpus, write_rows(tmp_path / "a.jsonl", [item]), fields=fields)
    assert only(corpus).text == text


def test_ids_without_a_column(corpus: Corpus, tmp_path: Path) -> None:
    rows = [
        {"url": "https://example.org/a", "text": "One."},
        {"outlet": "X", "title": "One", "text": "Two."},
        {"id": "", "url": "https://example.org/b", "text": "Three."},
    ]
    take(corpus, write_rows(tmp_path / "a.jsonl", rows))
    assert [article.id for article in stored(corpus)] == [
        content_hash("https://example.org/a"),
        content_hash("X", "One", "One\n\nTwo."),
        content_hash("https://example.org/b"),
    ]


def test_a_body_of_html_is_read_as_a_page(corpus: Corpus, tmp_path: Path) -> None:
    words = "The fund took in two million dollars on Monday, its desk said, after a week without any news at all. "
    link = '<a href="https://example.org/f">Flows</a>'
    body = f'<div class="x"><p>{words}</p><script>track()</script><p>{link} {words}</p></div>'
    take(corpus, write_rows(tmp_path / "a.jsonl", [row(1, text=body), row(2, text="1 < 2 <b>")]))
    article, plain = stored(corpus)
    assert article.text.startswith("Title 1\n\nThe fund took in")
    assert "<" not in article.text
    assert "track" not in article.text
    assert article.title_span is not None
    (found,) = article.links
    assert article.text[found.start : found.end] == "Flows"
    assert plain.text.endswith("1 < 2 <b>")


def test_availability_and_embargo(corpus: Corpus, tmp_path: Path) -> None:
    rows = [row(1, first_seen="2026-02-01T10:05:00Z"), row(2)]
    take(corpus, write_rows(tmp_path / "a.jsonl", rows), embargo=timedelta(minutes=15))
    watched, backfilled = stored(corpus)
    assert watched.available == datetime(2026, 2, 1, 10, 5, tzinfo=UTC)
    assert backfilled.available == datetime(2026, 2, 1, 10, 15, tzinfo=UTC)
    run = json.loads(str(next(item for part in corpus.read("runs") for item in part.to_pylist())["settings"]))
    assert run["embargo_seconds"] == 900


@pytest.mark.parametrize(
    ("given", "kept"), [("EN", "en"), ("en-US", "en"), ("zh_Hans", "zh"), ("English", "en"), ("", "en")]
)
def test_language_codes(corpus: Corpus, tmp_path: Path, given: str, kept: str) -> None:
    take(
        corpus,
        write_rows(tmp_path / "a.jsonl", [row(1, language=given, text="The market was quiet for most of the day.")]),
    )
    assert only(corpus).language == kept


def test_the_same_file_again_adds_nothing(corpus: Corpus, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "a.jsonl", [row(1), row(2), row(1, text="Corrected."), row(1)])
    first, second = take(corpus, file), take(corpus, file)
    assert (first.added, first.revised, first.known) == (2, 1, 1)
    assert (second.added, second.revised, second.known) == (0, 0, 4)
    (revision,) = stored(corpus, "revisions")
    assert (revision.id, revision.revision) == ("a1", 1)
    take(corpus, write_rows(tmp_path / "b.jsonl", [row(1, text="Corrected twice.")]))
    assert [article.revision for article in stored(corpus, "revisions")] == [1, 2]


def test_every_format_gives_the_same_articles(tmp_path: Path) -> None:
    rows = [row(number, text=f"Price, “up” — {number}\nmore; 比特币 🚀") for number in range(3)]
    jsonl = write_rows(tmp_path / "a.jsonl", rows)
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    csv = tmp_path / "a.csv"
    lines = [",".join(rows[0])]
    lines += [",".join('"' + str(value) + '"' for value in item.values()) for item in rows]
    csv.write_text("\r\n".join(lines) + "\r\n", "utf-8-sig", newline="")
    semicolons = tmp_path / "b.csv"
    semicolons.write_text(
        "\n".join([";".join(rows[0]), *(";".join('"' + str(v) + '"' for v in i.values()) for i in rows)])
    )
    parquet = tmp_path / "a.parquet"
    table = pa.Table.from_pylist(rows)
    moments = pa.array([datetime(2026, 2, 1, 10, tzinfo=UTC)] * 3, pa.timestamp("ns", "UTC"))
    pq.write_table(table.set_column(table.schema.get_field_index("published"), "published", moments), parquet)
    keys = []
    for number, file in enumerate([jsonl, packed, csv, semicolons, parquet]):
        corpus = open_corpus(tmp_path / f"corpus{number}", create=True)
        assert take(corpus, file).added == 3
        keys.append([item["key"] for item in contents(corpus)["articles"]])
    assert all(found == keys[0] for found in keys)


def test_our_own_article_records_come_back_as_they_were(corpus: Corpus, tmp_path: Path) -> None:
    article = Article(
        id="x", source="https://example.org", title="T", outlet="O", text="No title here.", depth="summary"
    )
    (tmp_path / "a.jsonl").write_text(article.model_dump_json() + "\n", "utf-8")
    take(corpus, tmp_path / "a.jsonl")
    assert only(corpus) == article.model_copy(update={"story_id": "x"})


def test_bad_rows_cost_themselves_alone(corpus: Corpus, tmp_path: Path) -> None:
    good = json.dumps(row(1)).encode()
    lines = [
        good,
        b"{not json",
        b'"a string"',
        b'{"id": "x", "text": "\xff\xfe"}',
        json.dumps(row(2, text="", title="")).encode(),
        json.dumps(row(3, published="yesterday")).encode(),
        json.dumps(row(4, published="2027-05-05")).encode(),
        json.dumps(row(5, text="word " * 250_000)).encode(),
        json.dumps(row(6, text={"html": "x"})).encode(),
        b'{"id": "deep", "text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": "big", "text": "t", "published": ' + b"9" * 5_000 + b"}",
        json.dumps(row(7, text="a lone \ud83d surrogate")).encode(),
        json.dumps(row(8, published=True)).encode(),
        b"",
        b'{"id": "long", "text": "' + b"x" * 17_000_000 + b'"}',
        json.dumps(row(9)).encode(),
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    report = take(corpus, tmp_path / "a.jsonl")
    assert [article.id for article in stored(corpus)] == ["a1", "a7", "a9"]
    assert stored(corpus)[1].text.endswith("a lone \ufffd surrogate")
    assert report.exit_code == 3
    expected = [
        "a.jsonl:2 no JSON",
        "a.jsonl:3 one JSON object a line",
        "a.jsonl:4 the line is not UTF-8 (byte 21)",
        "a.jsonl:5 there is no text",
        "a.jsonl:6 published: 'yesterday' is no",
        "a.jsonl:7 published 2027-05-05 00:00 UTC lies in the future",
        "a.jsonl:8 1,2",
        "a.jsonl:9 field 'text' holds no text",
        "a.jsonl:10 the JSON is nested too deeply",
        "a.jsonl:11 no JSON",
        "a.jsonl:13 published: True is no time",
        "a.jsonl:15 the line is longer than 16 MiB",
    ]
    found = reasons(corpus)
    assert len(found) == report.failed == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start), line


def test_bad_cells(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b"id,text,date\n1,Good one,2026-01-01\n2,too,many,cells\n3\n4,caf\xe9,2026-01-01\n\n5,Good too,2026-01-02\n"
    )
    assert take(corpus, tmp_path / "a.csv").added == 2
    assert reasons(corpus) == [
        "a.csv:3 4 cells where the header has 3",
        "a.csv:4 1 cells where the header has 3",
        "a.csv:5 the line is not UTF-8 (byte 5)",
    ]


def test_what_came_before_a_break_is_kept(corpus: Corpus, tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(json.dumps(row(number)) for number in range(3000)).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged or cut short"):
        take(corpus, tmp_path / "a.jsonl.gz")
    assert 0 < corpus.count("articles") < 3000
    assert [item["status"] for part in corpus.read("runs") for item in part.to_pylist()] == ["failed"]


def test_rows_are_committed_in_batches(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "COMMIT_ARTICLES", 10)
    take(corpus, write_rows(tmp_path / "a.jsonl", [row(number) for number in range(35)]))
    assert corpus.last_batch("articles") == 4
    assert [article.id for article in stored(corpus)] == [f"a{number}" for number in range(35)]


def test_a_field_may_be_absent_from_the_first_rows(corpus: Corpus, tmp_path: Path) -> None:
    rows = [{"text": "One."}, {"text": "Two.", "when": "2026-01-01"}]
    assert take(corpus, write_rows(tmp_path / "a.jsonl", rows), fields="published=when").undated == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", "write it like"),
        ("colour=red", "no field 'colour'"),
        ("id=a,id=b", "named twice"),
        ("id=", "write it like"),
    ],
)
def test_maps_that_mean_nothing(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_field_map(text)


@pytest.mark.shared
def test_a_real_feed(corpus: Corpus, shared: Path, tmp_path: Path) -> None:
    with gzip.open(shared / "data/news/feed_2025-11_2026-04.jsonl.gz", "rt", encoding="utf-8") as feed:
        head = [next(feed) for _ in range(300)]
    (tmp_path / "feed.jsonl").write_text("".join(head), "utf-8")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    settings = ImportSettings(fields=read_field_map("text=title+body,first_seen=first_commit"))
    report = import_files(corpus, [str(tmp_path / "feed.jsonl")], settings, clock=lambda: now)
    assert (report.added, report.failed, report.undated) == (300, 0, 0)
    for article, line in zip(stored(corpus), head, strict=True):
        item = json.loads(line)
        assert article.title_span is not None
        assert article.text.startswith(item["title"].strip())
        assert item["body"].strip() in article.text
        assert article.language == "en"
        assert article.first_seen is not None
