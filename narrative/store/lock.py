"""One writer at a time, by a lock of the operating system, which dies with the process that holds it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from narrative.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; the file stays, only the lock on it counts.

    Raises:
        CorpusError: another process holds it.
    """
    with path.open("a+b") as file:
        if not _lock(file.fileno()):
            file.seek(0)
            holder = file.read(40).decode("ascii", "replace").strip() or "unknown"
            raise CorpusError(
                f"{path.parent}: another process (id {holder}) is writing to this corpus; wait until it has ended"
            )
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield  # closing the file gives the lock back


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond what is written, so that the holder's id can be read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
