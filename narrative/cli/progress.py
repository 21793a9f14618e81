"""A progress bar on stderr for what takes longer than a second."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOWN_AFTER = 1.0  # seconds


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A function to tell how much is done, and of how much if that is known; silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import TimeRemainingColumn as Remaining

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        Remaining(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(what, total=None)
    started = time.monotonic()
    shown = False

    def told(done: int, total: int | None) -> None:
        nonlocal shown
        if not shown and time.monotonic() - started > SHOWN_AFTER:
            bar.start()
            shown = True
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        if shown:
            bar.stop()
