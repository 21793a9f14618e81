"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the folder of real data where there is none; where there is one, nothing is skipped."""
    if "NARRATIVE_SHARED" in os.environ:
        return
    absent = pytest.mark.skip(reason="NARRATIVE_SHARED names no folder")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; a test that uses it also carries the mark `shared`."""
    folder = Path(os.environ["NARRATIVE_SHARED"]).resolve()
    assert folder.is_dir()
    return folder
