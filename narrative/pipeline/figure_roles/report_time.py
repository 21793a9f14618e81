"""What a document's expressions of time say of all its figures: the day or week that a report is about, its lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.timing import goes_to, is_lifetime, nearest
from narrative.pipeline.periods import calendar, fiscal, trading
from narrative.records import Period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.periods import TimeExpression
    from narrative.records import Figure, FigureKind

# Kinds that a report gives for one day or week throughout, and those that a headline repeats from the text.
_REPORTED = frozenset(["flow", "volume"])
_REPEATED = frozenset(["flow", "volume", "liquidation", "earnings", "revenue"])
_RESULTS = frozenset(["earnings", "revenue"])
_WHOLES = ("week", "month", "quarter", "year")
_LISTED = frozenset(["flow", "volume", "liquidation", "trade"])  # what is told day by day
_TAKES_UP = frozenset(["flow", "volume", "trade", "liquidation", "revenue", "share"])
_REACH = 12  # sentences that a report's day or week is remembered for
_NEAR = 3  # sentences within which other kinds take a day up
_FORTHCOMING = 2_000  # characters within which a headline's week is told
_LENGTHS = {"day": (0,), "week": (4, 5, 6), "month": (27, 28, 29, 30)}  # from the first day to the last
_QUARTER = 80  # days that a quarter or year has at least
_RESULTS_REACH = 250  # characters from a quarter to the results that go on
_SAME = 0.03  # relative difference within which a headline rounds a figure of the text
# "Accounting for 6.5% of", ", a surge of over 32,000%": of the same time as the figure before.
_APPOSED = re.compile(
    r"\s?,?\s(?:(?:accounting\sfor|equivalent\sto|representing|equal\sto|or)|with\sa\s(?:\w+\s){1,3}of)\s(?:\w+\s)?"
    r"|(?:,\s|\s?[—–]\s?)(?:an?\s\w+\sof\s(?:over\s|more\sthan\s|about\s|nearly\s)?|roughly\s|about\s|nearly\s)",
    re.IGNORECASE,
)
# "Fell 71% this year, while another declined 20%".
_CONTRASTED = re.compile(
    r"[^.;]{0,40},\s(?:while|and|compared\s(?:to|with)|versus|against)\b[^.;]{0,70}", re.IGNORECASE
)
_FROM_PEAK = re.compile(
    r"\b(?:from|since|below|off)\b[^.;]*\b(?:high|peak|low|top|record|ATH|level|price)s?\b", re.IGNORECASE
)
_ONE_EACH = re.compile(
    r"\b(?:daily|each\sday|every\sday|trading\s(?:days|sessions)|sessions|respectively)\b", re.IGNORECASE
)


class ReportTime:
    """Reads one document's figures in order, remembering the day or week that was set for those of a kind."""

    def __init__(self, expressions: Sequence[TimeExpression], published: date | None) -> None:
        self._expressions = expressions
        self._published = published
        self._set: dict[str, tuple[TimeExpression, int]] = {}  # the day or week by kind, and its sentence

    def expression_of(
        self,
        mention: Mention,
        kind: FigureKind,
        measure: str,
        number: int,
        before: TimeExpression | None,
        goes_on: bool,
    ) -> TimeExpression | None:
        """The expression that dates a figure: its own, that of the list it goes on, or the report's.

        Args:
            mention: the quantity in its sentence.
            kind: its kind.
            measure: `level` or `change`.
            number: the sentence's place in the document.
            before: what dates the sentence's figure before.
            goes_on: whether the figure goes on a list or restates the figure before.
        """
        own = nearest(mention, kind, measure, self._expressions)
        if own is not None and own.sort.startswith("that "):
            default = own if own.period and own.sort != "that day" else None  # "daily" alone is a rate
            own = self._taken_up(own, kind, number) or default or self._told(mention, kind, measure)
            if own is None:
                return None
        if own is not None and self._starts_today(mention, own):
            return None
        if own is None and before is not None and (goes_on or _shared(mention, measure, before)):
            own = before
        if own is None and kind in _RESULTS:
            own = self._quarter_before(mention)
        if own is None:
            return None if is_lifetime(mention) else self._set_for(kind, number)
        if _reporting(own):
            self._set[kind] = own, number
        return own

    def _starts_today(self, mention: Mention, expression: TimeExpression) -> bool:
        """Whether a forecast begins with the figure: "from $295 billion to $500 billion in 2026"."""
        if expression.period is None or self._published is None or expression.end < mention.quantity.start:
            return False
        period = expression.period
        far = period.end > self._published and (period.end - period.start).days > _QUARTER
        return far and mention.lead == "from" and goes_to(mention)

    def _told(self, mention: Mention, kind: FigureKind, measure: str) -> TimeExpression | None:
        """What dates a "daily" or "same day" figure that takes up none: what is said before it, or a day after it."""
        at = bisect_left(self._expressions, mention.quantity.start, key=attrgetter("start"))
        around = self._expressions[max(0, at - 8) : at + 4]
        told = [item for item in around if not item.sort.startswith("that ")]
        end = mention.quantity.end
        return nearest(mention, kind, measure, [item for item in told if item.start < end or _is_one(item, "day")])

    def _quarter_before(self, mention: Mention) -> TimeExpression | None:
        """The quarter of results that are told just before: "its first-quarter results. Revenue climbed to …"."""
        at = bisect_left(self._expressions, mention.quantity.start, key=attrgetter("start"))
        for item in reversed(self._expressions[max(0, at - 3) : at]):
            if item.sort == "quarter" and mention.quantity.start - item.end <= _RESULTS_REACH:
                return item
        return None

    def _set_for(self, kind: str, number: int) -> TimeExpression | None:
        if kind not in _REPORTED:
            return None
        known = [self._set[other] for other in _REPORTED if other in self._set]
        last = self._set.get(kind) or max(known, key=lambda item: item[1], default=None)
        return last[0] if last and number - last[1] <= _REACH else None

    def _taken_up(self, expression: TimeExpression, kind: FigureKind, number: int) -> TimeExpression | None:
        """The day, week or month told elsewhere that "daily", "the same day" or "for the week" takes up."""
        unit = expression.sort.removeprefix("that ")
        if kind not in _TAKES_UP or unit not in _LENGTHS:  # "that timeframe" takes up none
            return None
        kinds = _REPORTED if kind in _REPORTED else _TAKES_UP
        told = sorted(
            (item for other, item in self._set.items() if other in kinds and _is_one(item[0], unit)),
            key=lambda item: -item[1],
        )
        if told and number - told[0][1] <= (_REACH if kind in _REPORTED else _NEAR):
            return told[0][0]
        if unit == "week" and number == 0:
            at = bisect_left(self._expressions, expression.end, key=attrgetter("start"))
            for item in self._expressions[at:]:
                if item.start - expression.end > _FORTHCOMING:
                    break
                if item.sort == "week" and _is_one(item, "week"):
                    return item
        return None

    def period_of(
        self, mention: Mention, measure: str, expression: TimeExpression, company: str | None, status: str
    ) -> Period | None:
        """An expression's dates; from them to publication for a change "from its October peak".

        Args:
            mention: the figure's quantity.
            measure: `level` or `change`.
            expression: what dates it.
            company: the catalogue id of the subject, whose fiscal year may be known.
            status: of the figure; what is expected "this week" has the whole week.
        """
        period = expression.period
        if period and status == "expected" and period.end == self._published and expression.sort in _WHOLES:
            whole = calendar.around(expression.sort, period.start)
            return Period(start=whole.start, end=whole.end) if whole and whole.start == period.start else period
        if period is None and expression.fiscal:
            dates = fiscal.resolve(expression.fiscal, company, self._published)
            return Period(start=dates.start, end=dates.end) if dates else None
        if period is None or self._published is None or measure != "change" or expression.sort in ("span", "now"):
            return period
        start = mention.quantity.end
        dated_from = start < expression.start and _FROM_PEAK.search(mention.text[start : expression.end + 30])
        earlier = dated_from and period.start < self._published
        return Period(start=period.start, end=self._published) if earlier else period


def _shared(mention: Mention, measure: str, before: TimeExpression) -> bool:
    """Whether a figure without an expression has that of the figure before, as an apposition or in contrast."""
    if _APPOSED.fullmatch(mention.between):
        return before.sort != "now" or measure == "level"
    alike = mention.previous is not None and mention.previous.unit == mention.quantity.unit == "percent"
    told = before.start < mention.quantity.start and before.sort != "now"
    return alike and told and measure == "change" and bool(_CONTRASTED.fullmatch(mention.between))


def _reporting(expression: TimeExpression) -> bool:
    """Whether a whole report can be about the expression's day or week."""
    return _is_one(expression, "day") or _is_one(expression, "week")


def _is_one(expression: TimeExpression, unit: str) -> bool:
    if expression.period is None or expression.sort not in ("day", "week", "month", "that week"):
        return False
    length = (expression.period.end - expression.period.start).days
    return length in _LENGTHS[unit]


def one_each(figures: Sequence[Figure], sentence: str) -> list[Figure]:
    """Give each figure of a list its day, where the sentence lists as many as the days that it names.

    "In four trading days from November 13 to 18, the daily outflows reached A, B, C and D".

    Args:
        figures: those of one sentence, in order.
        sentence: its text.
    """
    if len(figures) < 2 or not _ONE_EACH.search(sentence):
        return list(figures)
    found: list[Figure] = []
    for _, group in groupby(figures, key=lambda figure: (figure.kind, figure.unit, figure.measure, figure.period)):
        listed = list(group)
        days = _days(listed[0], len(listed))
        found += [
            figure.model_copy(update={"period": Period(start=day, end=day)}) if day else figure
            for figure, day in zip(listed, days, strict=True)
        ]
    return found


def _days(figure: Figure, number: int) -> list[date] | list[None]:
    """As many days as `number`: the trading days of the figure's period, or its days."""
    period = figure.period
    if period is None or figure.measure != "level" or figure.kind not in _LISTED:
        return [None] * number
    if not 2 <= number <= (period.end - period.start).days + 1:
        return [None] * number
    whole = calendar.Interval(period.start, period.end)
    traded = trading.trading_days(whole)
    if len(traded) == number:
        return traded
    every = [calendar.plus_days(period.start, step) for step in range(number)]
    return [day for day in every if day] if every[-1] == period.end else [None] * number


def repeat_dates(figures: Sequence[Figure]) -> list[Figure]:
    """Date figures that a later one repeats: the headline's `$412M` by the text's `$411.5 million on Tuesday`.

    Args:
        figures: all of a document, in order.
    """
    dated: dict[tuple[str, str, str | None], list[Figure]] = {}
    for figure in figures:
        if figure.period and figure.measure == "level" and _repeats(figure.kind, figure.period):
            dated.setdefault((figure.kind, figure.unit, figure.direction), []).append(figure)
    return [figure if figure.period else _repeated(figure, dated) for figure in figures]


def _repeats(kind: FigureKind, period: Period) -> bool:
    """Whether a headline repeats such a figure for its period: a day's or week's flows, a quarter's results."""
    length = (period.end - period.start).days
    return kind in _REPEATED and (length >= _QUARTER if kind in _RESULTS else length < 8)


def _repeated(figure: Figure, dated: dict[tuple[str, str, str | None], list[Figure]]) -> Figure:
    same = dated.get((figure.kind, figure.unit, figure.direction), ()) if figure.measure == "level" else ()
    for other in same:
        if other.start > figure.start and abs(other.value - figure.value) <= _SAME * other.value:
            return figure.model_copy(update={"period": other.period})
    return figure
