"""The map from weight to probability: it rises, it is what the knots say, and decisions carry it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.match.small import small_engine

from licmatch.match.calibration import KNOTS, probability
from licmatch.match.pack_calibration import KNOTS as PACK_KNOTS
from licmatch.match.pack_calibration import pack_probability
from licmatch.match.weigh import MEMORY_CAP

weights = st.floats(0, 1)


@given(weights, weights)
def test_more_weight_is_never_less_probable(one, other):
    low, high = sorted((one, other))
    assert 0 < probability(low) <= probability(high) < 1


@pytest.mark.parametrize(("weight", "told"), KNOTS)
def test_the_knots_are_met(weight, told):
    assert probability(weight) == pytest.approx(told)


def test_the_map_of_packs_rises_and_claims_no_certainty():
    assert all(low < high for one, other in itertools.pairwise(PACK_KNOTS) for low, high in zip(one, other, strict=True))
    assert 0 < pack_probability(0.0) < pack_probability(1.0) < 1


def test_answers_tell_the_probability_of_their_weight():
    engine = small_engine()
    for name in ("Microsoft Office 2016", "Office 2016 Frobnicator", "Windows 10 Pro"):
        decision = engine.decision(name)
        if decision.winner is not None:
            assert engine.match_name(name).score == pytest.approx(probability(decision.winner.score), abs=1e-4)
    assert engine.match_name("Microsoft Office 2016").score == pytest.approx(KNOTS[-1][1])


def test_between_two_products_none_is_likelier_than_not():
    found = small_engine().match_name("Twin Guard")
    assert found.status == "ambiguous"
    assert found.score is not None
    assert found.score <= 0.5


def test_names_from_memory_stay_under_their_cap():
    found = small_engine().match_name("remembered thing")
    assert found.score is not None
    assert found.score <= MEMORY_CAP
