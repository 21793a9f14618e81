"""Times as outlets print them → UTC, with precision and offset kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from narrative.records import DateDetail

if TYPE_CHECKING:
    from narrative.records import Precision

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST = 100  # characters; JavaScript's own form takes about 70
FUTURE_ALLOWANCE = timedelta(days=2)  # zones and clocks that run ahead

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}|\d{4}-?W\d\d-?\d", re.ASCII)
_SLASHES = re.compile(r"^(\d{4})/(\d\d)/(\d\d)\b", re.ASCII)
_SPACED = re.compile(r"(:\d\d) ([+-]\d\d:?\d\d)$", re.ASCII)
_CLOCK = re.compile(r"(?:(?:T|\s)\d{1,2}:\d\d|T\d{4})(:\d\d|\d\d)?", re.ASCII | re.IGNORECASE)
# `Tue Feb 10 2026 06:29:00 GMT+0000 (Coordinated Universal Time)`
_SCRIPT = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})", re.ASCII)


@dataclass(frozen=True)
class Stamp:
    """A moment in UTC, how finely it was printed, and the offset it was printed with (null if none)."""

    moment: datetime
    precision: Precision
    utc_offset: str | None

    def detail(self, source: str) -> DateDetail:
        """The record of where the moment came from."""
        return DateDetail(source=source, precision=self.precision, utc_offset=self.utc_offset)


def read_stamp(value: str | float | date, *, zone: tzinfo = UTC) -> Stamp:
    """Read ISO 8601, RFC 2822 (feeds), a Unix time in seconds or milliseconds, a `date` or a `datetime`.

    Slashes for hyphens, and what JavaScript prints for a date, are read, too. A time without an offset is taken to be
    in `zone`; a date alone is the first moment of that day there.

    Raises:
        ValueError: not a time, or not between 1990 and 2100.
    """
    shown = repr(value[:40]) if isinstance(value, str) else f"{value!r:.40}"
    try:
        if isinstance(value, str):
            stamp = _from_text(value.strip(), zone)
        elif isinstance(value, datetime):
            stamp = _from_datetime(value, zone, "second")
        elif isinstance(value, date):
            stamp = _from_day(value, zone)
        else:
            stamp = _from_number(value)
    except (ValueError, TypeError, IndexError, OverflowError, OSError) as error:
        raise ValueError(f"{shown} is no ISO 8601 date or time") from error
    if not EARLIEST <= stamp.moment < LATEST:
        raise ValueError(f"{shown} is not between 1990 and 2100")
    return stamp


def is_future(moment: datetime, now: datetime) -> bool:
    """Whether a moment lies further ahead of `now` than zones and clocks explain."""
    return moment > now + FUTURE_ALLOWANCE


def _from_text(text: str, zone: tzinfo) -> Stamp:
    if len(text) > LONGEST:
        raise ValueError("too long for a time")
    if text.isascii() and text.isdigit() and len(text) in {10, 13}:
        return _from_number(int(text))
    iso = _SPACED.sub(r"\1\2", _SLASHES.sub(r"\1-\2-\3", text))
    try:
        if _DAY.fullmatch(iso):
            return _from_day(date.fromisoformat(iso), zone)
        zulu = iso.endswith((" UTC", " GMT", " Z"))
        parsed = datetime.fromisoformat(iso.rpartition(" ")[0] + "Z" if zulu else iso)
    except ValueError:
        script = _SCRIPT.match(text)
        parsed = parsedate_to_datetime("{} {} {} {} {}".format(*script.groups()) if script else text)
    return _from_datetime(parsed, zone, _precision(iso))


def _precision(text: str) -> Precision:
    clock = _CLOCK.search(text)
    if clock is None:
        return "hour"
    return "second" if clock[1] else "minute"


def _from_day(day: date, zone: tzinfo) -> Stamp:
    return Stamp(datetime.combine(day, time(), zone).astimezone(UTC), "day", None)


def _from_number(value: float) -> Stamp:
    seconds = value / 1000 if abs(value) >= 1e11 else value
    return Stamp(datetime.fromtimestamp(seconds, UTC), "second", None)


def _from_datetime(parsed: datetime, zone: tzinfo, precision: Precision) -> Stamp:
    offset = parsed.utcoffset()
    printed = None
    if offset is not None:
        minutes = int(offset.total_seconds() // 60)
        printed = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return Stamp((parsed if offset is not None else parsed.replace(tzinfo=zone)).astimezone(UTC), precision, printed)
