import math
import os
from pathlib import Path

import pytest

from narrative.pipeline.figure_roles.kind import apposed, kind_of, listed
from narrative.pipeline.figure_roles.lexicon import data, matchers, unit_class
from narrative.pipeline.figure_roles.mention import Mention, Sentence
from narrative.pipeline.figure_roles.movement import direction_of, measure_of
from narrative.pipeline.figure_roles.phrases import counted, new_names, openings
from narrative.pipeline.figure_roles.scorer import ROLES, Candidate, LinearScorer, decide, linear_scorers
from narrative.pipeline.figure_roles.status import status_of
from narrative.pipeline.quantities import Quantity
from narrative.records import FigureKind


def mention(text: str, number: str, unit: str = "USD", *others: str, value: float = 50.0) -> Mention:
    """The quantity `number` of a sentence, with `others` as its other quantities."""
    quantities = sorted(
        (
            Quantity(text.index(words), text.index(words) + len(words), value, None, unit, "exact", False, None)
            for words in (number, *others)
        ),
        key=lambda quantity: quantity.start,
    )
    position = next(at for at, quantity in enumerate(quantities) if quantity.start == text.index(number))
    hits = {family: matcher.find(text) for family, matcher in matchers().items() if family != "references"}
    return Mention(Sentence(text, 0, len(text), quantities, (), hits), position)


def test_every_kind_has_cues_and_fitting_subjects():
    kinds = set(FigureKind.__args__)
    assert set(data()["kinds"]) == kinds
    assert set(data()["fits"]) == kinds


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("USD", "money"),
        ("BTC", "coin"),
        ("bps", "percent"),
        ("EH/s", "capacity"),
        ("count", "count"),
        ("GW", "capacity"),
    ],
)
def test_classes_of_units(unit, expected):
    assert unit_class(unit) == expected


@pytest.mark.parametrize(
    ("text", "number", "lead"),
    [
        ("It fell to about $50", "$50", "to"),
        ("It fell below the $50", "$50", "below"),
        ("It is up nearly $50", "$50", "up"),
        ("A rise from a record $50", "$50", "from"),
        ("$50", "$50", ""),
    ],
)
def test_the_word_that_leads_to_a_number(text, number, lead):
    assert mention(text, number).lead == lead


def test_joints_and_other_figures_lie_far():
    plain = mention("outflows of roughly about $50", "$50")
    joined = mention("outflows, while in all $50", "$50")
    assert plain.distance(0, 8) < joined.distance(0, 8)
    beyond = mention("outflows of $20 then $50", "$50", "USD", "$20")
    assert beyond.distance(0, 8) > plain.distance(0, 8)


def test_a_ticker_in_brackets_is_no_joint_unless_it_is_cut():
    text = "outflows (IBIT) of $50"
    assert mention(text, "$50").distance(0, 8) == 3
    assert mention(text, "$50").distance(10, 14) == 5  # from within, the bracket closes


@pytest.mark.parametrize(
    ("text", "drives"),
    [
        ("up $50", True),
        ("is up to $50", True),
        ("up to $50", False),
        ("locked up $50", False),
        ("a follow-up $50", False),
    ],
)
def test_up_is_a_movement_unless_it_belongs_to_a_verb(text, drives):
    seen = mention(text, "$50")
    (hit,) = [hit for hit in seen.hits("movement") if text[hit.start : hit.end] == "up"]
    assert seen.drives(hit) is drives


def test_lists_and_appositions():
    assert listed(mention("outflows of $10, $20 and $50", "$50", "USD", "$20", "$10"))
    assert not listed(mention("outflows of $10 while revenue hit $50", "$50", "USD", "$10"))
    assert apposed(mention("a volume of $10, down $50", "$50", "USD", "$10"))


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("The fund had $50 million in outflows", "USD", "flow"),
        ("Revenue reached $50 million", "USD", "revenue"),
        ("Hackers stole $50 million", "USD", "loss"),
        ("It moved $50 million", "USD", "trade"),
    ],
)
def test_the_nearest_cue_names_the_kind(text, unit, kind):
    assert kind_of(mention(text, "$50 million", unit, value=5e7)).value == kind


def test_nothing_costs_ten_million_apiece():
    assert kind_of(mention("The price was $50 million", "$50 million", value=5e7)).value != "price"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("It fell to $50", "down"),
        ("It broke above $50", "up"),
        ("It hit a low of $50", "down"),
        ("It hit $50", "up"),
        ("It holds above $50", None),
        ("It stands at $50", None),
        ("It failed to break above $50", None),
        ("It rose from $50", None),
    ],
)
def test_a_level_has_a_direction_only_after_a_movement(text, direction):
    assert direction_of(mention(text, "$50"), "price", "level").value == direction


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("It rose by $50", "change"),
        ("A $50 drop followed", "change"),
        ("It rose to $50", "level"),
        ("It costs $50", "level"),
    ],
)
def test_an_amount_gained_is_a_change(text, measure):
    assert measure_of(mention(text, "$50"), "price").value == measure


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("It could fall to $50", "hypothetical"),
        ("Analysts expect it could reach $50", "expected"),
        ("It fell to $50", "actual"),
        ("A $50 price target was set", "expected"),
        ("Will it reach $50?", "hypothetical"),
        ("It could rise from $50", "actual"),
    ],
)
def test_status(text, status):
    assert status_of(mention(text, "$50"), "price").value == status


def test_odds_of_a_market_are_actual_and_a_forecasters_are_expected():
    assert status_of(mention("The chance of a cut could be 50%", "50%", "percent"), "probability").value == "actual"
    predicted = mention("Analysts predict a 50% chance of a cut", "50%", "percent")
    assert status_of(predicted, "probability").value == "expected"


def test_a_linear_scorer_adds_the_weights_of_features_and_of_the_context_for_a_label():
    scorer = LinearScorer({"near": 2.0}, {"word fell": {"down": 1.5}})
    candidates = [Candidate("up", "up", {"near": 0.5, "unknown": 9.0}), Candidate("down", "down", {})]
    seen = mention("It fell to $50", "$50")
    assert scorer(seen, ["word fell", "word unknown"], candidates) == [1.0, 1.5]
    decided = decide(scorer, seen, ["word fell"], candidates)
    assert decided.value == "down"
    assert decided.certainty == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_of_equal_candidates_the_first_is_chosen():
    candidates = [Candidate("a", "", {}), Candidate("b", "", {})]
    assert decide(LinearScorer(), mention("It fell to $50", "$50"), [], candidates) == ("a", 0.5)


def test_every_role_has_weights():
    assert set(linear_scorers()) == set(ROLES)
    assert all(scorer.features for scorer in linear_scorers().values())


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("DeFi lending climbed again", "DeFi lending"),
        ("The total of all things, while UK banks block transfers", "UK banks"),
        ("A Polymarket trader who won", "Polymarket trader"),
        ("Developer commits fall", "Developer commits"),
    ],
)
def test_what_stands_before_a_verb_is_a_phrase(text, phrase):
    assert phrase in [found.text for found in openings(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "number", "phrase"),
    [
        ("It asked 69 economists in May", "69", "economists"),
        ("Some 45% of financial advisors agreed", "45%", "financial advisors"),
        ("The $85B creator economy", "$85B", "creator economy"),
    ],
)
def test_what_a_number_counts_is_a_phrase(text, number, phrase):
    assert [found.text for found in counted(mention(text, number, "count"))] == [phrase]


def test_new_names_are_counted_over_the_article():
    text = "Quellwerk raises money. Then Quellwerk spends it in May."
    assert new_names(text, [(0, 23), (24, len(text))], ()) == {"Quellwerk": 2}


@pytest.mark.shared
def test_the_seeds_tell_their_headline_figures():
    from narrative.pipeline.annotate import annotate
    from narrative.pipeline.load import build

    nlp = build()
    seeds = sorted((Path(os.environ["NARRATIVE_SHARED"]) / "seeds").glob("*.txt"))
    found = {
        (figure.value, figure.kind, figure.direction, figure.subject and figure.subject.name, figure.status)
        for seed in seeds
        for figure in annotate(seed.read_text("utf-8"), published="2026-02-10", nlp=nlp).figures
    }
    assert (6.2e9, "flow", "out", "US spot Bitcoin ETFs", "actual") in found
    assert (92_700, "price", "up", "Bitcoin", "actual") in found
    assert (57e9, "revenue", "up", "Nvidia", "actual") in found
    assert (54.9e9, "revenue", None, "Nvidia", "expected") in found
