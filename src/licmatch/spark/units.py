"""Matched rows counted for units and every unit above them, on the cluster and in whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from pyspark.sql import functions as F

from licmatch.assess.case import side_frame
from licmatch.rollup import place_devices
from licmatch.spark.columns import text_of
from licmatch.spark.counting import MATCHED, UNITS
from licmatch.spark.frames import taken, to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def roll_up(matched: DataFrame, *, devices: object, units: object = None, device_id: str = "device_id") -> DataFrame:
    """Return unit_id, devices, rows, recognised, ambiguous, unknown, at_risk (all bigint) of every unit with all units below it.

    `matched`: what `match` returned. `devices` (device_id, unit_id) and `units` (unit_id, parent_id, name) as `licmatch.assess` takes
    them, or Spark frames. `at_risk` are rows whose name bears a signature of unlicensed use. Every row counts once on every level; rows
    of a device that the table does not list count for the unit `(unassigned)`. Raises InputError where the units do not make a tree.
    """
    spark = matched.sparkSession
    listed, _ = side_frame("devices", taken(devices))
    table, _ = side_frame("units", taken(units))
    # Of several rows of one device the first that says something holds, as everywhere.
    once = listed.group_by("device_id", maintain_order=True).agg(pl.col("unit_id").drop_nulls().first())
    counts = spark.sql(MATCHED, matched=matched.withColumn("device_id", text_of(matched, device_id)))
    known = to_spark(spark, once.select("device_id"))
    strangers = counts.where(F.col("device_id").isNotNull()).join(known, "device_id", "left_anti").select("device_id")
    found = pl.DataFrame({"device_id": pl.from_arrow(strangers.toArrow()).to_series()}, schema={"device_id": pl.String})  # type: ignore[union-attr]
    every = pl.concat([once, found.with_columns(unit_id=pl.lit(None, pl.String))]).sort("device_id")
    placed = place_devices(table, every)
    return spark.sql(
        UNITS, devices=to_spark(spark, placed.device_units), counts=counts, ancestors=to_spark(spark, placed.tree.ancestors)
    )  # fmt: skip
