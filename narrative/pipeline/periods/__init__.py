"""Expressions of time, resolved to inclusive UTC dates.

`read_periods` finds "last week", "since November", "Q3 2025", "from November 13 to 18" and their like. The grammar is
in `dates.py`, `quarters.py`, `days.py`, `anchored.py`, `spans.py` and `trailing.py`, the calendars in `calendar.py`,
`trading.py` and `fiscal.py`; `SEMANTICS.md` (Figures, Decisions) says what each means.
"""

from narrative.pipeline.periods.reader import TimeExpression, read_periods

__all__ = ["TimeExpression", "read_periods"]
