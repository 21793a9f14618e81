from __future__ import annotations

from datetime import date

import pytest

from narrative.catalogue.taxonomy import NARRATIVES, load_taxonomy, read_taxonomy
from narrative.errors import SettingsError


def test_the_27_narratives_of_the_semantics() -> None:
    taxonomy = load_taxonomy()
    assert len(taxonomy.ids) == len(set(taxonomy.ids)) == 27
    assert {entry.id for entry in taxonomy.narrative if entry.mechanical} == {"bear-market", "bull-market"}
    assert {entry.since for entry in taxonomy.narrative} == {date(2026, 11, 21)}
    assert all(entry.title and entry.description and entry.strong for entry in taxonomy.narrative)


def test_coins_are_spelt_out() -> None:
    cues = load_taxonomy().cues()
    assert not any("{" in cue for cue in cues)
    assert "bear-market" in cues["bitcoin plunge*"]


def test_a_cue_may_tell_several_narratives_each_with_its_weight() -> None:
    weights = load_taxonomy().cues()["defi"]
    assert weights == {"defi": load_taxonomy().weights.plain}
    assert len(load_taxonomy().cues()["ai stocks"]) > 1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "ai-boom"', 'id = "ai-bubble"', "defined twice: ai-bubble"),
        ('id = "ai-boom"', 'id = "AI boom"', "narrative.1.id"),
        ("mechanical = true", "mechanical = maybe", "narratives.toml"),
        ("explained = ", "explains = ", "calibration"),
        ('opposites = [["bull-market"', 'opposites = [["ox-market"', "not defined: ox-market"),
    ],
)
def test_a_faulty_file_is_told_by_place(tmp_path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "narratives.toml"
    path.write_text(NARRATIVES.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(SettingsError, match=complaint):
        read_taxonomy(path)
