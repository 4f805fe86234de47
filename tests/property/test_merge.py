"""Merging is a sum: whatever the order, the grouping and the steps, the same bytes; and nothing is lost on the way."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.merge.counties import NAMES, assessed, contents, merged, part

from licmatch.merge import Part
from licmatch.result import read_result, summary_only, verify
from licmatch.rollup import added_columns

COUNTIES = ("x", "y", "z", "w")
QUICK = settings(max_examples=5, phases=[Phase.explicit, Phase.generate], deadline=None)

rows = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(NAMES)), max_size=12)
estates = st.tuples(*(rows for _ in COUNTIES))
withheld = st.lists(st.booleans(), min_size=len(COUNTIES), max_size=len(COUNTIES))


def counties(root: Path, estate: tuple[list[tuple[int, str]], ...], hidden: list[bool]) -> list[Part]:
    made = []
    for county, found, hide in zip(COUNTIES, estate, hidden, strict=True):
        result = assessed(county, [(f"{county}{number}", name) for number, name in found])
        made.append(part(root / county, summary_only(result) if hide else result))
    return made


@given(estates, withheld, st.permutations(range(len(COUNTIES))), st.integers(1, len(COUNTIES) - 1), st.randoms(use_true_random=False))
@QUICK
def test_any_grouping_and_order_gives_the_same_bytes(
    estate: tuple[list[tuple[int, str]], ...], hidden: list[bool], order: list[int], cut: int, chance: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        parts = counties(root, estate, hidden)
        whole = merged(root / "whole", *parts)
        left, right = [parts[place] for place in order[:cut]], [parts[place] for place in order[cut:]]
        groups = [merged(root / f"group{place}", *group) if len(group) > 1 else group[0] for place, group in enumerate((left, right))]
        chance.shuffle(groups)
        steps = merged(root / "steps", *groups)
        one, two = contents(whole.folder), contents(steps.folder)
        assert set(one) == set(two)
        assert [name for name in one if one[name] != two[name]] == []
        assert verify(whole.folder).faults == ()


@given(estates, withheld)
@QUICK
def test_the_whole_is_the_sum_of_its_parts(estate: tuple[list[tuple[int, str]], ...], hidden: list[bool]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        parts = counties(root, estate, hidden)
        result = read_result(merged(root / "whole", *parts).folder)
        top = result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)
        tops = [each.result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True) for each in parts]
        for name in [*added_columns(["os", "office", "antivirus"]), "required", "shortfall", "entitled"]:
            assert top[name] == sum(row[name] for row in tops), name
        # A rate is the sum over the sum, never a mean of rates.
        installed = sum(row["office_installed"] for row in tops)
        genuine = sum(row["office_genuine"] for row in tops)
        assert top["office_rate"] == (genuine / installed if installed else None)
        # A county's own row is what it was in its own result.
        for each in parts:
            for unit in each.result.scores.filter(pl.col("tier").ne_missing("other"))["unit_id"]:
                before = each.result.scores.row(by_predicate=pl.col("unit_id") == unit, named=True)
                after = result.scores.row(by_predicate=pl.col("unit_id") == unit, named=True)
                moved = {name for name in before if before[name] != after[name] and name not in ("parent_id", "level")}
                assert moved == set()


@given(estates)
@QUICK
def test_merging_equals_assessing_everything_at_once(estate: tuple[list[tuple[int, str]], ...]) -> None:
    """Without papers, which a place only has for itself, the figures of a merge are those of one run over all dumps."""
    from tests.unit.assess.cases import devices, judged, units

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        own = {"entitlements": None, "rulings": None, "ledger": None}
        found = {county: [(f"{county}{n}", name) for n, name in rows] for county, rows in zip(COUNTIES, estate, strict=True)}
        singles = [assessed(county, rows, **own) for county, rows in found.items()]
        result = read_result(merged(root / "whole", *(part(root / str(n), one) for n, one in enumerate(singles))).folder)
        tree = {name: parent for c in COUNTIES for name, parent in ((c, None), (f"{c}-a", c), (f"{c}-b", c), (f"{c}-c", c))}
        table = pl.concat([one.devices.select("device_id", "unit_id", "kind") for one in singles])
        every = [row for rows in found.values() for row in rows]
        everything = judged(*every, devices=devices(*table.to_dicts()) if table.height else None, units=units(**tree))
        assert result.scores.equals(everything.scores.select(result.scores.columns))
        assert result.unknown.equals(everything.unknown)
        assert result.matches.equals(everything.matches.sort(pl.exclude("rows", "devices"), nulls_last=True))
