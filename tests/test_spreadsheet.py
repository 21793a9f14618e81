from __future__ import annotations

import pytest

from narrative.spreadsheet import safe_cell
from narrative.store.export import _cell


@pytest.mark.parametrize("cell", ["=A1", " =A1", "\n=A1", "\t=A1", "@x", "+A1"])
def test_both_ways_into_a_spreadsheet_stop_the_same_formulas(cell: str) -> None:
    assert safe_cell(cell) == _cell(cell) == f"'{cell}"
