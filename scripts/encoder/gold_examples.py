"""The gold and our own texts as examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gold as gold_data

from encoder.examples import Choice, Example, Question, example
from encoder.heads import BIO, STANCE
from narrative.extract.plain import article_from_text
from narrative.pipeline.document import sentence_spans
from narrative.pipeline.encoder.reading import marked_in
from narrative.pipeline.load import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from narrative.pipeline.encoder.layout import Layout

TAUGHT = Path(__file__).parent / "taught"
_MOVERS = frozenset(["ASSET", "FUND", "COMPANY", "INDEX", "PROTOCOL"])


def taught() -> list[dict[str, Any]]:
    """Our own texts, written for this, in the form of gold records without figures and entities."""
    rows = []
    for path in sorted(TAUGHT.glob("*.jsonl")):
        rows += [_as_gold(json.loads(line)) for line in path.read_text("utf-8").splitlines()]
    return rows


def _as_gold(item: dict[str, Any]) -> dict[str, Any]:
    """Offsets in place of quoted words."""
    text, row = (
        "",
        dict(item, title=item["sentences"][0]["text"], sentences=[], boilerplate=[], comparison=[], explanations=[]),
    )
    for number, sentence in enumerate(item["sentences"]):
        text += {0: "", 1: "\n\n"}.get(number, " ")
        span = {"start": len(text), "end": len(text) + len(sentence["text"])}
        text += sentence["text"]
        if sentence.get("boilerplate"):
            row["boilerplate"].append(span)
        labels = {camp: sentence[camp] for camp in ("ai", "crypto") if sentence.get(camp) is not None}
        if labels:
            row["sentences"].append(span | labels)
        if sentence.get("comparison"):
            row["comparison"].append(span | sentence["comparison"])
        for told in sentence.get("explanations") or []:
            at = span["start"] + sentence["text"].index(told["words"])
            row["explanations"].append(span | told | {"cause_start": at, "cause_end": at + len(told["words"])})
    return row | {"text": text}


def gold_examples(rows: Sequence[dict[str, Any]], layout: Layout, tokenizer: Tokenizer) -> list[Example]:
    """Every record as an example."""
    nlp = build()
    normal = gold_data.scorer().normal
    made = []
    for row in rows:
        article = article_from_text(
            row["text"], id=row["id"], title=row["title"], outlet=row["outlet"], published=row["published"]
        )
        doc = nlp.make_doc(article.text)
        for name in ("published", "title", "title_span", "outlet"):
            doc._.set(name, getattr(article, name))
        for name in ("sentences", "mentions"):
            doc = nlp.get_pipe(name)(doc)
        spans = [(span.start, span.end) for span in sentence_spans(doc)]
        each = example(row["id"], row["text"], spans, marked_in(doc), tokenizer)
        _ask_sentences(each, row, spans, layout)
        _ask_article(each, row, spans, layout)
        _ask_explanations(each, row, doc._.mentions, layout, normal)
        if "figures" in row:
            _ask_figures(each, row, layout, normal)
        if "entities" in row:
            each.tag("entity", BIO, [(e["start"], e["end"], e["type"]) for e in row["entities"]])
        made.append(each)
    return made


def _covering(labelled: Sequence[dict[str, Any]], start: int, end: int) -> dict[str, Any] | None:
    """The labelled sentence that most of a sentence of ours lies in: both have their own idea of where one ends."""
    shared = [min(end, each["end"]) - max(start, each["start"]) for each in labelled]
    at = max(range(len(labelled)), key=shared.__getitem__, default=None)
    return labelled[at] if at is not None and shared[at] >= (end - start) / 2 else None


def _ask_sentences(each: Example, row: dict[str, Any], spans: list[tuple[int, int]], layout: Layout) -> None:
    for start, end in spans:
        outside = sum(max(0, min(end, b["end"]) - max(start, b["start"])) for b in row["boilerplate"])
        each.ask("boilerplate", start, end, (float(outside > (end - start) / 2),))
        if outside > (end - start) / 2:
            continue
        labels = _covering(row["sentences"], start, end) or {}
        each.ask("camps", start, end, (float("ai" in labels), float("crypto" in labels)))
        for camp in ("ai", "crypto"):
            if camp in labels:
                each.ask(f"stance_{camp}", start, end, STANCE.index(str(labels[camp])))
        comparison = _covering(row["comparison"], start, end)
        names = layout.heads["comparison"].labels
        each.ask("comparison", start, end, names.index(comparison["winner"]) if comparison else 0)
        told = [one for one in row["explanations"] if start <= one["cause_start"] < end or _covering([one], start, end)]
        each.ask("explains", start, end, (float(bool(told)),))
        if comparison or told:
            denied = [bool(one["denied"]) for one in (*told, *([comparison] if comparison else []))]
            each.ask("denies", start, end, (sum(denied) / len(denied),))


def _ask_article(each: Example, row: dict[str, Any], spans: list[tuple[int, int]], layout: Layout) -> None:
    body = tuple(
        each.stretch(start, end)
        for start, end in spans
        if not any(b["start"] <= start and end <= b["end"] for b in row["boilerplate"])
    )
    body = tuple(part for part in body if part[1] > part[0])
    if not body:
        return
    ids = layout.heads["narratives"].labels
    each.questions.append(Question("narratives", body, tuple(float(name in row["narratives"]) for name in ids)))
    if row["primary"]:
        each.questions.append(Question("primary", body, ids.index(row["primary"])))
    each.questions.append(Question("type", body, layout.heads["type"].labels.index(row["type"])))
    for camp in ("ai", "crypto"):
        label = row["stance"][camp]
        each.questions.append(Question(f"article_{camp}", body, 0 if label is None else 1 + STANCE.index(str(label))))
    for name in row["narratives"]:
        rejected = (float(name in row["rejects"]),)
        each.questions.append(Question("rejects", body, rejected, ("narratives", ids.index(name))))


def _ask_explanations(each: Example, row: dict[str, Any], entities: Sequence[Any], layout: Layout, normal: Any) -> None:
    told = row["explanations"]
    each.tag("cause", ("O", "B", "I"), [(e["cause_start"], e["cause_end"], "") for e in told])
    named = [(each.stretch(e.start, e.end), normal(e.name)) for e in entities if e.type in _MOVERS]
    for one in told:
        span = one["cause_start"], one["cause_end"]
        for head, field in (
            ("cause_narrative", "cause"),
            ("effect", "effect"),
            ("moved", "what"),
            ("cause_status", "status"),
        ):
            each.ask(head, *span, layout.heads[head].labels.index(one[field]))
        each.ask("cause_denied", *span, (float(one["denied"]),))
        _choose(each, "asset", span, named, normal(one["asset"]))


def _ask_figures(each: Example, row: dict[str, Any], layout: Layout, normal: Any) -> None:
    named = [(each.stretch(e["start"], e["end"]), normal(e["name"])) for e in row["entities"]]
    for figure in row["figures"]:
        span = figure["start"], figure["end"]
        for head in ("kind", "measure", "status"):
            each.ask(head, *span, layout.heads[head].labels.index(figure[head]))
        each.ask("direction", *span, layout.heads["direction"].labels.index(figure["direction"] or "none"))
        _choose(each, "subject", span, named, normal(figure["subject"]))
        if figure["attributed_to"]:
            _choose(each, "source", span, named, normal(figure["attributed_to"]))


def _choose(
    each: Example, what: str, span: tuple[int, int], named: Sequence[tuple[tuple[int, int], Any]], wanted: Any
) -> None:
    asked = each.stretch(*span)
    right = tuple(name == wanted for _, name in named)
    if asked[1] > asked[0] and any(right) and not all(right):
        each.choices.append(Choice(f"{what}_query", f"{what}_key", asked, tuple(at for at, _ in named), right))
