from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.unit.assess.cases import devices, finding, installed, inventory, judged
from tests.unit.assess.small_engine import SmallEngine

from licmatch.assess import gather, judged_day
from licmatch.errors import InputError, ResultError, UsageError
from licmatch.ingest.records import InputFile, Inventory
from licmatch.pipeline import assess
from licmatch.schema import FRAMES, REJECTED, empty


def test_blank_rows_are_rejected_with_their_line_and_kept_as_they_were() -> None:
    result = judged(("a", "Foo"), (None, "Foo"), ("a", " "), ("b", None), (" ", "Bar"))
    assert result.rejected.select("line", "reason").rows() == [(2, "no device"), (3, "no name"), (4, "no name"), (5, "no device")]
    assert result.rejected["raw"][3] == b" \tBar\t\t"
    assert result.manifest["totals"] | {"rows_in": 5, "unknown": 1, "rejected": 4} == result.manifest["totals"]


def test_an_arrow_table_and_a_lazy_frame_give_what_the_frame_gives() -> None:
    class Table:
        def __init__(self, frame: pl.DataFrame) -> None:
            self.frame = frame

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.frame.__arrow_c_stream__(requested_schema)

    frame = inventory(("a", "Windows 7"), ("a", "Foo"))
    results = [assess(given, as_of="2026-11-30", engine=SmallEngine()) for given in (frame, frame.lazy(), Table(frame))]
    assert all(result.findings.equals(results[0].findings) for result in results)


def test_other_objects_are_no_inventory() -> None:
    with pytest.raises(UsageError, match="dict"):
        gather({"device_id": ["a"]})


def test_a_frame_without_a_device_column_is_refused() -> None:
    with pytest.raises(InputError, match="device_id"):
        gather(pl.DataFrame({"name": ["x"]}))


@pytest.mark.parametrize("names", [[1, 2], [1.5, None], [date(2026, 1, 1)], [True], [datetime(2026, 1, 1)]])
def test_names_that_are_no_texts_are_refused(names: list[object]) -> None:
    frame = pl.DataFrame({"device_id": ["a"] * len(names), "name": names}, strict=False)
    with pytest.raises(UsageError, match=r"column 'name' holds .* not names of software"):
        gather(frame)
    assert gather(frame.with_columns(name=pl.lit("Foo").cast(pl.Categorical))).software.collect().height == len(names)
    assert gather(frame.with_columns(name=pl.lit(None))).rejected.height == len(names)


def test_a_side_frame_without_its_required_column_is_refused() -> None:
    with pytest.raises(InputError, match="units frame"):
        gather(inventory(("a", "x")), side={"units": pl.DataFrame({"unit_id": ["u"]})})


def test_rows_of_side_frames_without_an_id_are_rejected_apart() -> None:
    case = gather(inventory(("a", "x")), side={"devices": pl.DataFrame({"device_id": ["a", None, " "]})})
    assert (case.devices.height, case.rejected.height, case.side_rejected["line"].to_list()) == (1, 0, [2, 3])


def test_the_day_is_the_newest_collected_at_when_none_is_given() -> None:
    case = gather(
        inventory(("a", "x")),
        side={"devices": pl.DataFrame({"device_id": ["a", "b"], "collected_at": ["2026-03-01T08:00:00", "2026-04-02"]})},
    )
    assert judged_day(None, case) == date(2026, 4, 2)
    assert judged_day("2025-01-31", case) == date(2025, 1, 31)


def test_without_any_day_the_usage_error_says_so() -> None:
    with pytest.raises(UsageError, match="--as-of"):
        judged(("a", "x"), as_of=None)


def test_a_day_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"31\.11"):
        judged(("a", "x"), as_of="31.11.2026")


def software(*rows: tuple[str, str]) -> pl.LazyFrame:
    """Rows as a reader hands them over: with a publisher and a version column, both empty."""
    return inventory(*rows).with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in ("publisher", "version")).lazy()


def test_what_a_side_frame_says_goes_before_the_inventory() -> None:
    nothing = {kind: empty(FRAMES[kind]) for kind in ("units", "activations", "traces")}
    found = Inventory(
        software=software(("a", "Foo")),
        devices=pl.concat([empty(FRAMES["devices"]), devices({"device_id": "a", "os_name": "Windows 7", "hostname": "h"})], how="diagonal"),
        rejected=empty(REJECTED), files=(), notices=(), **nothing,
    )  # fmt: skip
    result = assess(found, devices=devices({"device_id": "a", "os_name": "Windows 10 Pro"}), as_of="2026-11-30", engine=SmallEngine())
    assert result.devices.select("os_name", "hostname").row(0) == ("Windows 10 Pro", "h")


def test_rows_a_reader_lost_stop_the_run() -> None:
    nothing = {kind: empty(FRAMES[kind]) for kind in ("devices", "units", "activations", "traces")}
    software = inventory(("a", "Foo")).with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in ("publisher", "version")).lazy()
    lost = Inventory(
        software=software, rejected=empty(REJECTED), files=(InputFile("f.csv", "csv", "utf-8", "0", 9, 2),), notices=(), **nothing
    )
    with pytest.raises(ResultError, match="2 rows were read, but 1 were matched"):
        assess(lost, as_of="2026-11-30", engine=SmallEngine())


def test_facts_that_hold_no_longer_and_lots_nobody_recognises_are_said() -> None:
    lots = pl.DataFrame({"entitlement_id": ["e"], "unit_id": ["u"], "product": ["无名软件"], "metric": ["device"], "quantity": [1]})
    owner = {"kms_hosts": [{"host": "kms.example.gov.cn", "until": date(2026, 1, 1)}]}
    result = judged(("a", "Foo"), entitlements=lots, organisation=owner)
    assert [(notice["code"], notice["file"], notice["detail"]) for notice in result.manifest["notices"]] == [
        ("ENTITLEMENT_NOT_RECOGNISED", "entitlements", "无名软件"),
        ("OWNER_FACT_EXPIRED", "organisation", "kms_hosts[1]"),
    ]


def test_files_are_read_by_the_readers(tmp_path: Path) -> None:
    path = tmp_path / "software.csv"
    path.write_text("device_id,name,publisher,version\nPC-1,Windows 7,Microsoft,6.1\nPC-1,Foo,,\n,,,\nPC-2,,x,\n", encoding="utf-8")
    table = tmp_path / "devices.csv"
    table.write_text("device_id,unit_id,collected_at\nPC-1,u,2026-05-06\n", encoding="utf-8")
    result = assess([path], devices=table, engine=SmallEngine())
    totals = result.manifest["totals"]
    assert (totals["recognised"], totals["unknown"], totals["devices"]) == (1, 1, 1)
    assert totals["rows_in"] == 2 + totals["rejected"]
    assert result.manifest["as_of"] == "2026-05-06"
    assert result.manifest["inputs"][0]["rows"] == totals["rows_in"]


def test_evidence_names_the_file_and_the_line_it_stands_on(tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("device_id,name\nPC-1,Foo\nPC-1,KMSpico\n", encoding="utf-8")
    two.write_text("device_id,name\n,\nPC-1,Windows 7\nPC-1,某某杀毒\n", encoding="utf-8")
    result = assess([tmp_path], as_of="2026-11-30", engine=SmallEngine())
    [system] = installed(result, "PC-1", "os")
    assert [(piece["kind"], piece["source"], piece["row"]) for piece in system["evidence"]] == [
        ("signature", str(one), 3),
        ("installed_program", str(two), 3),
        ("end_of_support", "rules", None),
    ]
    assert [(piece["source"], piece["row"]) for piece in finding(result, "PC-1", "antivirus")["evidence"]] == [(str(two), 4)]
