"""Write the README's tables of scores, speed and honesty from the measured files, and its pictures.

    python scripts/readme.py              tables, and the annotated article
    python scripts/readme.py --report     and the picture of the demo's report, which needs Chromium

Scores come from docs/scores.json (`scripts/evaluate.py gold --output`) and models/encoder/scores.json
(`scripts/train_encoder.py`), speed from docs/benchmark.json
(`scripts/benchmark.py --output`), honesty from docs/simulation.json (`scripts/simulate.py --output`). A test holds the
README against `with_tables`.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from narrative.demo import run_demo
from narrative.extract.sources import read_sources
from narrative.pipeline.annotate import annotate
from narrative.records import Article
from narrative.report.terminal import print_annotation
from narrative.resources import shipped

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SCORES = ROOT / "docs" / "scores.json"
UNSEEN = ROOT / "models" / "encoder" / "scores.json"
BENCHMARK = ROOT / "docs" / "benchmark.json"
SIMULATION = ROOT / "docs" / "simulation.json"
PICTURE = ROOT / "docs" / "annotated.svg"
ARTICLE = shipped(
    "corpus", "sample", "pages", "tidelinemarkets", "flows", "2025-11", "903-million-and-a-record-month.html"
)

REPORT_PICTURE = ROOT / "docs" / "report.png"
REPORT_SIZE = "1000,1180"  # pixels

# Part and name of a simulation, and what it is about.
SIMULATED = {
    (
        "size",
        "AR(.9) and a random-walk price, 165 bars",
    ): "a series that remembers and an unrelated wandering price, 165 days",
    ("size", "AR(.95) and GARCH returns"): "a stickier series and a price with quiet and wild times, 365 days",
    ("no-lead", "the price leads"): "the series follows the price",
    ("family", "nothing leads"): "26 series × 5 assets, none related: any finding at all",
    ("power", "innovation leads by two"): "**true lead** of two days, 365 days",
    ("power", "innovation leads by two, short sample"): "**true lead** of two days, 165 days",
}

SHOWN = {
    "figure.value+unit": "figures: value and unit",
    "figure.kind": "figures: kind",
    "figure.direction": "figures: direction",
    "figure.subject": "figures: subject",
    "figure.period": "figures: period",
    "figure.attributed_to": "figures: source",
    "figure.full": "figures: value, unit, kind, direction and subject all right",
    "figure.magnitude-error": "figures: errors of magnitude",
    "entity.typed": "names: span and type",
    "entity.linked": "names: linked to the right entry",
    "quote": "quotations",
    "stance.crypto.sentence": "stance towards crypto, a sentence",
    "stance.ai.sentence": "stance towards AI, a sentence",
    "comparison": "AI against crypto",
    "explanation.sentence": "explanations, a sentence",
    "narrative": "narratives",
    "narrative.primary": "main narrative",
    "type.sponsored": "paid pieces",
    "boilerplate.chars": "boilerplate, characters",
}


def scores_table(scores: dict[str, Any], unseen: dict[str, Any]) -> str:
    """A row a field: the metric, its value on the lockbox and out of fold with its interval, and how many items."""
    rows = ["| what | metric | lockbox | out of fold | items |", "|---|---|---|---|---|"]
    for name, words in SHOWN.items():
        lockbox, folds = scores["lockbox"][name], unseen.get(name)
        metric = next(metric for metric in ("f1", "macro_f1", "accuracy") if metric in lockbox)
        label = {"f1": "F1", "macro_f1": "macro F1", "accuracy": "accuracy"}[metric]
        if name == "figure.magnitude-error":
            label = "rate"
        locked = f"{lockbox[metric]:.3f}" if lockbox["n"] else "–"
        other = f"{folds[metric]:.3f} ({folds['low']:.3f} to {folds['high']:.3f})" if folds else "–"
        rows.append(f"| {words} | {label} | {locked} | {other} | {lockbox['n']} / {folds['n'] if folds else '–'} |")
    return "\n".join(rows)


def speed_table(benchmark: dict[str, Any]) -> str:
    """A row a comparison: seconds of both, and the ratio."""
    rows = ["| what ÷ against what | seconds | the other's | ratio | limit |", "|---|---|---|---|---|"]
    for row in benchmark["start-up"]:
        seconds = f"{row['seconds']:.2f} | {row['peer_seconds']:.2f} | {row['ratio']:.1f} | {row['limit']:.0f}"
        rows.append(f"| {row['name']} | {seconds} |")
    return "\n".join(rows)


def honesty_table(simulation: dict[str, Any]) -> str:
    """A row a simulation: how often the test fires, and how often plain correlation does."""
    rows = [
        "| what is simulated | this test fires | plain correlation with returns | with price levels |",
        "|---|---|---|---|",
    ]
    for (part, name), words in SIMULATED.items():
        row = simulation[part][name]
        naive = [f"{row[key]:.0%}" if key in row else "" for key in ("naive_returns", "naive_levels")]
        rows.append(f"| {words} | {row['value']:.1%} ({row['low']:.1%} to {row['high']:.1%}) | {' | '.join(naive)} |")
    return "\n".join(rows)


def with_tables(readme: str) -> str:
    """The README with its tables made anew."""
    unseen = json.loads(UNSEEN.read_text("utf-8"))
    tables = {
        "scores": scores_table(json.loads(SCORES.read_text("utf-8")), unseen["gold"]["out_of_fold"]),
        "speed": speed_table(json.loads(BENCHMARK.read_text("utf-8"))),
        "honesty": honesty_table(json.loads(SIMULATION.read_text("utf-8"))),
    }
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        assert pattern.search(readme), f"the README has no place for {name}"
        readme = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", readme)  # type: ignore[misc]
    return readme


def picture() -> str:
    """The sample article as the terminal shows it, as SVG."""
    (article,) = read_sources([str(ARTICLE)])
    assert isinstance(article, Article)
    console = Console(record=True, width=120, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    print_annotation(annotate(article), console)
    svg = console.export_svg(title=f"narrative annotate {ARTICLE.name}", unique_id="narrative")
    # Fonts from elsewhere are neither needed nor wanted.
    return re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)


def picture_report(chromium: str) -> None:
    """The top of the demo's report as a browser shows it, as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        run_demo(Path(folder) / "demo")
        page = (Path(folder) / "demo" / "report.html").as_uri()
        options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={REPORT_SIZE}"]
        subprocess.run([chromium, *options, f"--screenshot={REPORT_PICTURE}", page], check=True, capture_output=True)


def main() -> None:
    """Write README.md and its pictures."""
    parser = argparse.ArgumentParser(description="Write the README's tables and pictures.")
    parser.add_argument("--report", action="store_true", help="also picture the demo's report")
    parser.add_argument("--chromium", default="chromium", help="the browser")
    arguments = parser.parse_args()
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
    PICTURE.write_text(picture(), "utf-8")
    if arguments.report:
        picture_report(arguments.chromium)


if __name__ == "__main__":
    main()
