"""Rows as numbers: the same counts as by texts, whatever stands in the cells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from licmatch.assess.names import Names
from licmatch.assess.occurrences import count_occurrences
from licmatch.errors import InputError
from licmatch.ingest import numbered as numbering
from licmatch.ingest.numbered import NumberedRows, number_rows
from licmatch.schema import NAME_KEY

ROWS = pl.DataFrame(
    [
        ("PC-2", "WPS Office", "Kingsoft", "11", "2020-01-02"),
        ("PC-1", "WPS Office", None, "11", "some day in March"),
        ("PC-1", "WPS Office", "Kingsoft", "11", None),
        ("PC-1", "WPS Office", "Kingsoft", "11", "2020-01-02"),
        ("PC-2", "7-Zip", None, None, "zzz"),
    ],
    schema=["device_id", *NAME_KEY, "install_date"],
    orient="row",
)


def test_names_devices_and_days_are_the_distinct_texts() -> None:
    rows = number_rows(ROWS.lazy())
    expected = ROWS.group_by(NAME_KEY).agg(rows=pl.len().cast(pl.Int64)).sort(NAME_KEY)
    assert rows.names.select(*NAME_KEY, "rows").sort(NAME_KEY).equals(expected)
    assert sorted(rows.devices["device_id"]) == ["PC-1", "PC-2"]
    assert rows.days["day"].drop_nulls().to_list() == [date(2020, 1, 2)]


def test_a_day_that_is_none_counts_as_not_said() -> None:
    rows = number_rows(ROWS.lazy())
    listed = rows.names.select(*NAME_KEY).sort(NAME_KEY).with_row_index("match")
    names = Names(listed.with_columns(needed=pl.lit(True), lm_status=pl.lit("unknown"), lm_role=pl.lit(None, pl.String)))
    found = count_occurrences(
        rows, names, pl.DataFrame({"device_id": ["PC-1", "PC-2"], "device": [0, 1]}, schema_overrides={"device": pl.UInt32})
    )
    assert found.days.sort("device", "day").rows() == [(0, None, 2), (0, date(2020, 1, 2), 1), (1, None, 1), (1, date(2020, 1, 2), 1)]
    assert found.pairs.sort("row")["row"].to_list() == [0, 1, 2, 4]


def test_software_without_days_or_makers_is_numbered_too() -> None:
    rows = number_rows(ROWS.lazy().select("device_id", "name"))
    assert (rows.dated, rows.days.height, rows.names["publisher"].null_count()) == (False, 0, 2)


@pytest.mark.parametrize("limited", [False, True])
def test_more_rows_than_can_be_numbered_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limited: bool) -> None:
    spool = tmp_path if limited else None
    monkeypatch.setattr(numbering, "MOST_ROWS", ROWS.height)
    assert number_rows(ROWS.lazy(), spool).names["rows"].sum() == ROWS.height
    monkeypatch.setattr(numbering, "MOST_ROWS", ROWS.height - 1)
    with pytest.raises(InputError, match=r"more than 4 rows in one inventory\n.*licmatch merge"):
        number_rows(ROWS.lazy(), spool)


def test_more_texts_than_one_number_tells_apart_are_numbered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = number_rows(ROWS.lazy())
    monkeypatch.setattr(numbering, "_MOST", 8)  # no two columns fit
    parted = number_rows(ROWS.lazy())

    def read(rows: NumberedRows) -> list[tuple[object, ...]]:
        told = rows.frame.join(rows.names, on="name_number").join(rows.devices, on="device_number")
        return told.select("row", "device_id", *NAME_KEY, "rows").sort("row").rows()

    assert read(parted) == read(whole)
