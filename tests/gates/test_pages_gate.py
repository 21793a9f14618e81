"""Gate of extraction: floors under its scores on the unseen halves of four sets of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import labelled_pages
import pages
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_labels_hold_no_text() -> None:
    hexadecimal = set("0123456789abcdef")
    for label in labelled_pages.labelled():
        assert all(len(line) == 16 and set(line) <= hexadecimal for line in (*label["article"], *label["optional"]))


@pytest.mark.shared
def test_pages_are_those_the_floors_were_measured_on(shared: Path) -> None:
    assert pages.input_hashes() == pages.pinned()["inputs"]


@pytest.mark.shared
def test_no_score_of_extraction_is_under_its_floor(shared: Path) -> None:
    scores = pages.measure()
    under = {name: (scores[name], floor) for name, floor in pages.pinned()["floors"].items() if scores[name] < floor}
    assert not under
