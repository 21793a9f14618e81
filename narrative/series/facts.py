"""Stories → facts: what outlets report of one subject, kind, unit, measure and period, told apart from who repeats it.

A fact is never a sum. The figures of one thing are put beside each other (`narrative.series.reconcile`), and what does
not agree is kept beside the value, with what may be behind it. `docs/series.md`, Facts, says what counts.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from narrative.catalogue.entries import load_catalogue
from narrative.errors import SettingsError
from narrative.records import Direction, FigureKind, Period, Reference
from narrative.results import Dissent, Duration, Fact, Reason, Telling
from narrative.series.elsewhere import Elsewhere
from narrative.series.grouping import ADDING_UP, WORDS, Told, told_of
from narrative.series.reconcile import Agreement, mentions_at, reconcile, slip_of_magnitude
from narrative.store.pipelines import pipelines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from narrative.records import Status
    from narrative.series.stories import Stories
    from narrative.store.corpus import Corpus

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Bools = np.ndarray[Any, np.dtype[np.bool_]]

TELLINGS: Final = 50  # listed of a value; a corpus may hold thousands
DISSENTS: Final = 20  # values listed of a fact
_WAYS: Final = frozenset(get_args(Direction))
_ROLLING: Final = {2, 8, 31}  # days of "past 24 hours", "past seven days", "past 30 days", ends counted


@dataclass(frozen=True)
class Selection:
    """Which facts are wanted; null for no limit.

    Attributes:
        subjects: catalogue ids or names, in any case.
        kinds: of figures.
        since: the period ends on this day or later.
        until: the period begins on this day or earlier.
        durations: of periods.
        min_stories: that agree.
        min_reports: stories that report it, whether they agree or not.
    """

    subjects: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    durations: frozenset[str] = frozenset()
    min_stories: int = 1
    min_reports: int = 1

    def takes(self, fact: Fact) -> bool:
        """Whether so many tell a fact, and of such a period."""
        return (
            fact.stories >= self.min_stories
            and fact.stories + fact.dissenting_stories >= self.min_reports
            and (not self.durations or fact.duration in self.durations)
        )


def facts_of(stories: Stories, *, status: Status = "actual", selection: Selection = Selection()) -> Iterator[Fact]:
    """The facts of stories, one after another, in the order of subject, kind, unit, measure and period.

    Args:
        stories: read with the same `status`.
        status: of the figures.
        selection: which facts.
    """
    told = told_of(stories, actual=status == "actual")
    maker = _Maker(stories, told, status)
    for first, behind in told.groups:
        if behind - first >= max(selection.min_stories, selection.min_reports) and maker.wanted(first, selection):
            fact = maker.fact(first, behind)
            if selection.takes(fact):
                yield fact


class _Maker:
    """Makes the facts of told figures."""

    def __init__(self, stories: Stories, told: Told, status: Status) -> None:
        self._told = told
        self._status = status
        self._elsewhere = Elsewhere(told)
        self._rows = told.columns
        self._texts = {name: told.rows[name].astype(object).to_numpy() for name in WORDS}
        self._article_ids = stories.articles["article_id"].to_numpy(object)
        self._available = stories.articles["available"].dt.tz_convert(None).to_numpy("datetime64[us]")

    def wanted(self, row: int, selection: Selection) -> bool:
        """Whether the thing that a row is about is one of those selected."""
        if selection.subjects and not selection.subjects & {
            self._texts["subject"][row].casefold(), self._texts["subject_name"][row].casefold()
        }:  # fmt: skip
            return False
        if selection.kinds and self._texts["kind"][row] not in selection.kinds:
            return False
        start, end = self._period(row)
        return (selection.since is None or end >= selection.since) and (
            selection.until is None or start <= selection.until
        )

    def fact(self, first: int, behind: int) -> Fact:
        """The fact of the rows `first` to `behind`."""
        agreement = reconcile(mentions_at(self._told, np.arange(first, behind), self._elsewhere))
        agreeing = [first + row for row in agreement.agreeing]
        dissenting = [first + row for row in agreement.dissenting]
        own, copies = self._independent(agreeing)
        start, end = self._period(first)
        kind, subject = self._texts["kind"][first], self._texts["subject"][first]
        duration = duration_of(start, end, self._rows["placed"][first].astype("datetime64[D]").item())
        tellings = [self._telling(row) for row in agreeing]
        sources = dict.fromkeys(
            self._texts["source_name"][row] for row in agreeing if isinstance(self._texts["source_name"][row], str)
        )
        return Fact(
            subject=Reference(
                name=self._texts["subject_name"][first], id=subject if subject in load_catalogue().by_id else None
            ),
            kind=kind, unit=self._texts["unit"][first], measure=self._texts["measure"][first], status=self._status,
            period=Period(start=start, end=end), duration=duration,
            cumulative=kind in ADDING_UP and self._texts["measure"][first] == "level" and duration == "other",
            value=agreement.value, low=agreement.low, high=agreement.high,
            direction=self._direction(agreeing, agreement.sign), basis=agreement.basis,
            stories=len(agreeing), outlets=len({self._rows["outlet"][row] for row in agreeing}),
            independent_sources=len(own), sources=tuple(sources), copies=copies, passed_over=agreement.passed_over,
            dissenting_stories=len(dissenting), dissent=tuple(self._dissent(dissenting, agreement, kind)),
            first=tellings[0], tellings=tuple(tellings[:TELLINGS]),
            available=self._known([*agreeing, *dissenting]),
        )  # fmt: skip

    def _period(self, row: int) -> tuple[date, date]:
        return tuple(self._rows[name][row].astype("datetime64[D]").item() for name in ("start", "end"))

    def _direction(self, rows: Sequence[int], sign: int) -> Direction | None:
        """The way that agrees with the sign; of levels that have none, the way most stories give."""
        ways: list[Direction] = [way for row in rows if (way := self._texts["direction"][row]) in _WAYS]
        if sign:
            ways = [way for way in ways if (way in {"in", "up"}) == (sign > 0)]
        if not ways:
            return None
        return max(dict.fromkeys(ways), key=ways.count)

    def _independent(self, rows: Sequence[int]) -> tuple[set[str], int]:
        """The sources of the tellings but for sentences that another outlet had before, and how many these are."""
        had: dict[int, str] = {}
        sources, copies = set(), 0
        for row in rows:
            wording, outlet = int(self._rows["wording"][row]), self._rows["outlet"][row]
            if wording and had.setdefault(wording, outlet) != outlet:
                copies += 1
            else:
                sources.add(self._rows["origin"][row])
        return sources, copies

    def _telling(self, row: int) -> Telling:
        article = self._rows["article"][row]
        return Telling(
            outlet=self._rows["outlet"][row], article_id=self._article_ids[article],
            available=_utc(self._available[article]),
            start=int(self._rows["figure_start"][row]), end=int(self._rows["figure_end"][row]),
            sentence_start=int(self._rows["sentence_start"][row]), sentence_end=int(self._rows["sentence_end"][row]),
        )  # fmt: skip

    def _known(self, rows: Sequence[int]) -> datetime:
        return _utc(self._available[self._rows["article"][rows]].max())

    def _dissent(self, rows: Sequence[int], agreement: Agreement, kind: str) -> Iterator[Dissent]:
        """The values that other stories give, those of most stories first."""
        values: dict[tuple[float, int], list[int]] = {}
        for row in rows:
            values.setdefault((float(self._rows["value"][row]), int(self._rows["sign"][row])), []).append(row)
        for (value, sign), told in sorted(values.items(), key=lambda item: -len(item[1]))[:DISSENTS]:
            reason, other = self._reason(told, agreement, kind)
            signed = value * (sign or agreement.sign or 1)
            yield Dissent(
                value=value, direction=self._direction(told, sign),
                difference=signed - agreement.value * (agreement.sign or sign or 1),
                ratio=value / agreement.value if agreement.value else None,
                reason=reason, told_of=None if other is None else self._called(other, told[0]),
                stories=len(told), tellings=tuple(self._telling(one) for one in told[:TELLINGS]),
            )  # fmt: skip

    def _reason(self, told: Sequence[int], agreement: Agreement, kind: str) -> tuple[Reason, int | None]:
        row = told[0]
        value, sign = self._rows["value"][row], self._rows["sign"][row]
        low, high = self._rows["low"][row], self._rows["high"][row]
        if sign * agreement.sign < 0 and low <= agreement.value <= high:
            return "sign", None
        other = next((found for found in self._elsewhere.told(told) if found is not None), None)
        if other is not None:
            same = self._texts["subject"][other] == self._texts["subject"][row]
            return ("period" if same else "subject"), other
        if slip_of_magnitude(float(value), agreement.value):
            return "magnitude", None
        return ("value" if kind in ADDING_UP or self._texts["measure"][row] == "change" else "moves"), None

    def _called(self, row: int, beside: int) -> str:
        if self._texts["subject"][row] != self._texts["subject"][beside]:
            return str(self._texts["subject_name"][row])
        start, end = self._period(row)
        return str(start) if start == end else f"{start} to {end}"


def selection_of(
    subjects: Iterable[str] = (),
    kinds: Iterable[str] = (),
    *,
    since: str | None = None,
    until: str | None = None,
    durations: Iterable[str] = (),
    min_stories: int = 1,
) -> Selection:
    """Read what a person asks for; a subject can be given by any name that the catalogue has for it.

    Raises:
        SettingsError: no such kind, or no date.
    """
    kinds = [kind.strip().replace(" ", "_") for kind in kinds]
    known = get_args(FigureKind)
    for kind in kinds:
        if kind not in known:
            raise SettingsError(f"--kind {kind}: it is one of {', '.join(known)}")
    names = {name for subject in subjects for name in _called(subject.strip().casefold())}
    return Selection(
        frozenset(names), frozenset(kinds), _day(since, "--since"), _day(until, "--until"), frozenset(durations),
        min_stories,
    )  # fmt: skip


def made_of(corpus: Corpus, stories: Stories, status: Status, selection: Selection) -> dict[str, Any]:
    """What a manifest says about how facts came to be."""
    placed = stories.counted["placed"]
    span = {"start": placed.min().to_pydatetime(), "end": placed.max().to_pydatetime()} if len(placed) else None
    return {
        "status": status,
        "subjects": sorted(selection.subjects),
        "kinds": sorted(selection.kinds),
        "since": selection.since,
        "until": selection.until,
        "durations": sorted(selection.durations),
        "min_stories": selection.min_stories,
        "as_of": stories.as_of.isoformat().replace("+00:00", "Z") if stories.as_of else None,
        "time_span": span,
        "stories": len(placed),
        "left_out": stories.left_out,
        "table_version": stories.table_version,
        "pipelines": pipelines_of(corpus, set(stories.articles["fingerprint"].astype(str).unique())),
    }


def _called(subject: str) -> Iterator[str]:
    """A name, and the catalogue's ids for it: of the entries that go by it, else of those whose name holds it."""
    yield subject
    entries = load_catalogue().entries
    exact = [entry for entry in entries if subject in {entry.id.casefold(), *(form.casefold() for form in entry.forms)}]
    for entry in exact or [entry for entry in entries if subject and subject in entry.name.casefold()]:
        yield entry.id.casefold()


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"{option} {text}: write a day like 2026-02-10") from error


def duration_of(start: date, end: date, told: date) -> Duration:
    """What a period is: a day, a week from Monday, a calendar month, quarter or year, the past days, or none of these.

    Args:
        start: first day.
        end: last day.
        told: the day on which it was first told.
    """
    days = (end - start).days + 1
    if days == 1:
        return "day"
    if start.weekday() == 0 and days in {5, 7} and not (days == 5 and told <= end):
        return "week"
    if days in _ROLLING and end == told:
        return "rolling"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        if months == 1:
            return "month"
        if months == 3 and start.month % 3 == 1:
            return "quarter"
        if months == 12 and start.month == 1:
            return "year"
    return "other"


def _utc(moment: Any) -> datetime:
    naive: datetime = moment.astype("datetime64[us]").item()
    return naive.replace(tzinfo=UTC)
