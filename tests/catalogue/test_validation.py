"""Files of entries: what is read of them, what is told of their faults, and that nothing in them does harm."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrative.catalogue import entries
from narrative.catalogue.upkeep import validation
from narrative.catalogue.upkeep.entry_files import MAX_BYTES, MAX_LINE, Fault, Row, read_rows
from narrative.catalogue.upkeep.validation import faults_of, read_catalogue, shipped_faults
from narrative.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = {"id": "company:exemplar-labs", "name": "Exemplar Labs", "aliases": ["Exemplar"], "camp": "crypto"}


def faults(tmp_path: Path, content: str | bytes, name: str = "own.jsonl") -> list[str]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [str(fault).removeprefix(f"{path}:") for fault in faults_of([path])[1]]


def test_the_three_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\ufeff\n" + json.dumps(WHOLE | {"valid_from": "2024-01-02"}) + "\r\n", "utf-8")
    (tmp_path / "a.toml").write_text(
        '# mine\n[[entry]]\nid = "company:exemplar-labs"\nname = "Exemplar Labs"\naliases = ["Exemplar"]\n'
        'camp = "crypto"\nvalid_from = 2024-01-02\n'
    )
    (tmp_path / "a.csv").write_text(
        "id,name,aliases,camp,tickers,valid_from\ncompany:exemplar-labs,Exemplar Labs,Exemplar ;,crypto,,2024-01-02\n"
    )
    catalogues = [read_catalogue(tmp_path / f"a.{kind}") for kind in ("jsonl", "toml", "csv")]
    assert len({catalogue.additions for catalogue in catalogues}) == 1
    entry = catalogues[0].by_id["company:exemplar-labs"]
    assert (entry.type, entry.aliases, entry.camp, str(entry.valid_from)) == (
        "COMPANY", ("Exemplar",), "crypto", "2024-01-02",
    )  # fmt: skip


FAULTS = {
    '{"id": "company:x-y", "name": "X Y", "aliases": "Xy"}': "1: aliases: input should be a valid tuple; write a list",
    '{"id": "company:x-y", "name": "X Y", "alias": ["Xy"]}': "1: unknown field 'alias'; did you mean 'aliases'?",
    '\n{"id": "company:x-y", "name": "X Y", "belongs_to": ["company:coinbas"]}': (
        "2: belongs_to names company:coinbas, which is no entry; did you mean company:coinbase?"
    ),
    '{"id": "planet:x-y", "name": "X Y"}': "1: the id's beginning in 'planet:x-y' is none that there is; write",
    '{"id": "company:X & Y", "name": "X Y"}': "write an id like company:blackrock",
    '{"id": "company:x-y", "name": "X Y", "tickers": ["xyy"]}': "1: the ticker 'xyy' is not in capitals; write tickers",
    '{"id": "company:x-y", "name": "X Y", "ambiguous": ["Xy"]}': "list it under aliases or tickers too",
    '{"id": "company:x-y", "name": "X Y", "valid_from": "2024"}': "write a day like 2025-02-04",
    '{"id": "company:x-y", "name": "X Y", "aliases": ["Y"]}': "1: the form 'Y' is one letter; list it under ambiguous",
    '{"id": "company:x-y", "name": "X Y", "context": [" "]}': "1: 'context' holds an empty text; leave it out",
    '{"id": "company:x-y", "name": "X\\u202e Y"}': "holds a character that is not printed",
    '{"id": "company:x-y", "name": "X Y", "name": "Z"}': "1: the field 'name' is given twice; keep one of them",
    '{"id": "company:x-y", "name": "Bitcoin"}': "1: the form 'Bitcoin' is asset:bitcoin",
    '{"id": "company:strategy", "type": "FUND"}': "1: the id should begin with 'fund:'",
    '{"name": "X Y"}': "1: no id; add one",
    '{"id": 5}': "1: no id; add one",
    "[1]": "1: no entry; write an object",
    "{": "1: no JSON: ",
    '{"id": "asset:x-y", "name": "X Y"}\n{"id": "asset:x-y", "name": "X Z"}': "2: asset:x-y is given in line 1 of",
    '{"id": "fund:xya", "name": "Xya", "belongs_to": ["fund:xyb"]}\n'
    '{"id": "fund:xyb", "name": "Xyb", "belongs_to": ["fund:xya"]}': "belongs_to goes in a circle: ",
}  # fmt: skip


@pytest.mark.parametrize("content", FAULTS)
def test_a_fault_is_told_with_its_line_and_how_to_mend_it(tmp_path: Path, content: str) -> None:
    told = faults(tmp_path, content)
    assert len(told) == 1
    assert FAULTS[content] in told[0]
    assert "; " in told[0]


def test_every_fault_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [
        {"id": "company:x-y", "nam": "X Y", "camp": "both"},
        WHOLE,
        {"id": "asset:zzyx", "name": "Zzyx", "tickers": ["zzyx"], "belongs_to": ["protocol:none-such"]},
    ]
    told = faults(tmp_path, "\n".join(map(json.dumps, rows)))
    assert [line.partition(":")[0] for line in told] == ["1", "1", "1", "3"]


OTHER_FILES = {
    "own.toml": [
        ('[[entry]]\nid = "company:x-y"\n\n[[entry]]\nname = "X"\n', "4: no id", "1: the field 'name' is missing"),
        ('entry = "x"\n', "'entry' is no entry; write each as a table [[entry]]"),
        ('[[entries]]\nid = "company:x-y"\n', "'entries' is no entry"),
        ("[[entry]]\nid = \n", "2: no TOML"),
        ('[[entry]]\nid = "company:x-y"\nname = "X Y"\ncamp = 2024-01-01\n', "1: camp '2024-01-01' is none"),
        ("x = " + "[" * 15_000, "no TOML"),
        ("a." * 9_000 + "b = 1", "1: 9,000 dots in a line"),
    ],
    "own.csv": [
        ("name\nX\n", "1: no column 'id'"),
        ("id,name,name\n", "1: two columns of one name"),
        ("id,offices\n", "1: no cell can hold 'offices'; write these entries in JSONL or TOML"),
        ('id,name\n"company:x-y","X\nY",Z\n', "2: 3 cells under 2 columns"),
        ('id,name\ncompany:x-y,"X\n', "2: no CSV"),
        ('id,name\ncompany:x-y,X Y\n\ncompany:x-z,"X"Z\n', "no CSV"),
        ("id,colour\ncompany:x-y,red\n", "2: unknown field 'colour'", "2: the field 'name' is missing"),
    ],
    "own.jsonl": [
        ('{"id": "company:x-y", "name": ' + "[" * 15_000, "1: no JSON"),
        ('{"id": "company:x-y", "name": ' + "9" * 15_000 + "}", "1: no JSON"),
        ('{"id": "company:x-y", "name": "\\ud800"}', "holds a character that is not printed"),
        (b'{"id": "company:x-y",\n "name": "\xff"}', "2: not UTF-8; save the file as UTF-8"),
        (json.dumps({"id": "company:x-y", "name": "X" * 500}), "has 500 characters; write 120 at most"),
        (json.dumps({"id": "company:x-y", "name": "X", "aliases": ["a"] * 500}), "1: 500 values of 'aliases'"),
        ("\n" + " " * (MAX_LINE + 1), "2: a line of 20,001 characters"),
        (b"\n" * (MAX_BYTES + 1), " larger than 16 MB"),
    ],
    "own.yaml": [("", "of no known kind; name a file that ends in .jsonl, .toml, .csv")],
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in OTHER_FILES.items() for case in cases])
def test_what_can_not_be_read_is_told(tmp_path: Path, name: str, case: tuple[str | bytes, ...]) -> None:
    content, *expected = case
    started = time.perf_counter()
    told = faults(tmp_path, content, name)
    assert time.perf_counter() - started < 3
    for part in expected:
        assert any(str(part) in line for line in told), told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file" in str(faults_of([tmp_path / "none.csv"])[1][0])
    assert "directory" in str(next(iter(read_rows(tmp_path / "x.jsonl")))).casefold()


def test_files_are_looked_at_together(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "fund:xya", "name": "Xya", "belongs_to": ["company:exemplar-labs"]}')
    (tmp_path / "b.jsonl").write_text(json.dumps(WHOLE))
    assert faults_of([tmp_path / "a.jsonl", tmp_path / "b.jsonl"]) == (2, [])


def test_the_first_fault_refuses_a_file_for_reading(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "company:x-y"}\n{}\n')
    with pytest.raises(
        SettingsError, match=r"a\.jsonl:1: the field 'name' is missing; add it \(and 1 more: `narrative "
    ):
        read_catalogue(tmp_path / "a.jsonl")


def test_the_shipped_files_have_no_fault() -> None:
    assert shipped_faults() == []


def test_faults_of_the_shipped_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "DATA", tmp_path)
    rows = ["company:b", "company:a", "fund:XX", "company:b"]
    (tmp_path / "companies.jsonl").write_text(
        "".join(
            json.dumps({"id": ident, "name": f"N {ident[-1]}", "type": ident.partition(":")[0].upper()}) + "\n"
            for ident in rows
        )
    )
    told = [re.sub(r".*jsonl:", "", str(fault)) for fault in shipped_faults()]
    assert [line.partition(";")[0] for line in told] == [
        "2: company:a stands behind company:b", "3: FUND among COMPANY", "4: company:b is there twice",
    ]  # fmt: skip


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([*WHOLE.values()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*entries.Entry.model_fields, "other"]), _VALUES, max_size=5)
    | st.fixed_dictionaries(
        {"id": st.sampled_from(["company:exemplar-labs", "asset:bitcoin"]), "name": st.just("Exemplar")},
        optional={"aliases": _VALUES, "offices": _VALUES, "dated": _VALUES, "type": _VALUES},
    )
)
def test_any_object_is_an_entry_or_a_fault(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(fields))
    whole, found = faults_of([path])
    if found:
        assert all(fault.line == 1 and fault.what and fault.mend for fault in found)
    else:
        assert whole == 1
        assert fields["id"] in read_catalogue(path).by_id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.sampled_from(["a.jsonl", "a.toml", "a.csv"]),
    st.binary(max_size=60) | st.text("{}[]\",\n\r=ab: '#", max_size=60).map(str.encode),
)
def test_any_bytes_are_read_or_told(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for row in read_rows(path):
        assert isinstance(row, Row | Fault)
        assert row.file == str(path)
