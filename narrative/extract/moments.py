"""Times as outlets print them → UTC, with precision and offset kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from narrative.records import DateDetail

if TYPE_CHECKING:
    from narrative.records import Precision

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
FUTURE_ALLOWANCE = timedelta(days=2)  # zones and clocks that run ahead


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

    A time without an offset is taken to be in `zone`; a date alone is the first moment of that day there.

    Raises:
        ValueError: not a time, or not between 1990 and 2100.
    """
    if isinstance(value, str):
        stamp = _from_text(value.strip(), zone)
    elif isinstance(value, datetime):
        stamp = _from_datetime(value, zone, "second")
    elif isinstance(value, date):
        stamp = Stamp(datetime.combine(value, time(), zone).astimezone(UTC), "day", None)
    else:
        seconds = value / 1000 if abs(value) >= 1e11 else value
        try:
            stamp = Stamp(datetime.fromtimestamp(seconds, UTC), "second", None)
        except (OverflowError, OSError, ValueError) as error:
            raise ValueError(f"{value!r} is no time") from error
    if not EARLIEST <= stamp.moment < LATEST:
        raise ValueError(f"{value!r} is not between 1990 and 2100")
    return stamp


def is_future(moment: datetime, now: datetime) -> bool:
    """Whether a moment lies further ahead of `now` than zones and clocks explain."""
    return moment > now + FUTURE_ALLOWANCE


def _from_text(text: str, zone: tzinfo) -> Stamp:
    try:
        if len(text) in {8, 10} and (text[:8].isdigit() or text[4:5] == "-"):
            day = date.fromisoformat(text)
            return Stamp(datetime.combine(day, time(), zone).astimezone(UTC), "day", None)
        parsed = datetime.fromisoformat(text.removesuffix(" UTC").removesuffix(" GMT") + "Z" * text.endswith(("UTC", "GMT")))
        return _from_datetime(parsed, zone, "second" if text.count(":") > 1 or "." in text else "minute")
    except (ValueError, OverflowError):
        pass
    try:
        return _from_datetime(parsedate_to_datetime(text), zone, "second" if text.count(":") > 1 else "minute")
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is no ISO 8601 date or time") from error


def _from_datetime(parsed: datetime, zone: tzinfo, precision: Precision) -> Stamp:
    offset = parsed.utcoffset()
    printed = None
    if offset is not None:
        minutes = int(offset.total_seconds() // 60)
        printed = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return Stamp((parsed if offset is not None else parsed.replace(tzinfo=zone)).astimezone(UTC), precision, printed)
