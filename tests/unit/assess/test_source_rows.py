"""Where evidence stands in the files: the same whether the lines of one table are counted or looked up in its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from licmatch.assess.case import gather
from licmatch.assess.source_rows import ListedRows, TableRows, find_sources
from licmatch.ingest.numbered import NumberedRows

ROWS = {
    "device_id": ["A", "A", "C", "B", "B", "A"],
    "name": ["Word", "", "WPS", "WinRAR", "WPS", "Excel"],
    "install_date": ["20250304", None, "2025-01-01", "soon", "2024-12-31", "2025-03-05"],
}
PIECES = pl.DataFrame(
    {"at": [0, 0, 1, 2, 3], "source": ["software", "software", "devices", "software", "software"],
     "row": [3, 0, 1, 2, None], "text": ["a", "b", "c", "d", "e"]},
    schema={"at": pl.UInt32, "source": pl.String, "row": pl.Int64, "text": pl.String},
)  # fmt: skip


@pytest.fixture(params=[True, False], ids=["dated", "undated"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "soft.parquet"
    pl.DataFrame(ROWS).select(pl.all() if request.param else pl.exclude("install_date")).write_parquet(path)
    return path


def test_a_counted_table_tells_of_its_rows_what_its_rows_say(table: Path) -> None:
    case = gather(str(table))
    assert isinstance(case.rows, NumberedRows)
    rows = pl.Series([0, 1, 2, 3])
    counted, listed = find_sources(case.software, case.rows, rows), find_sources(case.software, replace(case.rows, places=None), rows)
    assert isinstance(counted, TableRows)
    assert isinstance(listed, ListedRows)
    asked = pl.Series([3, None, 0, 1, 2, 3], dtype=pl.Int64)
    assert counted.told(asked).equals(listed.told(asked))
    assert counted.said_on(PIECES).equals(listed.said_on(PIECES))
    assert counted.dates(PIECES).sort("at").equals(listed.dates(PIECES).sort("at"))


def test_lines_are_those_of_the_file_whatever_rows_are_left_out(table: Path) -> None:
    case = gather(str(table))
    said = find_sources(case.software, case.rows, pl.Series([0])).said_on(PIECES)
    assert said.rows() == [
        (0, str(table), 5, "a"), (0, str(table), 1, "b"), (1, "devices", 1, "c"), (2, str(table), 4, "d"), (3, "software", None, "e")
    ]  # fmt: skip


def test_the_earliest_day_of_a_copy_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "soft.parquet"
    pl.DataFrame(ROWS).write_parquet(path)
    case = gather(str(path))
    dates = find_sources(case.software, case.rows, pl.Series([0])).dates(PIECES).sort("at")
    assert dates["installed_on"].to_list() == [date(2024, 12, 31), None, None, None]
    assert dates["name"].to_list() == ["a", "c", "d", "e"]


def test_rows_of_frames_have_no_file_and_keep_their_number() -> None:
    case = gather(pl.DataFrame(ROWS))
    sources = find_sources(case.software, case.rows, pl.Series([0, 1, 2, 3]))
    assert sources.said_on(PIECES).equals(PIECES)


def test_rows_that_are_not_listed_stay_as_they_are() -> None:
    frame = pl.DataFrame({"row": [5, 1 << 40], "source_file": ["x", "y"], "source_row": [50, 51], "install_date": [None, "2025-01-01"]})
    told = ListedRows(frame.cast({"install_date": pl.String})).told(pl.Series([1 << 40, 7, None, 5, 1 << 41], dtype=pl.Int64))
    assert told["source_row"].to_list() == [51, None, None, 50, None]
    assert ListedRows(frame.clear()).told(pl.Series([0, None], dtype=pl.Int64))["source_file"].to_list() == [None, None]
