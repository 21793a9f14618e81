"""The permissive public sets as examples: tone towards marked targets, sentiment.

SEntFiN (MIT), NewsMTSC (MIT), FinEntity (ODC-BY), MAMS (Apache), TFNS (MIT). A tenth of
SEntFiN's headlines and of FinEntity's paragraphs, by a hash of the text, is never trained on, nor are the others' own
test parts, nor a text of TFNS that its valid part holds too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tarfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import gold as gold_data
from lxml import etree

from encoder.examples import Example, example
from encoder.heads import STANCE
from narrative.pipeline.encoder.reading import marked_in
from narrative.pipeline.load import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

SETS = ("sentfin", "newsmtsc", "finentity", "mams", "tfns")
TONE = {"negative": STANCE.index("-1"), "neutral": STANCE.index("0"), "positive": STANCE.index("1")}
Target = tuple[int, int, str]


def unpack(folder: Path) -> Any:
    """The loaders of the shared data, over the archives unpacked into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        if not (folder / name).exists():
            with tarfile.open(gold_data.shared() / "data" / "labelled" / f"{name}.tar.gz") as archive:
                archive.extractall(folder, filter="data")
    os.environ["DATA"] = str(folder)
    spec = importlib.util.spec_from_file_location("loaders", gold_data.shared() / "data" / "loaders.py")
    assert spec is not None
    assert spec.loader is not None
    loaders = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaders)
    return loaders


def held_out(text: str) -> bool:
    """A tenth of the texts of a set that has no test part."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10 == 0


def targets(loaders: Any, name: str, part: str) -> dict[str, list[Target]]:
    """Texts with their targets and the tone towards each; `part` is train, or test (newsmtsc: rw, mt)."""
    texts: dict[str, list[Target]] = defaultdict(list)
    if name == "mams":
        split = {"train": "train", "test": "test"}[part]
        tree = etree.parse(loaders.p(f"mams/data/MAMS-ATSA/raw/{split}.xml"), etree.XMLParser(resolve_entities=False))
        for sentence in tree.iter("sentence"):
            for term in sentence.iter("aspectTerm"):
                text = sentence.findtext("text") or ""
                texts[text].append((int(term.attrib["from"]), int(term.attrib["to"]), str(term.attrib["polarity"])))
        return texts
    rows = loaders.newsmtsc(part) if name == "newsmtsc" else getattr(loaders, name)()
    for row in rows:
        text, start = row["text"], row.get("start", row["text"].find(row["target"]))
        if start < 0 or (name != "newsmtsc" and held_out(text) != (part == "test")):
            continue
        texts[text].append((start, row.get("end", start + len(row["target"])), row["label"]))
    return texts


def sentiments(loaders: Any, part: str) -> list[tuple[str, str]]:
    """Tweets of TFNS with their sentiment, without those that both parts hold."""
    valid = {row["text"] for row in loaders.tfns("valid")}
    return [(row["text"], row["label"]) for row in loaders.tfns(part) if part == "valid" or row["text"] not in valid]


def public_examples(loaders: Any, tokenizer: Tokenizer) -> list[Example]:
    """Everything of the sets that may be trained on."""
    reader = _Reader(tokenizer)
    made = []
    for name in ("sentfin", "newsmtsc", "finentity", "mams"):
        for number, (text, found) in enumerate(targets(loaders, name, "train").items()):
            made.append(reader.tone(f"{name} {number}", text, found))
    for number, (text, label) in enumerate(sentiments(loaders, "train")):
        each = reader.read(f"tfns {number}", text)
        each.ask("sentiment", 0, len(text), TONE[label])
        made.append(each)
    return [each for each in made if len(each.pieces.ids)]


class _Reader:
    """Texts → examples, with the marks that the product would give them."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.nlp = build()
        self.tokenizer = tokenizer

    def read(self, ident: str, text: str) -> Example:
        doc = self.nlp.make_doc(text)
        for name in ("sentences", "mentions"):
            doc = self.nlp.get_pipe(name)(doc)
        return example(ident, text, [(0, len(text))], marked_in(doc), self.tokenizer)

    def tone(self, ident: str, text: str, found: Sequence[Target]) -> Example:
        each = self.read(ident, text)
        for start, end, label in found:
            each.ask("tone", start, end, TONE[label])
        return each


def tone_examples(loaders: Any, name: str, part: str, tokenizer: Tokenizer) -> list[Example]:
    """The part of a set that is tested on."""
    reader = _Reader(tokenizer)
    return [reader.tone(f"{name} {n}", *item) for n, item in enumerate(targets(loaders, name, part).items())]
