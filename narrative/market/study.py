"""One study: series from anywhere, prices from files, findings with everything that they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative import __version__
from narrative.manifest import MANIFEST, sha256_of, without_folders
from narrative.market.bars import read_closes
from narrative.market.correlate import correlate
from narrative.market.hypotheses import read_hypotheses
from narrative.market.prices import read_prices
from narrative.store.runs import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from narrative.results import Findings
    from narrative.store.runs import Clock


def study(
    points: pd.DataFrame,
    prices: Sequence[Path],
    *,
    source: Mapping[str, Any],
    select: Sequence[str] | None = None,
    assets: Sequence[str] | None = None,
    hypotheses: Path | None = None,
    closes: Sequence[str] | None = None,
    max_lag: int | None = None,
    resamples: int = 20_000,
    seed: int = 0,
    alpha: float = 0.05,
    settings: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
    progress: Callable[[int, int], object] | None = None,
) -> Findings:
    """Test series against prices, and say in the manifest from what the findings were made.

    Args:
        points: at least `time`, `series` and `value`.
        prices: price files.
        source: where the points are from.
        select: series to test, with wildcards.
        assets: assets to test; all that the files hold if none are named.
        hypotheses: a file that declares what is tested on what.
        closes: when prices are taken, `16:00 America/New_York` or `BTC=24:00 UTC`.
        max_lag: the longest lead, in bars.
        resamples: of the null, at least.
        seed: of every random number.
        alpha: the accepted share of false discoveries.
        settings: the project's, for the manifest.
        clock: for the manifest.
        progress: called with how many tests are done, and of how many.

    Raises:
        InputError: the series or the prices can't be tested.
        SettingsError: the selection, the hypotheses or the close mean nothing.
    """
    declared = read_hypotheses(hypotheses) if hypotheses else None
    found = correlate(
        points,
        read_prices(prices, assets),
        select=select,
        assets=assets,
        max_lag=max_lag,
        resamples=resamples,
        seed=seed,
        alpha=alpha,
        closes=read_closes(closes or ()),
        hypotheses=declared,
        progress=progress,
    )
    manifest = {
        "schema": MANIFEST,
        "series": dict(source),
        "prices": [{"file": path.name, "sha256": sha256_of(path)} for path in prices],
        "hypotheses": {"file": hypotheses.name, "sha256": sha256_of(hypotheses)} if hypotheses else None,
        "closes": list(closes or ()),
        "settings": without_folders(settings or {}),
        **found.manifest,
        "narrative": __version__,
        "created": clock(),
    }
    return found.model_copy(update={"manifest": manifest})
