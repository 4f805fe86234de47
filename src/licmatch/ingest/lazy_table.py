"""Plain tables too large to hold: Parquet and big CSV files stay scans, checked once and never loaded whole."""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from licmatch.errors import InputError, Location
from licmatch.ingest.canonical import says_nothing, software_columns
from licmatch.ingest.consoles import console_of
from licmatch.ingest.document import refuse_endless
from licmatch.ingest.encoding import CHUNK, can_decode, decide_encoding
from licmatch.ingest.gather import ABOUT_DEVICE, NO_DEVICE, NO_DEVICE_HERE, NO_NAME, Gather
from licmatch.ingest.grid import refuse_width
from licmatch.ingest.headers import counts_devices, counts_licences, find_columns, own_names, table_kind
from licmatch.ingest.numbered import TablePlaces
from licmatch.ingest.product_keys import without_keys
from licmatch.ingest.table_numbers import number_table
from licmatch.ingest.tidy_csv import tidy_csv
from licmatch.place import scratch_folder
from licmatch.schema import REJECTED

# From here on a CSV is scanned; below it the csv module reads it, which forgives more.
BIG_CSV = 32 << 20
UTF8 = ("utf-8", "utf-8-sig")
DELIMITERS = (",", "\t", ";", "|")
# A quote inside an unquoted cell: the scanner and people disagree on what it means.
STRAY_QUOTE = re.compile(rb'[^,;|\t\r\n"]"[^,;|\t\r\n"]')
REFUSED = "\0refused"
BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class BigTable:
    """A scan: `own` as the file has it, `frame` with String columns only; `first_line` is the line of the first record.

    A table that was written again is `lined`: its column `source_row` has the lines, `rejected` what was no record.
    """

    label: str
    format: str
    encoding: str
    frame: pl.LazyFrame
    own: pl.LazyFrame
    headers: list[str]
    first_line: int
    lined: bool = False
    rejected: pl.DataFrame | None = None
    undecodable: int = 0


def open_parquet(label: str, path: Path) -> BigTable:
    """Return the scan of a Parquet file. InputError when it is not one or holds columns that are no plain values."""
    try:
        schema = pl.read_parquet_schema(path)
        own = pl.scan_parquet(path)
        nested = [name for name, dtype in schema.items() if dtype.is_nested() or dtype in (pl.Binary, pl.Object)]
        frame = own.select((pl.exclude(nested) if nested else pl.all()).cast(pl.String, strict=False))
        frame.head(1).collect()
    except (PolarsError, OSError) as error:
        raise InputError(f"not a readable Parquet file: {_first_line(error)}", where=Location(label)) from error
    return BigTable(label, "parquet", "binary", frame, own, [name for name in schema if name not in nested], 1)


def open_big_csv(label: str, path: Path, fits: Callable[[Sequence[str]], bool] | None = None) -> BigTable | None:
    """Return the scan of a large CSV or TSV, or None when its beginning has no header that is known, or that `fits`.

    A file that is not UTF-8, or has title rows, stray quotes, blank lines or rows of another width, is written again to a
    temporary file first; the encoding is decided on all of its bytes.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        refuse_endless(data, label)
        encoding = decide_encoding(data)
        clean = encoding in UTF8 and can_decode(data, encoding)
    text, undecodable = (path, 0) if clean else _transcoded(path, encoding)
    table = _scan_plain(label, text, encoding, fits) or (_scan_tidied(label, path, encoding) if fits is None else None)
    return table if table is None or not undecodable else replace(table, undecodable=undecodable)


def _scan_plain(label: str, path: Path, encoding: str, fits: Callable[[Sequence[str]], bool] | None) -> BigTable | None:
    """Return the scan of a UTF-8 table if the scanner reads it the way the csv module would, else None."""
    if path.stat().st_size == 0:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        # A lone carriage return or a blank line would shift line numbers; the csv module keeps count of them.
        if STRAY_QUOTE.search(data) or BLANK_LINE.search(data):
            return None
        quoted = data.find(b'"') >= 0
        physical = _line_count(data)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        line = lines.readline(1 << 16)
    for delimiter in DELIMITERS:
        headers = next(csv.reader([line], delimiter=delimiter), [])
        refuse_width(len(headers), label)
        known = len(headers) > 1 and len(set(headers)) == len(headers) and all(headers)
        if known and (fits(headers) if fits is not None else table_kind(headers) is not None):
            break
    else:
        return None
    frame = pl.scan_csv(path, separator=delimiter, infer_schema=False)
    try:
        if frame.collect_schema().names() != headers:
            return None
        # Reads every cell once, so that no later query can fail on this file.
        cells = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0))
        rows, breaks = frame.select(pl.len(), cells.sum().alias("breaks")).collect(engine="streaming").row(0)
    except PolarsError:
        return None
    if rows + breaks + 1 != physical or (quoted and breaks and rows + 1 != _record_count(path, delimiter)):
        return None
    return BigTable(label, "csv" if delimiter != "\t" else "tsv", encoding, frame, frame, headers, 2)


def _scan_tidied(label: str, path: Path, encoding: str) -> BigTable | None:
    tidy = tidy_csv(label, path, encoding)
    if tidy is None:
        return None
    frame = pl.scan_csv(tidy.path, infer_schema=False)
    # As the scanner spells them: a header with quotes or line breaks in it may come out otherwise than it went in.
    headers = frame.collect_schema().names()[1:]
    if len(headers) != len(tidy.headers):
        return None
    return BigTable(label, "csv", encoding, frame, frame, headers, 2, lined=True, rejected=tidy.rejected)


def _line_count(data: mmap.mmap) -> int:
    ends = 0
    for start in range(0, len(data), CHUNK):
        ends += data[start : start + CHUNK].count(b"\n")
    return ends + (data[-1:] != b"\n")


def _record_count(path: Path, delimiter: str) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=delimiter))


def _transcoded(path: Path, encoding: str) -> tuple[Path, int]:
    """Return the file as UTF-8 and how many characters could not be decoded."""
    lost = 0
    target = scratch_folder() / "table.csv"
    with path.open(encoding=encoding, errors="replace", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
        while text := source.read(CHUNK):
            file.write(text)
            lost += text.count("\ufffd")
    return target, lost


def read_big_table(gather: Gather, table: BigTable, columns: Mapping[str, str], *, reserved: Container[str] = ()) -> str | None:
    """Put a large software table into the inventory without loading it; returns as what format, None when it is no software table.

    With `reserved`, `columns` are all there are, and no column of the file's own may have one of these names.
    InputError when the rows are counts over devices instead of installations.
    """
    console = None if columns or reserved else console_of(table.headers)
    if console is not None:
        found = console.find(table.headers)
        console.check_scan(table.label, table.headers)
        table = replace(table, frame=table.frame.with_columns(console.readable(table.frame, table.headers)))
    else:
        found = dict(columns) if reserved else find_columns("software", table.headers) | dict(columns)
    if console is None and ("name" not in found or (not columns and table_kind(table.headers) != "software")):
        return None
    read_as = table.format if console is None or table.format == "parquet" else console.id
    refuse_counts(table.label, table.headers, found)
    renames = own_names(table.headers, found, reserved)
    fallback, how = gather.device_of_file(table.label)
    if reserved and not gather.ignores_content:
        # Whoever said which column names the computer did not mean the file to, where that column is empty.
        fallback = None
    label = table.label
    lined = table.frame
    if not table.lined:
        # A `source_row` of the file's own, as an earlier run wrote it, gives way to the lines of this file.
        others = [header for header in table.headers if header != "source_row"]
        lined = table.frame.select(others).with_row_index("source_row", table.first_line)
    if console is not None and console.refused:
        lined = lined.with_columns(console.refusal(table.headers).alias(REFUSED))
        refused = [REFUSED]
    else:
        refused = []
    cells = lined.rename({header: name for header, name in renames.items() if header != "source_row"})
    naming = [] if gather.ignores_content else [column for column in ("device_id", "hostname") if column in found]
    own = [
        name for name in (renames[header] for header in table.headers) if name not in ("device_id", "source", "source_file", "source_row")
    ]
    wanted = pl.col(REFUSED).is_null() if refused else pl.lit(True)
    dropped = cells.filter(~wanted).select(pl.len()).collect(engine="streaming").item() if refused else 0
    # Rows that are left out shift those behind them: then a number no longer tells where its row stands.
    stands = None if table.lined or refused else TablePlaces(label, table.first_line)
    about = [column for column in ABOUT_DEVICE if column in own]
    kept = cells.filter(wanted) if refused else cells
    seen = number_table(kept, naming, fallback, about, stands=stands, spool=gather.numbers_in)
    if seen.named:
        fallback = None
    named = [_said(column) for column in naming]
    device = pl.coalesce(*named, pl.lit(fallback, dtype=pl.String()))
    said = pl.coalesce(*named).is_not_null() if named else pl.lit(False)
    origin = table.format if console is None else console.id
    source = pl.when(said).then(pl.lit(f"{origin};device=content")).otherwise(pl.lit(f"{origin};device={how}"))
    prepared = cells.select(
        device.alias("device_id"), *own, source.alias("source"), pl.lit(label).alias("source_file"), pl.col("source_row").cast(pl.Int64),
        *refused,
    )  # fmt: skip
    present = [name for name in prepared.collect_schema().names() if name != REFUSED]
    no_name, no_device = says_nothing(pl.col("name")), pl.col("device_id").is_null()
    usable = prepared if seen.rows == seen.usable and not dropped else prepared.filter(wanted & ~(no_name | no_device))
    gather.table(usable.select(software_columns(present)), seen.usable, seen.numbered)
    if seen.lost >= 3:
        gather.notice("LOSSY_ENCODING", label, seen.lost)
    if table.undecodable:
        gather.notice("UNDECODABLE", label, table.undecodable, table.encoding)
    if seen.guids:
        gather.notice("GUID_NAME", label, seen.guids)
    if table.rejected is not None and table.rejected.height:
        gather.reject_frame(table.rejected)
    if seen.rows > seen.usable or dropped:
        gather.reject_frame(_rejected(prepared, table, no_name, no_device, NO_DEVICE_HERE if seen.named else NO_DEVICE))
    if console is not None and console.coverage:
        gather.notice("PARTIAL_COVERAGE", label, seen.rows, console.coverage)
    gather.device_table(seen.devices, label, whole=console is None or not console.coverage)
    return read_as


def refuse_counts(label: str, headers: list[str], found: Mapping[str, str]) -> None:
    """Raise InputError when a table counts devices or licences instead of naming devices."""
    if {"device_id", "hostname"} & found.keys():
        return
    if counts_licences(headers):
        raise InputError(
            "the table lists licences, not installed programs",
            where=Location(label),
            hint="give it to `licmatch assess` with --entitlements",
        )
    if counts_devices(headers):
        raise InputError(
            "AGGREGATE_ONLY: the table counts devices per program and names none, so it is not a scan",
            where=Location(label),
            hint="export the per-device report instead",
        )


def _said(column: str) -> pl.Expr:
    return pl.when(says_nothing(pl.col(column))).then(None).otherwise(pl.col(column).str.strip_chars())


def _rejected(prepared: pl.LazyFrame, table: BigTable, no_name: pl.Expr, no_device: pl.Expr, why: str) -> pl.DataFrame:
    line = pl.col("source_row")
    present = prepared.collect_schema().names()
    own = [name for name in present if name not in ("source_file", "source_row", "source", REFUSED)]
    if table.format != "parquet" and not table.lined:
        # A cell with line breaks pushes all later records down.
        breaks = pl.sum_horizontal(pl.col(own).str.count_matches("\n", literal=True).fill_null(0)).cast(pl.Int64)
        prepared = prepared.with_columns((line + breaks.cum_sum() - breaks).alias("source_row"))
    refused = pl.col(REFUSED) if REFUSED in present else pl.lit(None, dtype=pl.String)
    reason = pl.when(refused.is_not_null()).then(refused).when(no_name).then(pl.lit(NO_NAME)).otherwise(pl.lit(why))
    kept = without_keys(pl.struct(own).struct.json_encode()).cast(pl.Binary)
    frame = prepared.filter(refused.is_not_null() | no_name | no_device).select(
        pl.col("source_file").alias("file"), line.alias("line"), reason.alias("reason"), kept.alias("raw")
    )
    return frame.collect(engine="streaming").sort("line").cast(dict(REJECTED))  # type: ignore[arg-type]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
