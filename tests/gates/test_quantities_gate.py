"""Gates of the reader of quantities on the gold and on the peers' suites."""

from __future__ import annotations

from typing import Any

import figures
import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return figures.compare(None)["narrative_quantities"]


def test_no_figure_of_the_gold_is_off_by_its_magnitude(ours):
    assert ours["gold"]["all"]["magnitude errors"] == 0


def test_value_and_unit_of_the_gold(ours):
    assert ours["gold"]["all"]["value+unit f1"] >= 0.98
    assert ours["gold"]["lockbox"]["value+unit f1"] >= 0.95


def test_the_currency_specs_pass_but_for_what_differs_on_purpose(ours):
    assert ours["currency"]["passed"] >= 0.95
    assert ours["currency"]["skipped"] <= 18
    assert ours["currency"]["magnitude errors"] == 0


def test_prices_of_shops_are_read_or_left_alone(ours):
    scores = ours["prices"]
    assert scores["right"] >= 750
    assert scores["wrong"] <= 6
