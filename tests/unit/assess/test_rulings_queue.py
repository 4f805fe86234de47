from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged, units

from licmatch.assess.rulings_queue import QUEUE, QUEUE_COPIES, queue
from licmatch.ingest import read_frame
from licmatch.result import Result
from licmatch.result.queue_file import queue_csv

OFFICE = "Microsoft Office 专业增强版 2016"
PRODUCT = "office.microsoft-office-2016.professional-plus"
ROWS = (*((device, OFFICE) for device in "abcde"), ("a", "KMSpico"), ("b", "KMSpico"), ("e", "Windows 10 Home"), ("f", "天擎"))
PLACES = devices(*({"device_id": device, "unit_id": "u1" if device in "ab" else "u2"} for device in "abcdef"))


def county(**given: object) -> Result:
    return judged(*ROWS, devices=PLACES, units=units(county=None, u1="county", u2="county"), **given)


def groups(result: Result) -> pl.DataFrame:
    return queue(result.installations, result.findings, result.scores)[0]


def group(result: Result, **wanted: object) -> dict[str, object]:
    return groups(result).filter(**wanted).row(0, named=True)


def test_copies_alike_are_one_group_bound_to_what_they_have_in_common() -> None:
    alike = group(county(), product_id=PRODUCT, rule_id="no-rule")
    assert (alike["devices"], alike["installations"], alike["provisional_verdict"]) == (3, 3, "no_evidence")
    assert (alike["unit_id"], alike["device_id"], alike["verdict"], alike["ruling_id"]) == ("u2", None, None, None)
    accused = group(county(), product_id=PRODUCT, rule_id="KMSPICO-01")
    assert (accused["devices"], accused["unit_id"], accused["grade"]) == (2, "u1", "strong")


def test_what_closes_most_of_the_interval_comes_first() -> None:
    listed = groups(county())
    assert listed["rank"].to_list() == list(range(1, listed.height + 1))
    assert listed["interval_open"].is_sorted(descending=True)
    assert group(county(), product_id=PRODUCT, rule_id="no-rule")["interval_open"] == pytest.approx(3 / 5)


def test_closing_a_group_closes_as_much_of_the_rate_as_it_says() -> None:
    before = county()
    alike = group(before, product_id=PRODUCT, rule_id="no-rule")
    paper = {"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "genuine_purchased"}
    scope = {name: alike[name] for name in ("unit_id", "product_id", "provisional_verdict")}
    after = county(rulings=pl.DataFrame([{**paper, **scope}]))
    open_before, open_after = (
        top["office_rate_high"][0] - top["office_rate_low"][0] for top in (side.scores.head(1) for side in (before, after))
    )
    assert open_before - open_after == pytest.approx(alike["interval_open"])


def test_an_accusation_waits_too_and_holds_nothing_open() -> None:
    home = group(county(), product_id="os.windows-10-10.home")
    assert (home["open_as"], home["interval_open"], home["device_id"], home["unit_id"]) == ("accused", 0.0, "e", None)


def test_what_is_ruled_on_waits_no_longer() -> None:
    paper = {"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "cracked"}
    after = groups(county(rulings=pl.DataFrame([{**paper, "product_id": PRODUCT}])))
    assert PRODUCT not in after["product_id"].to_list()


def test_traces_without_a_copy_wait_and_unsettled_names_do_not() -> None:
    listed = groups(county())
    assert listed.filter(product_id="no-copy").select("category", "rule_id", "devices").rows() == [("os", "KMSPICO-01", 2)]
    assert "antivirus" not in listed["category"].to_list()


def test_the_devices_of_each_group_are_listed_with_their_evidence() -> None:
    listed, copies = queue(*(getattr(county(), name) for name in ("installations", "findings", "scores")), copies_listed=9)
    assert (dict(listed.schema), dict(copies.schema)) == (QUEUE, QUEUE_COPIES)
    assert copies.group_by("rank").len().sort("rank")["len"].to_list() == listed["installations"].to_list()
    assert copies.filter(pl.col("evidence").str.contains("KMSPICO-01"))["device"].unique().sort().to_list() == ["a", "b"]


def test_no_device_no_group() -> None:
    assert groups(judged(("a", "Foo"))).height == 0


def test_an_unfilled_queue_is_read_without_a_fault_and_rules_on_nothing(tmp_path: Path) -> None:
    (tmp_path / "queue.csv").write_bytes(queue_csv(groups(county())))
    frame, rejected = read_frame("rulings", tmp_path / "queue.csv")
    assert (frame.height, set(rejected["reason"])) == (0, {"no verdict"})
    result = county(rulings=tmp_path / "queue.csv")
    assert (result.rejected.height, result.installations["official"].any()) == (0, False)
    assert [notice["code"] for notice in result.manifest["notices"]] == ["RULING_UNFILLED"]


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a\nb", "\t=1"])
def test_no_cell_of_the_csv_is_a_formula_or_a_line_of_its_own(hostile: str) -> None:
    result = judged((hostile, OFFICE))
    text = queue_csv(groups(result)).decode("utf-8-sig")
    [_, row] = text.splitlines()
    for cell in row.split(","):
        assert not cell.lstrip('" ').startswith(("=", "+", "-", "@"))


def test_a_device_that_looks_like_a_formula_can_be_ruled_on_through_the_queue(tmp_path: Path) -> None:
    listed = groups(judged(("=1+1", OFFICE))).with_columns(
        ruling_id=pl.lit("R"), verdict=pl.lit("genuine_oem"), ruled_by=pl.lit("局"), document_no=pl.lit("1"), ruled_on=pl.lit("2026-10-01"),
        rule_id=pl.lit(None, pl.String),
    )  # fmt: skip
    (tmp_path / "queue.csv").write_bytes(queue_csv(listed))
    result = judged(("=1+1", OFFICE), rulings=tmp_path / "queue.csv")
    assert result.installations.select("verdict", "official").rows() == [("genuine_oem", True)]
