"""Findings in sober words: what came before what, how sure that is, and what can't be concluded.

A test of series against prices shows order in time and no cause; a result without evidence is no evidence of absence,
so the smallest effect that the test would find is told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from narrative.report.titles import series_title
from narrative.results import Naive

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from narrative.results import Finding, Findings, Power, Rate, Test

TEST_NAMES: Final[dict[Test, str]] = {
    "lead-lag": "series first", "reverse": "price first", "same-time": "same time",
}  # fmt: skip


@dataclass(frozen=True)
class FindingRow:
    """A finding as a row of a table."""

    series: str
    asset: str
    test: str
    lag: str
    value: str
    p: str
    q: str
    n: int
    words: str
    significant: bool


def finding_rows(findings: Iterable[Finding], role: str) -> list[FindingRow]:
    """The findings of one role, the smallest q first."""
    chosen = [one for one in findings if one.role == role]
    chosen.sort(key=lambda one: (one.family, one.test, one.q, one.p, one.series, one.asset))
    if role == "primary":
        chosen.sort(key=lambda one: (not one.significant, one.q, one.p))
    return [
        FindingRow(
            series=series_title(one.series),
            asset=one.asset,
            test=TEST_NAMES[one.test],
            lag=str(one.lag).replace("-", "−"),
            value=f"{signed(one.value)} ({signed(one.low)} to {signed(one.high)})",
            p=chance(one.p),
            q=chance(one.q),
            n=one.n,
            words=in_words(one),
            significant=one.significant,
        )
        for one in chosen
    ]


def not_tested(found: Findings) -> list[tuple[str, str, str]]:
    """Series, asset and reason of what was declared and could not be tested, as the manifest tells it."""
    told = found.manifest.get("left_out")
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    return [
        (series_title(str(row.get("series", ""))), str(row.get("asset", "")), str(row.get("reason", "")))
        for row in rows
    ]


def in_words(one: Finding) -> str:
    """What one finding says, with the series as "it"."""
    together = "in the same direction" if one.value >= 0 else "in the opposite direction"
    bars = _count(abs(one.lag), "bar")
    match one.test, one.significant:
        case "lead-lag", True:
            return f"came before {one.asset} by {bars}, {together}"
        case "lead-lag", False:
            return f"no evidence that it came before {one.asset}"
        case "reverse", True:
            return f"{one.asset} came before it by {bars}, {together}"
        case "reverse", False:
            return f"no evidence that {one.asset} came before it"
        case _, True:
            return f"moved in the same bar as {one.asset}, {together}"
    return f"no evidence that it moved with {one.asset} in the same bar"


def conclusion(found: Findings) -> list[str]:
    """What the headline tests say and can't say, a sentence each."""
    primary = [one for one in found.findings if one.role == "primary"]
    if not primary:
        return ["No headline test was run, so nothing is said about what came before what."]
    said = [_headline(primary), _tested(primary, found.procedure.alpha)]
    said += _errs(found.procedure.false_positive_rate.get("lead-lag"), found.procedure.alpha)
    said += _finds(found.procedure.power.get("lead-lag"), any(one.significant for one in primary))
    said += _naive(found)
    said.append(
        "Order in time is no cause: what comes first may follow from a third thing that moves both, and what held in "
        "this period may not hold in the next."
    )
    return said


def chance(value: float) -> str:
    """A p or q value in three digits at most."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def signed(value: float) -> str:
    """A correlation with its sign; a true minus, so that columns align."""
    return f"{value:+.2f}".replace("-", "−") if round(value, 2) else "0.00"


def _headline(primary: Sequence[Finding]) -> str:
    significant = sorted((one for one in primary if one.significant), key=lambda one: (one.q, one.p))
    if not significant:
        return "No series led any price beyond what chance gives."
    told = [f"“{series_title(one.series)}” {in_words(one)} (q = {chance(one.q)})" for one in significant[:3]]
    more = len(significant) - len(told)
    rest = f"; {more} more are in the table" if more else ""
    return f"{len(significant)} of {_count(len(primary), 'headline test')} went beyond chance: {'; '.join(told)}{rest}."


def _tested(primary: Sequence[Finding], alpha: float) -> str:
    lengths = sorted({one.n for one in primary})
    bars = _span(lengths[0], lengths[-1], "bar")
    start, end = min(one.start for one in primary), max(one.end for one in primary)
    tried = max(one.tried for one in primary)
    declared = "1 test was declared before prices were read and is judged"
    if tried > 1:
        declared = f"{tried:,} tests were declared before prices were read and are judged together"
    idle = max(0, tried - len(primary))
    rest = f" {idle:,} of them could not be run and count as tests without evidence." if idle else ""
    return f"{declared} (Benjamini–Hochberg, q ≤ {alpha:g}), on {bars} from {start} to {end}.{rest}"


def _errs(rate: Rate | None, alpha: float) -> list[str]:
    if rate is None:
        return ["How often this procedure fires on unrelated data was not measured at this length."]
    return [
        f"On simulated pairs that have nothing to do with each other, one such test fires in {_percent(rate.value)} of "
        f"cases ({_percent(rate.low)} to {_percent(rate.high)}); {_percent(alpha)} are meant."
    ]


def _finds(power: Power | None, any_significant: bool) -> list[str]:
    if power is None:
        return ["How large a link it would find was not measured at this length."]
    absence = "" if any_significant else " So a link may exist and go unseen here."
    return [
        f"A link as strong as a correlation of {power.effect:.2f} would be found in {_percent(power.value)} of cases "
        f"({_percent(power.low)} to {_percent(power.high)}) by one test alone, and more rarely among many.{absence}"
    ]


def _naive(found: Findings) -> list[str]:
    try:
        naive = Naive.model_validate(found.manifest.get("naive"))
    except ValidationError:  # none told: findings of somebody else
        return []
    if not naive.tried:
        return []
    return [
        f"Plain correlation, taking the best of all lags, would have claimed a link in {naive.levels} of "
        f"{_count(naive.tried, 'pair')} with the price's level and in {naive.returns} with its returns; "
        "trending series correlate with one another by chance, which is why it is not used."
    ]


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f}".rstrip("0").rstrip(".") + "%"


def _span(low: int, high: int, noun: str) -> str:
    return _count(low, noun) if low == high else f"{low:,} to {_count(high, noun)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
