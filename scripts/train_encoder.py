"""Train the encoder on one machine without a GPU, from the shared data to the shipped model and its measured scores.

    python scripts/train_encoder.py --work DIR [--only STAGE…] [--folds N]

DIR keeps the networks in between, so that a run goes on where it stopped; MiniLM's wheel must lie in it. The stages:

- `public`: a network is taught the permissive public sets;
- `folds`: it is tuned on the gold's open part and on our own texts, once for each fold, which it doesn't see;
- `fit`: calibration and thresholds, by what the folds' networks say of the articles that they have not seen;
- `ship`: tuned on the whole open part and exported to models/encoder/;
- `score`: the product reads every open article with the network of its fold, the lockbox and the challenge set with
  what ships, and writes models/encoder/scores.json.

The lockbox trains nothing and decides nothing. Seeds are fixed; runs on different machines differ in the last digits.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import gold as gold_data
import torch
from encoder import starting, training
from encoder.export import export
from encoder.fitting import answers, decisions
from encoder.gold_examples import gold_examples, taught
from encoder.heads import heads
from encoder.measure import measure, words_of_unseen
from encoder.public_sets import public_examples, unpack
from safetensors.torch import load_file, save_file
from train_figure_roles import fold_of
from transformers import BertConfig

from narrative.pipeline.encoder.backends import encoder_path
from narrative.pipeline.encoder.decisions import Decisions, read_decisions
from narrative.pipeline.encoder.network import Network
from narrative.pipeline.encoder.wordpieces import load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from encoder.examples import Example
    from numpy.typing import NDArray
    from torch import Tensor

STAGES = ("public", "folds", "fit", "ship", "score")
PUBLIC = training.Schedule(epochs=2, rate=5e-5, head_rate=1e-3, batch=1536)
PUBLIC_WEIGHTS = {"tone": 1.5, "sentiment": 0.7, "similarity": 1.0}
TUNE = training.Schedule(epochs=7, rate=2e-4, head_rate=1.2e-3)
TUNE_WEIGHTS = {
    "narratives": 3.0, "stance_crypto": 1.5, "stance_ai": 1.5, "explains": 1.5, "cause": 1.5, "cause_narrative": 1.5,
    "comparison": 1.5, "rejects": 0.3, "tone": 0.5, "sentiment": 0.2,
}  # fmt: skip
REPLAYED = 0.15  # of the public sets, for one text of the gold
SEED = 1


class Workshop:
    """What every stage needs: the examples, the layout, the folder of the networks in between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layout = heads()
        self.minilm = starting.unpack(folder)
        self.tokenizer = self.minilm / "tokenizer.json"
        tokenizer = load_tokenizer(self.tokenizer)
        self.rows = gold_data.gold("open")
        self.gold = gold_examples(self.rows, self.layout, tokenizer)
        self.taught = gold_examples(taught(), self.layout, tokenizer)
        self.public = public_examples(unpack(folder / "public"), tokenizer)

    def network(self, name: str) -> Network:
        """A network kept before."""
        network = Network(BertConfig.from_pretrained(self.minilm), self.layout.width)
        network.load_state_dict(load_file(self.folder / f"{name}.safetensors"))
        return network

    def keep(self, network: Network, name: str) -> None:
        """Keep a network for later stages."""
        save_file({key: each.contiguous() for key, each in network.state_dict().items()}, self.path(name))

    def path(self, name: str) -> Path:
        """Where a network is kept."""
        return self.folder / f"{name}.safetensors"


def learn_public(workshop: Workshop) -> None:
    """Stage `public`."""
    network = starting.starting_network(workshop.minilm, workshop.layout)
    kept = [each for each in workshop.public if each.ident.split()[0] in ("sentfin", "newsmtsc", "tfns")]
    meanings = starting.meanings(workshop.minilm, kept)
    training.train(network, workshop.layout, workshop.public, PUBLIC, PUBLIC_WEIGHTS, meanings, SEED)
    workshop.keep(network, "public")


def tune(workshop: Workshop, examples: Sequence[Example], meanings: dict[str, Tensor], name: str) -> None:
    """One tuning on gold and our own texts, with some of the public sets so that they aren't forgotten."""
    network = workshop.network("public")
    training.copy_head(network, workshop.layout, "tone", "stance_ai", "stance_crypto")
    replay = [each for each in workshop.public if each.ident.split()[0] in ("sentfin", "newsmtsc", "finentity")]
    training.train(
        network, workshop.layout, [*examples, *workshop.taught], TUNE, TUNE_WEIGHTS, meanings, SEED, replay, REPLAYED
    )
    workshop.keep(network, name)


def tune_folds(workshop: Workshop, folds: int) -> None:
    """Stage `folds`."""
    meanings = starting.meanings(workshop.minilm, [*workshop.gold, *workshop.taught])
    for fold in range(folds):
        if not workshop.path(f"fold{fold}").exists():
            seen = [each for each in workshop.gold if fold_of(each.ident) != fold]
            tune(workshop, seen, meanings, f"fold{fold}")


def export_folds(workshop: Workshop, folds: int, held: Decisions) -> None:
    """The folds' networks as the product reads with them."""
    for fold in range(folds):
        export(
            workshop.network(f"fold{fold}"), workshop.layout, held, workshop.tokenizer, workshop.folder / f"model{fold}"
        )


def fit(workshop: Workshop, folds: int) -> Decisions:
    """Stage `fit`."""
    rows: dict[str, NDArray[np.float32]] = {}
    for fold in range(folds):
        unseen = [each for each in workshop.gold if fold_of(each.ident) == fold]
        rows |= training.read(workshop.network(f"fold{fold}"), unseen)
    held = answers(rows, workshop.gold, workshop.layout)
    drawn = {row["id"] for row in workshop.rows if row["drawn"] == "random"}
    first = decisions(held, workshop.layout, drawn)
    export_folds(workshop, folds, first)
    # The cues are read with what the network says of sentences, so they can only be heard once that is decided.
    cues, causes = words_of_unseen(workshop.folder, folds, workshop.rows)
    return decisions(held, workshop.layout, drawn, cues, causes)


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--work", type=Path, required=True, metavar="DIR", help="where the networks in between are kept"
    )
    parser.add_argument("--only", nargs="+", choices=STAGES, default=STAGES, metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--folds", type=int, default=5, help="how many of the five are tuned and measured")
    args = parser.parse_args()
    torch.use_deterministic_algorithms(True, warn_only=True)
    workshop = Workshop(args.work)
    if "public" in args.only and not workshop.path("public").exists():
        learn_public(workshop)
    if "folds" in args.only:
        tune_folds(workshop, args.folds)
    if "fit" in args.only:
        export_folds(workshop, args.folds, fit(workshop, args.folds))
    if "ship" in args.only:
        if not workshop.path("shipped").exists():
            meanings = starting.meanings(workshop.minilm, [*workshop.gold, *workshop.taught])
            tune(workshop, workshop.gold, meanings, "shipped")
        held = read_decisions(args.work / "model0" / "decisions.json")
        export(workshop.network("shipped"), workshop.layout, held, workshop.tokenizer, encoder_path())
    if "score" in args.only:
        measure(args.work, args.folds, workshop.rows, encoder_path() / "scores.json")


if __name__ == "__main__":
    main()
