from __future__ import annotations

import pytest

from narrative.market.multiple_testing import adjusted, resamples_needed

# Benjamini and Hochberg (1995), section 4.2: fifteen endpoints of a trial of thrombolysis. q as R's p.adjust gives it.
ENDPOINTS = {
    0.0001: 0.0015,
    0.0004: 0.003,
    0.0019: 0.0095,
    0.0095: 0.035625,
    0.0201: 0.0603,
    0.0278: 0.06385714,
    0.0298: 0.06385714,
    0.0344: 0.0645,
    0.0459: 0.0765,
    0.3240: 0.486,
    0.4262: 0.5811818,
    0.5719: 0.714875,
    0.6528: 0.7532308,
    0.7590: 0.8132143,
    1.0000: 1.0,
}


def test_published_example_in_any_order() -> None:
    assert adjusted(list(ENDPOINTS)) == pytest.approx(list(ENDPOINTS.values()), rel=1e-6)
    assert adjusted(list(ENDPOINTS)[::-1]) == pytest.approx(list(ENDPOINTS.values())[::-1], rel=1e-6)
    assert sum(q <= 0.05 for q in adjusted(list(ENDPOINTS))) == 4, "the paper rejects four"


def test_one_test_or_none() -> None:
    assert adjusted([0.03]) == [0.03]
    assert adjusted([]) == []


def test_resamples_grow_with_the_family() -> None:
    assert resamples_needed(130, 0.05, 20_000) == 20_000
    assert resamples_needed(1_000, 0.05, 20_000) == 100_000
    assert resamples_needed(7, 0.05, 1) == 700
