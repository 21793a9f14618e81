from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import HeldCorpus, at, story

from narrative.errors import CorpusError, InputError, SettingsError
from narrative.manifest import sha256_of
from narrative.results import Point
from narrative.series import reading
from narrative.series.build import build_series
from narrative.series.export import export_series, read_series

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.series.build import SeriesTable

NOW = at(100)


@pytest.fixture(scope="module")
def table() -> SeriesTable:
    told = [story(f"s{n}", at(n / 3), tells=["defi"] if n % 3 else [], crypto=n % 7 / 7) for n in range(130)]
    return build_series(HeldCorpus([*told, story("last", at(50), outlet='=HYPERLINK("x")')]), by="outlet")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_what_is_written_is_read_again(table: SeriesTable, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"series{suffix}"
    manifest = export_series(table, output, settings={"corpus": "here"}, clock=lambda: NOW)
    pd.testing.assert_frame_equal(read_series(output), table.points, check_exact=False, rtol=1e-9)
    assert manifest["rows"] == len(table.points)
    assert manifest["sha256"] == sha256_of(output)
    kept = json.loads((tmp_path / f"series{suffix}.manifest.json").read_text())
    assert kept["vintage"] == table.manifest["vintage"]
    assert (kept["settings"], kept["by"], kept["stories"]) == ({"corpus": "here"}, "outlet", 131)
    assert {path.name for path in tmp_path.iterdir()} == {f"series{suffix}", f"series{suffix}.manifest.json"}


def test_csv_as_people_read_it(table: SeriesTable, tmp_path: Path) -> None:
    export_series(table, tmp_path / "series.csv", clock=lambda: NOW)
    lines = (tmp_path / "series.csv").read_text().splitlines()
    assert lines[0] == ",".join(Point.model_fields)
    assert lines[1].startswith("2026-09-02T00:00:00Z,comparison/balance,,,,3,3,1,2026-09-01T00:00:00Z,")
    assert any(line.endswith("thin defined_later") for line in lines)
    third = next(line for line in lines if line.startswith("2026-09-02T00:00:00Z,narrative/defi/share,"))
    assert third.split(",")[2] == "0.6666666667"


def test_json_holds_point_records(table: SeriesTable, tmp_path: Path) -> None:
    export_series(table, tmp_path / "series.json", clock=lambda: NOW)
    found = json.loads((tmp_path / "series.json").read_text())
    assert found["schema"] == "narrative.series/1"
    records = [Point.model_validate(record) for record in found["points"]]
    assert [record.series for record in records] == list(table.points["series"])
    assert records[0].value is None


def test_the_same_corpus_gives_the_same_file(table: SeriesTable, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        export_series(table, tmp_path / name, clock=lambda: NOW)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_where_nothing_can_be_written(table: SeriesTable, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.csv, \.parquet, \.json"):
        export_series(table, tmp_path / "series.xlsx")
    with pytest.raises(SettingsError, match="make it first"):
        export_series(table, tmp_path / "absent" / "series.csv")
    (tmp_path / "series.csv").mkdir()
    with pytest.raises(CorpusError, match="can't be written"):
        export_series(table, tmp_path / "series.csv")


def written(folder: Path, text: str, name: str = "series.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_three_columns_are_enough_and_a_date_counts_from_its_end(tmp_path: Path) -> None:
    text = "Time;Series;Value;mood\n2026-01-02;a; 0.5;x\n2026-01-01T09:30;a;NaN;y\n2026-01-01 23:00+02:00;b;1e3;z\n"
    points = read_series(written(tmp_path, "\ufeff" + text))
    assert list(points.columns) == ["time", "series", "value", "available"]
    assert list(points["series"]) == ["a", "a", "b"]
    assert [str(moment)[:16] for moment in points["time"]] == [
        "2026-01-01 09:30",
        "2026-01-02 00:00",
        "2026-01-01 21:00",
    ]
    assert [str(moment)[:16] for moment in points["available"]] == [
        "2026-01-01 09:30", "2026-01-03 00:00", "2026-01-01 21:00",
    ]  # fmt: skip
    assert points["value"].isna().tolist() == [True, False, False]


def test_availability_that_is_given_is_kept_and_filled_in(tmp_path: Path) -> None:
    text = "time,series,value,available\n2026-01-02,a,1,2026-01-09T01:00Z\n2026-01-03,a,1,\n"
    points = read_series(written(tmp_path, text))
    assert [f"{moment:%d %H}" for moment in points["available"]] == ["09 01", "04 00"]


def test_other_peoples_parquet_and_json(tmp_path: Path) -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2)]
    moments = [datetime(2026, 1, 1), datetime(2026, 1, 2)]  # noqa: DTZ001 - as pandas has days
    hours = [datetime(2026, 1, 1, 9), datetime(2026, 1, 2)]  # noqa: DTZ001
    for times, known in ((days, "02 00"), (moments, "02 00"), (hours, "01 09")):
        rows = {"time": times, "series": ["a", "a"], "value": [1, 2], "nested": [{"x": [1]}] * 2}
        pq.write_table(pa.table(rows), tmp_path / "series.parquet")
        points = read_series(tmp_path / "series.parquet")
        assert f"{points['available'][0]:%d %H}" == known
        assert list(points["value"]) == [1.0, 2.0]
    records = [
        {"time": 1767225600, "series": "a", "value": None},
        {"time": "2026-01-02T00:00:00Z", "series": "a", "value": "2"},
    ]
    path = tmp_path / "series.json.gz"
    path.write_bytes(gzip.compress(json.dumps(records).encode()))
    assert read_series(path)["value"].fillna(-1).tolist() == [-1, 2]


HEAD = "time,series,value\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (HEAD, "there are no rows"),
        ("date,x\n2026-01-01,1\n", "no column time and no column series and no column value; .* it has date, x"),
        (HEAD + "2026-01-01,a,1\n2026-01-02,a,high\n", "row 2: value 'high' is no number"),
        (HEAD + '2026-01-01,a,"1,000"\n', "row 1: value '1,000' is no number"),
        (HEAD + "2026-01-01,a,inf\n", "row 1: value 'inf' is no number"),
        (HEAD + "2026-01-01,a,1\nyesterday,a,1\n", "row 2: time: 'yesterday' is no ISO 8601 date or time"),
        (HEAD + "1677-01-01,a,1\n", "row 1: time: .* is not between 1990 and 2100"),
        (HEAD + ",a,1\n", "row 1: time is empty"),
        (HEAD + "2026-01-01,,1\n", "row 1: series is empty"),
        (HEAD + "2026-01-01,a,1\n2026-01-02,a,1\n2026-01-01,a,2\n", "row 3: a has 2026-01-01 00:00 twice; keep one"),
        (HEAD + "2026-01-01,a,1,2,3\n2026-01-02,a,1\n", "no CSV|twice|no ISO|no number"),
        (HEAD + '"2026-01-01,a,1\n', "no CSV|no number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=words) as caught:
        read_series(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("absent.csv", None, "there is no such file"),
        ("series.xlsx", b"PK", r"a series file ends in \.csv, \.parquet, \.json"),
        ("series.csv", b"\xff\xfet\x00i\x00", "no CSV|no column"),
        ("series.parquet", b"PAR1 and no more", "no readable Parquet"),
        ("series.json", b"{", "no JSON"),
        ("series.json", b"[" * 100_000, "nested too deeply|no JSON"),
        ("series.json", b'{"points": 3}', "a list of records is needed"),
        ("series.json", b"[[1]]", "a list of records is needed"),
        ("series.json", b'[{"time": [], "series": "a", "value": 1}]', "row 1: time"),
        ("series.json", b'[{"time": "2026-01-01", "series": "a", "value": [1]}]', "is no number"),
        ("series.csv", gzip.compress(b"time,series,value\n")[:-4], "damaged or cut short"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words):
        read_series(tmp_path / name)


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1000)
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    rows = [("2026-01-01", f"s{n}", n) for n in range(11)]
    path = written(tmp_path, HEAD + "".join(f"{day},{name},{n}\n" for day, name, n in rows))
    with pytest.raises(InputError, match="more than 5,000,000 rows"):
        read_series(path)
    path.write_bytes(gzip.compress((HEAD + "2026-01-01,a,1\n" * 500).encode()))
    with pytest.raises(InputError, match="more than 256 MB"):
        read_series(path)
    columns = {"time": [row[0] for row in rows], "series": [row[1] for row in rows], "value": [row[2] for row in rows]}
    pq.write_table(pa.table(columns), tmp_path / "series.parquet", compression="none", store_schema=False)
    monkeypatch.setattr(reading, "LARGEST", 10_000)
    with pytest.raises(InputError, match="more than 5,000,000 rows"):
        read_series(tmp_path / "series.parquet")


@given(st.text(max_size=60), st.sampled_from(["series.csv", "series.json"]))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes((text if name.endswith("json") else HEAD + text).encode("utf-8", "replace"))
    try:
        points = read_series(path)
    except InputError:
        return
    assert not points.empty


def test_separators_alone_at_the_end_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("time,series,value\n2026-01-01,x,1\n,,\n2026-01-03,x,3\n,,\n , ,\n", "utf-8")
    with pytest.raises(InputError, match="row 2: time is empty"):
        read_series(path)
    path.write_text("time,series,value\n2026-01-01,x,1\n2026-01-03,x,3\n,,\n , ,\n", "utf-8")
    assert read_series(path)["value"].tolist() == [1, 3]
