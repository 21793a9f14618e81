"""Daily closes from files, checked so that a bad file is one clear line and never a finding.

Only the assets that are asked for are checked: a file may hold others in any state. `docs/market.md` says what is read
and refused.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from narrative.errors import InputError, SettingsError
from narrative.market.price_files import PriceTable, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEWEST: Final = 30  # closes
LONGEST_PAUSE: Final = 5  # calendar days between two closes of an asset that rests at weekends

DATE_COLUMNS: Final = ("date", "time", "timestamp", "day", "datetime")
CLOSE_COLUMN: Final = "close"

# The one time since 1933 that New York's exchanges were closed for longer than LONGEST_PAUSE lets pass.
_CLOSURES = ((date(2001, 9, 10), date(2001, 9, 17)),)

_EMPTY = frozenset(("", "nan", "na", "n/a", "null", "none", "<na>", "nat"))
_INFINITE = frozenset(("inf", "infinity"))
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_YEARS = range(1900, 2200)
_EPOCH = re.compile(r"([0-9]{9,10}|[0-9]{12,13})(?:\.[0-9]*)?")
_MILLISECONDS = 1e11  # epochs from here on count milliseconds
_NAMED = 20  # assets that a message lists


def read_prices(paths: str | Path | Sequence[str | Path], assets: Sequence[str] | None = None) -> pd.DataFrame:
    """Read daily closes, of one file or several joined on the date.

    A file is wide (`date` and a column an asset) or holds one asset's bars: then it has a column `close`, and the
    asset is called as the file. The date of a row is the one written; an epoch, in seconds or milliseconds, is UTC.

    Args:
        paths: CSV, gzip or not, or Parquet.
        assets: which assets, in any case; if none are named, all but copies (`NVDA_adj` beside `NVDA`) and labels.

    Returns:
        A float column an asset over ascending naive dates (index `date`), NaN where an asset has no close that day.

    Raises:
        InputError: a file can't be read, an asset is not there or there twice, or its closes can't be trusted.
        SettingsError: no file is named.
    """
    files = [Path(path) for path in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not files:
        raise SettingsError("no price file is named; name a CSV of daily closes")
    tables = [read_table(file) for file in files]
    offered = [(asset, column, table) for table in tables for asset, column in _offered(table, everything=bool(assets))]
    chosen = _chosen(offered, assets, tables)
    dates = {table.source: _dates(table) for table in {id(table): table for _, _, table in chosen}.values()}
    closes = [_closes(asset, column, table, dates[table.source]) for asset, column, table in chosen]
    prices = pd.concat(closes, axis=1, sort=True)
    return prices.rename_axis(index="date")


def trades_at_weekends(closes: pd.Series[float]) -> bool:
    """Whether an asset trades every day of the week: more than a tenth of its closes are of a Saturday or Sunday."""
    days = pd.DatetimeIndex(closes.dropna().index).day_of_week
    return bool(len(days)) and float((days >= 5).mean()) > 0.1


def _offered(table: PriceTable, *, everything: bool) -> Iterator[tuple[str, int]]:
    """The assets of a file and their columns; without copies and labels unless `everything` is asked for."""
    folded = [name.casefold() for name in table.header]
    if CLOSE_COLUMN in folded:
        yield table.stem, folded.index(CLOSE_COLUMN)
        return
    for column, name in enumerate(table.header):
        if not name or folded[column] in DATE_COLUMNS:
            continue
        copy = any(other and folded[column].startswith(f"{other}_") for other in folded)
        label = not any(character.isdigit() for row in table.rows for character in row[column])
        if everything or not (copy or label):
            yield name, column


def _chosen(
    offered: list[tuple[str, int, PriceTable]], assets: Sequence[str] | None, tables: Sequence[PriceTable]
) -> list[tuple[str, int, PriceTable]]:
    """What is asked for, in the order asked for, each once."""
    sources = ", ".join(table.source for table in tables)
    if not offered:
        raise InputError(sources, "no column holds prices; give `date` and a column an asset, or one asset's `close`")
    wanted = {name.casefold(): name for name in assets or [asset for asset, _, _ in offered]}
    chosen = []
    for folded, name in wanted.items():
        found = [one for one in offered if one[0].casefold() == folded]
        if not found:
            raise InputError(sources, f"no asset {_shown(name)}; there {_are([asset for asset, _, _ in offered])}")
        if len(found) > 1:
            files = list(dict.fromkeys(table.source for _, _, table in found))
            hold = "both hold" if len(files) > 1 else "twice holds"
            raise InputError(" and ".join(files[:2]), f"{hold} {found[0][0]}; give each asset once")
        chosen.append(found[0])
    return chosen


def _are(names: list[str]) -> str:
    listed = ", ".join(repr(name)[1:-1] for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{'is' if len(names) == 1 else 'are'} {listed}{more}"


def _dates(table: PriceTable) -> list[date]:
    folded = [name.casefold() for name in table.header]
    column = next((folded.index(name) for name in DATE_COLUMNS if name in folded), None)
    if column is None:
        raise InputError(table.source, f"no date column, only {_shown(', '.join(table.header))}; call it `date`")
    dates = []
    for line, row in zip(table.lines, table.rows, strict=True):
        day = _date(row[column])
        if day is None or day.year not in _YEARS:
            raise InputError(table.source, f"line {line}: {_shown(row[column])} is no date; write it as 2025-11-21")
        dates.append(day)
    repeated = [day for day, count in Counter(dates).items() if count > 1]
    if repeated:
        day = min(repeated)
        first, second = [line for line, other in zip(table.lines, dates, strict=True) if other == day][:2]
        others = f" ({len(repeated):,} dates stand more than once)" if len(repeated) > 1 else ""
        raise InputError(table.source, f"duplicate date {day} on lines {first} and {second}{others}; keep one a day")
    return dates


def _date(cell: str) -> date | None:
    try:
        if _EPOCH.fullmatch(cell):
            number = float(cell)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC).date()
        if len(cell) > 40:
            return None
        return datetime.fromisoformat(cell.replace(" UTC", "+00:00")).date()
    except (ValueError, OverflowError, OSError):
        return None


def _closes(asset: str, column: int, table: PriceTable, dates: list[date]) -> pd.Series[float]:
    """The closes of one asset, ascending, without empty days."""
    found: dict[date, float] = {}
    faults = []
    for line, row, day in zip(table.lines, table.rows, dates, strict=True):
        try:
            price = _price(row[column])
        except ValueError as error:
            faults.append(f"line {line} ({day}): {asset} is {_shown(row[column])}, {error}")
            continue
        if price is not None:
            found[day] = price
    if faults:
        others = f" ({len(faults):,} such cells)" if len(faults) > 1 else ""
        raise InputError(table.source, faults[0] + others)
    if len(found) < FEWEST:
        raise InputError(table.source, f"{asset} has {len(found)} closes; at least {FEWEST} are needed")
    days = sorted(found)
    closes = pd.Series([found[day] for day in days], pd.DatetimeIndex(days).as_unit("us"), dtype="float64", name=asset)
    _refuse_gaps(closes, table.source)
    return closes


def _price(cell: str) -> float | None:
    """The price in a cell, None in an empty one; the error says what else it is and what to do."""
    if cell.casefold() in _EMPTY:
        return None
    if cell.casefold().lstrip("+-") in _INFINITE:
        raise ValueError("which is not finite; mend the cell")
    if not _NUMBER.fullmatch(cell):
        if any("0" <= character <= "9" for character in cell):
            raise ValueError("which is text, not a number; write it as 67420.5, without separators, signs or units")
        raise ValueError("which is text, not a number; mend the cell")
    price = float(cell)
    if not 0 < price < math.inf:
        raise ValueError("which no price is: it must be positive and finite; mend the cell")
    return price


def _refuse_gaps(closes: pd.Series[float], source: str) -> None:
    """A missing day counts as a gap where the asset trades at weekends, else a pause longer than any holidays."""
    days = [day.date() for day in pd.DatetimeIndex(closes.index)]
    every_day = trades_at_weekends(closes)
    longest = timedelta(days=1 if every_day else LONGEST_PAUSE)
    gaps = [pair for pair in pairwise(days) if pair[1] - pair[0] > longest and pair not in _CLOSURES]
    if not gaps:
        return
    before, after = gaps[0]
    days_off = (after - before).days - 1
    missing = f"{days_off} {'day' if days_off == 1 else 'days'}"
    others = f"; {len(gaps):,} such gaps in all" if len(gaps) > 1 else ""
    rule = "trades every day of the week" if every_day else f"may rest {LONGEST_PAUSE - 1} days at most"
    raise InputError(
        source,
        f"{closes.name} has a gap: no close for {missing} between {before} and {after}"
        f"{others}. It {rule}; fill the gap or cut the file there",
    )


def _shown(text: str) -> str:
    """A text as a message may hold it: one line, without control characters, not long."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
