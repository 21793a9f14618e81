"""Which readers made the annotations of a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative.records import Pipeline

if TYPE_CHECKING:
    from collections.abc import Container

    from narrative.store.corpus import Corpus


def pipelines_of(corpus: Corpus, fingerprints: Container[str]) -> list[dict[str, Any]]:
    """The pipelines of these fingerprints, in the order of their first use."""
    seen: dict[str, dict[str, Any]] = {}
    for part in corpus.read("annotations", ["fingerprint", "pipeline"]):
        for fingerprint in part.column("fingerprint").unique().to_pylist():
            if fingerprint in fingerprints and fingerprint not in seen:
                row = part.column("fingerprint").index(fingerprint).as_py()
                seen[fingerprint] = Pipeline.model_validate(part.column("pipeline")[row].as_py()).model_dump()
    return list(seen.values())
