"""The sample, the threshold and the intervals, held against corpora whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.define.answers import read_answers
from narrative.define.candidates import draw
from narrative.define.estimates import best_threshold
from narrative.errors import InputError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def corpus_of(stories: int, seed: int, middle: float = 0.35) -> tuple[Any, Any]:
    """Falling scores, and whether each story tells the narrative: likelier where the score is high."""
    random = np.random.default_rng(seed)
    scores = np.sort(random.beta(0.4, 4, stories))[::-1].round(4)
    return scores, random.random(stories) < 1 / (1 + np.exp(-14 * (scores - middle)))


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=400).map(lambda scores: np.sort(scores)[::-1]),
    st.integers(12, 100),
    st.integers(0, 9),
)
def test_every_stratum_is_asked_and_nothing_twice(scores: Any, number: int, seed: int) -> None:
    sample = draw(scores, number, seed)
    asked = np.concatenate(sample.asked)
    assert len(asked) == len(set(asked.tolist())) == min(number, len(scores))
    assert (sample.borders[0], sample.borders[-1]) == (0, len(scores))
    for start, end, rows in zip(sample.borders, sample.borders[1:], sample.asked, strict=False):
        assert len(rows) > 0
        assert start <= rows.min() <= rows.max() < end


def test_the_seed_alone_decides_the_draw() -> None:
    scores, _ = corpus_of(2000, 1)
    one, same, other = (np.concatenate(draw(scores, 60, seed).asked).tolist() for seed in (1, 1, 2))
    assert one == same != other


def test_with_every_story_answered_the_estimates_are_exact() -> None:
    scores, truth = corpus_of(50, 3)
    sample = draw(scores, 60, 0)
    quality = best_threshold(scores, sample, dict(enumerate(truth.tolist())), 0)
    said = scores >= quality.threshold
    precision, recall = truth[said].mean(), (truth & said).sum() / truth.sum()
    assert quality.precision == tuple([round(float(precision), 3)] * 3)
    assert quality.recall == tuple([round(float(recall), 3)] * 3)
    best = max(2 * (truth & (scores >= at)).sum() / ((scores >= at).sum() + truth.sum()) for at in scores)
    assert quality.f1[0] == pytest.approx(best, abs=0.001)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = {"precision": 0, "recall": 0}
    errors = []
    for seed in range(80):
        scores, truth = corpus_of(3000, seed)
        sample = draw(scores, 120, seed)
        answers = {row: bool(truth[row]) for rows in sample.asked for row in rows.tolist()}
        quality = best_threshold(scores, sample, answers, seed)
        said = scores >= quality.threshold
        right = (truth & said).sum()
        for name, true in (("precision", right / said.sum()), ("recall", right / truth.sum())):
            estimate, low, high = getattr(quality, name)
            held[name] += low <= true <= high
            errors.append(abs(estimate - true))
    assert held["precision"] >= 66  # of 80; the threshold is chosen by the same answers
    assert held["recall"] >= 70
    assert np.mean(errors) < 0.15


def test_stories_that_were_not_drawn_do_not_count() -> None:
    scores, truth = corpus_of(500, 5)
    sample = draw(scores, 40, 0)
    answers = {row: bool(truth[row]) for rows in sample.asked for row in rows.tolist()}
    others = {row: True for row in range(500) if row not in answers}
    assert best_threshold(scores, sample, answers | others, 0) == best_threshold(scores, sample, answers, 0)


@pytest.mark.parametrize(("answer", "complaint"), [(True, "every story"), (False, "no story")])
def test_answers_that_are_all_alike_tell_no_threshold(answer: bool, complaint: str) -> None:
    scores, _ = corpus_of(100, 2)
    sample = draw(scores, 30, 0)
    with pytest.raises(SettingsError, match=complaint):
        best_threshold(scores, sample, dict.fromkeys(range(100), answer), 0)


def test_files_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.txt"
    path.write_text("# mine\nk1 yes\n\nk2\tNo\nk3 y\nk1 yes\n", "utf-8")
    assert read_answers(path) == {"k1": True, "k2": False, "k3": True}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"k1", ":1: 'k1': write a story's key and yes or no"),
        (b"k1 yes\nk2 maybe", ":2: "),
        (b"k1 yes\nk1 no", "k1 is answered with yes and with no"),
        (b"\xff\xfe", "not UTF-8"),
        (b"k yes\n" * 700_000, "larger than"),
    ],
)
def test_what_is_no_answer(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "answers.txt"
    path.write_bytes(data)
    with pytest.raises(InputError) as told:
        read_answers(path)
    assert complaint in str(told.value)
