"""Stories with copies as text, JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Final

from narrative.report.terminal import plain
from narrative.spreadsheet import safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

    from narrative.copies.report import Copy, Duplicates, Told

COLUMNS: Final = (
    "story_id", "role", "id", "outlet", "title", "url", "published", "score", "share", "words", "passage", "figures",
)  # fmt: skip


def write_duplicates(stories: Iterable[Duplicates], file: TextIO, form: str) -> int:
    """Write every story in a form of `text`, `json`, `jsonl`, `csv`; how many there were."""
    return _WRITERS[form](stories, file)


def _text(stories: Iterable[Duplicates], file: TextIO) -> int:
    count = copies = 0
    for story in stories:
        count, copies = count + 1, copies + len(story.copies)
        file.write(f"{_line(story.origin)}\n")
        file.writelines(f"  = {_line(copy)}\n    {_shared(copy)}\n" for copy in story.copies)
    file.write(f"{count:,} stories have copies, {copies:,} in all\n" if count else "no article is a copy of another\n")
    return count


def _line(told: Told) -> str:
    when = f"{told.published:%Y-%m-%d %H:%M}" if told.published else "undated"
    return plain(f"{when}  {told.outlet or 'unknown'}: {told.title or told.id}")


def _shared(copy: Copy) -> str:
    parts = [f"score {copy.score:.2f}", f"{copy.words:,} words in common ({copy.share:.0%} of the shorter text)"]
    if copy.passage:
        parts.append(f"{copy.passage:,} in a row")
    if copy.figures:
        parts.append(f"{copy.figures:,} figures")
    if copy.origin and copy.origin.outlet:
        parts.append(f"origin {copy.origin.outlet}")
    return plain(", ".join(parts))


def _json(stories: Iterable[Duplicates], file: TextIO) -> int:
    rows = [story.model_dump(mode="json") for story in stories]
    file.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    return len(rows)


def _jsonl(stories: Iterable[Duplicates], file: TextIO) -> int:
    return sum(file.write(story.model_dump_json() + "\n") > 0 for story in stories)


def _csv(stories: Iterable[Duplicates], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for story in stories:
        count += 1
        for role, told in (("origin", story.origin), *(("copy", copy) for copy in story.copies)):
            row = {**told.model_dump(mode="json"), "story_id": story.story_id, "role": role}
            writer.writerow([safe_cell(row.get(column)) for column in COLUMNS])
    return count


_WRITERS: dict[str, Callable[[Iterable[Duplicates], TextIO], int]] = {
    "text": _text, "json": _json, "jsonl": _jsonl, "csv": _csv,
}  # fmt: skip
