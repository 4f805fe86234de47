"""Any canonical frame from a plain table with its headers, Chinese or English: devices, units, rulings and the rest."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.document import Document
from licmatch.ingest.grid import Grid, is_summary
from licmatch.ingest.headers import find_columns
from licmatch.ingest.sources import Source
from licmatch.ingest.values import known, last_five
from licmatch.schema import FRAMES, REJECTED, REQUIRED

TRUE = ("true", "yes", "1", "是", "y")
FALSE = ("false", "no", "0", "否", "n")
# "not known" is a value of its own here, not a placeholder.
WORDS_KEPT = frozenset({"in_use"})
YES_NO = {
    "是": "yes",
    "否": "no",
    "在用": "yes",
    "停用": "no",
    "报废": "no",
    "闲置": "no",
    "true": "yes",
    "false": "no",
    "1": "yes",
    "0": "no",
    "y": "yes",
    "n": "no",
    "yes": "yes",
    "no": "no",
    "未知": "unknown",
    "不详": "unknown",
    "unknown": "unknown",
}
KINDS = {
    "台式机": "desktop",
    "台式": "desktop",
    "便携机": "laptop",
    "笔记本": "laptop",
    "笔记本电脑": "laptop",
    "服务器": "server",
    "虚拟机": "vm",
    "其他": "other",
}
TIERS = {
    "省": "province",
    "省级": "province",
    "市": "city",
    "市级": "city",
    "地市": "city",
    "县": "county",
    "县级": "county",
    "区": "county",
    "区县": "county",
    "功能区": "zone",
    "开发区": "zone",
    "乡镇": "township",
    "乡级": "township",
    "镇": "township",
    "部门": "department",
    "单位": "department",
    "其他": "other",
}
METRICS = {
    "台": "device",
    "按台": "device",
    "设备": "device",
    "许可授权": "device",
    "用户": "user",
    "按用户": "user",
    "场地授权": "site",
    "场地": "site",
    "场地许可": "site",
    "oem": "oem",
    "预装": "oem",
    "oem预装": "oem",
    "并发": "concurrent",
    "不限": "unlimited",
    "无限制": "unlimited",
}
WORDS = {"in_use": YES_NO, "kind": KINDS, "tier": TIERS, "metric": METRICS}


def read_frame(kind: str, path: str | Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected): a canonical frame read from a plain table, columns and dtypes as in `schema.FRAMES`.

    CSV, TSV, XLSX, JSON Lines and Parquet; headers in Chinese or English. Rows that lack a required value are in
    `rejected` with their line. InputError when the file or a required column is missing.
    """
    from licmatch.ingest.lazy_table import open_parquet
    from licmatch.ingest.readers.table import table_grid

    if kind not in FRAMES:
        raise UsageError(f"no frame is called {kind!r}", hint="one of " + ", ".join(FRAMES))
    file = Path(path)
    if not file.is_file():
        raise InputError("no such file", where=Location(str(path)))
    source = Source(file.as_posix(), file)
    if source.head(4) == b"PAR1":
        table = open_parquet(source.label, file)
        frame = table.frame.collect()
        rows = [["" if cell is None else cell for cell in row] for row in frame.rows()]
        grids = [Grid(table.headers, rows, list(range(1, len(rows) + 1)), lambda place: "\t".join(rows[place]).encode(), [])]
    else:
        grids = table_grid(Document.open(source), kind=kind)
    if not grids:
        raise InputError(
            f"no header of a table of {kind} was found", where=Location(source.label), hint="it needs " + ", ".join(REQUIRED[kind])
        )
    read = [canonical_frame(kind, grid, source.label) for grid in grids]
    return pl.concat([frame for frame, _ in read]), pl.concat([rejected for _, rejected in read])


def canonical_frame(kind: str, grid: Grid, label: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected) of one grid. InputError names the required columns that are missing."""
    schema, found = FRAMES[kind], find_columns(kind, grid.headers)
    host = found.get("hostname") if "device_id" in schema and "device_id" not in found else None
    missing = [column for column in REQUIRED[kind] if column not in found and not (column == "device_id" and host)]
    if missing:
        raise InputError(
            f"the table of {kind} lacks {', '.join(missing)}", where=Location(label), hint="its headers are " + ", ".join(grid.headers[:20])
        )
    cells = {column: grid.column(header) for column, header in found.items() if column in schema}
    if host:
        cells["device_id"] = grid.column(host)
    text = pl.DataFrame({**cells, "_line": grid.lines}, schema={**dict.fromkeys(cells, pl.String()), "_line": pl.Int64()})
    frame = text.select(
        *(_value(column, dtype) if column in cells else pl.lit(None, dtype=dtype).alias(column) for column, dtype in schema.items())
    )
    if "partial_product_key" in cells:
        frame = frame.with_columns(
            pl.Series("partial_product_key", [last_five(key) for key in frame["partial_product_key"].to_list()], pl.String())
        )
    unusable: dict[int, str] = {place: "total or signature row" for place, row in enumerate(grid.rows) if is_summary(row)}
    for column in REQUIRED[kind]:
        for place in frame.with_row_index("_at").filter(pl.col(column).is_null())["_at"].to_list():
            unusable.setdefault(place, f"no {column}")
    refused = sorted(unusable)
    rejected = pl.DataFrame(
        [(label, grid.lines[place], unusable[place], grid.raw(place)) for place in refused], schema=REJECTED, orient="row"
    )
    return frame.with_row_index("_at").filter(~pl.col("_at").is_in(refused)).drop("_at"), rejected


def _value(column: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(column).str.strip_chars() if column in WORDS_KEPT else known(pl.col(column))
    if dtype == pl.Int64:
        return text.str.replace_all("[,,]", "").str.extract(r"^(-?\d+)(?:\.0+)?\s*\D*$").cast(pl.Int64, strict=False).alias(column)
    if dtype == pl.Boolean:
        low = text.str.to_lowercase()
        return pl.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False).otherwise(None).alias(column)
    if column in WORDS:
        words = {word: word for word in WORDS[column].values()} | WORDS[column]
        return (
            text.str.to_lowercase()
            .replace_strict(words, default=pl.when(text == "").then(None).otherwise(text), return_dtype=pl.String())
            .alias(column)
        )
    if column.endswith(("_on", "_at")) or column in ("valid_from", "valid_to", "maintenance_to"):
        from licmatch.ingest.values import iso_date

        return iso_date(pl.col(column)).alias(column)
    return text.alias(column)
