"""One number of the text with what is attached to it, before it is known to be a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from narrative.records import Modality

Role = Literal["figure", "none"]


@dataclass(slots=True)
class Atom:
    """A number as printed.

    `number` is the printed value before the magnitude `scale` (null where none is printed); `bare_end` is where number
    and magnitude end; `unit` is null until something says what it is. Role `none`: a date, a duration, a name; it takes
    part in ranges ("13 to 18 November") but is no figure.
    """

    start: int
    end: int
    bare_end: int
    number: float = 0.0
    added: float = 0.0  # parts in words behind it: "and a half"
    scale: float | None = None
    unit: str | None = None
    factor: float = 1.0
    money: bool = False  # the currency is printed before it
    full: bool = False  # printed with thousands marked, so that no magnitude is to come
    integer: bool = True
    letter: str = ""  # the magnitude, if it is one of letters
    word: str = ""  # the magnitude, if it is a word
    worded: bool = False
    negative: bool = False
    grouped_by_point: bool = False  # 1.234, where a point may group thousands
    role: Role = "figure"
    modality: Modality | None = None
    noun: str | None = None
    noun_at: int | None = (
        None  # where the counted noun follows, if not right behind the number: "nine of the 11 sectors"
    )

    @property
    def value(self) -> float:
        """In base units, freed of the noise that multiplying binary fractions leaves."""
        return float(f"{(self.number + self.added) * (self.scale or 1.0) * self.factor:.15g}")

    @property
    def plain(self) -> bool:
        """Whether nothing but the numeral is printed."""
        return self.unit is None and self.scale is None and not self.money

    @property
    def year(self) -> bool:
        """Whether it looks like a year."""
        return (
            self.integer
            and not (self.full or self.worded or self.money)
            and self.scale is None
            and 1900 <= self.number < 2100
        )

    def extend(self, end: int) -> None:
        """Take in what ends at `end` as part of the number."""
        self.end = self.bare_end = end

    def nothing(self, end: int) -> tuple[Atom, int]:
        """This atom as no figure, with where to go on."""
        self.role = "none"
        self.extend(end)
        return self, end
