from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from told_corpora import SENTENCES, annotation, corpus_of, day

from narrative.records import Sentence
from narrative.report.evidence import SENTENCE_CHARACTERS, Evidence, Window, evidence_of, web_address
from narrative.series.stories import read_stories

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.records import Annotation

WEEK = Window("ai-drains-crypto", day(0), day(7))


def evidence(folder: Path, *annotations: Annotation, window: Window = WEEK, articles: int = 8) -> Evidence:
    corpus = corpus_of(folder, list(annotations))
    (found,) = evidence_of(corpus, read_stories(corpus), [window], articles=articles)
    return found


def titles(found: Evidence) -> list[str]:
    return [article.title for article in found.articles]


def test_articles_of_the_window_that_tell_it(tmp_path: Path) -> None:
    found = evidence(
        tmp_path,
        annotation(1, day(0)),
        annotation(2, day(0) - timedelta(hours=1)),
        annotation(3, day(7)),
        annotation(4, day(3), narratives=("ai-boom",)),
        annotation(5, day(6)),
    )
    assert titles(found) == ["Story 5", "Story 1"]
    assert found.stories == 2


def test_an_article_belongs_to_the_day_on_which_it_became_known(tmp_path: Path) -> None:
    late = annotation(1, day(0), available=day(9))
    assert evidence(tmp_path / "a", late).articles == ()
    assert titles(evidence(tmp_path / "b", late, window=Window("ai-drains-crypto", day(7), day(14)))) == ["Story 1"]


def test_the_surest_are_shown_and_the_newest_come_first(tmp_path: Path) -> None:
    told = [annotation(number, day(number), score=0.5 + number % 3 / 10) for number in range(6)]
    found = evidence(tmp_path, *told, articles=3)
    assert titles(found) == ["Story 5", "Story 4", "Story 2"]
    assert [article.score for article in found.articles] == [0.7, 0.6, 0.7]
    assert found.stories == 6


def test_repeats_paid_pieces_and_other_languages_are_no_evidence(tmp_path: Path) -> None:
    found = evidence(
        tmp_path,
        annotation(1, day(1), title="The same"),
        annotation(2, day(2), title="The same"),
        annotation(3, day(2), type="sponsored"),
        annotation(4, day(2), language="de"),
    )
    assert titles(found) == ["The same"]
    assert found.articles[0].published == day(1)


def test_the_newest_reading_is_shown_once(tmp_path: Path) -> None:
    first, again = annotation(1, day(1), score=0.3), annotation(1, day(1), score=0.8)
    assert [article.score for article in evidence(tmp_path, first, again).articles] == [0.8]


def test_sentences_that_show_it_with_their_marks(tmp_path: Path) -> None:
    (article,) = evidence(tmp_path, annotation(1, day(1))).articles
    shown = ["".join(piece.text for piece in sentence) for sentence in article.sentences]
    assert shown == [SENTENCES[0], SENTENCES[1], SENTENCES[3]]  # three at most, and not the weather
    assert [piece.text for piece in article.sentences[1] if piece.figure] == ["$523 million"]
    (one,) = evidence(tmp_path / "b", annotation(1, day(1), sentences=SENTENCES[4:])).articles
    assert [piece.text for piece in one.sentences[0] if piece.entity] == ["Nvidia"]


def test_long_sentences_and_titles_are_cut_and_control_characters_go(tmp_path: Path) -> None:
    told = annotation(
        1, day(1), title="Title\x1b[31m\u202e " + "x" * 5000, sentences=("So did Nvidia holders" + " ha" * 999 + ".",)
    )
    span = Sentence(start=told.article.text.index("So did"), end=len(told.article.text))
    narrative = told.narratives[0].model_copy(update={"evidence": (span,)})
    long = told.model_copy(update={"sentences": (span,), "narratives": (narrative,)})
    (article,) = evidence(tmp_path, long).articles
    assert article.title.startswith("Title [31m")
    assert len(article.title) == 200
    (sentence,) = article.sentences
    shown = "".join(piece.text for piece in sentence)
    assert SENTENCE_CHARACTERS - 5 < len(shown) <= SENTENCE_CHARACTERS
    assert shown.endswith("…")
    assert [piece.text for piece in sentence if piece.entity] == ["Nvidia"]


def test_an_empty_corpus_has_none(tmp_path: Path) -> None:
    assert evidence(tmp_path) == Evidence((), 0)


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "//example.org/a", "/a", "https://", "http:example.org", "https://exa mple.org/", "https://example.org/\n", "ftp://example.org/",
        "https://example.org/\"onclick=", "https://[::1", "vbscript:x", "https://example.org/\u202egro.elpmaxe",
    ],
)  # fmt: skip
def test_addresses_that_are_no_links(url: str | None) -> None:
    assert web_address(url) is None


@pytest.mark.parametrize("url", ["https://example.org/a?b=c&d=e#f", "HTTP://example.org/ü"])
def test_addresses_of_the_web(url: str) -> None:
    assert web_address(url) == url
