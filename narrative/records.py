"""The records of reading: pages, articles and their annotations.

`docs/record.md` says what every field means. All records are frozen. Offsets are code points into `Article.text`. Times
are UTC; `Article.dates` keeps the offset they were printed with. A field without a value is null, never absent.
`narrative.results` holds what is made of many articles, `narrative.schemas` publishes the schemas.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

ANNOTATION_SCHEMA: Final = "narrative.annotation/1"

ArticleType = Literal["news", "market_report", "analysis", "opinion", "digest", "sponsored"]
Depth = Literal["headline", "summary", "full"]
Access = Literal["open", "paywall", "login", "script"]
Precision = Literal["second", "minute", "hour", "day"]
EntityType = Literal["ASSET", "FUND", "COMPANY", "PERSON", "INSTITUTION", "PROTOCOL", "INDEX", "POLICY", "PLACE"]
FigureKind = Literal[
    "flow", "price", "market_cap", "aum", "volume", "open_interest", "liquidation", "holdings", "trade", "funding",
    "spending", "revenue", "earnings", "valuation", "loss", "fine", "fee", "rate", "probability", "share", "supply",
    "count", "ratio", "index", "capacity", "other",
]  # fmt: skip
Measure = Literal["level", "change"]
Direction = Literal["in", "out", "up", "down"]
Modality = Literal["exact", "approx", "over", "under", "up_to"]
Status = Literal["actual", "expected", "hypothetical"]
Camp = Literal["ai", "crypto"]
Effect = Literal["up", "down", "flat"]
Moved = Literal["price", "flow", "other"]
Position = Literal["tells", "rejects"]
StanceValue = Literal[-1, 0, 1]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    """Frozen, closed to unknown fields, every field always present in its JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Span(Record):
    """Code points `start` to `end` (exclusive) of `Article.text`."""

    start: Offset
    end: Offset


class Reference(Record):
    """A thing by its canonical name; `id` is the catalogue's, null where the catalogue does not know it."""

    name: str
    id: str | None = None


class DateDetail(Record):
    """Where a time came from, how fine it is, and the UTC offset it was printed with (`+08:00`; null if none)."""

    source: str
    precision: Precision = "second"
    utc_offset: str | None = None


class Dates(Record):
    """The detail behind each of an article's times."""

    published: DateDetail | None = None
    modified: DateDetail | None = None
    first_seen: DateDetail | None = None
    available: DateDetail | None = None


class Origin(Record):
    """Who published a repost first, as far as the page tells it."""

    outlet: str | None = None
    author: str | None = None
    url: str | None = None
    published: Moment | None = None


class Link(Span):
    """A hyperlink of the body; `rel` as printed, `sponsored` and `nofollow` among its words."""

    href: str
    rel: str | None = None


class Page(Record):
    """A fetched page, still unread: the bytes, where they came from, and what the server said of them."""

    url: str
    body: bytes
    content_type: str | None = None
    charset: str | None = None
    status: int = 200
    fetched: Moment
    opt_out: bool = False  # what the server said beside the page; what the page says is found by reading it


class Article(Record):
    """One article: its text, where and when it appeared, and what there was to read.

    `type`, `type_score` and `boilerplate` are the reader's; before an article is read they hold what the page says.
    """

    id: str
    source: str | None = None
    url: str | None = None
    title: str | None = None
    title_span: Span | None = None
    outlet: str | None = None
    author: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    first_seen: Moment | None = None
    available: Moment | None = None
    dates: Dates = Dates()
    origin: Origin | None = None
    language: str | None = None
    type: ArticleType | None = None
    type_score: Probability | None = None
    depth: Depth = "full"
    access: Access = "open"
    opt_out: bool = False
    story_id: str | None = None
    revision: Offset = 0
    text: str
    boilerplate: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()


class Entity(Span):
    """A mention of a named thing; `name` is canonical, `id` null where the catalogue does not know it (NIL)."""

    text: str
    type: EntityType
    name: str
    id: str | None = None
    score: Probability


class Period(Record):
    """Inclusive dates in UTC."""

    start: date
    end: date


class Figure(Span):
    """A number with economic meaning; `value` and `high` in base units, never negative."""

    text: str
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    high: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: str
    kind: FigureKind
    measure: Measure
    direction: Direction | None = None
    subject: Reference | None = None
    period: Period | None = None
    modality: Modality = "exact"
    status: Status = "actual"
    attributed_to: Reference | None = None
    score: Probability


class Quote(Span):
    """A direct quotation without its quotation marks."""

    text: str
    speaker: Reference | None = None


class SentenceStance(Record):
    """How a sentence treats a camp; `score` runs from -1 to 1."""

    label: StanceValue
    score: Annotated[float, Field(ge=-1, le=1)]
    abstained: bool = False


class Sentence(Span):
    """A sentence of the body with its stance towards each camp; null where it does not speak about the camp."""

    ai: SentenceStance | None = None
    crypto: SentenceStance | None = None


class Comparison(Span):
    """A sentence that sets one camp against the other."""

    winner: Camp
    loser: Camp
    denied: bool = False
    score: Probability


class Explanation(Span):
    """One pair of cause and effect that a sentence tells; `cause` is a narrative's id or `other`."""

    asset: Reference
    effect: Effect
    what: Moved
    cause: str
    cause_start: Offset
    cause_end: Offset
    speaker: Reference | None = None
    denied: bool = False
    status: Status = "actual"
    score: Probability


class Target(Record):
    """The article's tone towards one asset or firm."""

    name: str
    id: str | None = None
    label: StanceValue
    score: Annotated[float, Field(ge=-1, le=1)]
    mentions: Annotated[int, Field(ge=1)]


class ArticleStance(Record):
    """The tone a reader takes away; `spread` is `ai.score` - `crypto.score`, null where either camp is absent."""

    ai: SentenceStance | None = None
    crypto: SentenceStance | None = None
    spread: Annotated[float, Field(ge=-2, le=2)] | None = None


class Narrative(Record):
    """A narrative that the article tells or rejects, with the sentences that show it.

    `calibrated` is false where the score is no probability that was fitted to this narrative: for a user's own.
    """

    id: str
    score: Probability
    primary: bool = False
    position: Position = "tells"
    calibrated: bool = True
    evidence: tuple[Span, ...] = ()


class Fingerprint(Record):
    """A hash a stage, so that a change in one stage is told from a change in another; null for a stage not in use."""

    encoder: str | None = None
    rules: str
    catalogue: str
    taxonomy: str


class Pipeline(Record):
    """Which reader made an annotation."""

    name: str
    version: str
    fingerprint: Fingerprint


class Annotation(Record):
    """Everything read from one article."""

    schema_: Annotated[Literal["narrative.annotation/1"], Field(alias="schema")] = ANNOTATION_SCHEMA
    pipeline: Pipeline
    article: Article
    entities: tuple[Entity, ...] = ()
    figures: tuple[Figure, ...] = ()
    quotes: tuple[Quote, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    targets: tuple[Target, ...] = ()
    stance: ArticleStance = ArticleStance()
    narratives: tuple[Narrative, ...] = ()

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)
