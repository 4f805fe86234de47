"""The draw: whom it may touch, whom it must, and that it is the same everywhere."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.errors import InputError, ResultError, UsageError
from licmatch.inspection import Design, draw, open_result, read_code, sample, sampling_frame
from licmatch.inspection.draw import BESIDES, EVERY, RANDOM
from licmatch.inspection.frame import FRAME, LEDGER, NO_UNIT
from licmatch.inspection.hypergeometric import chance_of_none, smallest_sample, tolerated
from licmatch.inspection.stratified import chance_of_missing


def frame_of(rows: list[tuple[str, str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame([(*row, "found", None) for row in rows], schema=FRAME, orient="row")


@st.composite
def frames(make: st.DrawFn) -> pl.DataFrame:
    rows = make(
        st.lists(
            st.tuples(st.integers(0, 10_000).map("PC-{}".format), st.sampled_from("abcd"), st.sampled_from("XY"),
                      st.sampled_from(["desktop", "server", "laptop"])),
            min_size=1, max_size=60, unique_by=lambda row: row[0],
        )
    )  # fmt: skip
    return frame_of([(device, group + unit, group, kind) for device, unit, group, kind in rows])


designs = st.builds(
    Design,
    seed=st.integers(0, 2**40),
    confidence=st.sampled_from([Decimal("0.8"), Decimal("0.9"), Decimal("0.95")]),
    tolerance=st.sampled_from([Decimal("0.05"), Decimal("0.1"), Decimal("0.3")]),
    hold=st.sampled_from(["stratum", "whole"]),
    percent=st.sampled_from([None, Decimal(10), Decimal(100)]),
    minimum=st.integers(0, 3),
)


@given(frames(), designs, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_in_any_order(frame, design, chance):
    order = list(range(frame.height))
    chance.shuffle(order)
    one, two = draw(frame, design), draw(frame[order], design)
    assert one.code == two.code
    assert one.drawn.equals(two.drawn)
    assert one.strata.equals(two.strata)


@given(frames(), designs)
def test_whom_a_draw_takes(frame, design):
    made = draw(frame, design)
    drawn = made.drawn
    assert drawn["device_id"].is_unique().all()
    assert set(drawn["device_id"]) <= set(frame["device_id"])
    assert set(frame.filter(pl.col("kind") == "server")["device_id"]) <= set(drawn["device_id"])
    assert (made.strata["drawn"] <= made.strata["population"]).all()
    assert made.strata["population"].sum() == frame.height
    assert made.strata["drawn"].sum() == drawn.height
    assert (made.strata["sample"] + made.strata["besides"]).to_list() == made.strata["drawn"].to_list()
    had = dict(frame["unit_id"].value_counts().iter_rows())
    has = dict(drawn["unit_id"].value_counts().iter_rows())
    assert all(has.get(unit, 0) >= min(count, design.minimum) for unit, count in had.items())
    # Nobody is added whom no unit's minimum asks for.
    besides = drawn.filter(pl.col("chosen") == BESIDES)["unit_id"].unique()
    assert all(has[unit] == min(had[unit], design.minimum) for unit in besides)
    assert read_code(made.code)["design"] == design


@given(frames(), designs)
def test_a_plan_keeps_its_promise(frame, design):
    made = draw(frame, design)
    if design.percent is not None:
        return
    sizes = list(made.strata.select("population", "sample").iter_rows())
    tolerance, confidence = Fraction(design.tolerance), Fraction(design.confidence)
    if design.hold == "stratum":
        assert all(1 - chance_of_none(size, tolerated(size, tolerance), n) >= confidence for size, n in sizes)
    else:
        by_chance = [row for row, kind in zip(sizes, made.strata["kind"], strict=True) if kind != "server"]
        defects = tolerated(sum(size for size, _ in by_chance), tolerance)
        assert 1 - chance_of_missing(by_chance, defects) >= confidence or not by_chance


@given(st.integers(1, 3000), st.integers(1, 60), st.sampled_from([Fraction(n, 100) for n in (50, 80, 90, 95, 99)]))
def test_more_confidence_or_more_computers_never_need_fewer(population, defects, confidence):
    defects = min(defects, population)
    n = smallest_sample(population, defects, confidence)
    assert n <= population
    assert n <= smallest_sample(population, defects, (1 + confidence) / 2)
    # As many defects among more computers are harder to meet; more of them among as many are easier.
    assert n <= smallest_sample(population + 1, defects, confidence)
    assert smallest_sample(population, min(population, defects + 1), confidence) <= n
    # The same share of a population k times as large.
    assert n <= smallest_sample(3 * population, 3 * defects, confidence)


def test_the_queue_is_what_sha256sum_says():
    frame = frame_of([(f"PC-{n}", "a", "X", "desktop") for n in range(30)])
    made = draw(frame, Design(7, percent=Decimal(20), minimum=0))
    ranked = sorted(frame["device_id"], key=lambda one: hashlib.sha256(f"licmatch-draw-1\n7\n{one}".encode()).hexdigest())
    assert sorted(made.drawn["device_id"]) == sorted(ranked[:6])


def test_a_percentage_has_a_floor_and_a_cap():
    frame = frame_of([(f"{group}{n}", group, group, "desktop") for group, size in (("a", 2), ("b", 20), ("c", 900)) for n in range(size)])
    made = draw(frame, Design(1, percent=Decimal(10), floor=3, cap=50))
    assert made.strata["sample"].to_list() == [2, 3, 50]


def test_the_frame_is_what_was_found_and_what_only_the_ledger_has(folder):
    result, _ = open_result(folder)
    frame = sampling_frame(result)
    assert frame.height == 122
    assert set(frame.filter(pl.col("seen_in") == LEDGER)["device_id"]) == {"LOST-1", "LOST-2", "PC-007"}
    assert set(frame["group"]) == {"A", "B", "C", NO_UNIT}
    # A computer the scan has out of use and the ledger in use keeps its unit.
    assert frame.filter(pl.col("device_id") == "PC-007")["unit_id"].item() == "A-1"
    with_ledger = sampling_frame(result, ledger=folder.parent / "ledger.csv")
    assert with_ledger.filter(pl.col("device_id") == "LOST-1").row(0)[1:4] == ("A-2", "A", "desktop")
    assert set(sampling_frame(result, by="whole")["group"]) == {"C", NO_UNIT}


def test_servers_are_all_seen_and_every_unit_has_one(folder):
    made, _ = sample(folder, Design(20261130))
    assert made.drawn.filter(pl.col("kind") == "server")["chosen"].unique().to_list() == [EVERY]
    assert made.drawn.filter(pl.col("kind") == "server").height == 3
    assert {"A-1", "A-2", "B-1", "D"} <= set(made.drawn["unit_id"])
    assert set(made.drawn["chosen"]) <= {EVERY, RANDOM, BESIDES}


def test_a_tier_that_no_unit_has(folder):
    with pytest.raises(UsageError, match="township"):
        sample(folder, Design(1, by="township"))


def test_a_ledger_that_is_not_listed_in_full_must_be_given(folder):
    result, _ = open_result(folder)
    result.manifest["ledger"]["listed"] += 5
    with pytest.raises(UsageError, match="--ledger"):
        sampling_frame(result)


def test_a_result_that_was_changed_is_refused(folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "findings.parquet").write_bytes((copy / "installations.parquet").read_bytes())
    with pytest.raises(ResultError, match="findings"):
        sample(copy, Design(1))


@pytest.mark.parametrize(
    "words", [{"confidence": Decimal(1)}, {"tolerance": Decimal(0)}, {"percent": Decimal(0)}, {"percent": Decimal(5), "floor": 9, "cap": 3}]
)
def test_a_design_that_makes_no_sense(words):
    with pytest.raises(UsageError):
        Design(1, **words)


@pytest.mark.parametrize("code", ["", "licmatch-draw-1", "licmatch-draw-1;seed=x;confidence=1", "licmatch-draw-2;seed=1"])
def test_a_line_that_is_none(code):
    with pytest.raises(InputError):
        read_code(code)
