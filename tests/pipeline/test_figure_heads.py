import math

import pytest
from encodings_by_hand import encoding

from narrative.pipeline.figure_roles.heads import Heads
from narrative.pipeline.quantities import Quantity
from narrative.records import Entity

TEXT = "Acme fell 5% while Brix and the market rose"
ACME, BRIX = (
    Entity(start=TEXT.index(name), end=TEXT.index(name) + 4, text=name, type="COMPANY", name=name, score=0.9)
    for name in ("Acme", "Brix")
)
FIVE = Quantity(10, 12, 5.0, None, "percent", "exact", False, None)


def heads(said):
    return Heads(encoding(TEXT, said), [ACME, BRIX])


def test_nothing_is_said_of_a_text_that_was_not_read():
    assert Heads(None, [ACME]).chances("kind", FIVE) == {}
    assert Heads(None, [ACME]).matches("subject", FIVE) is None


def test_chances_are_log_probabilities_of_the_words_of_the_figure():
    chances = heads({"status": {"5": (2.0, 0.0, 0.0)}}).chances("status", FIVE)
    assert list(chances) == ["actual", "expected", "hypothetical"]
    assert sum(map(math.exp, chances.values())) == pytest.approx(1)
    assert chances["actual"] - chances["expected"] == pytest.approx(1)


def test_the_mention_whose_key_agrees_belongs_to_the_figure():
    said = {
        "subject_query": {"5": (8.0, 0.0), "%": (8.0, 0.0)},
        "subject_key": {"Brix": (3.0, 0.0), "market": (9.0, 5.0)},
    }
    matches = heads(said).matches("subject", FIVE)
    assert matches.of_name("brix") - matches.of_name("ACME") == pytest.approx(3)
    assert matches.of_name("Cobalt") is None
    market = TEXT.index("market")
    assert matches.of_place(market, market + 6) - matches.of_name("Brix") == pytest.approx(6)
    assert matches.of_place(len(TEXT), len(TEXT)) is None


def test_a_name_counts_by_its_best_mention_near_the_figure():
    again = ACME.model_copy(update={"start": BRIX.start, "end": BRIX.end})
    said = {"source_query": {"5": (8.0, 0.0), "%": (8.0, 0.0)}, "source_key": {"Acme": (-4.0, 0.0), "Brix": (4.0, 0.0)}}
    matches = Heads(encoding(TEXT, said), [ACME, again]).matches("source", FIVE)
    assert matches.of_name("Acme") == pytest.approx(0)
