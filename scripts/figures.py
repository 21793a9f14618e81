"""Our reader of quantities and its peers on the gold articles and on the peers' own suites.

Each reader runs in a process of its own (`figures_readers.py`); what it reads is scored here. Suites:

- gold: value and unit of every figure, by the shared scorer; what lies in boilerplate is left out for everybody;
- currency, percent, number, dimension: the English specs of Recognizers-Text;
- prices: the strings of price_parser that print a currency.

`figures_differences.json` lists the inputs of the currency specs that are skipped because we differ on purpose, and why
the other suites are reported without a target.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import gold

HERE = Path(__file__).parent
OURS = ("narrative_quantities", "narrative_figures")
PEERS = ("quantulum3", "recognizers_text")
SPECS = {
    "currency": "NumberWithUnit/English/CurrencyModel",
    "percent": "Number/English/PercentModel",
    "number": "Number/English/NumberModel",
    "dimension": "NumberWithUnit/English/DimensionModel",
}
# How Recognizers-Text names the units that our codes stand for, with their size in ours.
UNITS = {
    "Dollar": ("USD", 1.0),
    "Cent": ("USD", 0.01),
    "Pound": ("GBP", 1.0),
    "Pence": ("GBP", 0.01),
    "Penny": ("GBP", 0.01),
    "Franc": ("CHF", 1.0),
    "Rupee": ("INR", 1.0),
    "Bitcoin": ("BTC", 1.0),
    "Satoshi": ("sats", 1.0),
    "Peseta": ("ESP", 1.0),
    "Finnish markka": ("FIM", 1.0),
    "Netherlands guilder": ("NLG", 1.0),
}
TIMED = 600  # sentences


class Expected(NamedTuple):
    """A quantity that a suite wants; `unit` is null where the suite doesn't tell in our terms."""

    start: int
    end: int
    value: float
    unit: str | None


class Input(NamedTuple):
    """One input of a suite."""

    text: str
    expected: list[Expected]
    skipped: str  # the reason, or nothing


def compare(peers: Path | None) -> dict[str, Any]:
    """Scores of every reader by name; peers only where the interpreter that has them is given."""
    rows = gold.gold("all")
    suites = {name: _spec(name) for name in SPECS} | {"prices": _prices()}
    texts = [row["text"] for row in rows] + [case.text for cases in suites.values() for case in cases]
    sentences = [part for row in rows for part in re.split(r"(?<=[.!?])\s+|\n+", row["text"]) if part.strip()]
    asked = {"texts": texts, "timed": sentences[:: max(1, len(sentences) // TIMED)]}
    table: dict[str, Any] = {}
    for name in [*OURS, *(PEERS if peers else ())]:
        read = _run(sys.executable if name in OURS else str(peers), name, asked)
        found = iter(read["found"])
        table[name] = {"gold": _gold_scores(rows, [next(found) for _ in rows])}
        for suite, cases in suites.items():
            table[name][suite] = _suite_scores(suite, cases, [next(found) for _ in cases])
        table[name]["sentences a second"] = round(len(asked["timed"]) / read["seconds"])
        table[name]["raised"] = read["failed"]
    return table


def show(table: dict[str, Any]) -> None:
    """Print the table."""
    for name, scores in table.items():
        print(f"\n{name}: {scores['sentences a second']} sentences a second, raised on {scores['raised']} texts")
        for suite, row in scores.items():
            if isinstance(row, dict):
                for part, cells in row.items() if suite == "gold" else [("", row)]:
                    print(f"  {suite + ' ' + part:24}" + "  ".join(f"{k} {v}" for k, v in cells.items()))


def _run(python: str, reader: str, asked: dict[str, list[str]]) -> dict[str, Any]:
    done = subprocess.run(
        [python, str(HERE / "figures_readers.py"), reader],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def _gold_scores(rows: list[dict[str, Any]], found: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Figures by part of the gold; `money` is of currencies and percentages alone, what every peer means to read."""
    scorer = gold.scorer()
    scores = {}
    for part in ("open", "lockbox", "all"):
        for kind in ("", " money"):
            counts = scorer.Counts()
            for row, quantities in zip(rows, found, strict=True):
                if part != "all" and gold.in_lockbox(row["id"]) != (part == "lockbox"):
                    continue
                body = [q for q in quantities if not any(scorer.overlap(q, span) for span in row["boilerplate"])]
                wanted = row["figures"]
                if kind:
                    body, wanted = ([q for q in side if _is_money(q["unit"])] for side in (body, wanted))
                _count(counts, scorer, wanted, body)
            table = counts.rows()
            scores[part + kind] = {
                "value f1": round(table["value"]["f1"], 3),
                "value+unit f1": round(table["value+unit"]["f1"], 3),
                "figures": table["value"]["n"],
                "magnitude errors": counts.n["magnitude", "ok"],
            }
    return scores


def _count(counts: Any, scorer: Any, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    pairs = scorer.pair(wanted, found)
    right = [(g, p) for g, p in pairs if scorer.same_value(g, p)]
    same = [(g, p) for g, p in right if g["unit"].casefold() == str(p["unit"]).casefold()]
    counts.prf("value", len(right), len(found), len(wanted))
    counts.prf("value+unit", len(same), len(found), len(wanted))
    for g, p in pairs:
        counts.hit("magnitude", g["value"] and _far(g["value"], p["value"]))


def _is_money(unit: str) -> bool:
    return unit == "percent" or (len(unit) == 3 and unit.isalpha() and unit.isupper() and unit not in ("BTC", "ETH"))


def _suite_scores(suite: str, cases: list[Input], found: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """How many expected quantities are read right, wrongly or not at all; and the share of the inputs that pass."""
    right = wrong = unread = magnitude = passed = 0
    for case, quantities in zip(cases, found, strict=True):
        if case.skipped:
            continue
        kept = [q for q in quantities if q["unit"] == "percent" if suite == "percent"]
        kept = kept if suite == "percent" else [q for q in quantities if q["unit"] not in ("percent", "count", "x")]
        good = 0
        for want in case.expected:
            read = next((q for q in quantities if q["start"] < want.end and want.start < q["end"]), None)
            if read is None:
                unread += 1
            elif _same(read, want):
                good += 1
            else:
                wrong += 1
                magnitude += _far(want.value, read["value"])
        right += good
        passed += good == len(case.expected) == len(kept)
    scores: dict[str, Any] = {"right": right, "wrong": wrong, "unread": unread, "magnitude errors": magnitude}
    if suite in ("currency", "percent"):
        skipped = sum(bool(case.skipped) for case in cases)
        scores |= {"inputs": len(cases), "skipped": skipped, "passed": round(passed / (len(cases) - skipped), 3)}
    return scores


def _same(read: dict[str, Any], want: Expected) -> bool:
    near = abs(read["value"] - want.value) <= 1e-6 * max(abs(want.value), 1e-9)
    return near and (want.unit is None or read["unit"] == want.unit)


def _far(wanted: float, value: float) -> bool:
    return wanted != value and not (value and 0.1 < value / wanted < 10 if wanted else False)


@cache
def _archive(name: str) -> dict[str, str]:
    """The files of a packed suite by path."""
    with tarfile.open(gold.shared() / "data" / "quantities" / f"{name}.tar.gz") as packed:
        return {
            member.name: packed.extractfile(member).read().decode("utf-8-sig")  # type: ignore[union-attr]  # files only
            for member in packed.getmembers()
            if member.isfile() and member.name.endswith((".json", ".py"))
        }


def _spec(suite: str) -> list[Input]:
    """Inputs of a spec of Recognizers-Text; a result without a value is no quantity."""
    differences = json.loads((HERE / "figures_differences.json").read_text("utf-8"))[suite]
    reasons = {item["input"]: item["reason"] for item in differences.get("skipped", [])}
    cases = json.loads(_archive("recognizers_text")[f"recognizers_text/Specs/{SPECS[suite]}.json"])
    return [
        Input(case["Input"], [e for r in case["Results"] if (e := _expected(suite, r))], reasons.get(at, ""))
        for at, case in enumerate(cases)
    ]


def _expected(suite: str, result: dict[str, Any]) -> Expected | None:
    resolution = result["Resolution"]
    printed = resolution.get("value")
    if printed in (None, "null"):
        return None
    unit, factor = UNITS.get(resolution.get("unit"), (resolution.get("isoCurrency"), 1.0))
    if suite == "percent":
        unit = "percent"
    try:
        value = abs(float(str(printed).rstrip("%"))) * factor
    except ValueError:  # infinity in words
        return None
    return Expected(result["Start"], result["End"] + 1, value, unit)


def _prices() -> list[Input]:
    """The strings of price_parser in which a currency is printed, each with its one price."""
    tree = ast.parse(_archive("price_parser")["price_parser/tests/test_price_parsing.py"])
    cases = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Example":
            arguments = node.args[:5]
            if not all(isinstance(argument, ast.Constant) for argument in arguments):
                continue  # the test of the class itself
            _, text, currency, _, value = (ast.literal_eval(argument) for argument in arguments)
            if text and currency and value is not None and currency in text:
                cases.append(Input(text, [Expected(0, len(text), float(value), None)], ""))
    return cases
