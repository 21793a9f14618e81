"""Our reader of entities on the gold, on a table of ambiguous mentions, and against the clock.

The table, `tests/specs/ambiguous.json`, holds sentences written for it: the mention in brackets and the id that it
should be linked to, null where it names nothing that the catalogue knows. A hash of each sentence puts it into one of
two halves; rules are tuned with a look at the one, and the other, unseen, is what the gate stands on.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import gold

from narrative.catalogue.entries import load_catalogue
from narrative.catalogue.folding import fold
from narrative.pipeline.entities import find_mentions
from narrative.pipeline.load import load
from narrative.pipeline.mentions.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from spacy.tokens import Doc

    from narrative.pipeline.mentions.mention import Mention

TABLE = Path(__file__).parent.parent / "tests" / "specs" / "ambiguous.json"
BINS = 10
Half = Literal["tuned", "unseen"]


class Case(NamedTuple):
    """A sentence with a mention in it and what that should be linked to."""

    text: str
    start: int
    end: int
    id: str | None
    published: date | None

    @property
    def half(self) -> Half:
        """Which half of the table it is in."""
        return "unseen" if hashlib.sha256(self.text.encode()).digest()[0] % 2 else "tuned"


class Span(NamedTuple):
    """What a reader found: offsets, and the type in its own terms."""

    start: int
    end: int
    type: str


def cases() -> list[Case]:
    """The table."""
    return [_case(**row) for row in json.loads(TABLE.read_text("utf-8"))]


def _case(text: str, id: str | None, published: str | None = None) -> Case:  # noqa: A002  # the column's name
    before, mention, after = text.replace("]", "[").split("[")
    start = len(before)
    day = date.fromisoformat(published) if published else None
    return Case(before + mention + after, start, start + len(mention), id, day)


def read_case(case: Case) -> str | None:
    """The id that our reader gives the mention; null where what is found there has none."""
    for mention in _read(case.text, case.published):
        inside = case.start <= mention.start and mention.end <= case.end
        around = mention.start <= case.start and case.end <= mention.end
        if mention.entry is not None and (inside or (around and case.id is not None)):
            return mention.entry.id
    return None


def score_table() -> dict[str, Any]:
    """Accuracy by half, and on the mentions that are linked and those that are not."""
    table = cases()
    right = [read_case(case) == case.id for case in table]
    parts: dict[str, Callable[[Case], bool]] = {
        "all": lambda case: True,
        "tuned": lambda case: case.half == "tuned",
        "unseen": lambda case: case.half == "unseen",
        "linked": lambda case: case.id is not None,
        "not linked": lambda case: case.id is None,
    }
    scores = {}
    for name, belongs in parts.items():
        held = [good for case, good in zip(table, right, strict=True) if belongs(case)]
        scores[name] = {"accuracy": round(sum(held) / len(held), 3), "n": len(held)}
    return scores


def table_errors() -> list[tuple[str, str | None, str | None]]:
    """Sentence, wanted and found id of the errors in the tuned half; nobody looks at the other's."""
    read = [(case, read_case(case)) for case in cases() if case.half == "tuned"]
    return [
        (f"{case.text[: case.start]}[{case.text[case.start : case.end]}]{case.text[case.end :]}", case.id, found)
        for case, found in read
        if found != case.id
    ]


def compare(model: str | None) -> dict[str, Any]:
    """All scores; the peer is a spaCy model by name or path, where one is given."""
    rows = gold.gold("all")
    annotations = gold.read_gold(rows)
    table: dict[str, Any] = {"ambiguous": score_table()}
    for part in ("open", "lockbox", "all"):
        held = [
            (row, found["entities"])
            for row, found in zip(rows, annotations, strict=True)
            if part in ("all", "lockbox" if gold.in_lockbox(row["id"]) else "open")
        ]
        table[part] = _gold_scores(held) | {"calibration error": calibration_error(outcomes(held))}
    table["figures"] = figures_without_id(annotations)
    table["words a second"] = {"narrative_entities_v1": words_a_second([row["text"] for row in rows])}
    if model:
        table["peer"] = _peer(model, rows)
        table["words a second"][table["peer"]["name"]] = table["peer"].pop("words a second")
    return table


def show(table: dict[str, Any]) -> None:
    """Print the scores."""
    for part, cells in table.items():
        if part == "peer":
            print(f"{part}: {cells['name']}")
            cells = {name: value for name, value in cells.items() if name != "name"}
        for name, value in cells.items():
            print(f"{part:16} {name:24} {value}")


def _gold_scores(held: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> dict[str, float]:
    scorer = gold.scorer()
    counts = scorer.Counts()
    for row, found in held:
        scorer.score_entities(counts, row["id"], row["entities"], found)
    return {name.removeprefix("entity."): round(cells["f1"], 3) for name, cells in counts.rows().items()}


def open_outcomes(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Of every mention found in gold articles, its evidence, its type and whether it is right."""
    scorer = gold.scorer()
    found = []
    for row, annotation in zip(rows, gold.read_gold(list(rows)), strict=True):
        kept = {(item["start"], item["end"]) for item in annotation["entities"]}
        wanted = {(item["start"], item["end"]): (item["type"], scorer.normal(item["name"])) for item in row["entities"]}
        for mention in _read(row["text"], date.fromisoformat(row["published"][:10]) if row["published"] else None):
            if (mention.start, mention.end) in kept:
                right = wanted.get((mention.start, mention.end)) == (mention.type, scorer.normal(mention.name))
                found.append((mention.evidence, mention.type, right))
    return found


def outcomes(held: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]) -> list[tuple[float, bool]]:
    """Of every entity found, its score and whether the gold has that very span with that type and name."""
    scorer = gold.scorer()
    pairs = []
    for row, found in held:
        wanted = {(item["start"], item["end"]): (item["type"], scorer.normal(item["name"])) for item in row["entities"]}
        for item in found:
            right = wanted.get((item["start"], item["end"])) == (item["type"], scorer.normal(item["name"]))
            pairs.append((item["score"], right))
    return pairs


def calibration_error(pairs: Iterable[tuple[float, bool]]) -> float:
    """Expected calibration error: by bins of equal width, the distance of mean score and share right, weighted."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, right in pairs:
        bins[min(BINS - 1, int(score * BINS))].append((score, right))
    total = sum(map(len, bins.values()))
    far = sum(abs(sum(score for score, _ in held) - sum(right for _, right in held)) for held in bins.values())
    return round(far / total, 3)


def words_a_second(texts: Sequence[str]) -> int:
    """Words a second of the component alone on one core: the quickest of three rounds in processor time."""
    nlp = load()
    component = nlp.get_pipe("entities")
    docs = [nlp.get_pipe("sentences")(nlp.make_doc(text)) for text in texts]
    return _rate(sum(len(text.split()) for text in texts), lambda: [component(doc) for doc in docs])


def _rate(words: int, work: Callable[[], object]) -> int:
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return round(words / min(seconds))


def _peer(model: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A spaCy model on the gold: spans of any type, and of the types that both know; it links nothing."""
    import spacy

    nlp = spacy.load(model)
    ner = spacy.load(model, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    scorer = gold.scorer()
    ours = {"PERSON": "PERSON", "GPE": "PLACE", "LOC": "PLACE", "ORG": "COMPANY"}
    scores: dict[str, Any] = {"name": f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"}
    for part in ("open", "lockbox", "all"):
        counts = scorer.Counts()
        for row in rows:
            if part not in ("all", "lockbox" if gold.in_lockbox(row["id"]) else "open"):
                continue
            found = [
                {"start": span.start_char, "end": span.end_char, "type": ours.get(span.label_, span.label_), "name": ""}
                for span in _ents(ner(row["text"]))
                if not any(
                    scorer.overlap({"start": span.start_char, "end": span.end_char}, b) for b in row["boilerplate"]
                )
            ]
            scorer.score_entities(counts, row["id"], row["entities"], found)
        kinds = counts.rows()
        scores[part] = {name: round(kinds[f"entity.{name}"]["f1"], 3) for name in ("span", "typed")}
    texts = [row["text"] for row in rows]
    words = sum(len(text.split()) for text in texts)
    scores["words a second"] = _rate(words, lambda: [ner(text) for text in texts])
    return scores


def _ents(doc: Doc) -> list[Any]:
    """Its named things; amounts, dates and ordinals are none of ours."""
    numbers = {"CARDINAL", "ORDINAL", "DATE", "TIME", "MONEY", "PERCENT", "QUANTITY"}
    return [span for span in doc.ents if span.label_ not in numbers]


def _read(text: str, published: date | None) -> list[Mention]:
    nlp = load()
    doc = nlp.get_pipe("sentences")(nlp.make_doc(text))
    return find_mentions(Context(text, fold(text), [sentence.start_char for sentence in doc.sents], published))


def figures_without_id(annotations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Of figures' subjects and sources, how many are named as an entry is and yet have no id."""
    names = {fold(form) for entry in load_catalogue().entries for form in (entry.name, *entry.aliases)}
    counts: dict[str, Any] = defaultdict(int)
    for annotation in annotations:
        for figure in annotation["figures"]:
            for role in ("subject", "attributed_to"):
                if figure[role]:
                    counts[role] += 1
                    counts[f"{role} linked"] += figure[role]["id"] is not None
                    counts[f"{role} known, not linked"] += (
                        figure[role]["id"] is None and fold(figure[role]["name"]) in names
                    )
    return dict(counts)
