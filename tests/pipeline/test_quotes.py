from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.pipeline.entities import mark_entities, mark_mentions
from narrative.pipeline.load import load
from narrative.pipeline.quotes import find_quotes, mark_quotes


def quotes(text: str) -> list[tuple[str, str | None]]:
    nlp = load()
    doc = mark_quotes(mark_entities(mark_mentions(nlp.get_pipe("sentences")(nlp.make_doc(text)))))
    return [(quote.text, quote.speaker and quote.speaker.name) for quote in doc._.quotes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will keep on buying,” Michael Saylor said.", [("We will keep on buying,", "Michael Saylor")]),
        ('"We will keep on buying," said Saylor.', [("We will keep on buying,", "Michael Saylor")]),
        ("Vitalik Buterin wrote: “Layers must earn their keep.”",
         [("Layers must earn their keep.", "Vitalik Buterin")]),
        ("According to Glassnode, this is “the calmest market in years.”",
         [("the calmest market in years.", "Glassnode")]),
        ("Jerome Powell spoke. “We are in no hurry,” he said.", [("We are in no hurry,", "Jerome Powell")]),
        ("CoinShares told its clients. “Flows are back for good,” the firm said.",
         [("Flows are back for good,", "CoinShares")]),
        ("“No funds have been lost,” a Kraken spokesperson said.", [("No funds have been lost,", "Kraken")]),
        ("Brian Armstrong’s “we only ever hold” was noted.", [("we only ever hold", "Brian Armstrong")]),
        ("“We built it in a week.” – Brian Armstrong", [("We built it in a week.", "Brian Armstrong")]),
        ("«Wir kaufen immer noch mehr», Michael Saylor said.", [("Wir kaufen immer noch mehr", "Michael Saylor")]),
        ("“It has been a long year,” Tom Lee said. “The next one will be better.”",
         [("It has been a long year,", "Tom Lee"), ("The next one will be better.", "Tom Lee")]),
        ("The sign read “no cash taken here today” in red.", [("no cash taken here today", None)]),
        ("The so-called “digital gold” fell, and “buy the dip” was heard.", []),
        ("“The first paragraph goes on\n\n“and the second ends it here,” Adam Back said.",
         [("The first paragraph goes on", "Adam Back"), ("and the second ends it here,", "Adam Back")]),
        ("“He told me “never sell a coin” and left,” Max Keiser said.",
         [("He told me “never sell a coin” and left,", "Max Keiser")]),
        ("A 6\" screen and a 7\" screen were shown to us.", []),
    ],
)  # fmt: skip
def test_quotations_and_their_speakers(text, expected):
    assert quotes(text) == expected


def test_no_quotation_in_boilerplate():
    assert find_quotes("“One two three four five.”", [], [(0, 10)]) == []


@settings(deadline=None)
@given(st.text(alphabet="“”\"«»„ab .,\n'’s:", max_size=400))
def test_any_text_gives_ordered_quotations_of_four_words(text):
    end = 0
    for quote in find_quotes(text, []):
        assert end <= quote.start < quote.end <= len(text)
        assert text[quote.start : quote.end] == quote.text
        assert len(quote.text.split()) >= 4
        end = quote.end


@pytest.mark.parametrize("unit", ["“", '"', "“a b c d” ", "«", "a b c d ", "\n", "“a\n\n"])
def test_a_megabyte_of_marks_is_read_at_once(unit):
    text = unit * (1_000_000 // len(unit))
    begin = time.perf_counter()
    find_quotes(text, [])
    assert time.perf_counter() - begin < 8
