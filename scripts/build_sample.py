"""Make the sample's pages, feeds and sitemaps from scripts/sample/ and corpus/sample/outlets.toml.

python scripts/build_sample.py                  write corpus/sample/pages/ and planted.json
python scripts/build_sample.py --check          exit 1 where what is there is not what the sources give
python scripts/build_sample.py --prices FILE    write corpus/sample/prices.csv from a table of daily closes
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sample.reading import faults, read_outlets, read_sites, read_stories, shortfalls
from sample.rendering import pages_of, site_files

from narrative.resources import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sample.rendering import Page

SAMPLE = shipped("corpus", "sample")
PAGES = SAMPLE / "pages"
PLANTED = SAMPLE / "planted.json"
PRICES = SAMPLE / "prices.csv"
ASSETS = ("BTC", "ETH", "NVDA", "QQQ", "IGV")
FIRST_DAY, LAST_DAY = "2025-09-01", "2026-03-31"


def sample_pages() -> list[Page]:
    """The pages of the sample.

    Raises:
        ValueError: the sources are at fault, with a line for every fault.
    """
    outlets = read_outlets(SAMPLE / "outlets.toml")
    sites, tags = read_sites()
    stories = read_stories()
    wrong = [*faults(stories, outlets), *shortfalls(stories)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return pages_of(stories, outlets, sites, tags)


def planted(pages: Sequence[Page]) -> str:
    """What the sample holds on purpose: paid pieces, copies, arguments against narratives, as JSON."""
    told = {
        "paid": [
            {"slug": page.story.slug, "url": page.url, "label": page.story.paid_label}
            for page in pages
            if page.story.type == "sponsored"
        ],
        "copies": [
            {
                "slug": page.story.slug,
                "url": page.url,
                "original": page.original.url,
                "tail": page.tail.url,
            }
            for page in pages
            if page.original and page.tail
        ],
        "rejects": [
            {"slug": page.story.slug, "url": page.url, "narratives": page.story.rejects}
            for page in pages
            if page.story.rejects
        ],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def closes(table: Path) -> str:
    """The closes of the sample's assets and days, to the cent."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if FIRST_DAY <= row["date"] <= LAST_DAY]
    lines = [",".join(("date", *ASSETS))]
    lines += [
        ",".join((row["date"], *(f"{float(row[asset]):.2f}" if row[asset] else "" for asset in ASSETS))) for row in rows
    ]
    return "\n".join(lines) + "\n"


def differing(files: dict[str, bytes]) -> list[str]:
    """Paths that are missing, too many or other than `files` under `PAGES`; of gzip, what is in it is compared."""
    present = {path.relative_to(PAGES).as_posix(): path.read_bytes() for path in PAGES.rglob("*") if path.is_file()}
    wrong = files.keys() ^ present.keys()
    wrong |= {name for name in files.keys() & present.keys() if _plain(files[name]) != _plain(present[name])}
    return sorted(wrong)


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _write(files: dict[str, bytes]) -> None:
    shutil.rmtree(PAGES, ignore_errors=True)
    for name, content in files.items():
        path = PAGES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main() -> None:
    """Write or check the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, tell what differs")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="a CSV of daily closes, a column an asset")
    args = parser.parse_args()
    if args.prices:
        PRICES.write_text(closes(args.prices), "utf-8")
        return
    try:
        pages = sample_pages()
    except ValueError as error:
        sys.exit(str(error))
    files, told = site_files(pages), planted(pages)
    if not args.check:
        _write(files)
        PLANTED.write_text(told, "utf-8")
        print(f"{len(pages)} articles, {len(files)} files, {sum(map(len, files.values())):,} bytes")
        return
    wrong = [f"pages/{name}" for name in differing(files)]
    if not PLANTED.is_file() or PLANTED.read_text("utf-8") != told:
        wrong.append(PLANTED.name)
    if wrong:
        sys.exit("\n".join([*wrong, "not what the sources give: run `python scripts/build_sample.py`"]))


if __name__ == "__main__":
    main()
