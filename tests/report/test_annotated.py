from __future__ import annotations

import csv
import io
import time
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from narrative.records import (
    Annotation,
    Article,
    ArticleStance,
    Entity,
    Explanation,
    Figure,
    Fingerprint,
    Narrative,
    Period,
    Pipeline,
    Quote,
    Reference,
    Sentence,
    SentenceStance,
    Span,
)
from narrative.report.page import html_page
from narrative.report.segments import lines
from narrative.report.tables import escape_markdown, write_csv, write_markdown
from narrative.report.terminal import console_for, print_annotation
from narrative.report.wording import number
from narrative.spreadsheet import safe_cell

FUNDS = "US spot Bitcoin ETFs"
TITLE = "<b>Bitcoin</b> funds bleed"
FIRST = "US spot Bitcoin ETFs lost $523 million on Tuesday."
SECOND = "“We are not selling our coins,” the firm said."
TAIL = "The post appeared first on \x1b[31mExample."
TEXT = f"{TITLE}\n\n{FIRST} {SECOND}\n{TAIL}"


def at(piece: str) -> dict[str, int]:
    return {"start": TEXT.index(piece), "end": TEXT.index(piece) + len(piece)}


def stance(label: int) -> SentenceStance:
    return SentenceStance.model_validate({"label": label, "score": label * 0.8})


@pytest.fixture
def annotation() -> Annotation:
    return Annotation(
        pipeline=Pipeline(name="test", version="0", fingerprint=Fingerprint(rules="r", catalogue="c", taxonomy="t")),
        article=Article(
            id="=1+1",
            title=TITLE,
            title_span=Span(**at(TITLE)),
            outlet="@Daily",
            published=datetime(2025, 11, 19, 9, tzinfo=UTC),
            text=TEXT,
            type="news",
            type_score=0.9,
            boilerplate=(Span(**at(TAIL)),),
        ),
        entities=(Entity(**at(FUNDS), text=FUNDS, type="FUND", name=FUNDS, score=1),),
        figures=(
            Figure(
                **at("$523 million"),
                text="$523 million",
                value=523e6,
                unit="USD",
                kind="flow",
                measure="level",
                direction="out",
                subject=Reference(name=FUNDS),
                period=Period(start=date(2025, 11, 18), end=date(2025, 11, 18)),
                score=0.9,
            ),
        ),
        quotes=(Quote(**at("We are not selling our coins,"), text="We are not selling our coins,"),),
        sentences=(
            Sentence(**at(TITLE), crypto=stance(-1)),
            Sentence(**at(FIRST), crypto=stance(-1)),
            Sentence(**at(SECOND), crypto=stance(1), ai=stance(0)),
        ),
        explanations=(
            Explanation(
                **at(FIRST), asset=Reference(name="Bitcoin"), effect="down", what="price", cause="other",
                cause_start=0, cause_end=5, denied=True, score=0.5,
            ),
        ),
        stance=ArticleStance(crypto=stance(-1)),
        narratives=(Narrative(id="etf-outflows", score=0.8, primary=True),),
    )  # fmt: skip


def test_lines_give_the_text_back(annotation: Annotation) -> None:
    shown = "".join(line.before + "".join(piece.text for piece in line.segments) for line in lines(annotation))
    assert shown == TEXT


def test_text_that_no_sentence_claims_is_shown(annotation: Annotation) -> None:
    bare = annotation.model_copy(update={"sentences": annotation.sentences[1:2]})
    shown = "".join(line.before + "".join(piece.text for piece in line.segments) for line in lines(bare))
    assert shown == TEXT


def test_overlapping_marks_are_cut_at_every_border(annotation: Annotation) -> None:
    wide = annotation.entities[0].model_copy(update={"end": annotation.figures[0].start + 4})
    pieces = [piece for line in lines(annotation.model_copy(update={"entities": (wide,)})) for piece in line.segments]
    assert [piece.text for piece in pieces if piece.figure and piece.entity] == ["$523"]


def test_many_marks_take_linear_time(annotation: Annotation) -> None:
    count = 20_000
    text = "$1,234 " * count
    figures = tuple(
        annotation.figures[0].model_copy(update={"start": 7 * n, "end": 7 * n + 6, "text": "$1,234"})
        for n in range(count)
    )
    long = annotation.model_copy(
        update={
            "article": annotation.article.model_copy(update={"text": text, "title_span": None, "boilerplate": ()}),
            "sentences": (Sentence(start=0, end=len(text)),),
            "figures": figures,
            "entities": (),
            "quotes": (),
        }
    )
    started = time.process_time()
    (line,) = lines(long)
    assert time.process_time() - started < 5  # every mark held against every piece took minutes
    assert sum(1 for piece in line.segments if piece.figure) == count


def test_the_terminal_shows_text_margin_and_figures(annotation: Annotation) -> None:
    out = io.StringIO()
    print_annotation(annotation, console_for(out))
    shown = out.getvalue()
    assert "\x1b" not in shown
    assert "crypto▼ US spot Bitcoin ETFs lost $523 million on Tuesday." in shown
    assert "AI● crypto▲" in shown
    assert "skipped" in shown
    row = next(line for line in shown.splitlines() if "523,000,000" in line)
    assert all(word in row for word in ("USD", "flow", "out", "US spot Bitcoin ETFs", "2025-11-18", "actual"))


def test_a_narrow_terminal_cuts_no_word_of_the_figures(annotation: Annotation) -> None:
    out = io.StringIO()
    console = console_for(out)
    console.width = 80
    print_annotation(annotation, console)
    shown = out.getvalue()
    assert max(map(len, shown.splitlines())) <= 80
    upper, lower = next(pair for pair in pairwise(shown.splitlines()) if "523,000,000 USD" in pair[1])
    assert all(words in upper for words in ("$523 million", "flow out", "US spot Bitcoin ETFs", "2025-11-18"))
    assert "actual" in lower


def test_an_article_without_a_title_is_called_by_its_source(annotation: Annotation) -> None:
    article = annotation.article.model_copy(update={"title": None, "title_span": None, "source": "post.txt"})
    untitled = annotation.model_copy(update={"article": article})
    terminal, markdown = io.StringIO(), io.StringIO()
    print_annotation(untitled, console_for(terminal))
    write_markdown(untitled, markdown)
    assert terminal.getvalue().startswith("post.txt")
    assert markdown.getvalue().startswith("# post.txt")
    assert "<h1>post.txt</h1>" in html_page([untitled])


def test_the_page_tells_explanations_and_the_title_once(annotation: Annotation) -> None:
    page = html_page([annotation])
    assert page.count("funds bleed</h1>") == 1
    assert page.count("funds bleed") == 2  # the other is the window's title
    row = page[page.index("<caption>Explanations") :]
    assert '<td class="why">not other</td>' in row


def test_the_page_escapes_what_it_shows_and_loads_nothing(annotation: Annotation) -> None:
    page = html_page([annotation])
    assert "<b>Bitcoin" not in page
    assert "&lt;b&gt;Bitcoin" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_markdown_stays_text(annotation: Annotation) -> None:
    out = io.StringIO()
    write_markdown(annotation, out)
    assert "\\<b\\>" in out.getvalue()
    assert "| $523 million | 523,000,000 | USD | flow | out |" in out.getvalue()
    assert escape_markdown("[a](b) *c* | d\ne") == "\\[a\\](b) \\*c\\* \\| d e"


def test_csv_runs_no_formula(annotation: Annotation) -> None:
    out = io.StringIO()
    write_csv([annotation], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["article_id"] == "'=1+1"
    assert row["outlet"] == "'@Daily"
    assert (row["value"], row["period_end"]) == ("523000000.0", "2025-11-18")


@pytest.mark.parametrize(
    ("cell", "safe"), [("=A1", "'=A1"), (" +1", "' +1"), ("-2.6%", "'-2.6%"), ("BTC", "BTC"), (-2.6, -2.6)]
)
def test_cells(cell: object, safe: object) -> None:
    assert safe_cell(cell) == safe


@pytest.mark.parametrize(
    ("value", "shown"), [(6.2e9, "6,200,000,000"), (31.6, "31.6"), (0.0002675, "0.0002675"), (0.0, "0")]
)
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown
