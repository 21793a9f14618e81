"""Annotations → stories: what the series count, each story once, as numbers.

An article's text is looked at once, for sentences about prices, and let go of; what stays is some two hundred bytes an
article, so that a corpus of hundreds of thousands fits in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from narrative.errors import MissingExtra

try:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError as error:
    raise MissingExtra("corpus", "a series") from error

from narrative.extract.outlets import outlet_by_name
from narrative.series.mentions import CATEGORIES, mentions_of
from narrative.series.repeats import copied, repeated
from narrative.series.tone import tone_without_prices
from narrative.store.tables import table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from narrative.records import Status
    from narrative.store.corpus import Corpus

UNKNOWN: Final = "unknown"  # the outlet of articles that name none
LANGUAGE: Final = "en"
_TICK = np.timedelta64(1, "us")
_READ = ("batch", "key", "article_id", "revision", "outlet", "published", "available", "fingerprint",
         "article", "figures", "sentences", "comparison", "stance", "narratives")  # fmt: skip
_FEW_VALUES = ("outlet", "type", "depth", "fingerprint", "narrative", *CATEGORIES)
_PLAIN = ("batch", "key", "article_id", "revision", "published", "available", "fingerprint")


@dataclass(frozen=True)
class Stories:
    """The articles of a corpus that series count.

    Attributes:
        articles: one row an article that can count, in the order of availability: `article_id, key, fingerprint,
            revision, outlet, published, available, placed` (the moment that says which period it counts in), `type,
            depth, backfilled, repeat` (a copy of an earlier article, or its outlet's same headline again), `ai, crypto`
            (article stance, NaN where the camp is absent), `ai_ex_price, crypto_ex_price`, `comparisons` and `balance`
            (how many of them have AI over crypto, less those the other way round).
        narratives: one row a narrative of a story: `article` (row of `articles`), `narrative, score, tells` (false
            where it is rejected).
        mentions: one row a figure of a story that says what it is about and for which days, with the columns of
            `narrative.series.mentions.mentions_of`, in the order of `articles` and of the text.
        left_out: how many articles don't count, by reason.
        as_of: the moment up to which articles were let in; null for all.
        table_version: the version of the table `annotations` that was read.
    """

    articles: pd.DataFrame
    narratives: pd.DataFrame
    mentions: pd.DataFrame
    left_out: dict[str, int]
    as_of: datetime | None
    table_version: int | None

    @property
    def counted(self) -> pd.DataFrame:
        """The stories: `articles` without repeats, under the same row labels."""
        return self.articles.loc[~self.articles["repeat"]]


def read_stories(
    corpus: Corpus,
    *,
    as_of: datetime | None = None,
    status: Status = "actual",
    progress: Callable[[int, int], object] | None = None,
) -> Stories:
    """Read the stories of a corpus, those known by `as_of` only (all, if it is null; a naive time is UTC).

    Of an article that was read by several pipelines the last reading counts, of its revisions the first with a date
    that the corpus held: what is imported or revised later must not change what an earlier `as_of` says.

    Args:
        corpus: an annotated corpus.
        as_of: articles that became available later are as if they weren't there.
        status: of the figures that become mentions.
        progress: called with how many annotations are read, and how many there are.
    """
    if as_of is not None:
        as_of = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)
    version, total = corpus.version("annotations"), corpus.count("annotations")
    parts: dict[str, list[pa.RecordBatch]] = {"articles": [], "narratives": [], "mentions": []}
    done = 0
    nothing = pa.RecordBatch.from_pylist(
        [], schema=pa.schema([table_schema("annotations").field(name) for name in _READ])
    )
    found = corpus.read("annotations", _READ, until=corpus.last_batch("annotations"))
    for part in chain([nothing], found):
        texts = pc.struct_field(part.column("article"), "text").to_pylist()
        parts["articles"].append(_articles(part, texts))
        parts["narratives"].append(_narratives(part, done))
        parts["mentions"].append(mentions_of(part, texts, done, status))
        done += part.num_rows
        if progress:
            progress(done, total)
    tables = {name: _frame(found, name) for name, found in parts.items()}
    articles, left_out = _choose(tables["articles"], as_of)
    counted = np.full(done, -1)
    counted[articles["row"].to_numpy()] = np.where(articles["repeat"], -1, articles.index)
    left_out["repeat"] = int(articles["repeat"].sum())
    return Stories(
        articles=articles.drop(columns=["row", "batch", "title", "language", "story_id"]),
        narratives=_renumbered(tables["narratives"], counted),
        mentions=_renumbered(tables["mentions"], counted).sort_values("article", kind="stable", ignore_index=True),
        left_out=left_out,
        as_of=as_of,
        table_version=version,
    )


def _choose(read: pd.DataFrame, as_of: datetime | None) -> tuple[pd.DataFrame, dict[str, int]]:
    """The readings that can count, in the order of availability, and how many can't."""
    left_out: dict[str, int] = {}

    def without(name: str, rows: pd.DataFrame, keep: Any) -> pd.DataFrame:
        kept: pd.DataFrame = rows[keep]
        left_out[name] = len(rows) - len(kept)
        return kept

    rows = read.sort_values(["batch", "row"]).drop_duplicates(["article_id", "key"], keep="last")
    rows = without("undated", rows, rows["published"].notna() & rows["available"].notna())
    rows = rows.sort_values(["revision", "batch", "row"])
    rows = without("revision", rows, ~rows.duplicated("article_id"))
    # Nobody knows a story before it is published, whatever a record says.
    rows = rows.assign(available=rows[["published", "available"]].max(axis=1))
    if as_of is not None:
        rows = without("later", rows, rows["available"] <= pd.Timestamp(as_of))
    rows = without("language", rows, rows["language"].isna() | (rows["language"] == LANGUAGE))
    rows = without("sponsored", rows, rows["type"] != "sponsored")
    rows = rows.sort_values(["available", "published", "article_id"], ignore_index=True)
    placed = rows[["published"]].assign(known=rows["available"] - _TICK).max(axis=1)
    repeats = repeated(rows["outlet"], rows["title"], rows["available"])
    repeats |= copied(rows["article_id"], rows["story_id"])
    return rows.assign(placed=placed, repeat=repeats), left_out


def _articles(part: pa.RecordBatch, texts: Sequence[str]) -> pa.RecordBatch:
    article, stance = part.column("article"), part.column("stance")
    source = pc.struct_field(article, ["dates", "available", "source"])
    columns = {name: part.column(name) for name in _PLAIN}
    columns["outlet"] = pa.array([outlet_name(name) for name in part.column("outlet").to_pylist()], pa.string())
    for name in ("title", "type", "depth", "story_id"):
        columns[name] = pc.struct_field(article, name)
    languages = pc.struct_field(article, "language").to_pylist()
    columns["language"] = pa.array([code and code.partition("-")[0].lower() for code in languages], pa.string())
    columns["backfilled"] = pc.fill_null(pc.match_substring(source, "backfilled"), fill_value=False)
    for camp, tone in tone_without_prices(part, texts).items():
        columns[camp] = pc.struct_field(stance, [camp, "score"])
        columns[f"{camp}_ex_price"] = tone
    columns["comparisons"], columns["balance"] = _comparisons(part)
    return pa.RecordBatch.from_pydict(columns)


def outlet_name(name: str | None) -> str:
    """The outlet as series count it: by its usual name, `UNKNOWN` where none is given."""
    return (outlet_by_name(name) or name.strip() or UNKNOWN) if name else UNKNOWN


def _comparisons(part: pa.RecordBatch) -> tuple[pa.Array, pa.Array]:
    """How many comparisons each article draws, and how many put AI first, less those that put crypto first."""
    lists = part.column("comparison")
    parents = pc.list_parent_indices(lists).to_numpy()
    found = pc.list_flatten(lists)
    sign = np.where(pc.equal(pc.struct_field(found, "winner"), "ai").to_numpy(zero_copy_only=False), 1, -1)
    sign = np.where(pc.struct_field(found, "denied").to_numpy(zero_copy_only=False), -sign, sign)
    number = np.bincount(parents, minlength=part.num_rows)
    balance = np.bincount(parents, weights=sign, minlength=part.num_rows)
    return pa.array(number, pa.int64()), pa.array(balance, pa.float64())


def _narratives(part: pa.RecordBatch, first: int) -> pa.RecordBatch:
    lists = part.column("narratives")
    found = pc.list_flatten(lists)
    return pa.RecordBatch.from_pydict(
        {
            "article": pc.add(pc.cast(pc.list_parent_indices(lists), pa.int64()), first),
            "narrative": pc.struct_field(found, "id"),
            "score": pc.struct_field(found, "score"),
            "tells": pc.equal(pc.struct_field(found, "position"), "tells"),
        }
    )


def _frame(parts: list[pa.RecordBatch], name: str) -> pd.DataFrame:
    table = pa.Table.from_batches(parts)
    frame: pd.DataFrame = table.to_pandas(categories=[column for column in _FEW_VALUES if column in table.column_names])
    return frame.assign(row=np.arange(len(frame))) if name == "articles" else frame


def _renumbered(rows: pd.DataFrame, counted: np.ndarray[Any, np.dtype[np.int64]]) -> pd.DataFrame:
    """The rows of what counts, with its new number."""
    numbers = counted[rows["article"].to_numpy()]
    kept: pd.DataFrame = rows.assign(article=numbers)[numbers >= 0]
    return kept.reset_index(drop=True)
