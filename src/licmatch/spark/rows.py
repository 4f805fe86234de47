"""An inventory on a cluster, counted there: names, devices, pairs and days come to the driver, rows do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from pyspark import StorageLevel
from pyspark.sql import functions as F
from pyspark.sql import types as T

from licmatch.assess.case import FRAME_FILE
from licmatch.assess.counted_rows import CountedRows
from licmatch.assess.names import Names
from licmatch.assess.occurrences import Occurrences, is_program
from licmatch.assess.source_rows import SOFTWARE, ListedRows, SourceRows
from licmatch.errors import InputError
from licmatch.match.engine import Engine
from licmatch.schema import NAME_KEY, REQUIRED, STATUSES
from licmatch.spark import counting
from licmatch.spark.columns import column_of, text_of
from licmatch.spark.frames import collected, to_spark
from licmatch.spark.matching import decided_names

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# What Unicode calls white space: a text of nothing else says nothing, as the readers see it.
_BLANK = r"(?U)\A\s*\z"
# Rows that cannot be used are evidence of their own and come to the driver; more than this is a wrong table.
MOST_REJECTED = 1_000_000
# A place to cite rows by: of the files they were read from, or of the whole table.
_PLACES = ("row", "source_file", "source_row")


class ClusterRows(CountedRows):
    """The rows of a Spark frame with device_id and name, and publisher, version, install_date, source_file, source_row where it has them.

    `row`: its column of whole numbers that tells rows apart, from 0. Evidence cites the first row of a device and name by it, or by
    source_file and source_row; where a frame has neither, evidence names device and program, and no row.
    """

    def __init__(self, frame: DataFrame, *, row: str | None = None, broadcast_names: int) -> None:
        missing = [name for name in REQUIRED["software"] if name not in frame.columns]
        if missing:
            raise InputError(f"the inventory frame has no column {missing[0]!r}", hint=f"it has: {', '.join(frame.columns[:20])}")
        self._broadcast_names = broadcast_names
        self._dated = "install_date" in frame.columns
        self._placed = row is not None
        there = {name: name if name in frame.columns else None for name in ("publisher", "version", "install_date", "source_file")}
        texts = {name: text_of(frame, column) for name, column in ({"device_id": "device_id", "name": "name"} | there).items()}
        numbers = {"row": _number_of(frame, row), "source_row": _number_of(frame, "source_row" if "source_row" in frame.columns else None)}
        every = frame.select(*(column.alias(name) for name, column in (texts | numbers).items()))
        usable = ~(_blank("device_id") | _blank("name"))
        self._rows = every.where(usable)
        self.rejected = self._rejected(every.where(~usable))
        self.names_kept = self._rows.groupBy(*NAME_KEY).agg(F.count(F.lit(1)).alias("rows")).persist(StorageLevel.MEMORY_AND_DISK)
        self.names = collected(self.names_kept)
        self.devices = collected(self._rows.select("device_id").distinct())
        self._sources: SourceRows | None = None

    def _rejected(self, bad: DataFrame) -> pl.DataFrame:
        found = collected(bad.select("device_id", *NAME_KEY, "row").limit(MOST_REJECTED + 1))
        if found.height > MOST_REJECTED:
            raise InputError(f"more than {MOST_REJECTED} rows have no name or no device", hint="are these the right columns?")
        nameless = pl.col("name").is_null() | (pl.col("name").str.strip_chars().str.len_bytes() == 0)
        return found.select(
            file=pl.lit(FRAME_FILE),
            line=pl.col("row") + 1,
            reason=pl.when(nameless).then(pl.lit("no name")).otherwise(pl.lit("no device")),
            raw=pl.concat_str(pl.col("device_id", *NAME_KEY).fill_null(""), separator="\t").cast(pl.Binary),
        ).sort("line", "raw")

    def occurrences(self, names: Names, devices: pl.DataFrame) -> Occurrences:
        """Return how the rows fall on devices and names, counted by Spark; see `CountedRows`."""
        spark = self._rows.sparkSession
        status = pl.col("lm_status").cast(pl.Enum(STATUSES)).to_physical().cast(pl.Int32)
        asked = pl.col("needed") | pl.col("beside_traces")
        told = names.frame.select("match", *NAME_KEY, needed=asked, status=status, program=is_program())
        listed = to_spark(spark, told)
        listed = F.broadcast(listed) if told.height <= self._broadcast_names else listed
        rows = self._rows.withColumn("day", F.substring("install_date", 1, 10))
        numbered = spark.sql(counting.NUMBERED, rows=rows, names=listed)
        pairs = spark.sql(counting.PAIRS, numbered=numbered).persist(StorageLevel.MEMORY_AND_DISK)
        number = devices.select("device_id", "device")
        try:
            by_status = collected(spark.sql(counting.ROWS, pairs=pairs)).join(number, on="device_id", how="left").drop("device_id")
            having = collected(spark.sql(counting.DEVICES, pairs=pairs))
        finally:
            pairs.unpersist()
        needed = told.filter("needed").select("match", *NAME_KEY)
        first = self._first_rows(needed).join(number, on="device_id", how="left").with_columns(pl.col("match").cast(pl.UInt32))
        self._sources = self._cited(first)
        return Occurrences(
            pairs=first.select("device", "match", "rows", "row"),
            rows=by_status.select("device", *STATUSES),
            devices=having.select(pl.col("match").cast(pl.UInt32), "devices"),
            days=self._days(numbered, number),
        )

    def _first_rows(self, needed: pl.DataFrame) -> pl.DataFrame:
        """Return device_id, match, rows and where the first row is, of names that judging needs; numbered where rows have no number."""
        listed = to_spark(self._rows.sparkSession, needed)
        listed = F.broadcast(listed.withColumnsRenamed({part: f"needed_{part}" for part in NAME_KEY}))
        met = [F.col(part).eqNullSafe(F.col(f"needed_{part}")) for part in NAME_KEY]
        place = F.min(F.struct(*_PLACES, "install_date")).alias("place")
        grouped = self._rows.join(listed, met).groupBy("device_id", "match").agg(F.count(F.lit(1)).alias("rows"), place)
        found = collected(grouped.select("device_id", "match", "rows", "place.*")).sort("device_id", "match")
        if not self._placed:
            return found.drop("row").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        if found["row"].null_count() or found["row"].is_duplicated().any():
            raise InputError("the column of row numbers does not tell rows apart", hint="give one without gaps, from 0, or none")
        return found

    def _cited(self, first: pl.DataFrame) -> SourceRows:
        # Numbers that were only given here mean nothing to a reader.
        unplaced = pl.lit(None, pl.String) if self._placed else pl.lit(SOFTWARE)
        return ListedRows(first.select("row", pl.coalesce("source_file", unplaced), "source_row", "install_date"))

    def _days(self, numbered: DataFrame, number: pl.DataFrame) -> pl.DataFrame:
        if not self._dated:
            listed = self.devices.join(number, on="device_id").select("device").sort("device")
            return listed.with_columns(day=pl.lit(None, pl.Date), programs=pl.lit(0, pl.UInt32))
        written = collected(numbered.sparkSession.sql(counting.DAYS, numbered=numbered)).join(number, on="device_id", how="left")
        # Days are read by the one reader there is; what is no day is none, whoever wrote it.
        day = pl.col("day").str.to_date("%Y-%m-%d", strict=False)
        return written.group_by("device", day).agg(pl.col("programs").sum().cast(pl.UInt32)).sort("device", "day")

    def sources(self) -> SourceRows:
        """Return where the first row of each pair came from; asked after `occurrences`."""
        assert self._sources is not None
        return self._sources


class ClusterDecisions:
    """Decides the names of rows on the workers, once; the few that only other tables give are decided on the driver."""

    def __init__(self, rows: ClusterRows) -> None:
        self._rows = rows

    def decide(self, engine: Engine, keys: pl.DataFrame) -> pl.DataFrame:
        """Return what the engine itself would answer."""
        told = collected(decided_names(self._rows.names_kept, engine))
        alone = keys.join(told.select(NAME_KEY), on=NAME_KEY, how="anti", nulls_equal=True)
        if alone.height:
            told = pl.concat([told, engine.remembering(None).decide(alone)])
        return keys.join(told, on=NAME_KEY, how="left", nulls_equal=True, maintain_order="left")


def _blank(name: str) -> Column:
    return F.col(name).isNull() | F.col(name).rlike(_BLANK)


def _number_of(frame: DataFrame, name: str | None) -> Column:
    if name is None:
        return F.lit(None).cast("bigint")
    column = column_of(frame, name)
    kind = frame.schema[name].dataType
    if not isinstance(kind, T.IntegralType):
        raise InputError(f"column '{name}' holds {kind.simpleString()}, not whole numbers")
    return column.cast("bigint")
