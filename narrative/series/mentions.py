"""Annotations → mentions: the figures that say what they are about and for which days, as columns of numbers.

They are what facts are made of. Of an article's words nothing is kept but what the digits say about rounding, a hash of
the figure's sentence (a sentence that was copied is no second source) and where it stands.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from narrative.errors import MissingExtra

try:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError as error:
    raise MissingExtra("corpus", "a fact") from error

from narrative.catalogue.entries import load_catalogue, per_catalogue
from narrative.extract.outlets import plain_name
from narrative.resources import read_toml
from narrative.series.rounding import rounding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from narrative.records import Status

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

RUNNING_TOTALS: Final = Path(__file__).parent / "data" / "running_totals.toml"
CLAUSE: Final = 90  # characters on either side of a figure, at most
SHORTEST_COPY: Final = 8  # words; a shorter sentence can be the same by chance
# Of few values each, so that a table holds them as numbers.
CATEGORIES: Final = ("subject", "subject_name", "kind", "unit", "measure", "modality", "direction", "source",
                     "source_name")  # fmt: skip
# A flow and a change have a sign; elsewhere a direction only says how a level was come to.
_SIGNS: Final = {"in": 1, "up": 1, "out": -1, "down": -1}
_ARTICLE: Final = 1 << 32  # more than any article has characters: (article, offset) as one number
_BORDER = re.compile(r"[,;:—–]\s|\s(?:and|while|but|as|after)\s", re.IGNORECASE)  # of a clause
_WORD = re.compile(r"\w+")


def mentions_of(part: pa.RecordBatch, texts: Sequence[str], first: int, status: Status) -> pa.RecordBatch:
    """One row a figure that has a subject and a period, in the order of the articles and of the text.

    Args:
        part: rows of the table `annotations` with `article`, `figures` and `sentences`.
        texts: the articles' texts.
        first: the number of the first article.
        status: of the figures.

    Returns:
        `article` (row), `subject` (the catalogue's id, else its name), `subject_name`, `kind, unit, measure, modality,
        direction`, `start, end` (days, inclusive), `value`, `low, high` (what its rounding allows), `half` (half the
        width of that), `sign` (-1, 0, 1), `source, source_name` (who it is attributed to, else whose piece is reposted;
        null if nobody), `figure_start, figure_end, sentence_start, sentence_end` (code points), `running` (whether its
        clause speaks of a total over more than a day) and `wording` (a hash of the sentence, 0 where it is short).
    """
    lists = part.column("figures")
    found = pc.list_flatten(lists)
    named = pc.and_(pc.is_valid(pc.struct_field(found, "subject")), pc.is_valid(pc.struct_field(found, "period")))
    named = pc.and_(named, pc.equal(pc.struct_field(found, "status"), status))
    found, parents = found.filter(named), pc.list_parent_indices(lists).filter(named)

    def field(*names: str) -> pa.Array:
        return pc.struct_field(found, list(names))

    articles = parents.to_numpy(zero_copy_only=False).astype(np.int64)
    starts = field("start").to_numpy(zero_copy_only=False)
    finish = field("end").to_numpy(zero_copy_only=False)
    begin, end = _sentences(part, articles, starts, finish)
    values, highs, modalities = (field(name).to_pylist() for name in ("value", "high", "modality"))
    printed = zip(field("text").to_pylist(), values, highs, modalities, strict=True)
    allowed = [rounding_of(*row) for row in printed]
    signed = pc.or_(pc.equal(field("kind"), "flow"), pc.equal(field("measure"), "change")).to_pylist()
    directions = field("direction").to_pylist()
    signs = [_SIGNS.get(way, 0) if has else 0 for has, way in zip(signed, directions, strict=True)]
    names = field("subject", "name")
    # What is reposted is told by who had it first.
    origins = pc.struct_field(part.column("article"), ["origin", "outlet"]).take(parents)
    sources = pc.coalesce(field("attributed_to", "name"), origins)
    return pa.RecordBatch.from_pydict(
        {
            "article": pa.array(articles + first),
            "subject": pc.coalesce(field("subject", "id"), pa.array(map(_ident, names.to_pylist()), pa.string())),
            "subject_name": names,
            **{name: field(name) for name in ("kind", "unit", "measure", "modality", "direction")},
            "start": field("period", "start"),
            "end": field("period", "end"),
            "value": pa.array(_middles(values, highs), pa.float64()),
            **{
                name: pa.array([getattr(one, name) for one in allowed], pa.float64())
                for name in ("low", "high", "half")
            },
            "sign": pa.array(signs, pa.int8()),
            "source": pc.coalesce(field("attributed_to", "id"), sources),
            "source_name": sources,
            "figure_start": pc.cast(field("start"), pa.int32()),
            "figure_end": pc.cast(field("end"), pa.int32()),
            "sentence_start": pa.array(begin, pa.int32()),
            "sentence_end": pa.array(end, pa.int32()),
            "running": pa.array(_running(texts, articles, starts, finish, begin, end), pa.bool_()),
            "wording": pa.array(_wordings(texts, articles, begin, end), pa.uint64()),
        }
    )


@per_catalogue
def _ident(name: str) -> str:
    """The catalogue's id of a canonical name, else the name."""
    entry = load_catalogue().by_name.get(name)
    return entry.id if entry else name


@per_catalogue
def source_key(name: str) -> str:
    """A source or an outlet by the catalogue's id, else by its letters alone: `SoSo Value` and `Sosovalue` are one."""
    if name in load_catalogue().by_id:
        return name
    letters = plain_name(name)
    return _by_letters().get(letters) or letters or name


@per_catalogue
def _by_letters() -> dict[str, str]:
    """The catalogue's ids by their names' letters."""
    return {plain_name(entry.name): entry.id for entry in reversed(load_catalogue().entries)}


def _middles(values: Iterable[float], highs: Iterable[float | None]) -> list[float]:
    return [value if high is None else (value + high) / 2 for value, high in zip(values, highs, strict=True)]


def _sentences(part: pa.RecordBatch, articles: Numbers, starts: Any, ends: Any) -> tuple[Numbers, Numbers]:
    """The sentence that each figure stands in; the figure itself where none holds it."""
    lists = part.column("sentences")
    sentences = pc.list_flatten(lists)
    own = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64) * _ARTICLE
    begin = own + pc.struct_field(sentences, "start").to_numpy(zero_copy_only=False)
    finish = own + pc.struct_field(sentences, "end").to_numpy(zero_copy_only=False)
    order = np.argsort(begin, kind="stable")
    begin, finish = begin[order], finish[order]
    places = articles * _ARTICLE + starts
    if not len(begin):
        return starts.astype(np.int64), ends.astype(np.int64)
    found = np.maximum(np.searchsorted(begin, places, side="right") - 1, 0)
    within = (begin[found] <= places) & (places < finish[found])
    return (
        np.where(within, begin[found] - articles * _ARTICLE, starts),
        np.where(within, finish[found] - articles * _ARTICLE, ends),
    )


def _running(
    texts: Sequence[str], articles: Numbers, starts: Any, finish: Any, begin: Numbers, end: Numbers
) -> list[bool]:
    """Whether each figure's clause speaks of a running total."""
    pattern = _running_totals()
    found = []
    for row in zip(*(column.tolist() for column in (articles, starts, finish, begin, end)), strict=True):
        article, start, behind, first, last = row
        before = texts[article][max(first, start - CLAUSE) : start]
        after = texts[article][behind : min(last, behind + CLAUSE)]
        borders = list(_BORDER.finditer(before))
        border = _BORDER.search(after)
        before, after = before[borders[-1].end() if borders else 0 :], after[: border.start() if border else CLAUSE]
        found.append(pattern.search(f"{before}#{after}") is not None)
    return found


@cache
def _running_totals() -> re.Pattern[str]:
    """The words of `data/running_totals.toml`."""
    return re.compile("|".join(read_toml(RUNNING_TOTALS)["patterns"]), re.IGNORECASE)


def _wordings(texts: Sequence[str], articles: Numbers, begin: Numbers, end: Numbers) -> list[int]:
    """A hash of each sentence's words; 0 where they are few."""
    known: dict[tuple[int, int], int] = {}
    for article, first, last in zip(articles.tolist(), begin.tolist(), end.tolist(), strict=True):
        if (article, first) not in known:
            words = _WORD.findall(texts[article][first:last].casefold())
            digest = blake2b(" ".join(words).encode(), digest_size=8).digest()
            known[article, first] = int.from_bytes(digest, "big") if len(words) >= SHORTEST_COPY else 0
    return [known[place] for place in zip(articles.tolist(), begin.tolist(), strict=True)]
