from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from graphlib import TopologicalSorter

import pytest
from pydantic import ValidationError

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


def test_ids_are_unique():
    entries = load_catalogue().entries
    assert len({entry.id for entry in entries}) == len(entries) >= 2_500


def test_references_resolve_without_cycles():
    known = load_catalogue().by_id
    dangling = [(e.id, ident) for e in known.values() for ident in e.belongs_to if ident not in known]
    assert dangling == [], "belongs_to names no entry"
    homeless = [(e.id, o.at) for e in known.values() for o in e.offices if o.at and o.at not in known]
    assert homeless == [], "an office is held at no entry"
    TopologicalSorter({entry.id: entry.belongs_to for entry in known.values()}).prepare()


FAULTS = {
    "no letter or digit": {"aliases": ["—"]},
    "begins or ends with a space": {"aliases": ["Exemplar "]},
    "is not in capitals": {"tickers": ["Exm"]},
    "ambiguous form 'Sample' is none of its forms": {"ambiguous": ["Sample"]},
    "dated form 'Sample' is none of its forms": {"dated": [{"form": "Sample"}]},
    "before it begins": {"valid_from": "2024-02-01", "valid_to": "2024-01-01"},
    "ends on 2024-01-01": {"dated": [{"form": "Exemplar", "since": "2024-02-01", "until": "2024-01-01"}]},
    "should begin with 'asset:'": {"type": "ASSET"},
    "only a person": {"offices": [{"title": "chair"}]},
    "only a company": {"id": "fund:exemplar", "type": "FUND", "fiscal_year_end": "12-31"},
    "no month and day": {"fiscal_year_end": "02-30"},
    "belongs to itself": {"belongs_to": ["company:exemplar"]},
    "match pattern": {"id": "company:Exemplar & Co"},
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_faulty_entry_is_refused_with_its_fault(message):
    whole = {"id": "company:exemplar", "name": "Exemplar", "type": "COMPANY"}
    assert Entry.model_validate(whole)
    with pytest.raises(ValidationError, match=re.escape(message)):
        Entry.model_validate(whole | FAULTS[message])


def test_a_form_is_current_between_its_dates():
    entry = Entry.model_validate(
        {
            "id": "company:exemplar",
            "name": "Exemplar",
            "type": "COMPANY",
            "aliases": ["Sample"],
            "dated": [{"form": "Sample", "until": "2024-01-31"}, {"form": "Exemplar", "since": "2024-02-01"}],
        }
    )
    days = (None, date(2024, 1, 31), date(2024, 2, 1))
    assert [entry.is_current("Sample", day) for day in days] == [True, True, False]
    assert [entry.is_current("Exemplar", day) for day in days] == [True, False, True]


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
