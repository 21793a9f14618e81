"""Which series come before which prices: the headline test and its two companions over a declared family.

The family is decided from names alone, then each pair is aligned, whitened and tested. The headline asks whether the
series leads; whether the price leads, and whether both move in the same bar, are secondary and judged by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from narrative.errors import InputError, SettingsError
from narrative.market.alignment import align, frequency_of
from narrative.market.bars import EVERY_ASSET, bars_of, close_of
from narrative.market.hypotheses import family_hash, family_of
from narrative.market.lead_lag import Trial, lag_tests
from narrative.market.multiple_testing import adjusted, resamples_needed
from narrative.market.naive import correlated_at_any_lag, log_price
from narrative.market.simulation import EFFECT, LEAD, Example, measure
from narrative.market.whitening import RETURN_ORDER, SERIES_ORDER, Innovations, innovations
from narrative.results import Finding, Findings, Naive, Procedure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from narrative.market.alignment import AlignedPair
    from narrative.market.bars import Close
    from narrative.market.hypotheses import Hypotheses
    from narrative.market.lead_lag import Outcome
    from narrative.results import Test

LONGEST_LAG: Final = {"D": 10, "W-SUN": 4, "M": 3}
REPLICATIONS: Final = 400

_EXACT: Final = 1e-8  # innovations smaller than this share of the deviation are rounding errors
_Direction = Literal["series-first", "price-first", "same-time"]
_DIRECTIONS: Final[dict[Test, _Direction]] = {
    "lead-lag": "series-first",
    "same-time": "same-time",
    "reverse": "price-first",
}


@dataclass(frozen=True, slots=True)
class _Tested:
    """A pair that can be tested."""

    asset: str
    aligned: AlignedPair
    new: Innovations
    max_lag: int

    def trial(self, test: Test) -> Trial:
        """What a test pairs: only the headline holds the asset's own returns constant."""
        returns = self.new.returns.residuals
        if test == "lead-lag":
            return Trial(self.new.series.residuals, returns, tuple(range(1, self.max_lag + 1)))
        lags = (0,) if test == "same-time" else tuple(range(-1, -self.max_lag - 1, -1))
        return Trial(self.new.alone.residuals, returns, lags)


def correlate(
    series: pd.DataFrame,
    prices: pd.DataFrame,
    *,
    select: Sequence[str] | None = None,
    assets: Sequence[str] | None = None,
    max_lag: int | None = None,
    resamples: int = 20_000,
    seed: int = 0,
    alpha: float = 0.05,
    closes: Mapping[str, Close] | None = None,
    hypotheses: Hypotheses | None = None,
    replications: int = REPLICATIONS,
    progress: Callable[[int, int], object] | None = None,
) -> Findings:
    """Test which series come before which prices, corrected for everything that was tried.

    A pair that can't be tested stays in the family, where it counts as a test that found nothing; the manifest's
    `left_out` says why.

    Args:
        series: points: at least `time`, `series`, `value`; `available` where it is known.
        prices: daily closes, a column an asset, as `read_prices` gives them.
        select: patterns of the series to test.
        assets: of the prices; all if none are named.
        max_lag: the longest lead in bars; 10 of daily series, 4 of weekly and 3 of monthly ones if not said, and never
            more than a fifth of the bars.
        resamples: of the null, at least; more where the family is so large that fewer could show nothing.
        seed: of every random number. The same seed gives the same findings in whatever order series and assets come.
        alpha: the accepted rate of false discoveries.
        closes: when prices are taken, by asset.
        hypotheses: which series is tested on which asset.
        replications: simulated pairs that rates of error are measured on; 0 measures none.
        progress: called with how many tests are done, and of how many.

    Raises:
        InputError: no pair can be tested.
        SettingsError: an argument means nothing.
    """
    _check(series, max_lag, resamples, seed, alpha)
    points = {str(name): group for name, group in series.groupby("series", sort=True)}
    columns = [str(name) for name in prices.columns]
    _refuse_strange(closes or {}, columns)
    family = sorted(family_of(points, _chosen(columns, assets), select, hypotheses))
    settings = {
        "max_lag": max_lag,
        "alpha": alpha,
        "closes": {name: str(close) for name, close in (closes or {}).items()},
    }
    tested, left_out = _testable(family, points, prices, closes, max_lag)

    enough = resamples_needed(len(family), alpha, resamples)
    tests: tuple[Test, ...] = tuple(_DIRECTIONS)
    trials = [pair.trial(test) for test in tests for pair in tested]
    outcomes = lag_tests(trials, enough, seed, progress=_counted(progress, len(trials), enough))
    hashed = family_hash(family, settings)
    findings = [
        finding
        for place, test in enumerate(tests)
        for finding in _findings(
            test, tested, outcomes[place * len(tested) : (place + 1) * len(tested)], len(family), alpha, hashed
        )
    ]
    procedure = Procedure(
        max_lag=max(pair.max_lag for pair in tested),
        resamples=enough,
        seed=seed,
        alpha=alpha,
        family_hash=hashed,
    )
    if replications:
        examples = [Example(one.aligned.x, one.new.alone, one.new.returns.residuals, one.max_lag) for one in tested]
        false, power = measure(examples, seed=seed, alpha=alpha, replications=replications)
        procedure = procedure.model_copy(
            update={"false_positive_rate": {"lead-lag": false}, "power": {"lead-lag": power}}
        )
    manifest = {
        "family": [list(pair) for pair in family],
        "left_out": left_out,
        "naive": _naive(tested).model_dump(),
        "simulation": {"replications": replications, "effect": EFFECT, "lead": LEAD},
        "whitening": {"series_order": SERIES_ORDER, "return_order": RETURN_ORDER, "criterion": "BIC"},
    }
    return Findings(manifest=manifest, procedure=procedure, findings=tuple(findings))


def _check(series: pd.DataFrame, max_lag: int | None, resamples: int, seed: int, alpha: float) -> None:
    absent = [name for name in ("time", "series", "value") if name not in series.columns]
    if absent:
        raise InputError("the series", f"no column {' and '.join(absent)}; time, series and value are needed")
    if series.empty:
        raise InputError("the series", "hold no point; there is nothing to test")
    if max_lag is not None and max_lag < 1:
        raise SettingsError(f"a longest lag of {max_lag}: it must be at least 1 bar")
    if resamples < 1 or seed < 0:
        raise SettingsError("resamples must be at least 1, and the seed not negative")
    if not 0 < alpha < 1:
        raise SettingsError(f"alpha of {alpha}: it must lie between 0 and 1, such as 0.05")


def _refuse_strange(closes: Mapping[str, Close], columns: list[str]) -> None:
    """Refuse a close for an asset that isn't there: a slip of the pen would leave the right one at its default."""
    strange = [name for name in closes if name not in {EVERY_ASSET, *(column.upper() for column in columns)}]
    if strange:
        raise SettingsError(f"close for {strange[0]}: no such asset is tested; there are {', '.join(columns)}")


def _chosen(columns: list[str], assets: Sequence[str] | None) -> list[str]:
    """The columns that are asked for, in any case."""
    if not assets:
        return columns
    by_name = {name.casefold(): name for name in columns}
    absent = [name for name in assets if name.casefold() not in by_name]
    if absent:
        raise InputError("the prices", f"no asset {', '.join(absent)}; there are {', '.join(columns)}")
    return [by_name[name.casefold()] for name in assets]


def _testable(
    family: Sequence[tuple[str, str]],
    points: Mapping[str, pd.DataFrame],
    prices: pd.DataFrame,
    closes: Mapping[str, Close] | None,
    max_lag: int | None,
) -> tuple[list[_Tested], list[dict[str, str]]]:
    """The pairs that can be tested, and why the others can't."""
    bars: dict[tuple[str, str], pd.DataFrame] = {}
    tested: list[_Tested] = []
    left_out: list[dict[str, str]] = []
    first: InputError | None = None
    for name, asset in family:
        try:
            frequency = frequency_of(points[name])
            if (asset, frequency) not in bars:
                bars[asset, frequency] = bars_of(prices[asset], close_of(prices[asset], closes), frequency)
            aligned = align(points[name], bars[asset, frequency], asset)
            longest = max(1, min(max_lag or LONGEST_LAG[frequency], len(aligned) // 5))
            tested.append(_Tested(asset, aligned, _innovations(aligned, asset), longest))
        except InputError as error:
            first = first or error
            left_out.append({"series": name, "asset": asset, "reason": error.reason})
    if not tested and first:
        others = f" (the first of {len(family):,} pairs, none of which can be tested)" if len(family) > 1 else ""
        raise InputError(first.source, first.reason + others)
    return tested, left_out


def _innovations(aligned: AlignedPair, asset: str) -> Innovations:
    new = innovations(aligned.x, aligned.r)
    for values, fit, what in (
        (aligned.x, new.series, f"is told exactly by its own past and the returns of {asset}"),
        (aligned.r, new.returns, f"can't be tested: the returns of {asset} are told exactly by their own past"),
    ):
        if np.nanstd(fit.residuals) <= _EXACT * np.std(values):
            raise InputError(aligned.series, f"{what}, so nothing new is left to test; leave it out")
    return new


def _findings(
    test: Test, tested: Sequence[_Tested], outcomes: Sequence[Outcome], tried: int, alpha: float, hashed: str
) -> list[Finding]:
    """The findings of one test over its family, the strongest first."""
    untested = [1.0] * (tried - len(outcomes))
    qs = adjusted([*(outcome.p for outcome in outcomes), *untested])[: len(outcomes)]
    found = [
        Finding(
            series=pair.aligned.series,
            asset=pair.asset,
            test=test,
            role="primary" if test == "lead-lag" else "secondary",
            family=f"{test}/{hashed[:12]}",
            direction=_DIRECTIONS[test],
            lag=outcome.lag,
            statistic=outcome.statistic,
            value=outcome.correlation,
            low=outcome.low,
            high=outcome.high,
            p=outcome.p,
            q=q,
            n=outcome.pairs,
            start=pair.aligned.start,
            end=pair.aligned.end,
            significant=q <= alpha,
            tried=tried,
        )
        for pair, outcome, q in zip(tested, outcomes, qs, strict=True)
    ]
    return sorted(found, key=lambda one: (one.q, one.p, -one.statistic, one.series, one.asset))


def _naive(tested: Sequence[_Tested]) -> Naive:
    levels = returns = 0
    for pair in tested:
        x, r = pair.aligned.x, pair.aligned.r
        levels += correlated_at_any_lag(x, log_price(r), pair.max_lag)
        returns += correlated_at_any_lag(x, r, pair.max_lag)
    return Naive(tried=len(tested), levels=levels, returns=returns)


def _counted(
    progress: Callable[[int, int], object] | None, tests: int, resamples: int
) -> Callable[[int], object] | None:
    """Progress in tests from progress in resamples."""
    if progress is None:
        return None
    done = 0

    def step(resampled: int) -> None:
        nonlocal done
        done += resampled
        progress(done // resamples, tests)

    return step
