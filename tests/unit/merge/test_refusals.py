"""What must not be added up is found, and the message says what is where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import units
from tests.unit.assess.small_engine import SmallEngine
from tests.unit.merge.counties import assessed, merged, part

from licmatch.errors import LicmatchError, ResultError, UsageError
from licmatch.merge import Part, merge, merge_parts
from licmatch.result import read_result, summary_only, verify, write_result
from licmatch.rollup import EVERYTHING, UNASSIGNED

X = [("x0", "Windows 10 Pro"), ("x1", "某某杀毒"), ("x2", "Foo")]
Y = [("y0", "LibreOffice 7.3"), ("y1", "Microsoft Office 专业增强版 2016")]


@pytest.fixture
def x(tmp_path: Path) -> Part:
    return part(tmp_path / "x", assessed("x", X))


@pytest.fixture
def y(tmp_path: Path) -> Part:
    return part(tmp_path / "y", assessed("y", Y))


def refused(error: type[LicmatchError], words: str, *parts: Part, **given: Any) -> None:
    with pytest.raises(error, match=words):
        merge_parts(parts, **given)


def test_the_same_result_twice(x: Part) -> None:
    refused(ResultError, "the same result", x, x)


def test_a_part_that_already_holds_another(x: Part, y: Part, tmp_path: Path) -> None:
    refused(ResultError, "the same result", merged(tmp_path / "xy", x, y), y)


def test_one_unit_in_two_results(x: Part, tmp_path: Path) -> None:
    again = part(tmp_path / "again", assessed("x", [("other0", "Foo")]))
    refused(ResultError, r"units have computers or licences in more than one result \(x-a", x, again)


def test_one_device_in_two_results(x: Part, tmp_path: Path) -> None:
    refused(ResultError, r"1 devices are in more than one result \(x0\)", x, part(tmp_path / "y", assessed("y", [("x0", "Foo")])))


def test_another_policy_is_refused_even_mixed(x: Part, tmp_path: Path) -> None:
    strict = part(tmp_path / "y", assessed("y", Y, policy={"phase": "strict"}))
    refused(ResultError, "different policies", x, strict)
    refused(ResultError, "different policies", x, strict, mixed=True)


def test_an_offices_own_policy_must_be_given(tmp_path: Path) -> None:
    own = {"points": [{"category": "office", "by": "rate", "weight": 1, "zero_at": 0.0, "full_at": 1.0}]}
    parts = [part(tmp_path / c, assessed(c, rows, policy=own)) for c, rows in (("x", X), ("y", Y))]
    refused(UsageError, "another policy", *parts)
    assert merge_parts(parts, policy=own).scores["points"].drop_nulls().len() > 0


@pytest.mark.parametrize(("given", "words"), [({"as_of": "2026-11-29"}, "different days"), ({"engine": "other"}, "different engine")])
def test_other_days_and_versions_are_refused_or_reported(x: Part, tmp_path: Path, given: dict[str, Any], words: str) -> None:
    if given.get("engine"):
        given = {"engine": SmallEngine(versions={"engine": "0.0.1", "catalog": "c"})}
    other = part(tmp_path / "y", assessed("y", Y, **given))
    refused(ResultError, words, x, other)
    mixed = merged(tmp_path / "xy", x, other, mixed=True)
    assert verify(mixed.folder).faults == ()
    codes = {notice["code"] for notice in mixed.result.manifest["notices"]}
    assert codes & {"MERGE_DAYS_DIFFER", "MERGE_VERSIONS_DIFFER"}
    assert mixed.result.manifest["as_of"] == "2026-11-30"


def test_a_result_that_was_changed(x: Part, y: Part) -> None:
    (Path(y.folder) / "scores.parquet").write_bytes(b"PAR1")
    with pytest.raises(ResultError, match="does not hold"):
        merge([x.folder, y.folder])


def test_one_unit_described_in_two_ways_and_the_table_that_settles_it(tmp_path: Path) -> None:
    city = {"city": None}
    x = part(tmp_path / "x", assessed("x", X, units=units(**city, x="city", **{"x-a": "x", "x-b": "x"})))
    y = part(tmp_path / "y", assessed("y", Y, units=units(**city, y="city", **{"y-a": "y", "y-b": "y", "x-a": "y"})))
    refused(ResultError, "unit 'x-a' has a different parent_id", x, y)
    own = pl.DataFrame({"unit_id": ["x-a"], "parent_id": ["x"], "name": ["甲"]})
    settled = merge_parts([x, y], own=own)
    assert settled.units.filter(unit_id="x-a").select("parent_id", "name").row(0) == ("x", "甲")


def test_a_table_of_units_hangs_the_parts_where_they_belong(x: Part, y: Part, tmp_path: Path) -> None:
    (tmp_path / "city.csv").write_text(
        "unit_id,parent_id,name,tier\ncity,,某市,city\nx,city,甲县,county\ny,city,乙县,county\nz,city,丙县,county\n", encoding="utf-8"
    )
    result = merge([x.folder, y.folder], units=tmp_path / "city.csv")
    rows = {row["unit_id"]: row for row in result.scores.to_dicts()}
    assert (rows["x"]["parent_id"], rows["x"]["name"], rows["city"]["devices"]) == ("city", "甲县", 4)
    # One device of x is in no unit: it stays beside the city, under one node over all.
    assert (rows[UNASSIGNED]["devices"], rows[EVERYTHING]["devices"], rows["city"]["parent_id"]) == (1, 5, EVERYTHING)
    # Of z nothing was sent, which the survey's completeness shows.
    assert (rows["z"]["units_expected"], rows["z"]["units_reported"]) == (1, 0)
    assert len(result.manifest["units"]) == 1


def test_a_name_for_the_node_over_all(x: Part, y: Part) -> None:
    assert merge_parts([x, y], name="某市").scores.filter(level=0)["name"].to_list() == ["某市"]


def test_places_without_units_are_one_place(tmp_path: Path) -> None:
    bare = {"units": None, "devices": None, "entitlements": None, "rulings": None, "ledger": None}
    one, two = (part(tmp_path / c, assessed(c, rows, **bare)) for c, rows in (("x", X), ("y", Y)))
    assert merge_parts([one, two]).scores.select("unit_id", "devices").rows() == [(EVERYTHING, 5)]


def test_what_is_held_open_is_measured_against_the_whole(x: Part, tmp_path: Path) -> None:
    y = part(tmp_path / "y", assessed("y", [*Y, ("y0", "某某杀毒"), ("y1", "Kaspersky Endpoint Security 11")]))
    alone, whole = (side.unknown.row(by_predicate=pl.col("name") == "某某杀毒", named=True) for side in (x.result, merge_parts([x, y])))
    assert (alone["held_open"], alone["interval_open"]) == (1, 1.0)
    assert (whole["held_open"], whole["devices"], whole["rows"], whole["interval_open"]) == (2, 2, 2, 2 / 3)


def test_rulings_of_all_parts_stay_with_their_own_numbers_and_hashes(x: Part, y: Part, tmp_path: Path) -> None:
    log = merged(tmp_path / "xy", x, y).result.rulings_log
    assert [entry["number"] for entry in log] == [1, 2]
    assert {entry["part"] for entry in log} == {x.sha256, y.sha256}
    assert {entry["part_hash"] for entry in log} == {x.result.rulings_log[0]["hash"], y.result.rulings_log[0]["hash"]}


def test_a_forged_entry_of_a_part_is_found(x: Part, y: Part, tmp_path: Path) -> None:
    from dataclasses import replace

    from licmatch.result.rulings_log import described, entry_hash

    whole = merged(tmp_path / "xy", x, y).result
    forged, last = [], "0" * 64
    for entry in whole.rulings_log:
        changed = {**{key: value for key, value in entry.items() if key != "hash"}, "document_no": "forged", "previous": last}
        last = entry_hash(changed)
        forged.append({**changed, "hash": last})
    manifest = {**whole.manifest, "rulings_log": described(forged, 0)}
    write_result(replace(whole, rulings_log=tuple(forged), manifest=manifest), tmp_path / "forged")
    assert [fault.code for fault in verify(tmp_path / "forged").faults] == ["log_broken"]


def test_a_figure_made_better_in_a_summary_is_found(x: Part, tmp_path: Path) -> None:
    from dataclasses import replace

    summary = summary_only(x.result)
    better = summary.scores.with_columns(antivirus_open_names=pl.lit(0, pl.Int64))
    write_result(replace(summary, scores=better), tmp_path / "better")
    assert not verify(tmp_path / "better").holds


def test_a_summary_of_a_merge_and_a_merge_of_summaries_hold_the_same_figures(x: Part, y: Part, tmp_path: Path) -> None:
    first = summary_only(merge_parts([x, y]))
    second = merge_parts([part(tmp_path / f"s{one.folder[-1]}", summary_only(read_result(one.folder))) for one in (x, y)])
    for table in ("scores", "position", "unknown", "units"):
        assert getattr(first, table).equals(getattr(second, table))
    assert first.manifest["totals"] == second.manifest["totals"]
    assert first.manifest["withheld"] == second.manifest["withheld"]
