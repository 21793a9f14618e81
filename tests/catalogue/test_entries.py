from __future__ import annotations

import json
from collections import defaultdict
from datetime import date

import pytest

from narrative.catalogue.entries import DATA, Entry, load_catalogue
from narrative.catalogue.forms import fold
from narrative.pipeline.mentions.lexicon import entity_data

FILES = {
    "assets": "ASSET",
    "companies": "COMPANY",
    "funds": "FUND",
    "indices": "INDEX",
    "institutions": "INSTITUTION",
    "people": "PERSON",
    "places": "PLACE",
    "policies": "POLICY",
    "protocols": "PROTOCOL",
}


def test_every_file_of_the_catalogue_is_known():
    assert {path.stem for path in DATA.glob("*.jsonl")} == set(FILES)


@pytest.mark.parametrize("stem", FILES)
def test_a_file_holds_entries_of_its_type_sorted_by_id(stem):
    entries = [Entry.model_validate_json(line) for line in (DATA / f"{stem}.jsonl").read_text("utf-8").splitlines()]
    idents = [entry.id for entry in entries]
    assert idents == sorted(idents)
    assert {entry.type for entry in entries} == {FILES[stem]}
    assert {entry.id.partition(":")[0] for entry in entries} == {FILES[stem].lower()}


def test_ids_are_unique_and_references_resolve():
    entries = load_catalogue().entries
    assert len({entry.id for entry in entries}) == len(entries) >= 700
    known = load_catalogue().by_id
    assert [(entry.id, ident) for entry in entries for ident in entry.belongs_to if ident not in known] == []


def test_every_ambiguous_form_is_a_form_of_its_entry():
    stray = {entry.id: set(entry.ambiguous) - set(entry.forms) for entry in load_catalogue().entries}
    assert {ident: forms for ident, forms in stray.items() if forms} == {}


def test_no_form_is_claimed_twice_without_a_rule():
    claims: dict[str, list[Entry]] = defaultdict(list)
    for entry in load_catalogue().entries:
        for form in {fold(form) for form in entry.forms}:
            claims[form].append(entry)
    ruled = entity_data().readings
    unruled = {
        form: [entry.id for entry in held]
        for form, held in claims.items()
        # An asset and its network are told apart by the words nearby, whatever their name.
        if len(held) > 1 and form not in ruled and sorted(entry.type for entry in held) != ["ASSET", "PROTOCOL"]
    }
    assert unruled == {}


def test_every_rule_names_entries_of_the_catalogue():
    known = load_catalogue().by_id
    named = {ident for rule in entity_data().readings.values() for ident in (rule["default"], *rule["words"])}
    named |= set(entity_data().fund_names) - {"asset:gold"}
    assert named <= set(known)


def test_the_us_spot_bitcoin_etfs_have_their_issuers():
    by_id = load_catalogue().by_id
    spot = ["IBIT", "FBTC", "GBTC", "ARKB", "BITB", "HODL", "BRRR", "BTCO", "EZBC", "BTCW", "DEFI"]
    for ticker in spot:
        fund = by_id[f"fund:{ticker}"]
        assert "asset:bitcoin" in fund.belongs_to
        assert any(ident.startswith("company:") for ident in fund.belongs_to)


def test_a_renamed_company_has_its_current_name():
    by_name = {form: entry.name for entry in load_catalogue().entries for form in entry.forms}
    assert by_name["MicroStrategy"] == "Strategy"
    assert by_name["Riot Blockchain"] == "Riot Platforms"


def test_an_entry_is_valid_between_its_dates():
    entry = Entry(id="company:x", name="X", type="COMPANY", valid_from=date(2024, 1, 2), valid_to=date(2024, 2, 1))
    assert [entry.is_valid(day) for day in (None, date(2024, 1, 1), date(2024, 1, 2), date(2024, 2, 2))] == [
        True,
        False,
        True,
        False,
    ]


def test_lines_hold_no_field_at_its_default():
    for stem in FILES:
        for line in (DATA / f"{stem}.jsonl").read_text("utf-8").splitlines():
            assert all(value not in (None, [], "") for value in json.loads(line).values()), line
