"""Write the model card, `models/encoder/README.md`, from measured files.

    PYTHONPATH=scripts python -m encoder.card

Scores on the gold, the challenge set and the ablations come from `models/encoder/scores.json`
(`scripts/train_encoder.py`), those on the public sets and the peers' from `docs/encoder.json` (`scripts/evaluate.py
encoder`); data, licences, published scores and prose stand in `card.toml`. What has not been measured is said to be
missing. A test holds the card against the files.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encoder.beside_peers import KEPT, OURS
from encoder.public_scores import LABELS, PARTS, SIMILARITY
from narrative.catalogue.taxonomy import load_taxonomy
from narrative.pipeline.encoder.backends import encoder_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CARD = encoder_path() / "README.md"
SCORES = encoder_path() / "scores.json"
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("card.toml").read_text("utf-8"))
PROSE: dict[str, str] = {name: text.strip() for name, text in WORDS["prose"].items()}
METRICS = {"f1": "F1", "macro_f1": "macro F1", "accuracy": "accuracy"}
POOR = 0.6  # under this a score is named among the weak ones
MISSING = "*not measured yet*"


def card(scores: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    """The card.

    Args:
        scores: what `models/encoder/scores.json` holds, or nothing.
        beside: what `docs/encoder.json` holds, or nothing.
    """
    sections = {
        "": PROSE["about"],
        "Data": _data(beside),
        "Procedure": PROSE["procedure"],
        "Scores on the gold": _gold(scores, beside),
        "Scores on public sets": _public(beside),
        "Similarity": _similarity(beside),
        "Challenge set": _challenge(scores),
        "Ablations": _ablations(scores),
        "Which label is read for which": _confusions(scores, beside),
        "Calibration": _calibration(scores, beside),
        "What it is bad at": _weak(scores),
        "Cost": _cost(scores),
        "Dates": _dates(beside),
    }
    parts = [f"## {title}\n\n{text}" if title else text for title, text in sections.items()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _data(beside: Mapping[str, Any]) -> str:
    counts = beside.get("data", {})
    rows = [[row["name"], row["licence"], _count(counts.get(row["key"])), row["teaches"]] for row in WORDS["data"]]
    return _table(["set", "licence", "texts that train", "for"], rows) + "\n\n" + PROSE["data"]


def _gold(scores: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    held = scores.get("gold", {})
    parts = {"out_of_fold": "out of fold", "lockbox": "lockbox"}
    later = next((name for name in held if name.startswith("out_of_fold_since_")), None)
    if later:
        parts[later] = f"out of fold, since {later.removeprefix('out_of_fold_since_')}"
    titles = ["what", "metric", *parts.values(), "rules before, lockbox", "items"]
    rows = []
    for name, words in WORDS["shown"].items():
        cells = [held.get(part, {}).get(name) for part in parts]
        if not any(cell and cell["n"] for cell in cells):
            continue
        known = next(cell for cell in cells if cell)
        items = " / ".join(str(cell["n"]) if cell else "–" for cell in cells[:2])
        rules = WORDS["rules"].get(name)
        rows.append(
            [words, METRICS[_metric(known)], *map(_cell, cells), f"{rules:.3f}" if rules is not None else "–", items]
        )
    text = _table(titles, rows) if rows else MISSING
    text += "\n\n" + PROSE["gold"] + "\n\n" + PROSE["peers"] + "\n\n"
    peers = beside.get("gold", {})
    names = [name for name in WORDS["shown"] if any(name in row for row in peers.values())]
    ours = held.get("out_of_fold", {})
    counts = [row["type"]["n"] for row in (ours, *peers.values()) if "type" in row]
    if len(set(counts)) > 1:
        text += f"**Not the same articles yet**: our scores are of {counts[0]}, the folds that are done, the peers' of "
        text += f"{counts[-1]}.\n\n"
    table = [[OURS, *(_cell(ours.get(name)) for name in names)]]
    table += [[peer, *(_cell(row.get(name)) for name in names)] for peer, row in peers.items()]
    return text + (_table(["reader", *(WORDS["shown"][name] for name in names)], table) if names else MISSING)


def _public(beside: Mapping[str, Any]) -> str:
    text = PROSE["public"]
    for part in PARTS:
        readers = beside.get("public", {}).get(part)
        if not readers:
            text += f"\n\n**{part}**: {MISSING}"
            continue
        any_row = next(iter(readers.values()))
        rows = [
            [reader, _cell(row), f"{row['accuracy']:.3f} [{row['accuracy_low']:.3f}, {row['accuracy_high']:.3f}]"]
            for reader, row in sorted(readers.items(), key=lambda item: (item[0] != OURS, item[1]["macro_f1"]))
        ]
        for row in WORDS["published"]:
            if row["part"] == part:
                cells = [f"{row[metric] / 100:.3f}" if metric in row else "–" for metric in ("macro_f1", "accuracy")]
                rows.append([f"*published:* {row['reader']}", *cells])
        text += f"\n\n**{part}**: {any_row['n']} targets in {any_row['texts']} texts\n\n"
        text += _table(["reader", "macro F1", "accuracy"], rows)
    return text


def _similarity(beside: Mapping[str, Any]) -> str:
    readers = beside.get("public", {}).get(SIMILARITY)
    if not readers:
        return MISSING
    rows = [[reader, f"{row['spearman']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"] for reader, row in readers.items()]
    text = PROSE["similarity"].format(n=next(iter(readers.values()))["n"]) + "\n\n"
    return text + _table(["vectors", "correlation"], rows)


def _challenge(scores: Mapping[str, Any]) -> str:
    held = scores.get("challenge")
    text = PROSE["challenge"] + "\n\n"
    if not held:
        return text + MISSING
    rows = [[name, "–" if row["value"] is None else f"{row['value']:.2f}", str(row["n"])] for name, row in held.items()]
    return text + _table(["what", "share", "sentences"], rows)


def _ablations(scores: Mapping[str, Any]) -> str:
    held: Mapping[str, Mapping[str, Any]] = scores.get("ablations", {})
    if not held:
        return MISSING + " (the rules alone stand in the table of the gold)"
    full = scores.get("gold", {}).get("out_of_fold", {})
    names = [name for name in WORDS["shown"] if any(name in row for row in held.values())]
    rows = [["as it ships", *(_value(full.get(name)) for name in names)]] if full else []
    rows += [[variant, *(_value(row.get(name)) for name in names)] for variant, row in held.items()]
    rows.append(["rules alone, lockbox", *(_number(WORDS["rules"].get(name)) for name in names)])
    return _table(["variant", *(WORDS["shown"][name] for name in names)], rows)


def _confusions(scores: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    titles = {"crypto": "Stance towards crypto", "ai": "Stance towards AI", "type": "Type of article"}
    parts = []
    for name, cells in scores.get("confusion", {}).items():
        pairs = {tuple(pair.split(" → ")): count for pair, count in cells.items()}
        right, named = (list(dict.fromkeys(pair[side] for pair in pairs)) for side in (0, 1))
        rows = [[f"**{r}**", *(str(pairs.get((r, n), 0)) for n in named)] for r in right]
        parts.append(f"{titles.get(name, name)}, out of fold\n\n" + _table(["right ↓ read →", *named], rows))
    if not parts:
        parts.append(f"Gold: {MISSING}")
    for part in PARTS:
        row = beside.get("public", {}).get(part, {}).get(OURS)
        if row:
            lines = [[f"**{r}**", *map(str, counts)] for r, counts in zip(LABELS, row["confusion"], strict=True)]
            parts.append(f"Tone, {part}\n\n" + _table(["right ↓ read →", *LABELS], lines))
    return "\n\n".join(parts)


def _calibration(scores: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    text = PROSE["calibration"] + "\n\n"
    rows = [
        [f"gold, {name}", f"{row['error']:.3f}", f"{row['claimed']:.3f}", f"{row['right']:.3f}", str(row["n"])]
        for name, row in scores.get("calibration", {}).items()
    ]
    for part in PARTS:
        row = beside.get("public", {}).get(part, {}).get(OURS)
        if row and "calibration_error" in row:
            rows.append(
                [f"tone, {part}", f"{row['calibration_error']:.3f}", "–", f"{row['accuracy']:.3f}", str(row["n"])]
            )
    titles = ["what", "calibration error", "mean probability", "share right", "answers"]
    return text + (_table(titles, rows) if rows else MISSING)


def _weak(scores: Mapping[str, Any]) -> str:
    text = PROSE["weak"]
    held = scores.get("gold", {}).get("out_of_fold", {})
    weak = [(words, held[name]) for name, words in WORDS["shown"].items() if name in held and held[name]["n"]]
    weak = [(words, row) for words, row in weak if row[_metric(row)] < POOR]
    if weak:
        named = "; ".join(f"{words} {_value(row)}" for words, row in weak)
        text += f"\n\nScores under {POOR} out of fold: {named}."
    told = {name.removeprefix("narrative of "): row for name, row in held.items() if name.startswith("narrative of ")}
    if told:
        poor = sorted(told, key=lambda name: float(told[name]["f1"]))
        rows = [[f"`{name}`", _cell(told[name]), str(told[name]["n"])] for name in poor]
        text += "\n\nNarratives out of fold, the worst first:\n\n" + _table(["narrative", "F1", "articles"], rows)
    return text


def _cost(scores: Mapping[str, Any]) -> str:
    held = scores.get("cost")
    return _table(["what", "cost"], [[name, f"{value:,}"] for name, value in held.items()]) if held else MISSING


def _dates(beside: Mapping[str, Any]) -> str:
    last = beside.get("last_text", {})
    if not last:
        return MISSING
    text = PROSE["dates"].format(all=last.get("all", "–"), taught=last.get("taught", "–")) + "\n\n"
    rows = [[f"`{each.id}`", str(each.since), last.get(each.id, "none")] for each in load_taxonomy().narrative]
    return text + _table(["narrative", "in the taxonomy since", "last training article"], rows)


def _metric(row: Mapping[str, Any]) -> str:
    return next(metric for metric in METRICS if metric in row)


def _cell(row: Mapping[str, Any] | None) -> str:
    """A score with its interval."""
    if not row or not row["n"]:
        return "–"
    return f"{row[_metric(row)]:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def _value(row: Mapping[str, Any] | None) -> str:
    return _number(row[_metric(row)]) if row else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head, *body = (f"| {' | '.join(cells)} |" for cells in [titles, *rows])
    return "\n".join([head, "|" + "---|" * len(titles), *body])


def read(path: Path) -> dict[str, Any]:
    """A measured file; nothing where there is none."""
    held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return held


def main() -> None:
    """Write the card."""
    CARD.write_text(card(read(SCORES), read(KEPT)), "utf-8")


if __name__ == "__main__":
    main()
