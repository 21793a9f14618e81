from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from pydantic import ValidationError

from narrative.catalogue.entries import DATA, Entry, load_catalogue
from narrative.catalogue.forms import fold
from narrative.pipeline import periods
from narrative.pipeline.mentions.lexicon import entity_data
from narrative.resources import read_toml

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


US_SPOT_FUNDS = {
    "asset:bitcoin": ["IBIT", "FBTC", "GBTC", "ARKB", "BITB", "HODL", "BRRR", "BTCO", "EZBC", "BTCW", "DEFI", "MSBT"],
    "asset:ethereum": ["ETHA", "FETH", "ETHE", "ETHW", "ETHV", "CETH", "EZET", "QETH"],
    "asset:solana": ["BSOL", "GSOL", "FSOL", "VSOL", "TSOL", "SOEZ", "QSOL", "SSK"],
    "asset:xrp": ["XRPC", "GXRP", "XRPZ", "TOXR", "XRPR"],
    "asset:dogecoin": ["GDOG", "DOJE", "TDOG"],
    "asset:litecoin": ["LTCC"],
    "asset:hedera": ["HBR"],
    "asset:chainlink": ["GLNK", "CLNK"],
    "asset:avalanche": ["VAVX"],
    "asset:sui": ["SUIS"],
}


@pytest.mark.parametrize("asset", US_SPOT_FUNDS)
def test_the_us_spot_funds_have_their_asset_and_their_issuer(asset):
    by_id = load_catalogue().by_id
    for ticker in US_SPOT_FUNDS[asset]:
        held = by_id[f"fund:{ticker}"].belongs_to
        assert asset in held, ticker
        assert any(ident.startswith("company:") for ident in held), ticker


LEAST = {"ASSET": 700, "FUND": 250, "COMPANY": 1_000, "PERSON": 300, "INSTITUTION": 300, "PROTOCOL": 300}


@pytest.mark.parametrize("kind", LEAST)
def test_enough_is_known_of_every_type(kind):
    assert sum(entry.type == kind for entry in load_catalogue().entries) >= LEAST[kind]


RENAMED = {  # former name: what it names, and a day when that was its name still
    "MicroStrategy": ("company:strategy", date(2025, 2, 4)),
    "Twitter": ("company:x", date(2023, 7, 1)),
    "Facebook": ("company:meta", date(2021, 10, 1)),
    "Square": ("company:block", date(2021, 12, 1)),
    "Riot Blockchain": ("company:riot-platforms", date(2022, 12, 1)),
    "Huobi": ("company:htx", date(2023, 9, 1)),
    "MATIC": ("asset:polygon", date(2024, 9, 3)),
    "Fantom": ("asset:sonic", date(2024, 7, 1)),
    "EOS": ("asset:vaulta", date(2025, 3, 1)),
    "Fetch.ai": ("asset:artificial-superintelligence-alliance", date(2024, 6, 1)),
    "MakerDAO": ("protocol:sky", date(2024, 8, 26)),
    "Bard": ("protocol:gemini", date(2024, 2, 1)),
}


@pytest.mark.parametrize("former", RENAMED)
def test_a_former_name_links_to_the_thing_and_was_its_name_once(former):
    ident, then = RENAMED[former]
    holders = [entry for entry in load_catalogue().entries if former in entry.forms]
    assert [entry.id for entry in holders] == [ident]
    assert holders[0].name != former
    assert holders[0].is_current(former, then)
    assert not holders[0].is_current(former, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("day", "chairs"),
    [
        (date(2024, 6, 1), {"person:gary-gensler", "person:rostin-behnam", "person:jerome-powell"}),
        (date(2025, 9, 1), {"person:paul-atkins", "person:jerome-powell"}),
        (date(2026, 3, 1), {"person:paul-atkins", "person:michael-selig", "person:jerome-powell"}),
    ],
)
def test_each_body_has_one_chair_at_a_time(day, chairs):
    bodies = {"institution:sec", "institution:cftc", "institution:federal-reserve"}
    held = [
        (office.at, entry.id)
        for entry in load_catalogue().entries
        for office in entry.held_offices(day)
        if office.title == "chair" and office.at in bodies
    ]
    assert len({body for body, _ in held}) == len(held)
    assert {person for _, person in held} == chairs


def test_fiscal_years_end_in_the_months_that_the_reader_of_periods_knows():
    years = read_toml(Path(periods.__file__).parent / "data" / "fiscal_years.toml")["year"]
    by_id = load_catalogue().by_id
    months = {ident: year["month"] for year in years for ident in year["companies"]}
    ends = {ident: by_id[ident].fiscal_year_end for ident in months}
    assert {ident: int(str(end)[:2]) for ident, end in ends.items()} == months


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
