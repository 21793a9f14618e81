"""Every number of a text, from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.pipeline.quantities.digits import Conventions, numeral_atom
from narrative.pipeline.quantities.exclusions import opaque_spans
from narrative.pipeline.quantities.numerals import writes_commas, writes_points
from narrative.pipeline.quantities.words import word_atom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from narrative.pipeline.quantities.atom import Atom
    from narrative.pipeline.quantities.tables import Tables


def read_atoms(text: str, known: Tables) -> Iterator[Atom]:
    """The numbers of `text` in order, without overlap."""
    conventions = Conventions(writes_points(text), writes_commas(text))
    opaque = opaque_spans(text, known)
    skip, at, taken = 0, 0, 0  # `at`: scanned up to here; `taken`: the end of the last atom
    for match in known.anchor.finditer(text):
        start = match.start()
        if start < at:
            continue
        while skip < len(opaque) and opaque[skip][1] <= start:
            skip += 1
        if skip < len(opaque) and opaque[skip][0] <= start:
            at = opaque[skip][1]
            continue
        if not text[start].isalpha():
            atom, at = numeral_atom(text, start, taken, known, conventions)
        else:
            atom, at = word_atom(text, start, taken, known)
        if atom is not None:
            taken = at = max(at, atom.end)
            yield atom
