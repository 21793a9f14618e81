"""A user's own entries on top of the shipped ones: new entries, and changes of those that there are.

They travel as text, a JSON object a line sorted by id, so that worker processes read with what the main process read,
whatever becomes of the file meanwhile, and so that the catalogue's fingerprint tells what was added.
`narrative.catalogue.upkeep.validation` reads and checks the files that they come from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from narrative.catalogue.entries import Catalogue, Entry, shipped_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def with_additions(text: str) -> Catalogue:
    """The shipped catalogue with the entries that `additions_text` wrote on top.

    Raises:
        pydantic.ValidationError: an entry contradicts itself.
    """
    if not text:
        return shipped_catalogue()
    entries = dict(shipped_catalogue().by_id)
    for line in text.splitlines():
        given = json.loads(line)
        entries[given["id"]] = merged(entries.get(given["id"]), given)
    return Catalogue(tuple(entries.values()), text)


def additions_text(given: Iterable[Mapping[str, Any]]) -> str:
    """The fields that a user gave of each entry, as text that does not depend on their order or spelling."""
    ordered = sorted(given, key=lambda fields: str(fields["id"]))
    return "".join(json.dumps(fields, ensure_ascii=True, sort_keys=True) + "\n" for fields in ordered)


def merged(known: Entry | None, given: Mapping[str, Any]) -> Entry:
    """An entry of the fields given: they replace those of the entry that is known, but aliases are added to its own.

    A type that is not given is read from the id; a name that is replaced stays as an alias.

    Raises:
        pydantic.ValidationError: what comes of it contradicts itself.
    """
    if known is None:
        return Entry.model_validate({"type": str(given.get("id")).partition(":")[0].upper(), **given})
    fields = {**known.model_dump(), **given}
    if isinstance(fields["aliases"], list | tuple) and all(isinstance(alias, str) for alias in fields["aliases"]):
        former = () if fields["name"] == known.name else (known.name,)
        fields["aliases"] = tuple(dict.fromkeys((*known.aliases, *former, *fields["aliases"])))
    return Entry.model_validate(fields)
