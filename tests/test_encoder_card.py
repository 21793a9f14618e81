from __future__ import annotations

import numpy as np
import pytest
from encoder import card, intervals, public_scores

ROW = {"f1": 0.71, "low": 0.66, "high": 0.75, "n": 40}
LABELS = intervals.label_scores([0, 1, 2, 2], [0, 1, 2, 0], ["a", "a", "b", "c"], 3)


def test_the_card_is_what_the_measured_files_make():
    assert card.CARD.read_text("utf-8") == card.card(card.read(card.SCORES), card.read(card.KEPT)), (
        "run `PYTHONPATH=scripts python -m encoder.card`"
    )


def test_what_is_not_measured_is_said_to_be_missing():
    empty = card.card({}, {})
    for title in ("Scores on the gold", "Similarity", "Challenge set", "Ablations", "Cost", "Dates"):
        section = empty.split(f"## {title}\n")[1].split("\n## ")[0]
        assert card.MISSING in section, title
    for part in public_scores.PARTS:
        assert f"**{part}**: {card.MISSING}" in empty


def test_what_is_measured_stands_in_the_card():
    scores = {
        "gold": {
            "out_of_fold": {"narrative": ROW, "narrative of defi": ROW},
            "lockbox": {"narrative": ROW | {"f1": 0.5}},
        },
        "challenge": {"denial": {"value": 0.81, "n": 150}, "denial among found": {"value": None, "n": 0}},
        "ablations": {"no capitals": {"narrative": ROW | {"f1": 0.62}}},
        "confusion": {"crypto": {"-1 → 0": 3, "-1 → absent": 1, "1 → 0": 7}},
        "calibration": {"type": {"error": 0.04, "claimed": 0.8, "right": 0.79, "n": 110}},
        "cost": {"megabytes, int8": 24.3},
    }
    beside = {
        "public": {
            "TFNS": {"narrative": LABELS | {"calibration_error": 0.031}, "VADER": LABELS},
            "NewsMTSC mt": {"narrative": LABELS},
        },
        "gold": {"VADER": {"narrative": ROW | {"f1": 0.11}}},
        "data": {"tfns": 9480},
        "last_text": {"all": "2026-08-01", "defi": "2026-07-31", "taught": "2026-09-01"},
    }
    made = card.card(scores, beside)
    for cells in (
        "| narratives, micro | F1 | 0.710 [0.660, 0.750] | 0.500 [0.660, 0.750] | 0.694 | 40 / 40 |",
        "| VADER | 0.110 [0.660, 0.750] |",
        "| denial | 0.81 | 150 |",
        "| denial among found | – | 0 |",
        "| no capitals | 0.620 |",
        "| right ↓ read → | 0 | absent |",
        "| **1** | 7 | 0 |",
        "| **positive** | 1 | 0 | 1 |",
        "| tone, TFNS | 0.031 | – | 0.750 | 4 |",
        "| gold, type | 0.040 | 0.800 | 0.790 | 110 |",
        "| megabytes, int8 | 24.3 |",
        "| TFNS | MIT | 9,480 |",
        "| *published:* BERT-SPC, BERT-base | 0.737 | – |",
        "| 2026-07-31 |",
    ):
        assert cells in made, cells


def test_scores_of_other_articles_than_the_peers_are_told_apart():
    def made(count: int) -> str:
        return card.card({"gold": {"out_of_fold": {"type": ROW | {"n": count}}}}, {"gold": {"VADER": {"type": ROW}}})

    assert "our scores are of 30, the folds that are done, the peers' of 40" in made(30)
    assert "Not the same articles" not in made(40)


def test_macro_f1_is_of_the_labels_that_are_right_somewhere():
    confusion = np.array([[2, 0, 0], [1, 1, 0], [0, 0, 0]])
    assert intervals.macro_f1(confusion) == pytest.approx((0.8 + 2 / 3) / 2)
    assert intervals.accuracy(confusion) == pytest.approx(0.75)


def test_an_interval_is_of_texts_and_holds_its_score():
    assert LABELS["texts"] == 3
    assert LABELS["n"] == 4
    assert LABELS["confusion"] == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]
    assert LABELS["low"] <= LABELS["macro_f1"] <= LABELS["high"]
    one = intervals.label_scores([0, 1, 2, 2], [0, 1, 2, 0], ["a"] * 4, 3)
    assert one["low"] == one["high"] == one["macro_f1"]  # a single text can't be drawn otherwise


def test_calibration_error_is_the_gap_between_claim_and_outcome():
    sure = np.array([[0.8, 0.2], [0.8, 0.2], [0.4, 0.6], [0.4, 0.6]], np.float32)
    assert public_scores.calibration_error(sure, np.array([0, 0, 1, 0])) == pytest.approx((0.4 + 0.2) / 4, abs=1e-4)


def test_copies_know_each_other_whatever_links_and_case():
    assert public_scores.bare("BTC up 4%! https://t.co/x1") == public_scores.bare("btc up 4%")
    assert public_scores.bare("BTC up 4%") != public_scores.bare("BTC up 5%")
