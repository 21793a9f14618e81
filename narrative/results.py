"""The records of what is made of many articles: facts, points of series, and findings about them.

They stand apart from `narrative.records`, whose text is part of the pipeline's fingerprint: a change here must not have
every article read again.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from narrative.records import (
    Direction,
    FigureKind,
    Measure,
    Moment,
    Offset,
    Period,
    Probability,
    Record,
    Reference,
    Status,
)

FACTS_SCHEMA: Final = "narrative.facts/1"
FINDINGS_SCHEMA: Final = "narrative.findings/1"

Flag = Literal["thin", "spliced", "backfilled", "in_sample", "defined_later"]
Test = Literal["lead-lag", "reverse", "same-time"]
Basis = Literal["single", "unclear", "unanimous", "majority", "disputed"]
Duration = Literal["day", "week", "month", "quarter", "year", "rolling", "other"]
Reason = Literal["sign", "magnitude", "period", "subject", "moves", "value"]


class Telling(Record):
    """Where a story tells a figure: the article, when it became available, and the code points of its text."""

    outlet: str
    article_id: str
    available: Moment
    start: Offset
    end: Offset
    sentence_start: Offset
    sentence_end: Offset


class Dissent(Record):
    """A value that some stories give instead of the agreed one.

    `difference` is the value less the agreed one, signs counted, and `ratio` their ratio without signs (null where the
    agreed value is zero). `reason` is what may be behind it: the other `sign`, a slip of `magnitude`, the number of
    another `period` or another `subject` (told of it by other stories, named in `told_of`), a level that `moves` while
    the period lasts, or just another `value`.
    """

    value: Annotated[float, Field(ge=0)]
    direction: Direction | None = None
    difference: float
    ratio: float | None
    reason: Reason
    told_of: str | None = None
    stories: Annotated[int, Field(ge=1)]
    tellings: tuple[Telling, ...]


class Fact(Record):
    """What stories report of one subject, kind, unit and measure in one period, reconciled; `docs/series.md`, Facts.

    `value` is as in a figure: never negative, the sign is in `direction`. `low` and `high` are the lowest and the
    highest of the values that agree with it. `stories`, `outlets` and `independent_sources` count those that agree;
    `sources` names whom they attribute it to. `passed_over` counts other figures that the same stories give for the
    same thing, and bounds (`over $200 million`) that the value does not contradict. `copies` are stories whose sentence
    another outlet had before. `cumulative` is a total over a span that is no day, week, month, quarter or year: a
    streak, "since launch". All of it was known at `available`, its first telling at `first.available`.
    """

    subject: Reference
    kind: FigureKind
    unit: str
    measure: Measure
    status: Status
    period: Period
    duration: Duration
    cumulative: bool
    value: Annotated[float, Field(ge=0)]
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    direction: Direction | None = None
    basis: Basis
    stories: Annotated[int, Field(ge=1)]
    outlets: Annotated[int, Field(ge=1)]
    independent_sources: Annotated[int, Field(ge=1)]
    sources: tuple[str, ...] = ()
    copies: Offset = 0
    passed_over: Offset = 0
    dissenting_stories: Offset = 0
    dissent: tuple[Dissent, ...] = ()
    first: Telling
    tellings: tuple[Telling, ...]
    available: Moment


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

    `levels` correlates the series with the log price, `returns` with its returns. It stands in the manifest.
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


class Findings(Record):
    """Everything that one run of `narrative correlate` found."""

    schema_: Annotated[Literal["narrative.findings/1"], Field(alias="schema")] = FINDINGS_SCHEMA
    manifest: dict[str, Any] = Field(default_factory=dict)
    procedure: Procedure
    findings: tuple[Finding, ...] = ()

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)
