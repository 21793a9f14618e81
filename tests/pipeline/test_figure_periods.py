import json
from pathlib import Path

import pytest

from narrative.extract.plain import article_from_text
from narrative.pipeline.annotate import annotate_batch

SPECS = json.loads((Path(__file__).parent.parent / "specs" / "figure_periods.json").read_text("utf-8"))


def periods(text: str, published: str, title: str = "") -> list[dict[str, object]]:
    article = article_from_text(text, id="x", title=title, outlet="", published=published)
    (annotation,) = annotate_batch([article])
    return [
        {"text": figure.text, "period": figure.period and [str(figure.period.start), str(figure.period.end)]}
        for figure in annotation.figures
    ]


@pytest.mark.parametrize("spec", SPECS, ids=[spec["text"] for spec in SPECS])
def test_dates_figures_as_specified(spec):
    assert periods(spec["text"], spec["published"]) == spec["expected"]


def test_a_headline_takes_the_day_of_the_flow_that_it_rounds():
    title = "Bitcoin ETFs draw in $412M"
    text = f"{title}\n\nUS spot Bitcoin ETFs took in $411.5 million on Tuesday."
    assert [figure["period"] for figure in periods(text, "2025-11-21", title)] == [["2025-11-18", "2025-11-18"]] * 2


def test_a_headline_takes_no_day_from_a_price():
    title = "Bitcoin tops $92,000"
    text = f"{title}\n\nBitcoin rose above $92,000 on Tuesday."
    assert periods(text, "2025-11-21", title)[0]["period"] is None


def test_a_weekly_headline_takes_the_week_of_its_report():
    title = "Crypto funds see $2.7B in weekly inflows"
    text = f"{title}\n\nCrypto funds attracted $2.7 billion last week."
    assert periods(text, "2025-11-17", title)[0]["period"] == ["2025-11-10", "2025-11-16"]


def test_a_day_is_not_carried_beyond_a_report():
    text = (
        "Bitcoin ETFs lost $90 million on Tuesday. " + "Nothing else happened. " * 20 + "Ether ETFs lost $50 million."
    )
    assert periods(text, "2025-11-21")[-1]["period"] is None
