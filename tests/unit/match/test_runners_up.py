"""What comes beside a winner: which others count, what a pack adds to it, which ids of one product go first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.match.small import small_engine

from licmatch.match.decide import Decider
from licmatch.match.explain import with_packs
from licmatch.match.fuzzy import PackExplanation, PackMatcher
from licmatch.match.pack_ids import IdReading, about
from licmatch.match.pack_reading import Reading


@pytest.mark.parametrize(
    ("best", "other", "counts"),
    [
        ((1, "product"), (2, "product"), True),
        ((1, "product"), (2, "component"), True),
        ((1, "component"), (2, "product"), True),
        ((1, "component"), (2, "language_pack"), False),
        ((1, "product"), (1, "product"), False),
    ],
)
def test_a_runner_up_counts_where_it_would_give_another_licensable_answer(best: Any, other: Any, counts: bool) -> None:
    first, second = (SimpleNamespace(family=family, role=role) for family, role in (best, other))
    assert Decider._differs(None, first, second) is counts  # type: ignore[arg-type]


def test_what_a_pack_says_is_evidence_of_the_winner_only_where_it_names_the_winner() -> None:
    engine = small_engine()
    plain = engine.explain("Windows 10 Pro")
    told = PackExplanation("recognised", "site.other", 4.0, 0.9, ("ten",), (), (), (("site.third", 0.1),))
    beside = with_packs(plain, [told])
    assert beside.winner == plain.winner
    assert [name for name, _, _ in beside.others[len(plain.others) :]] == ["site.third"]
    own = PackExplanation("recognised", plain.match.product_id, 4.0, 0.9, ("ten",), (), (), ())
    assert with_packs(plain, [own]).winner == (*plain.winner, *own.evidence())


def _reading(spelled: str) -> Reading:
    return Reading((), (), frozenset(), frozenset(), spelled)


@pytest.mark.parametrize(
    ("spelled", "maker", "told"),
    [
        ("qingshancad", ("somebody",), True),
        ("cad", ("qingshan", "soft"), True),
        ("cad", ("somebody",), False),
        ("qingshan", ("qingshan",), True),
    ],
)
def test_an_id_speaks_of_its_product_where_name_or_maker_names_its_maker(spelled: str, maker: tuple[str, ...], told: bool) -> None:
    identity = IdReading("qingshan.drawing-9", "drawing", "qingshan", False, ("drawing",), ("9",), frozenset(), frozenset(), ())
    assert bool(about(identity, _reading(spelled), maker).words) is told


def test_two_ids_of_one_product_go_before_a_third_that_alone_is_likelier() -> None:
    choices = [SimpleNamespace(product=name) for name in ("alone", "pair", "pair")]
    ranked: Any = list(zip((0.4, 0.35, 0.25), choices, strict=True))
    matcher: Any = SimpleNamespace(_same_product=lambda one, other: one.product == other.product)
    assert [pair[1].product for pair in PackMatcher._product_first(matcher, ranked)] == ["pair", "alone", "pair"]
    assert [pair[1].product for pair in PackMatcher._product_first(matcher, ranked[:2])] == ["alone", "pair"]
