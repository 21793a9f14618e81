"""The number grammar against plain-data specs and by properties."""

import json
import math
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.pipeline.quantities import Quantity, read_quantities

UNITS = tomllib.loads((Path(__file__).parents[2] / "narrative" / "pipeline" / "data" / "units.toml").read_text("utf-8"))
SPECS = json.loads((Path(__file__).parents[1] / "specs" / "quantities.json").read_text("utf-8"))


def _as_spec(quantity: Quantity, text: str, keys: set[str]) -> dict[str, object]:
    row = {
        "text": text[quantity.start : quantity.end],
        "value": quantity.value,
        "high": quantity.high,
        "unit": quantity.unit,
        "modality": quantity.modality,
    }
    if quantity.negative:
        row["negative"] = True
    if "noun" in keys:
        row["noun"] = quantity.noun
    return row


@pytest.mark.parametrize("spec", SPECS, ids=[spec["input"][:60] for spec in SPECS])
def test_spec(spec):
    expected = spec["expected"]
    found = read_quantities(spec["input"])
    keys = [set(row) for row in expected] + [set()] * len(found)
    assert [_as_spec(q, spec["input"], k) for q, k in zip(found, keys, strict=False)] == expected


MAGNITUDES = {
    "": 1.0,
    " thousand": 1e3,
    "K": 1e3,
    "k": 1e3,
    " million": 1e6,
    "M": 1e6,
    "m": 1e6,
    "mn": 1e6,
    " Million": 1e6,
    "-million": 1e6,
    " billion": 1e9,
    "B": 1e9,
    "bn": 1e9,
    "Bn": 1e9,
    " bn": 1e9,
    "b": 1e9,
    " trillion": 1e12,
    "T": 1e12,
    "tn": 1e12,
    " crore": 1e7,
    " lakh": 1e5,
    " lakh crore": 1e12,
    "万": 1e4,
    "亿": 1e8,
    "万亿": 1e12,
}
MONEY = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₩": "KRW",
    "₹": "INR",
    "HK$": "HKD",
    "Rs ": "INR",
    "USD ": "USD",
    "C$": "CAD",
    "S$": "SGD",
    "A$": "AUD",
}
AFTER = {
    " BTC": "BTC",
    " ether": "ETH",
    "%": "percent",
    " percent": "percent",
    " bps": "bps",
    " euros": "EUR",
    " USDT": "USDT",
    " yen": "JPY",
    " MW": "MW",
    " EH/s": "EH/s",
    " US dollars": "USD",
}

numerals = st.integers(1, 99_999_999).flatmap(
    lambda cents: st.sampled_from(
        [
            (f"{cents / 100:,.2f}", cents / 100),
            (f"{cents / 100:.2f}", cents / 100),
            (f"{cents:,}", cents),
            (f"{cents}", cents),
        ]
    )
)


@given(numerals, st.sampled_from(sorted(MAGNITUDES)), st.sampled_from(sorted(MONEY)))
def test_printed_money_reads_back(numeral, magnitude, sign):
    printed, value = numeral
    text = f"The fund took in {sign}{printed}{magnitude}, it said."
    (found,) = read_quantities(text)
    assert math.isclose(found.value, value * MAGNITUDES[magnitude], rel_tol=1e-9)
    assert (found.unit, text[found.start : found.end]) == (MONEY[sign], f"{sign}{printed}{magnitude}")


@given(
    numerals, st.sampled_from([m for m in sorted(MAGNITUDES) if m not in ("b", "m")]), st.sampled_from(sorted(AFTER))
)
def test_printed_units_read_back(numeral, magnitude, unit):
    printed, value = numeral
    if value in range(1900, 2100):
        return  # reads as a year where a unit could be the next word
    text = f"It moved {printed}{magnitude}{unit} again."
    (found,) = read_quantities(text)
    assert math.isclose(found.value, value * MAGNITUDES[magnitude], rel_tol=1e-9)
    assert (found.unit, text[found.start : found.end]) == (AFTER[unit], f"{printed}{magnitude}{unit}")


BEFORE = [(sign, unit) for unit, c in UNITS["currencies"].items() for sign in [*c["signs"], *c["codes"]]]
BEHIND = [
    *((f" {word}", unit, 1.0) for unit, c in UNITS["currencies"].items() for word in [*c["words"], *c["codes"]]),
    *((f" {word}", unit, 0.01) for unit, words in UNITS["cents"].items() for word in words),
    *(
        (f" {name}", unit, 1.0)
        for unit, names in UNITS["coins"].items()
        for name in [*names, f"${unit}"]
        if len(unit) > 1
    ),
    *((f" {word}", unit, 1.0) for unit, u in UNITS["units"].items() for word in [*u["exact"], *u["words"]]),
]


@given(numerals, st.sampled_from(BEFORE), st.sampled_from([" million", "bn", "M"]))
def test_every_sign_and_code_reads_back(numeral, currency, magnitude):
    printed, value = numeral
    sign, unit = currency
    gap = " " if sign[-1].isalpha() else ""
    (found,) = read_quantities(f"It took in {sign}{gap}{printed}{magnitude} then.")
    assert math.isclose(found.value, value * MAGNITUDES[magnitude], rel_tol=1e-9)
    assert found.unit == unit


@given(numerals, st.sampled_from(BEHIND), st.sampled_from([" million", " billion"]))
def test_every_unit_reads_back(numeral, behind, magnitude):
    printed, value = numeral
    spelling, unit, factor = behind
    (found,) = read_quantities(f"It moved {printed}{magnitude}{spelling} then.")
    assert math.isclose(found.value, value * MAGNITUDES[magnitude] * factor, rel_tol=1e-9)
    assert found.unit == unit


@given(st.integers(1000, 10**15), st.sampled_from([",", "'", "’", "\u00a0", "\u202f", "\u2009"]))
def test_every_separator_of_thousands_reads_back(value, separator):
    (found,) = read_quantities(f"It moved ${value:,} then.".replace(",", separator))
    assert found.value == value


@given(st.integers(0, 999), st.integers(1, 9), st.sampled_from([2, 3, 4, 5, 8]))
def test_a_fraction_reads_back_or_is_left_alone(whole, parts, of):
    for found in read_quantities(f"The bond pays {whole} {parts}/{of}% then."):
        assert math.isclose(found.value, whole + parts / of)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(["$", "€", "£", "R$", "₺"]), st.booleans())
def test_a_point_or_comma_that_may_mean_either_is_never_off_by_a_thousand(high, low, sign, comma):
    printed = f"{high}{',' if comma else '.'}{low:03}"
    found = [quantity.value for quantity in read_quantities(f"It costs {sign}{printed} now.")]
    if comma:
        assert found == [high * 1000 + low]
    elif sign in ("$", "£"):
        assert found == [float(printed)]
    else:
        assert found == []


ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _in_words(n: int) -> str:
    if n < 20:
        return ONES[n - 1]
    if n < 100:
        return TENS[n // 10 - 2] + (f"-{ONES[n % 10 - 1]}" if n % 10 else "")
    return f"{ONES[n // 100 - 1]} hundred" + (f" and {_in_words(n % 100)}" if n % 100 else "")


@given(st.integers(1, 999), st.sampled_from([("", 1), (" thousand", 1e3), (" million", 1e6), (" billion", 1e9)]))
def test_number_words_read_back(n, scale):
    (found,) = read_quantities(f"It paid {_in_words(n)}{scale[0]} dollars.")
    assert (found.value, found.unit) == (n * scale[1], "USD")


@given(numerals, numerals, st.sampled_from([" to ", "-", "–"]), st.sampled_from(["M", " billion", "bn"]))
def test_a_shared_magnitude_is_shared_or_nothing_is_said(low, high, dash, magnitude):
    factor = MAGNITUDES[magnitude]
    for found in read_quantities(f"Losses of ${low[0]}{dash}${high[0]}{magnitude} loom."):
        ends = [found.value] if found.high is None else [found.value, found.high]
        for end in ends:
            assert any(math.isclose(end, v, rel_tol=1e-9) for v in (low[1] * factor, high[1] * factor)) or (
                "," in low[0] and math.isclose(end, low[1], rel_tol=1e-9)
            )


WORDS = [
    "$",
    "€",
    "US$",
    "%",
    " ",
    ",",
    ".",
    "-",
    "–",
    "(",
    ")",
    "/",
    "#",
    "BTC",
    "million",
    "bn",
    "half",
    "a",
    "between",
    "from",
    "to",
    "and",
    "two",
    "hundred",
    "1",
    "2025",
    "10,000",
    "0.5",
    "x",
    "K",
    "mid-",
    "s",
    "🚀",
    "\n",
    "万",
    "亿",
    "of",
    "in",
    "٣",
    "²",
    "RSI",
    "index",
    "users",
    "days",
    "\u00a0",
    "https://",
    "0x",
    "@",
]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)))
def test_any_text_gives_ordered_quantities_inside_it(text):
    last = 0
    for found in read_quantities(text):
        assert last <= found.start < found.end <= len(text)
        assert found.value >= 0
        assert math.isfinite(found.value)
        assert found.high is None or (math.isfinite(found.high) and found.high >= found.value)
        assert found.unit
        last = found.end


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "1,",
            "1.",
            "1,1",
            "1.111,",
            "1 ",
            "(",
            "((1)",
            "🚀",
            "$",
            "$1 ",
            "1 to ",
            "$1-",
            "1-",
            "1/",
            "1:",
            "1'",
            "²",
        ),
        *(
            "a million ",
            "one hundred ",
            "half a ",
            "between 1 and ",
            "1% ",
            "$1 million ",
            "0x",
            "@a",
            "1 more ",
            "a1 ",
        ),
        *(
            "Jan 1 ",
            "1 000 ",
            "1 in ",
            "http://",
            "1亿",
            "S&P 500 ",
            "users ",
            "1 long daily ",
            "index at 1 ",
            "x" * 99 + "1",
        ),
    ],
)
def test_time_is_linear(unit):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.perf_counter()
        read_quantities(text)
        return time.perf_counter() - start

    # Ten times the text: quadratic would take a hundred times as long. The second look is for a busy machine.
    assert any(seconds(40_000) < 40 * seconds(4_000) + 0.05 for _ in range(2))


@pytest.mark.parametrize("piece", ["1,", "12,345 ", "(", "()", "((1)", "🚀", "🚀1", "[1]", "1.", "{a:b;"])
def test_a_megabyte_of_one_line_takes_about_a_second(piece):
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    read_quantities(text)
    assert time.process_time() - start < 5  # a second here, with room for a slow machine
