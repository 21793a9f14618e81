"""A user's own narrative as TOML, the way `narrative.catalogue.own_narratives` reads it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.catalogue.own_narratives import OwnNarrative


def toml_entry(narrative: OwnNarrative) -> str:
    """A table `[[narrative]]`, with how its threshold was found."""
    lines = [
        "[[narrative]]",
        *(f"{name} = {_text(getattr(narrative, name))}" for name in ("id", "title", "description")),
    ]
    if narrative.examples:
        lines += ["examples = [", *(f"    {_text(example)}," for example in narrative.examples), "]"]
    if narrative.threshold is not None:
        lines.append(f"threshold = {narrative.threshold}")
    if narrative.since != date.max:
        lines.append(f"since = {narrative.since}")
    if narrative.measured is not None:
        lines += ["", "[narrative.measured]  # precision, recall, f1: the estimate and the ends of its 95% interval"]
        for name, value in narrative.measured.model_dump(mode="json", exclude_none=True).items():
            lines.append(f"{name} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # JSON's strings are TOML's, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
