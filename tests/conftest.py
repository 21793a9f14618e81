"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; a test that uses it also carries the mark `shared`."""
    folder = os.environ.get("NARRATIVE_SHARED")
    if not folder:
        pytest.skip("NARRATIVE_SHARED names no folder")
    return Path(folder).resolve()
