"""Values in words, the same in the terminal, in HTML and in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrative.records import Article, Explanation, Figure, Narrative, Period, Reference, SentenceStance

FIGURE_COLUMNS = ("text", "value", "unit", "kind", "direction", "subject", "period", "status", "source")
EXPLANATION_COLUMNS = ("what moved", "effect", "why", "in the words", "who says so")
MISSING = "–"


def number(value: float) -> str:
    """Digits with thousands separators and no more decimals than the value has."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.10f}".rstrip("0")


def figure_row(figure: Figure) -> dict[str, str]:
    """What a reader wants to know of a figure, by `FIGURE_COLUMNS`."""
    value = number(figure.value) + (f" to {number(figure.high)}" if figure.high is not None else "")
    sign = {"approx": "≈ ", "over": "> ", "under": "< ", "up_to": "≤ ", "exact": ""}[figure.modality]
    return {
        "text": figure.text,
        "value": sign + value,
        "unit": figure.unit,
        "kind": figure.kind.replace("_", " ") + (" (change)" if figure.measure == "change" else ""),
        "direction": figure.direction or MISSING,
        "subject": name(figure.subject),
        "period": period(figure.period),
        "status": figure.status,
        "source": name(figure.attributed_to),
    }


def explanation_row(explanation: Explanation, text: str) -> dict[str, str]:
    """What a reader wants to know of an explanation, by `EXPLANATION_COLUMNS`; `text` is the article's."""
    status = "" if explanation.status == "actual" else f" ({explanation.status})"
    return {
        "what moved": f"{explanation.asset.name} ({explanation.what})",
        "effect": explanation.effect + status,
        "why": ("not " if explanation.denied else "") + explanation.cause,
        "in the words": text[explanation.cause_start : explanation.cause_end],
        "who says so": name(explanation.speaker),
    }


def heading(article: Article) -> str:
    """What an article is called: by its title, else by where it came from."""
    return article.title or article.source or article.id


def name(reference: Reference | None) -> str:
    """A canonical name."""
    return reference.name if reference else MISSING


def period(span: Period | None) -> str:
    """One day, or its first and last."""
    if span is None:
        return MISSING
    return str(span.start) if span.start == span.end else f"{span.start} to {span.end}"


def stance(cell: SentenceStance | None) -> str:
    """A sign and a word."""
    if cell is None:
        return MISSING
    return {1: "▲ favourable", 0: "● neutral", -1: "▼ unfavourable"}[cell.label]


def narrative(told: Narrative) -> str:
    """An id with its score, and what is particular about it."""
    notes = [f"{told.score:.2f}"] + ["primary"] * told.primary + ["rejected"] * (told.position == "rejects")
    return f"{told.id} ({', '.join(notes)})"
