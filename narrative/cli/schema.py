"""`narrative schema`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class RecordName(StrEnum):
    """The records with a published schema."""

    annotation = "annotation"
    article = "article"
    page = "page"
    point = "point"
    fact = "fact"
    findings = "findings"


def schema(
    record: Annotated[RecordName, typer.Argument(help="Which record.")] = RecordName.annotation,
) -> None:
    """Print the JSON Schema of a record."""
    import json

    from narrative.schemas import json_schema

    typer.echo(json.dumps(json_schema(record.value), indent=2, ensure_ascii=False))
