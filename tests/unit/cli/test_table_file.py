"""One table to a file by its ending: complete, harmless in a spreadsheet, the same bytes twice, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet
import pytest
import python_calamine

from licmatch import InputError, UsageError
from licmatch.cli import table_file
from licmatch.cli.table_file import check_target, write_table
from licmatch.match.stream import listed_texts
from licmatch.place import replacing

TABLE = pl.DataFrame(
    {
        "软件名称": ["Office 专业增强版", "=cmd|' /C calc'!A0", None, "http://example.org"],
        "score": [0.5, None, 1.0, float("inf")],
        "rows": [1, 2**60, None, 3],
        "yes": [True, False, None, True],
    }
)
READERS = {".parquet": pl.read_parquet, ".csv": pl.read_csv, ".jsonl": pl.read_ndjson}


@pytest.mark.parametrize("ending", READERS)
def test_what_is_written_reads_back_the_same(tmp_path: Path, ending: str):
    out = tmp_path / f"out{ending}"
    write_table(TABLE.filter(pl.col("score").is_null() | pl.col("score").is_finite()).lazy(), out)
    assert READERS[ending](out).equals(TABLE.filter(pl.col("score").is_null() | pl.col("score").is_finite()))
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


ANSWERS = pl.DataFrame(
    {"kind": ["a", None, "b"], "lm_status": ["unknown", "recognised", None], "lm_vendor": [None, None, None], "lm_score": [None, 0.5, 1.0]},
    schema={"kind": pl.Enum(["b", "a"]), "lm_status": pl.String, "lm_vendor": pl.String, "lm_score": pl.Float64},
)


@pytest.mark.parametrize("obeyed", [True, False], ids=["types told", "types not taken"])
def test_listed_answers_are_texts_in_a_file_and_other_columns_stay_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obeyed: bool
):
    sink = pl.LazyFrame.sink_parquet
    if not obeyed:
        # A polars that does not let its own types be replaced.
        monkeypatch.setattr(pl.LazyFrame, "sink_parquet", lambda frame, *given, metadata=None, **rest: sink(frame, *given, **rest))
    write_table(listed_texts(ANSWERS).with_columns(ANSWERS["kind"]).lazy(), tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet").schema == ANSWERS.schema
    assert pl.read_parquet(tmp_path / "out.parquet").equals(ANSWERS)
    assert pyarrow.parquet.read_schema(tmp_path / "out.parquet").field("lm_status").type == pyarrow.large_string()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".xlsx"])
def test_listed_answers_are_written_as_texts_are(tmp_path: Path, ending: str):
    write_table(ANSWERS.lazy(), tmp_path / f"texts{ending}")
    write_table(listed_texts(ANSWERS).lazy(), tmp_path / f"listed{ending}")
    assert (tmp_path / f"texts{ending}").read_bytes() == (tmp_path / f"listed{ending}").read_bytes()


def test_a_workbook_holds_every_cell_and_runs_nothing(tmp_path: Path):
    out = tmp_path / "out.xlsx"
    write_table(TABLE.lazy(), out)
    rows = python_calamine.CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[0] == TABLE.columns
    assert rows[2][0] == "=cmd|' /C calc'!A0"
    assert rows[2][2] == str(2**60)
    assert rows[3] == ["", 1.0, "", ""]
    assert rows[4] == ["http://example.org", "inf", 3.0, True]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl", ".xlsx"])
def test_the_same_rows_are_the_same_bytes(tmp_path: Path, ending: str):
    for name in ("one", "two"):
        write_table(TABLE.lazy(), tmp_path / f"{name}{ending}")
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_too_many_rows_for_a_worksheet_is_said_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table_file, "SHEET_ROWS", 4)
    with pytest.raises(UsageError, match="4 rows do not fit into a worksheet, which holds 3"):
        write_table(TABLE.lazy(), tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_too_long_for_a_workbook_is_not_dropped(tmp_path: Path):
    with pytest.raises(InputError, match="32767"):
        write_table(pl.LazyFrame({"name": ["x" * 32_768]}), tmp_path / "out.xlsx")


def test_lists_need_a_format_that_holds_them(tmp_path: Path):
    with pytest.raises(InputError, match=r"column 'tags' holds lists"):
        write_table(pl.LazyFrame({"tags": [["a"]]}), tmp_path / "out.csv")


@pytest.mark.parametrize("name", ["out.txt", "out", "out.parquet.gz"])
def test_an_ending_that_names_no_format_is_refused(tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="ending"):
        check_target(tmp_path / name)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="does not exist"):
        check_target(tmp_path / "nowhere" / "out.csv")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    out = tmp_path / "out.csv"
    out.write_text("old")

    def stop_halfway() -> None:
        with replacing(out) as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_halfway()
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_damaged_source_is_an_input_error(tmp_path: Path):
    damaged = tmp_path / "in.parquet"
    pl.DataFrame({"name": ["a" * 100] * 1000}).write_parquet(damaged, compression="uncompressed", statistics=False)
    raw = bytearray(damaged.read_bytes())
    raw[4:60] = b"\xff" * 56
    damaged.write_bytes(bytes(raw))
    with pytest.raises(InputError, match="could not be read to its end"):
        write_table(pl.scan_parquet(damaged), tmp_path / "out.csv")
