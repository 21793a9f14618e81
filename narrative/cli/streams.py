"""Where words go: results to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from narrative.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


def say(line: str) -> None:
    """One line for the person at the terminal, on stderr, free of control characters."""
    print("".join(char if char.isprintable() else " " for char in line), file=sys.stderr)  # noqa: T201


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears only once it is whole.

    Raises:
        SettingsError: the folder does not exist, or the path is one.
        InputError: nothing can be written there.
    """
    if path is None:
        yield sys.stdout
        return
    check_output(path)
    try:
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InputError(f"--output {path}", f"can't be written: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(part).chmod(0o666 & ~_umask())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def check_output(path: Path | None) -> None:
    """See that a file can be at this path, before any work is done for it.

    Raises:
        SettingsError: the folder does not exist, or the path is one.
    """
    if path is None:
        return
    if not path.parent.is_dir():
        raise SettingsError(f"--output {path}: the folder {path.parent} does not exist; make it first")
    if path.is_dir():
        raise SettingsError(f"--output {path}: this is a folder; name a file in it")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
