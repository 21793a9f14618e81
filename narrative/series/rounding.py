"""How far a printed figure may be from the true one: `$903M`, `$903.2 million`, `over $900 million` can all be right.

The digits decide: the last one printed is rounded. Words widen it: `about` makes the figure rougher, `over` and `up to`
leave one side open.
"""

from __future__ import annotations

import math
import re
from typing import Final

# Whole numbers that end in zeros: `$520 million` may stand for 515 to 525, `$500 million` for 475 to 525, not for 450.
ZEROS: Final = 0.025
ONE_DIGIT: Final = 0.05
APPROXIMATE: Final = (0.01, 0.1)  # `about $767 million` is good to a hundredth at best, `about $1 billion` to a tenth
OPEN_SIDE: Final = 0.15  # `over $900 million` speaks of up to 1,035; nobody would say it of two billion
WORDS: Final = 0.05  # `half a billion`: no digits to go by
BOUNDS: Final = {"over": 1, "under": -1, "up_to": -1}  # and which side is open

_NUMBER = re.compile(r"\d[\d.,\u00a0\u202f' ]*")  # with whatever separates groups of digits
_DECIMALS = re.compile(r"[.,](?:\d{1,2}|\d{4,})\Z")  # three digits after a comma or point may be thousands
_LONGEST = 18  # digits that a float tells apart, and then some


def half_width(text: str, value: float, modality: str) -> float:
    """By how much a figure can be off to either side and still be what was printed.

    Exact figures: half of the last digit. The zeros at the end of a whole number are not taken for digits, but it is
    good for no more than a fortieth of the value (a twentieth if one digit is left). `approx`: a whole digit, between a
    hundredth and a tenth of the value.

    Args:
        text: the figure as printed, `$903.2 million`.
        value: in base units, 903200000.
        modality: of `narrative.records.Modality`.
    """
    step, shown, digits = _last_digit(text, value)
    if step is None:
        return value * (APPROXIMATE[1] if modality == "approx" else WORDS)
    if modality == "approx":
        return min(max(step, APPROXIMATE[0] * value), APPROXIMATE[1] * value)
    return step / 2 if shown else min(step / 2, (ONE_DIGIT if digits == 1 else ZEROS) * value)


def reach(value: float, high: float | None, half: float, modality: str) -> tuple[float, float]:
    """The lowest and the highest value that a printed figure speaks of.

    Args:
        value: the figure, or the lower end of a range.
        high: the upper end of a range.
        half: `half_width` of the figure.
        modality: `over` opens the upper side, `under` and `up_to` the lower, as far as `OPEN_SIDE` says. What is beyond
            does not contradict them, but is not what they speak of either.
    """
    upper = value if high is None else high
    side = BOUNDS.get(modality, 0)
    return value - (OPEN_SIDE * value if side < 0 else half), upper + (OPEN_SIDE * upper if side > 0 else half)


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
