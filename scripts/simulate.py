"""How often the market test errs and finds, on simulated data of which the truth is known.

python scripts/simulate.py                     print the table (about twenty minutes)
python scripts/simulate.py --quick             with a tenth of the seeds
python scripts/simulate.py --output FILE.json  and keep it (docs/simulation.json)
python scripts/simulate.py --only size         one part: size, no-lead, family, power
python scripts/simulate.py --table FILE.json   the tables of docs/market.md from what was kept

Seed s of each row makes data and resamples from the number s alone. Every test is at 5%.
"""

from __future__ import annotations

import argparse
import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import signal, stats

from narrative.market.lead_lag import Trial, lag_tests
from narrative.market.multiple_testing import adjusted, resamples_needed
from narrative.market.naive import correlated_at_any_lag, log_price
from narrative.market.simulation import rate
from narrative.market.whitening import innovations

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Maker = Callable[[Generator, int], Values]
    PairMaker = Callable[[Generator, int], tuple[Values, Values]]

ALPHA = 0.05
LAGS = tuple(range(1, 11))
RESAMPLES = 499
BURN_IN = 300
LEAD = 2
PARTS = ("size", "no-lead", "family", "power")


def autoregression(coefficient: float) -> Maker:
    """A series that keeps a share of its level from bar to bar; at 1 a random walk."""

    def make(generator: Generator, n: int) -> Values:
        return remembered(generator.standard_normal(n + BURN_IN), coefficient)[-n:]

    return make


def trailing_week(generator: Generator, n: int) -> Values:
    """Means of the last seven values of an AR(.5), as the indices are trailing counts."""
    daily = remembered(generator.standard_normal(n + BURN_IN), 0.5)
    return np.convolve(daily, np.ones(7) / 7, "valid")[-n:]


def trending(generator: Generator, n: int) -> Values:
    """An AR(.9) on a trend that takes it ten innovations up."""
    return autoregression(0.9)(generator, n) + np.linspace(0, 10, n)


def breaking(generator: Generator, n: int) -> Values:
    """An AR(.9) that jumps by ten innovations in the middle."""
    return autoregression(0.9)(generator, n) + 10.0 * (np.arange(n) >= n // 2)


def independent(generator: Generator, n: int) -> Values:
    """Normal returns: the price is a random walk."""
    return generator.standard_normal(n)


def heavy_tailed(generator: Generator, n: int) -> Values:
    """Student's t with three degrees of freedom."""
    return generator.standard_t(3, n)


def garch(generator: Generator, n: int) -> Values:
    """GARCH(1,1) with α = .10 and β = .85: calm and wild times, as daily returns of coins have them."""
    variance, returns = 1.0, []
    for shock in generator.standard_normal(n + BURN_IN):
        returns.append(np.sqrt(variance) * shock)
        variance = 0.05 + 0.10 * returns[-1] ** 2 + 0.85 * variance
    return np.array(returns[-n:])


def remembered(news: Values, coefficient: float) -> Values:
    """The autoregression that innovations make."""
    filtered: Values = signal.lfilter([1.0], [1.0, -coefficient], news)
    return filtered


def unrelated(series: Maker, returns: Maker) -> PairMaker:
    """A series and returns that have nothing to do with each other."""
    return lambda generator, n: (series(generator, n), returns(generator, n))


def echo(generator: Generator, n: int) -> tuple[Values, Values]:
    """A series that the returns of one and three bars ago move, and that moves nothing."""
    returns = garch(generator, n + BURN_IN)
    news = generator.standard_normal(n + BURN_IN) + np.roll(returns, 1) + 0.7 * np.roll(returns, 3)
    return remembered(news, 0.9)[-n:], returns[-n:]


def stirred(generator: Generator, n: int) -> tuple[Values, Values]:
    """A series that large moves stir: its level and its noise follow their size."""
    returns = garch(generator, n + BURN_IN)
    news = generator.standard_normal(n + BURN_IN) * (0.2 + np.abs(np.roll(returns, 1))) + 2 * np.abs(returns) - returns
    return remembered(news, 0.9)[-n:], returns[-n:]


def together(generator: Generator, n: int) -> tuple[Values, Values]:
    """A series that moves with the price in the same bar."""
    returns = garch(generator, n + BURN_IN)
    return remembered(generator.standard_normal(n + BURN_IN) + returns, 0.9)[-n:], returns[-n:]


def leading(generator: Generator, n: int) -> tuple[Values, Values]:
    """The return is a quarter of what was new in an AR(.9) two bars before, plus noise."""
    news, noise = generator.standard_normal((2, n + BURN_IN))
    return remembered(news, 0.9)[-n:], (noise + 0.25 * np.roll(news, LEAD))[-n:]


def leading_by_level(generator: Generator, n: int) -> tuple[Values, Values]:
    """The return is a quarter of the standardised level of an AR(.9) two bars before, plus noise."""
    news, noise = generator.standard_normal((2, n + BURN_IN))
    level = remembered(news, 0.9)
    return level[-n:], (noise + 0.25 * np.sqrt(1 - 0.9**2) * np.roll(level, LEAD))[-n:]


def headline(series: Values, returns: Values, lags: tuple[int, ...] = LAGS) -> Trial:
    """The headline test of a pair, as `correlate` makes it."""
    new = innovations(series, returns)
    return Trial(new.series.residuals, new.returns.residuals, lags)


def fires(make: PairMaker, n: int, seeds: int) -> dict[str, Any]:
    """How often the headline test fires, and what plain correlation would have claimed."""
    hits = levels = plain = 0
    for seed in range(seeds):
        series, returns = make(np.random.default_rng(seed), n)
        hits += lag_tests([headline(series, returns)], RESAMPLES, seed)[0].p <= ALPHA
        levels += correlated_at_any_lag(series, log_price(returns), LAGS[-1])
        plain += correlated_at_any_lag(series, returns, LAGS[-1])
    return {"n": n, **counted(hits, seeds), "naive_levels": levels / seeds, "naive_returns": plain / seeds}


def family(seeds: int, *, reverse: bool, n: int = 365, series: int = 26, assets: int = 5) -> dict[str, Any]:
    """How often a family of true nulls has any discovery, which here is its rate of false discoveries."""
    resamples, hits = resamples_needed(series * assets, ALPHA, 1), 0
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        market = garch(generator, n + BURN_IN)
        returns = [0.7 * market + 0.7 * garch(generator, n + BURN_IN) for _ in range(assets)]
        trials = []
        for _ in range(series):
            news = generator.standard_normal(n + BURN_IN) + (0.5 * np.roll(market, 1) if reverse else 0.0)
            trials += [headline(remembered(news, 0.9)[-n:], one[-n:]) for one in returns]
        hits += min(adjusted([outcome.p for outcome in lag_tests(trials, resamples, seed)])) <= ALPHA
    return {"n": n, "series": series, "assets": assets, "resamples": resamples, **counted(hits, seeds)}


def power(make: PairMaker, n: int, seeds: int) -> dict[str, Any]:
    """How often the headline test finds a lead, and at the right lag; beside it the test of that lag alone."""
    hits = right = alone = classical = 0
    for seed in range(seeds):
        series, returns = make(np.random.default_rng(seed), n)
        both = headline(series, returns)
        found, single = lag_tests([both, Trial(both.series, both.returns, (LEAD,))], RESAMPLES, seed)
        hits += int(found.p <= ALPHA)
        right += int(found.p <= ALPHA and found.lag == LEAD)
        alone += int(single.p <= ALPHA)
        earlier, later = both.series[:-LEAD], both.returns[LEAD:]
        known = np.isfinite(earlier) & np.isfinite(later)
        classical += int(stats.pearsonr(earlier[known], later[known]).pvalue <= ALPHA)
    return {
        "n": n,
        **counted(hits, seeds),
        "at_the_right_lag": right / seeds,
        "single_lag": alone / seeds,
        "single_lag_pearson": classical / seeds,
    }


def counted(hits: int, of: int) -> dict[str, Any]:
    """A count, and the rate with its 95% interval."""
    return {"seeds": of, "hits": int(hits), **rate(hits, of).model_dump()}


SERIES: dict[str, Maker] = {
    "AR(.9)": autoregression(0.9),
    "AR(.95)": autoregression(0.95),
    "random walk": autoregression(1.0),
    "trailing week": trailing_week,
    "trend": trending,
    "break": breaking,
}
RETURNS: dict[str, Maker] = {"normal": independent, "GARCH": garch, "Student t(3)": heavy_tailed}


def rows(share: float) -> dict[str, dict[str, Callable[[], dict[str, Any]]]]:
    """Everything that is measured, by part and name, with a share of the seeds."""

    def seeds(full: int) -> int:
        return max(1, round(share * full))

    core = {"AR(.9)", "AR(.95)", "random walk"}
    size = {
        f"{name} and {other} returns": partial(
            fires, unrelated(series, returns), 365, seeds(2_000 if name in core else 500)
        )
        for name, series in SERIES.items()
        for other, returns in RETURNS.items()
        if other != "Student t(3)" or name == "AR(.9)"
    }
    short = unrelated(SERIES["AR(.9)"], independent)
    return {
        "size": {"AR(.9) and a random-walk price, 165 bars": partial(fires, short, 165, seeds(400)), **size},
        "no-lead": {
            "the price leads": partial(fires, echo, 365, seeds(1_000)),
            "volatility leads": partial(fires, stirred, 365, seeds(1_000)),
            "same bar": partial(fires, together, 365, seeds(1_000)),
        },
        "family": {
            "nothing leads": partial(family, seeds(400), reverse=False),
            "only the prices lead": partial(family, seeds(100), reverse=True),
        },
        "power": {
            "innovation leads by two": partial(power, leading, 365, seeds(2_000)),
            "innovation leads by two, short sample": partial(power, leading, 165, seeds(1_000)),
            "level leads by two": partial(power, leading_by_level, 365, seeds(1_000)),
        },
    }


def tables(measured: dict[str, Any]) -> str:
    """The measured rates as Markdown, as docs/market.md shows them."""
    told = {"size": "unrelated: ", "no-lead": "no lead: ", "family": "26 × 5 tests, any discovery: "}
    false = [["nothing leads", "seeds", "fires", "95%", "naive: levels", "naive: returns"]]
    false += [
        [
            words + name,
            *_rate(row),
            *(f"{row[key]:.0%}" if key in row else "" for key in ("naive_levels", "naive_returns")),
        ]
        for part, words in told.items()
        for name, row in measured[part].items()
    ]
    true = [["a lead is there", "bars", "seeds", "found", "95%", "at its lag", "by a test of that lag alone"]]
    true += [
        [name, str(row["n"]), *_rate(row), *(f"{row[key]:.1%}" for key in ("at_the_right_lag", "single_lag"))]
        for name, row in measured["power"].items()
    ]
    return f"{_markdown(false)}\n\n{_markdown(true)}"


def _rate(row: dict[str, Any]) -> list[str]:
    return [f"{row['seeds']:,}", f"{row['value']:.1%}", f"{row['low']:.1%} to {row['high']:.1%}"]


def _markdown(rows: list[list[str]]) -> str:
    head, *body = (f"| {' | '.join(cells)} |" for cells in rows)
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body])


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description="How often the market test errs and finds.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the seeds")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--output", type=Path, help="a JSON file")
    parser.add_argument("--table", type=Path, help="print a kept file as Markdown instead")
    arguments = parser.parse_args()
    if arguments.table:
        print(tables(json.loads(arguments.table.read_text("utf-8"))))
        return

    measured: dict[str, Any] = {"alpha": ALPHA, "resamples": RESAMPLES, "max_lag": LAGS[-1]}
    start = time.perf_counter()
    for part, named in rows(0.1 if arguments.quick else 1.0).items():
        if arguments.only not in (None, part):
            continue
        measured[part] = {}
        for name, measure in named.items():
            row = measured[part][name] = measure()
            extra = " ".join(f"{key} {row[key]:.3f}" for key in row if key.startswith(("naive", "at_", "single")))
            print(f"{part:8} {name:38} {row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})  {extra}", flush=True)
    print(f"{time.perf_counter() - start:.0f} s")
    if arguments.output:
        arguments.output.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
