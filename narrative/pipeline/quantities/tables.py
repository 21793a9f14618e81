"""What `data/units.toml` says, compiled once a process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from narrative.records import Modality

_END = r"(?![A-Za-z0-9_\u00c0-\u024f\u0370-\u04ff])"  # Chinese and Japanese may follow at once
VULGAR = "½⅓⅔¼¾⅛⅜⅝⅞"
_GAP = "[ \u00a0\u202f-]"  # what may stand between a number and its magnitude or unit


@dataclass(frozen=True, slots=True)
class Tables:
    """Look-ups and patterns of the number grammar.

    `anchor` finds where a number may begin; `prefix` and `suffix` find currencies before and units after a number,
    whose spellings `units` maps to (unit, factor).
    """

    anchor: re.Pattern[str]
    prefix: re.Pattern[str]
    suffix: re.Pattern[str]
    magnitude: re.Pattern[str]
    duration: re.Pattern[str]
    names: re.Pattern[str]
    units: Mapping[str, tuple[str, float]]
    currencies: frozenset[str]
    coins: frozenset[str]
    coin_names: re.Pattern[str]
    ambiguous_tickers: frozenset[str]
    ambiguous_words: frozenset[str]
    magnitudes: Mapping[str, float]
    money_letters: frozenset[str]
    point_magnitudes: frozenset[str]
    point_currencies: frozenset[str]
    either_currencies: frozenset[str]
    weak_signs: frozenset[str]
    cents_of: Mapping[str, frozenset[str]]
    not_grand: re.Pattern[str]
    ones: Mapping[str, int]
    scales: Mapping[str, float]
    fractions: Mapping[str, float]
    multiples: Mapping[str, float]
    not_multiple: re.Pattern[str]
    twice: re.Pattern[str]
    part_of: re.Pattern[str]
    not_part_before: re.Pattern[str]
    modality: Mapping[str, Modality]
    after: Mapping[str, Modality]
    fillers: frozenset[str]
    names_before: frozenset[str]
    names_before_any: frozenset[str]
    indicators: frozenset[str]
    durations: frozenset[str]
    irregular: frozenset[str]
    stop: frozenset[str]
    small: frozenset[str]
    announcing: frozenset[str]
    qualified: frozenset[str]
    hyphenated: frozenset[str]
    coin_words: frozenset[str]
    named: re.Pattern[str]
    index_words: re.Pattern[str]
    ratio_words: re.Pattern[str]
    level_verbs: frozenset[str]
    level_leads: frozenset[str]
    level_after: re.Pattern[str]
    price: re.Pattern[str]
    not_price: re.Pattern[str]
    ranged_from: re.Pattern[str]
    moved_from: re.Pattern[str]
    moved: re.Pattern[str]
    between: re.Pattern[str]


@cache
def tables() -> Tables:
    """Read and compile the data file."""
    data = read_toml(Path(__file__).parent.parent / "data" / "units.toml")
    units, exact, words = _units(data)
    modality, after = _modality(data["modality"])
    counts, levels, none = data["counts"], data["levels"], data["no_figure"]
    numbers, ranges = data["words"], data["ranges"]
    little = rf"(?:(?i:{_any(ranges['between'])}) ){{0,3}}"
    magnitudes: dict[str, float] = {**data["magnitudes"]["words"], **data["magnitudes"]["characters"]}
    times = none["durations"] + numbers["times"]
    starts = [*numbers["ones"], *numbers["scales"], *numbers["fractions"], *numbers["multiples"], *numbers["halved"]]
    return Tables(
        anchor=re.compile(rf"[0-9{VULGAR}]|(?=[A-Za-z])(?<![\w@#$'’])(?i:{_any(starts)})(?!\w)"),
        prefix=_prefix(data["currencies"], data["small"]),
        suffix=re.compile(
            rf"[ \u00a0\u202f]?(?P<sign>[%％٪¢€£¥￥₩￦₹₽₴₺₪฿₱₫₸₦₵₿Ξ]|円|원)"
            rf"|{_GAP}?(?P<exact>\$?(?:{_any(exact)})){_END}"
            rf"|{_GAP}?#?(?P<word>(?i:{_any(words)})){_END}"
            rf"|(?P<times>[xX×]){_END}"
            r"|-?(?P<fold>(?i:fold))(?![A-Za-z])"
            rf"|[ -](?P<more>(?i:times))(?= (?i:{_any(numbers['times_what'])})(?!\w))"
        ),
        magnitude=re.compile(
            rf"(?P<plus>\+?)[\s\u200b-]{{0,3}}(?P<word>(?i:{_any(data['magnitudes']['words'])})){_END}"
            rf"|(?P<letter>{_any(data['magnitudes']['letters'])})(?:{_END}|(?=s{_END}))"
            rf"|{_GAP}(?P<spaced>{_any(data['magnitudes']['spaced'])})(?![\w'’/&-])"
            rf"|[ ]?(?P<character>{_any(data['magnitudes']['characters'])})"
        ),
        duration=re.compile(
            rf"\+?[ \u00a0-]?(?:(?i:{_any(none['between'])})[ -]){{0,3}}(?i:{_any(none['durations'])})(?![A-Za-z])"
        ),
        names=re.compile(rf"(?<![A-Za-z0-9$€£¥.,])(?:{_any(none['names'])})(?![A-Za-z0-9])"),
        units=units,
        currencies=frozenset(data["currencies"]) - frozenset(data["coins"]),
        coins=frozenset([*data["coins"], *data["subunits"]]),
        coin_names=_coin_names(data),
        ambiguous_tickers=frozenset(data["ambiguous"]["tickers"]),
        ambiguous_words=frozenset(data["ambiguous"]["words"]),
        magnitudes={**magnitudes, **data["magnitudes"]["letters"]},
        money_letters=frozenset(data["magnitudes"]["money"]),
        point_magnitudes=frozenset(data["magnitudes"]["points"]),
        point_currencies=frozenset(data["grouped"]["points"]),
        either_currencies=frozenset(data["grouped"]["either"]),
        weak_signs=frozenset(data["weak"]["signs"]),
        cents_of={unit: frozenset(wholes) for unit, wholes in data["whole"].items()},
        not_grand=re.compile(rf"[ -](?i:{_any(numbers['grand'])})(?!\w)"),
        ones=numbers["ones"],
        scales=numbers["scales"],
        fractions={**numbers["fractions"], **numbers["halved"]},
        multiples=numbers["multiples"],
        not_multiple=re.compile(rf"[- ](?i:{_any(numbers['not_multiple'])})"),
        twice=re.compile(rf" (?i:{_any(numbers['twice'])})(?! (?i:an?|per|{_any(times)})(?!\w))"),
        part_of=_part_of(numbers["part_of"], _any(times)),
        not_part_before=re.compile(rf"(?<!\w)(?i:{_any(numbers['not_part_before'])}) \Z"),
        modality=modality,
        after=after,
        fillers=frozenset(data["modality"]["fillers"]),
        names_before=frozenset(none["names_before"]),
        names_before_any=frozenset(none["names_before_any"]),
        indicators=frozenset(none["indicators"]),
        durations=frozenset(none["durations"]),
        irregular=frozenset(counts["irregular"]),
        stop=frozenset(counts["stop"]),
        small=frozenset(word.lower() for word in counts["small"]),
        announcing=frozenset(counts["announcing"]),
        qualified=frozenset(counts["qualified"]),
        hyphenated=frozenset(counts["hyphenated"]),
        coin_words=frozenset(counts["coins"]),
        named=re.compile(rf" (?i:{_any(counts['named'])})(?!\w)"),
        index_words=re.compile(rf"(?<!\w)(?i:{_any(levels['index'])})(?!\w)"),
        ratio_words=re.compile(rf"(?<!\w)(?i:{_any(levels['ratio'])})(?!\w)"),
        level_verbs=frozenset(levels["verbs"]),
        level_leads=frozenset(
            phrase.split()[-1].rpartition("-")[2]
            for phrase in [*levels["verbs"], *levels["index"], *levels["ratio"], *modality, *"0123456789"]
        ),
        level_after=re.compile(rf" (?i:{_any(levels['after'])})(?!\w)"),
        price=re.compile(
            rf"(?<!\w)(?i:{_any(levels['price_verbs'])})(?: (?i:{_any(levels['price_between'])})){{0,5}} \Z"
        ),
        not_price=re.compile(rf"(?<!\w)(?i:{_any(levels['not_price'])})(?!\w)"),
        ranged_from=re.compile(rf"(?<!\w)(?i:{_any(ranges['spread'])}) (?i:from) {little}\Z"),
        moved_from=re.compile(rf"(?<!\w)(?i:from) {little}\Z"),
        moved=re.compile(rf"(?<!\w)(?i:{_any(ranges['moved'])}) {little}\Z"),
        between=re.compile(rf"(?<!\w)(?i:between) {little}\Z"),
    )


def _any(spellings: Iterable[str]) -> str:
    """An alternation, the longest first."""
    return "|".join(re.escape(spelling) for spelling in sorted(set(spellings), key=lambda s: (-len(s), s)))


def _units(data: dict[str, Any]) -> tuple[dict[str, tuple[str, float]], list[str], list[str]]:
    """Every spelling of a unit after a number; those matched as printed; those matched in any case (lower here)."""
    units: dict[str, tuple[str, float]] = {}
    exact: list[str] = []
    words: list[str] = []

    def add(unit: str, factor: float, printed: Iterable[str], any_case: Iterable[str]) -> None:
        for spelling in printed:
            units.setdefault(spelling, (unit, factor))
            exact.append(spelling)
        for spelling in any_case:
            units.setdefault(spelling, (unit, factor))
            words.append(spelling)

    for unit, spellings in data["units"].items():
        add(unit, 1, spellings["exact"], spellings["words"])
    for code in data["small"]["millions"]:
        add(code, 1e6, [f"M{code}"], [])
    for code in data["small"]["codes"]:
        units.setdefault(code, ({"rmb": "CNY"}.get(code, code.upper()), 1))
    for unit, spellings in data["currencies"].items():
        add(unit, 1, [*spellings["codes"], *spellings["signs"]], spellings["words"])
    for unit, names in data["cents"].items():
        add(unit, 0.01, [], names)
    for ticker, names in data["coins"].items():
        add(ticker, 1, [ticker], names)
    for unit, names in data["subunits"].items():
        add(unit, 1, [], names)
    return units, exact, words


def _coin_names(data: dict[str, Any]) -> re.Pattern[str]:
    """A coin named in running text, by ticker or name; stablecoins' prices are not news."""
    tickers = [ticker for ticker in data["coins"] if len(ticker) > 2 and ticker not in data["ambiguous"]["tickers"]]
    names = [name for spellings in data["coins"].values() for name in spellings if name.isascii()]
    return re.compile(rf"(?<![\w$])(?:{_any(tickers)}|(?i:{_any(names)}))(?!\w)")


def _part_of(determiners: list[str], times: str) -> re.Pattern[str]:
    """What follows `half` or `a quarter` where it is a part of something, neither of time nor of a magnitude."""
    no_whole = rf"(?i:q[1-4]|fy|fiscal|next|last|this|the (?:{times})|an? (?:hundred|thousand|(?:m|b|tr)illion))(?!\w)"
    return re.compile(
        rf"[- ]of (?!(?:19|20)[0-9][0-9]|{no_whole})|[- ](?i:{_any(determiners)})(?!\w)(?! (?i:{times})(?!\w))"
    )


def _prefix(currencies: dict[str, Any], small: dict[str, list[str]]) -> re.Pattern[str]:
    """A currency at the end of what stands before a number, with the signs around it."""
    lettered: list[str] = []
    bare: list[str] = []
    for spellings in currencies.values():
        for spelling in [*spellings["signs"], *spellings["codes"]]:
            (lettered if spelling[0].isalpha() else bare).append(spelling)
    lettered += [*small["codes"], *(f"M{code}" for code in small["millions"])]
    dollars = [sign for sign in lettered if sign.endswith("$") and len(sign) > 2]
    spaced = rf"(?i:{_any(dollars)})|(?i:hk|nz|nt) \$|c \$(?= )"  # as tokenised texts print them
    return re.compile(
        rf"(?P<outer>[-−–+])?(?P<currency>(?<![A-Za-z/$])(?:{_any(lettered)}|{spaced})|(?:{_any(bare)}))"
        r"[ \u00a0\u202f]?(?P<inner>[-−+(])?\Z"
    )


def _modality(data: dict[str, list[str]]) -> tuple[dict[str, Modality], dict[str, Modality]]:
    before: dict[str, Modality] = {}
    after: dict[str, Modality] = {}
    names: tuple[Modality, ...] = ("exact", "approx", "over", "under", "up_to")
    for name in names:
        before.update(dict.fromkeys(data[name], name))
        after.update(dict.fromkeys(data.get(f"after_{name}", []), name))
    return before, after
