"""Files of answers: a line `KEY yes` or `KEY no` for each story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from narrative.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 4_000_000
_MEANT = {"yes": True, "y": True, "no": False, "n": False}


def read_answers(path: Path) -> dict[str, bool]:
    """The answers by article key; empty lines and those that begin with # are skipped.

    Raises:
        InputError: a line is no answer, or contradicts an earlier one.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise InputError(str(path), "not UTF-8; save it as UTF-8") from error
    if len(data) > MAX_BYTES:
        raise InputError(str(path), f"larger than {MAX_BYTES / 1e6:.0f} MB; that is no file of answers")
    answers: dict[str, bool] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or words[1].lower() not in _MEANT:
            raise InputError(f"{path}:{number}", f"{line[:60]!r}: write a story's key and yes or no")
        answer = _MEANT[words[1].lower()]
        if answers.setdefault(words[0], answer) != answer:
            raise InputError(f"{path}:{number}", f"{words[0]} is answered with yes and with no; keep one line")
    return answers
