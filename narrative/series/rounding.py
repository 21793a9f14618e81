"""How far a printed figure may be from the true one: `$903M`, `$903.2 million`, `over $900 million` can all be right.

The digits decide: the last one printed is rounded. Words widen it: `about` makes the figure rougher, `over` and `up to`
leave one side open.
"""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

# Whole numbers that end in zeros: `$520 million` may stand for 515 to 525, `$500 million` for 475 to 525, not for 450.
ZEROS: Final = 0.025
ONE_DIGIT: Final = 0.05
APPROXIMATE: Final = (0.01, 0.1)  # `about $767 million` is good to a hundredth at best, `about $1 billion` to a tenth
OPEN_SIDE: Final = 0.15  # `over $900 million` speaks of up to 1,035; nobody would say it of two billion
CUT_OFF: Final = 3  # digits from which on a figure may be cut off instead of rounded: `$96.6 million` for 96.67
WORDS: Final = 0.05  # `half a billion`: no digits to go by
BOUNDS: Final = {"over": 1, "under": -1, "up_to": -1}  # and which side is open

_NUMBER = re.compile(r"\d[\d.,\u00a0\u202f' ]*")  # with whatever separates groups of digits
_DECIMALS = re.compile(r"[.,](?:\d{1,2}|\d{4,})\Z")  # three digits after a comma or point may be thousands
_LONGEST = 18  # digits that a float tells apart, and then some


class Rounding(NamedTuple):
    """What a printed figure can stand for: from `low` to `high`; `half` says how rough it is."""

    low: float
    high: float
    half: float


def rounding_of(text: str, value: float, high: float | None, modality: str) -> Rounding:
    """What a printed figure can stand for.

    Exact figures: half of the last digit to either side, and the whole digit above for those of three digits or more,
    since many writers cut off instead of rounding. The zeros at the end of a whole number are not taken for digits, but
    it is good for no more than a fortieth of the value (a twentieth if one digit is left). `approx`: a whole digit,
    between a hundredth and a tenth of the value. `over` opens the upper side, `under` and `up_to` the lower, as far as
    `OPEN_SIDE` says: what is beyond does not contradict them, but is not what they speak of either.

    Args:
        text: the figure as printed, `$903.2 million`.
        value: in base units, 903200000; the lower end of a range.
        high: the upper end of a range.
        modality: of `narrative.records.Modality`.
    """
    step, shown, digits = _last_digit(text, value)
    above = half = WORDS * value
    if modality == "approx":
        least, most = APPROXIMATE
        above = half = most * value if step is None else min(max(step, least * value), most * value)
    elif step is not None:
        half = step / 2 if shown else min(step / 2, (ONE_DIGIT if digits == 1 else ZEROS) * value)
        above = 2 * half if digits >= CUT_OFF else half
    upper = value if high is None else high
    side = BOUNDS.get(modality, 0)
    return Rounding(
        value - (OPEN_SIDE * value if side < 0 else half), upper + (OPEN_SIDE * upper if side > 0 else above), half
    )


def _last_digit(text: str, value: float) -> tuple[float | None, bool, int]:
    """What the last digit that counts stands for, whether it is behind a decimal separator, and how many count."""
    found = _NUMBER.search(text)
    if found is None or value <= 0:
        return None, False, 0
    number = found.group().rstrip("., '\u00a0\u202f")
    digits = "".join(char for char in number if char.isdigit()).lstrip("0")
    if not digits or len(digits) > _LONGEST:
        return None, False, 0
    place = math.log10(
        value / int(digits)
    )  # the value is the digits times a power of ten, whatever the separators mean
    if abs(place - round(place)) > 1e-6:  # dozens, sixths
        return None, False, 0
    shown = _DECIMALS.search(number) is not None
    zeros = 0 if shown else len(digits) - len(digits.rstrip("0"))
    return 10.0 ** (round(place) + zeros), shown, len(digits) - zeros
