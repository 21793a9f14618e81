"""Readers of quantities behind one interface, each to be run in a process of its own.

    python scripts/figures_readers.py READER < texts.json > quantities.json

Reads `{"texts": [...], "timed": [...]}` and writes `{"found": [[{start, end, value, high, unit}]], "failed": n,
"seconds": s}`: what is read in `texts`, in our units, on how many of them the reader raised, and how long `timed` took
after that warm-up. The peers need no part of this project: run them with the interpreter of a virtual environment that
holds `figures_peers.txt`.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Found = dict[str, Any]


def narrative_quantities() -> Callable[[str], list[Found]]:
    """Our number grammar, with the tokenizer that every component runs behind."""
    from narrative.pipeline.load import build
    from narrative.pipeline.quantities import read_quantities

    nlp = build()

    def read(text: str) -> list[Found]:
        nlp.make_doc(text)
        return [
            {"start": q.start, "end": q.end, "value": q.value, "high": q.high, "unit": q.unit}
            for q in read_quantities(text)
        ]

    return read


def narrative_figures() -> Callable[[str], list[Found]]:
    """Our figures with their roles: tokenizer, sentences and the component of figures."""
    from narrative.pipeline.load import build

    nlp = build()
    nlp.select_pipes(enable=["sentences", "figures"])

    def read(text: str) -> list[Found]:
        return [
            {"start": f.start, "end": f.end, "value": f.value, "high": f.high, "unit": f.unit}
            for f in nlp(text)._.figures
        ]

    return read


def quantulum3() -> Callable[[str], list[Found]]:
    """quantulum3 without its classifier, whose pickle needs a scikit-learn of long ago."""
    warnings.simplefilter("ignore")
    parser = importlib.import_module("quantulum3.parser")
    units = {"percentage": "percent", "dimensionless": "count", "megawatt": "MW", "gigawatt": "GW", "bitcoin": "BTC"}

    def read(text: str) -> list[Found]:
        found = []
        for quantity in parser.parse(text):
            unit, factor = quantity.unit, 1.0
            name = getattr(unit, "currency_code", None) or units.get(unit.name, unit.name)
            if unit.name == "cent":
                name, factor = "USD", 0.01
            value, high = quantity.value, None
            if quantity.uncertainty:
                value, high = value - quantity.uncertainty, value + quantity.uncertainty
            start, end = quantity.span
            found.append(
                {
                    "start": start,
                    "end": end,
                    "value": abs(value) * factor,
                    "high": high and abs(high) * factor,
                    "unit": name,
                }
            )
        return found

    return read


def recognizers_text() -> Callable[[str], list[Found]]:
    """Recognizers-Text: currency first, then percentages, dimensions and bare numbers where nothing is found yet."""
    suite = importlib.import_module("recognizers_suite")
    units = {
        "Dollar": "USD",
        "Pound": "GBP",
        "Rupee": "INR",
        "Bitcoin": "BTC",
        "Megawatt": "MW",
        "Gigawatt": "GW",
    }
    parts = {"Cent": ("USD", 0.01), "Pence": ("GBP", 0.01), "Penny": ("GBP", 0.01)}
    models = (
        suite.recognize_currency,
        suite.recognize_percentage,
        suite.recognize_dimension,
        suite.recognize_number,
    )

    def read(text: str) -> list[Found]:
        found: list[Found] = []
        for model in models:
            for result in model(text, "en-us"):
                start, end = result.start, result.end + 1
                printed = (result.resolution or {}).get("value")
                if printed in (None, "null") or any(start < f["end"] and f["start"] < end for f in found):
                    continue
                name = result.resolution.get("unit")
                unit, factor = parts.get(name, (result.resolution.get("isoCurrency") or units.get(name, name), 1.0))
                if model is suite.recognize_percentage:
                    unit = "percent"
                value = abs(float(printed.rstrip("%"))) * factor
                found.append({"start": start, "end": end, "value": value, "high": None, "unit": unit or "count"})
        return sorted(found, key=lambda quantity: int(quantity["start"]))

    return read


READERS = {
    reader.__name__: reader for reader in (narrative_quantities, narrative_figures, quantulum3, recognizers_text)
}


def main() -> None:
    """Read standard input with the reader named in the first argument."""
    read = READERS[sys.argv[1]]()
    asked: dict[str, list[str]] = json.load(sys.stdin)
    found, failed = [], 0
    for text in asked["texts"]:
        try:
            found.append(read(text))
        except Exception:  # a peer's own errors count against it
            found.append([])
            failed += 1
    start = time.perf_counter()
    for text in asked["timed"]:
        try:
            read(text)
        except Exception:  # noqa: S112
            continue
    seconds = time.perf_counter() - start
    json.dump({"found": found, "failed": failed, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
