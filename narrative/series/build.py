"""Stories → the points of every series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from narrative.errors import CorpusError, MissingExtra, SettingsError

try:
    import numpy as np
    import pandas as pd
except ImportError as error:
    raise MissingExtra("corpus", "a series") from error

from narrative import __version__
from narrative.catalogue.taxonomy import load_taxonomy
from narrative.keys import content_hash
from narrative.results import Point
from narrative.series.counting import Panel, panel_of
from narrative.series.estimates import Estimate, difference, mean, share
from narrative.series.flows import FEWEST_STORIES, flow_points
from narrative.series.indices import index, outlets_of
from narrative.series.periods import Frequency, frequency_of, numbers_of
from narrative.series.stories import Stories, read_stories
from narrative.store.pipelines import pipelines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from narrative.store.corpus import Corpus

DEFINITIONS: Final = "2"  # counts up when a series comes to mean something else
SPLITS: Final = ("outlet", "type")
MOST_POINTS: Final = 5_000_000  # of a split; what `read_series` reads
COLUMNS: Final = tuple(Point.model_fields)

THIN: Final = 30  # stories behind a value; with fewer the band of a share of a tenth is wider than a tenth to each side
# The rules' cues were written with texts up to this day in view; what they find in them is no evidence for them.
IN_SAMPLE_UNTIL: Final = date(2026, 8, 31)
# By frequency, the flows that go with it: those of its own period and of whole multiples.
_FLOWS: Final[dict[str, tuple[Literal["D", "W"], ...]]] = {"D": ("D", "W"), "W-SUN": ("W",), "M": ()}
_FLAGS: Final = ("thin", "spliced", "backfilled", "in_sample", "defined_later")


@dataclass(frozen=True)
class SeriesTable:
    """Points, and what a manifest says about how they came to be.

    Attributes:
        points: one row a point with the columns of `narrative.results.Point`, times in UTC, flags as tuples.
        manifest: settings, versions, time span, what was left out and why.
    """

    points: pd.DataFrame
    manifest: dict[str, Any]


def build_series(
    corpus: Corpus,
    *,
    frequency: str = "D",
    as_of: datetime | None = None,
    by: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> SeriesTable:
    """Make every series of a corpus; `docs/series.md` says what each of them measures.

    Args:
        corpus: an annotated corpus.
        frequency: `D`, `W-SUN` or `M`.
        as_of: only what was available then, and only points that were.
        by: `outlet` or `type`: shares for each of them as well, `narrative/ID/share@outlet=NAME`.
        progress: called with how many annotations are read, and how many there are.

    Raises:
        SettingsError: no such frequency or split.
        CorpusError: there is nothing to count.
    """
    period = frequency_of(frequency)
    if by is not None and by not in SPLITS:
        raise SettingsError(f"--by {by}: it is one of {', '.join(SPLITS)}")
    stories = read_stories(corpus, as_of=as_of, progress=progress)
    if stories.articles.empty:
        raise CorpusError(f"{corpus.folder}: {_nothing(corpus, stories)}")
    settings = {
        "frequency": frequency,
        "by": by,
        "as_of": stories.as_of.isoformat().replace("+00:00", "Z") if stories.as_of else None,
    }
    vintage = _vintage(stories, settings)
    points = points_of(stories, period, by, vintage)
    if points.empty:
        raise CorpusError(
            f"{corpus.folder}: no period of {frequency} was over at {settings['as_of']}; take a later time"
        )
    placed = stories.counted["placed"]
    manifest = {
        **settings,
        "vintage": vintage,
        "definitions": DEFINITIONS,
        "series": int(points["series"].nunique()),
        "time_span": {"start": placed.min().to_pydatetime(), "end": placed.max().to_pydatetime()},
        "stories": len(placed),
        "left_out": stories.left_out,
        "table_version": stories.table_version,
        "pipelines": pipelines_of(corpus, set(stories.articles["fingerprint"].unique())),
    }
    return SeriesTable(points, manifest)


def points_of(stories: Stories, frequency: Frequency, by: str | None, vintage: str) -> pd.DataFrame:
    """The points of every series of these stories, in the order of series and time."""
    panel = panel_of(stories.articles, frequency)
    rows = [_rows(panel, name, estimate, stories.as_of) for name, estimate in _everything(stories, panel)]
    if by is not None:
        rows += _split(stories, frequency, by)
    rows += [_flow_rows(stories, unit) for unit in _FLOWS[frequency.name]]
    points = pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)
    points = points.assign(vintage=vintage).sort_values(["series", "time"], kind="stable", ignore_index=True)
    for name in ("time", "period_start", "period_end", "available"):
        points[name] = points[name].astype("datetime64[us]").dt.tz_localize("UTC")
    return points[list(COLUMNS)]


def _everything(stories: Stories, panel: Panel) -> Iterator[tuple[str, Estimate]]:
    counted = stories.counted
    told = _told_stories(stories)
    outlets = outlets_of(panel)
    for name, telling, rejecting, scores in _by_narrative(stories, told):
        yield f"narrative/{name}/share", share(panel, telling)
        yield f"narrative/{name}/rejects", share(panel, rejecting)
        yield f"narrative/{name}/index", index(panel, outlets, telling, scores)
    for suffix, ending in (("", ""), ("/ex-price", "_ex_price")):
        ai, crypto = (counted[camp + ending].to_numpy(float) for camp in ("ai", "crypto"))
        yield f"stance/ai{suffix}", mean(panel, ai)
        yield f"stance/crypto{suffix}", mean(panel, crypto)
        yield f"stance/spread{suffix}", difference(panel, ai, crypto)
    drawn = counted["comparisons"].to_numpy(float)
    balance = np.divide(counted["balance"].to_numpy(float), drawn, out=np.full(len(drawn), np.nan), where=drawn > 0)
    yield "comparison/balance", mean(panel, balance)


def _told_stories(stories: Stories) -> pd.DataFrame:
    """The narratives of stories, `article` counted among the stories only."""
    places = np.cumsum(~stories.articles["repeat"].to_numpy(bool)) - 1
    return stories.narratives.assign(article=places[stories.narratives["article"].to_numpy()])


def _by_narrative(stories: Stories, told: pd.DataFrame) -> Iterator[tuple[str, Any, Any, Any]]:
    """Each narrative with the stories that tell it, those that reject it, and the scores of the former."""
    found = {str(name): rows for name, rows in told.groupby("narrative", observed=True).indices.items()}
    for name in sorted({*load_taxonomy().ids, *found}):
        rows = told.iloc[found.get(name, [])]
        tells = rows["tells"].to_numpy(bool)
        articles = rows["article"].to_numpy(np.int64)
        yield name, articles[tells], articles[~tells], rows["score"].to_numpy(float)[tells]


def _split(stories: Stories, frequency: Frequency, by: str) -> Iterator[pd.DataFrame]:
    """Shares within each outlet or type, over the periods from its first story to its last."""
    kind = stories.articles[by].astype(object).fillna("none")
    numbers = pd.Series(numbers_of(stories.articles["placed"], frequency.unit)).groupby(kind)
    periods = int((numbers.max() - numbers.min() + 1).sum())
    if 2 * len(load_taxonomy().ids) * periods > MOST_POINTS:
        raise SettingsError(f"--by {by} would make more than {MOST_POINTS:,} points; take --frequency W-SUN or M")
    position = np.full(len(stories.articles), -1)
    for value, articles in stories.articles.groupby(kind):
        panel = panel_of(articles, frequency)
        counted = articles.index[~articles["repeat"]]
        position[:] = -1
        position[counted] = np.arange(len(counted))
        places = position[stories.narratives["article"].to_numpy()]
        told = stories.narratives.assign(article=places)[places >= 0]
        for name, telling, rejecting, _ in _by_narrative(stories, told):
            for measure, carrying in (("share", telling), ("rejects", rejecting)):
                yield _rows(panel, f"narrative/{name}/{measure}@{by}={value}", share(panel, carrying), stories.as_of)


def _rows(panel: Panel, name: str, estimate: Estimate, as_of: datetime | None) -> pd.DataFrame:
    ends = panel.starts[1:]
    rows = pd.DataFrame(
        {
            "time": ends,
            "series": name,
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "articles": panel.articles,
            "stories": panel.stories.astype(np.int64),
            "outlets": panel.telling_outlets.astype(np.int64),
            "period_start": panel.starts[:-1],
            "period_end": ends,
            "available": ends,
            "hits": estimate.hits.astype(np.int64),
            "effective_n": estimate.effective_n,
            "flags": _flags(
                thin=~np.isnan(estimate.value) & (estimate.effective_n < THIN),
                spliced=panel.spliced,
                backfilled=panel.mostly_backfilled,
                in_sample=panel.starts[:-1] <= np.datetime64(IN_SAMPLE_UNTIL),
                defined_later=ends < np.datetime64(_defined(name)),
            ),
        }
    )
    return rows if as_of is None else rows[ends <= np.datetime64(as_of.replace(tzinfo=None))]


def _flow_rows(stories: Stories, unit: Literal["D", "W"]) -> pd.DataFrame:
    points = flow_points(stories, unit)
    agreeing = points["agreeing"].to_numpy()
    return points.assign(
        time=points["period_end"],
        series=[f"flow/{subject}/{unit}" for subject in points["subject"]],
        articles=points["stories"],
        hits=agreeing,
        effective_n=agreeing.astype(float),
        flags=_flags(
            thin=agreeing < FEWEST_STORIES,
            in_sample=points["period_start"].to_numpy() <= np.datetime64(IN_SAMPLE_UNTIL),
        ),
    ).drop(columns=["subject", "agreeing"])


def _defined(series: str) -> date:
    """The day on which a series' narrative entered the taxonomy, the last of all days if it holds none of that id.

    The first of all days for anything else.
    """
    kind, _, rest = series.partition("/")
    since = {entry.id: entry.since for entry in load_taxonomy().narrative}
    return since.get(rest.partition("/")[0], date.max) if kind == "narrative" else date.min


def _flags(**raised: Any) -> pd.Series[Any]:
    """The flags of each row, in the order in which `Point` names them."""
    length = len(next(iter(raised.values())))
    columns = [np.broadcast_to(raised.get(name, False), length) for name in _FLAGS]
    codes = sum(column.astype(np.int64) << place for place, column in enumerate(columns))
    meanings = [
        tuple(name for place, name in enumerate(_FLAGS) if code >> place & 1) for code in range(1 << len(_FLAGS))
    ]
    return pd.Series([meanings[code] for code in np.asarray(codes)], dtype=object)


def _vintage(stories: Stories, settings: dict[str, Any]) -> str:
    """A hash of everything that decides the points: which readings of which articles, the settings, the definitions."""
    rows = stories.articles
    known = rows["available"].to_numpy("datetime64[us]").astype(str)
    columns = (rows["article_id"], rows["key"], rows["fingerprint"], known, rows["backfilled"].astype(str))
    whole = "\n".join("\t".join(row) for row in zip(*columns, strict=True))
    told = repr(sorted(settings.items()))
    # With a letter in front, or a spreadsheet reads some of them as numbers.
    return f"v{content_hash(DEFINITIONS, __version__, told, whole)[:12]}"


def _nothing(corpus: Corpus, stories: Stories) -> str:
    if corpus.count("annotations") == 0:
        return f"nothing is annotated yet; run `narrative annotate --corpus {corpus.folder}` first"
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in stories.left_out.items() if number)
    return f"no article is left to count ({reasons})"
