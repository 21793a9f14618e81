"""The progress bar."""

from __future__ import annotations

import io
import sys
import time

import pytest

from narrative.cli import progress
from narrative.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stderr", "lasts", "wanted", "shown"),
    [(Terminal(), 0.5, True, True), (Terminal(), 0, True, False), (io.StringIO(), 0.2, True, False),
     (Terminal(), 0.2, False, False)],
)  # fmt: skip
def test_it_shows_what_takes_long_on_a_terminal_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, lasts: float, wanted: bool, shown: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(progress, "SHOWN_AFTER", 0.05)
    with progress_bar("Annotating", wanted=wanted) as told:
        told(0, 10)
        time.sleep(lasts)
    assert ("Annotating" in stderr.getvalue()) is shown
