"""The gold articles: where they are, how they are split, how annotations are scored against them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from narrative.extract.plain import article_from_text
from narrative.pipeline.annotate import annotate_batch

if TYPE_CHECKING:
    from types import ModuleType

    from narrative.records import Article

Part = Literal["all", "open", "lockbox"]


def shared() -> Path:
    """The folder of data that the project may use but not ship."""
    return Path(os.environ.get("NARRATIVE_SHARED", "../shared")).resolve()


def in_lockbox(ident: str) -> bool:
    """A fifth of the articles, by a hash of the id: no rule is written and no weight trained with a look at them."""
    return int(hashlib.sha256(ident.encode()).hexdigest(), 16) % 5 == 0


def gold(part: Part = "all") -> list[dict[str, Any]]:
    """Gold records of one part."""
    lines = (shared() / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row for row in rows if part == "all" or in_lockbox(row["id"]) == (part == "lockbox")]


def read_gold(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Our annotations of gold articles, as JSON."""
    articles: list[Article] = [
        article_from_text(
            row["text"], id=row["id"], title=row["title"], outlet=row["outlet"], published=row["published"]
        )
        for row in rows
    ]
    return [annotation.model_dump(mode="json") for annotation in annotate_batch(articles)]


def scorer() -> ModuleType:
    """The shared scorer as a module."""
    spec = importlib.util.spec_from_file_location("score", shared() / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(rows: list[dict[str, Any]]) -> Any:
    """The shared scorer's counts (`.rows()`, `.errors`) of our reading of these gold articles."""
    return scorer().score(rows, read_gold(rows))
