"""The number grammar: money, coins, percentages, multiples, levels and counts in raw text.

`read_quantities` finds them; `data/units.toml` says which currencies, coins, magnitudes, units and words it knows. What
is a figure and what is not follows SEMANTICS.md. A magnitude that can't be told gives no figure.

The stages: `scan` finds the numbers, which `digits` and `words` read with what is `attached` to them; `exclusions` are
no figures; `ranges` joins numbers that belong together; `bare` tells what a number without a unit is; `modality` reads
the words beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.pipeline.quantities.bare import is_named, read_bare
from narrative.pipeline.quantities.modality import read_modality
from narrative.pipeline.quantities.quantity import Quantity
from narrative.pipeline.quantities.ranges import join
from narrative.pipeline.quantities.scan import read_atoms
from narrative.pipeline.quantities.tables import tables

if TYPE_CHECKING:
    from narrative.pipeline.quantities.atom import Atom

_AND = (" and ", " or ", ", ", ", and ")  # "below $0.18 and $0.17": both are

_HYPHENS = {0x2010: "-", 0x2011: "-"}  # 25‑basis‑point, with hyphens that keep a line together

__all__ = ["Quantity", "read_quantities"]


def read_quantities(text: str) -> list[Quantity]:
    """Every figure of `text`, in order and without overlap, in time linear in the length of the text. Never raises."""
    known = tables()
    text = text.translate(_HYPHENS)
    atoms = list(read_atoms(text, known))
    quantities: list[Quantity] = []
    previous: Atom | None = None
    for lower, upper in join(text, atoms, known):
        last = upper or lower
        if last.unit is None:
            if not read_bare(text, last, known, previous):
                continue
            lower.unit, lower.noun = last.unit, last.noun
        elif last.unit.isupper() and not last.money and is_named(text, lower, known):
            continue
        if quantities and lower.modality is None and text[quantities[-1].end : lower.start] in _AND:
            shared = read_modality(text, lower.start, last.end, known)
            same_unit = quantities[-1].unit == lower.unit
            lower.modality = quantities[-1].modality if shared == "exact" and same_unit else shared
        quantities.append(_quantity(text, lower, upper))
        previous = last
    return quantities


def _quantity(text: str, lower: Atom, upper: Atom | None) -> Quantity:
    last = upper or lower
    values = sorted([lower.value] if upper is None else [lower.value, upper.value])
    return Quantity(
        start=lower.start,
        end=last.end,
        value=values[0],
        high=values[1] if upper is not None else None,
        unit=lower.unit or "count",
        modality=lower.modality or read_modality(text, lower.start, last.end, tables()),
        negative=lower.negative,
        noun=lower.noun,
    )
