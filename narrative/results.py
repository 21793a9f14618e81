"""The records of what is made of many articles: points of series, and findings about them.

They stand apart from `narrative.records`, whose text is part of the pipeline's fingerprint: a change here must not have
every article read again.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from narrative.records import Moment, Offset, Probability, Record

FINDINGS_SCHEMA: Final = "narrative.findings/1"

Flag = Literal["thin", "spliced", "backfilled", "in_sample", "defined_later"]
Test = Literal["lead-lag", "reverse", "same-time"]


class Point(Record):
    """One value of one series; `docs/series.md` says what each series measures.

    The period is [`period_start`, `period_end`) in UTC, `time` its end. `value`, `low` and `high` are null where
    nothing was covered. `articles` counts the period's articles before repeats are told apart, `stories` after,
    `outlets` who told them; `hits` of the stories carry what the series is about. `effective_n` is the number of
    stories behind the value, which a trailing window makes differ from `stories`. `available` is when the value could
    have been known.
    """

    time: Moment
    series: str
    value: float | None
    low: float | None = None
    high: float | None = None
    articles: Offset = 0
    stories: Offset = 0
    outlets: Offset = 0
    period_start: Moment
    period_end: Moment
    available: Moment
    hits: Offset = 0
    effective_n: Annotated[float, Field(ge=0)] = 0.0
    vintage: str
    flags: tuple[Flag, ...] = ()


class Finding(Record):
    """What one test of one series against one asset found.

    `lag` counts bars from availability to the bar's open, positive where the series comes before the price;
    `statistic` is the test's own, `value` the correlation of the innovations at that lag with its interval. `q` is
    adjusted over the `family` of `tried` tests.
    """

    series: str
    asset: str
    test: Test
    role: Literal["primary", "secondary"]
    family: str
    direction: Literal["series-first", "price-first", "same-time"]
    lag: int
    horizon: Annotated[int, Field(ge=1)] = 1
    statistic: float
    value: Annotated[float, Field(ge=-1, le=1)]
    low: float
    high: float
    p: Probability
    q: Probability
    n: Offset
    start: date
    end: date
    significant: bool
    tried: Annotated[int, Field(ge=1)]


class Rate(Record):
    """A measured rate with its 95% interval."""

    value: Probability
    low: Probability
    high: Probability


class Power(Rate):
    """How often an effect of the size `effect`, a correlation of innovations, would be found."""

    effect: float


class Naive(Record):
    """What plain correlation would have claimed: of the pairs tried, those with a correlation beyond 2/√n at any lag.

    `levels` correlates the series with the log price, `returns` with its returns.
    """

    tried: Offset
    levels: Offset
    returns: Offset


class Procedure(Record):
    """How the findings were made, and how often the procedure errs at this sample's length."""

    max_lag: Annotated[int, Field(ge=1)]
    resamples: Annotated[int, Field(ge=1)]
    seed: int
    alpha: Probability
    family_hash: str
    false_positive_rate: dict[Test, Rate] = Field(default_factory=dict)
    power: dict[Test, Power] = Field(default_factory=dict)
    naive: Naive | None = None


class Findings(Record):
    """Everything that one run of `narrative correlate` found."""

    schema_: Annotated[Literal["narrative.findings/1"], Field(alias="schema")] = FINDINGS_SCHEMA
    manifest: dict[str, Any] = Field(default_factory=dict)
    procedure: Procedure
    findings: tuple[Finding, ...] = ()

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)
