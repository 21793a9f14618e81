"""A collector that is killed at random moments loses nothing and fetches nothing twice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from killed import kill_again_and_again

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and a fork server")
def test_kills(tmp_path: Path) -> None:
    """A few here; `scripts/kill_collector.py` kills more often."""
    outcome = kill_again_and_again(tmp_path / "corpus", kills=4, seed=7, names=["tidelinemarkets", "blockmeridian"])
    assert outcome.kills == 4
    assert (outcome.refetched, outcome.lost, outcome.unlisted, outcome.twice) == ([], [], [], [])
    assert outcome.in_flight <= outcome.kills * 2  # an outlet has one request open
    assert 0 < outcome.committed_at_kills[-1] < 66  # the kills came while there was work
