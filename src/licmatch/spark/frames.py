"""Frames between the driver and the cluster, by Arrow and by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from licmatch.match.arrow import conformed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PLAIN = {pl.String: pa.string(), pl.Int64: pa.int64(), pl.Int32: pa.int32(), pl.UInt32: pa.int64(), pl.Boolean: pa.bool_()}


def to_spark(spark: SparkSession, frame: pl.DataFrame) -> DataFrame:
    """Return a polars frame as a Spark frame; unsigned numbers become wider signed ones."""
    schema = pa.schema([(name, _PLAIN[type(dtype)]) for name, dtype in frame.schema.items()])
    return spark.createDataFrame(conformed(frame.to_arrow(), schema))


def collected(frame: DataFrame) -> pl.DataFrame:
    """Return a Spark frame on the driver, by Arrow. It has to fit there, and into `spark.driver.maxResultSize`."""
    found = pl.from_arrow(frame.toArrow())
    assert isinstance(found, pl.DataFrame)
    return found


def taken(given: Any) -> object:
    """Return a Spark frame as a polars one; anything else as it is."""
    from pyspark.sql import DataFrame

    return collected(given) if isinstance(given, DataFrame) else given
