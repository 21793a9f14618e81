from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from models_by_hand import Answers, ModelByHand

import narrative
from narrative.errors import InputError, UndatedWarning
from narrative.extract.plain import article_from_text
from narrative.pipeline import fingerprint
from narrative.pipeline.encoder.reading import reading_with
from narrative.pipeline.fingerprint import pipeline_identity
from narrative.records import Annotation, Article

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "US spot Bitcoin ETFs lost $523 million on Tuesday, Farside data show. Nvidia reported revenue of $57 billion."
TIMES = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


def spans_of(annotation: Annotation) -> list[tuple[int, int, str | None]]:
    """Start, end and quoted text of every mark."""
    marks = [
        *annotation.entities, *annotation.figures, *annotation.quotes, *annotation.sentences, *annotation.comparison,
        *annotation.explanations, *annotation.article.boilerplate,
        *(span for told in annotation.narratives for span in told.evidence),
    ]  # fmt: skip
    return [(mark.start, mark.end, getattr(mark, "text", None)) for mark in marks]


def test_a_text_becomes_a_record() -> None:
    annotation = narrative.annotate(TEXT, published="2025-11-19", outlet="Tideline")
    flow, revenue = annotation.figures
    assert (flow.value, flow.unit, flow.kind, flow.direction) == (523e6, "USD", "flow", "out")
    assert flow.subject is not None
    assert flow.subject.id == "fund:us-spot-bitcoin-etfs"
    assert flow.period is not None
    assert (flow.period.start, flow.period.end) == (date(2025, 11, 18), date(2025, 11, 18))
    assert (revenue.value, revenue.kind) == (57e9, "revenue")
    assert annotation.article.text == TEXT
    assert (annotation.article.outlet, annotation.article.language) == ("Tideline", "en")
    assert annotation.stance.crypto is not None
    assert annotation.stance.crypto.label == -1
    assert annotation.pipeline == pipeline_identity()


def test_without_a_date_the_reader_says_which_periods_stay_open() -> None:
    with pytest.warns(UndatedWarning, match="no publication date.*“Tuesday”"):
        annotation = narrative.annotate(TEXT)
    assert annotation.figures[0].period is None


@pytest.mark.parametrize(
    ("text", "what"), [("", "no text"), (" \n", "no text"), ("a" * 1_000_001, "split it"), ("\0", "binary")]
)
def test_what_is_no_article_is_refused(text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        narrative.annotate(text)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="2026-02-10T06:29Z"):
        narrative.annotate(TEXT, published="last Tuesday")


def test_the_company_of_a_batch_changes_nothing() -> None:
    articles = [
        article_from_text(text, id=str(number), published="2025-11-19")
        for number, text in enumerate([TEXT, "Ether rose 5%.", "比特币下跌。", TEXT])
    ]
    together = narrative.annotate_batch(articles)
    assert together == [narrative.annotate_batch([article])[0] for article in articles]
    assert together == [narrative.annotate(article) for article in articles]


# A network that finds something in every sentence.
FOUND: Answers = {
    "camps": {"ai": 9, "crypto": 9},
    "comparison": {"ai": 9, "none": 0},
    "explains": {"explains": 9},
    "cause": {"B": 9, "O": 0},
    "narratives": {"bear-market": 9, "defi": 9},
}
TALKATIVE = dict.fromkeys(["bitcoin", "ai", "fell", "5", "1", "0", "a", "end", "比"], FOUND)


@given(text=TEXTS, published=st.none() | TIMES)
@settings(deadline=None, max_examples=150)
def test_every_mark_lies_in_the_text(text: str, published: datetime | None) -> None:
    (annotation,) = narrative.annotate_batch([Article(id="a", text=text, published=published)])
    assert annotation.article.text == text
    for start, end, quoted in spans_of(annotation):
        assert 0 <= start < end <= len(text)
        assert quoted is None or quoted == text[start:end]


@pytest.mark.parametrize(
    "piece", ["Bitcoin fell 5% to $90,000. ", "$1.2bn ", "(", "0,", "😀🚀", "AI ", "“a b c d” ", "\n\n", "比特币"]
)
def test_a_long_line_of_anything_is_read(piece: str) -> None:
    text = piece * (60_000 // len(piece)) + "end"
    article = Article(id="a", text=text, published=datetime(2026, 1, 5, tzinfo=UTC))
    with reading_with(ModelByHand(TALKATIVE)):  # the time of a network grows with the text anyway
        (annotation,) = narrative.annotate_batch([article])
    assert all(end <= len(text) for _, end, _ in spans_of(annotation))


def test_the_saved_pipeline_opens_in_any_program() -> None:
    nlp = spacy.load(narrative.pipeline_path())
    doc = nlp.make_doc(TEXT)
    doc._.published = datetime(2025, 11, 19, tzinfo=UTC)
    doc = nlp(doc)
    assert [figure.value for figure in doc._.figures] == [523e6, 57e9]
    assert [sentence.text for sentence in doc.sents] == TEXT.replace(". ", ".|").split("|")
    assert ("US spot Bitcoin ETFs", "FUND", "fund:us-spot-bitcoin-etfs") in [
        (span.text, span.label_, span.kb_id_) for span in doc.ents
    ]


def test_a_fingerprint_changes_with_the_files_of_its_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("a.py", "1"), ("data/cues.toml", "x = 1\r\n"), ("__pycache__/a.pyc", "?")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content.encode())
    monkeypatch.setattr(fingerprint, "_PACKAGE", tmp_path)

    def mark() -> str:
        return fingerprint._hash(fingerprint._files(tmp_path))

    before = mark()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"!")
    (tmp_path / "data" / "cues.toml").write_bytes(b"x = 1\n")
    assert mark() == before
    (tmp_path / "data" / "cues.toml").write_bytes(b"x = 2\n")
    assert mark() != before


def test_a_phrase_that_stands_for_a_thing_links_to_its_entry() -> None:
    (figure,) = narrative.annotate("The leading cryptocurrency fell 5%.", published="2025-11-19").figures
    assert figure.subject is not None
    assert (figure.subject.name, figure.subject.id) == ("Bitcoin", "asset:bitcoin")
