from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.catalogue.folding import fold
from narrative.errors import SettingsError
from narrative.pipeline.cues import CueMatcher, within
from narrative.records import Span
from narrative.resources import read_toml

CUES = CueMatcher(
    {
        "plung*": "down",
        "shift* * to": "shift",
        "pivot* to": "shift",
        "rate cut": "easing",
        "cut": "down",
        "Fed": "bank",
        "免责声明": "notice",
        "isn't": "not",
    }
)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.payload) for hit in CUES.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prices PLUNGED, plunging on", [("PLUNGED", "down"), ("plunging", "down")]),
        ("a rate cut, then a cut", [("rate cut", "easing"), ("cut", "down")]),
        ("The Fed fed the market", [("Fed", "bank")]),
        ("shortcuts and cutters", []),
        ("以下免责声明如下", [("免责声明", "notice")]),
        ("it isn’t over", [("isn’t", "not")]),
        ("plung" + "e" * 50, []),
        ("It pivots to AI, shifting $2.5bn to AI", [("pivots to", "shift"), ("shifting $2.5bn to", "shift")]),
        ("pivotal to, pivots too, shifts power back to", [("pivotal to", "shift")]),
    ],
)
def test_cues_are_found_as_written(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_cue_written_out_hides_an_open_ended_one() -> None:
    cues = {"fall*": "moves", "falls": "bad", "all": "whole"}
    assert [hit.payload for hit in CueMatcher(cues).find("it falls, falling")] == ["bad", "moves"]


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_hits_are_handed_to_the_span_that_holds_them_whole() -> None:
    text = "a cut and a rate cut"
    spans = [Span(start=0, end=5), Span(start=6, end=18)]
    assert [[hit.payload for hit in hits] for hits in within(CUES.find(text), spans)] == [["down"], []]


def test_empty_cues_are_refused() -> None:
    with pytest.raises(SettingsError, match="empty cue"):
        CueMatcher({"*": 1})


def test_a_broken_data_file_is_named(tmp_path) -> None:
    path = tmp_path / "cues.toml"
    path.write_text("cues = [", "utf-8")
    with pytest.raises(SettingsError, match=r"cues\.toml"):
        read_toml(path)


def test_a_megabyte_takes_less_than_a_second() -> None:
    started = time.process_time()
    for text in ("plung" * 200_000, "plunge " * 140_000, "🚀" * 1_000_000):
        CUES.find(text)
    assert time.process_time() - started < 3
