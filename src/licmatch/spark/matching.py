"""Matching on a cluster: the distinct names are decided on the workers, and joined back to the rows.

Rows are never sent to Python. Distinct names are found by Spark's hash aggregation over the three texts, which merges within each task
before anything is shuffled, and joined by null-safe equality of the texts themselves: no hash stands for a name, so no two names can be
taken for one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import StorageLevel
from pyspark.sql import functions as F

from licmatch.errors import UsageError
from licmatch.match.arrow import MAX_ROWS, OUT_SCHEMA
from licmatch.match.engine import Engine
from licmatch.schema import MATCH_COLUMNS, NAME_KEY
from licmatch.spark.columns import refuse_columns, text_of
from licmatch.spark.schema import ddl
from licmatch.spark.shipping import ship
from licmatch.spark.worker import decide_partition

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Distinct names up to which the answers are sent to every executor whole: some 300 bytes each there.
BROADCAST_NAMES = 2_000_000
_KEYS = tuple(f"lm_key_{part}" for part in NAME_KEY)
_CODE, _ANSWER, _SALT = "lm_key_code", "lm_answer", "lm_salt"
_OWN = (*MATCH_COLUMNS, *_KEYS, _CODE, _ANSWER, _SALT)


def decide(
    frame: DataFrame,
    *,
    name: str = "name",
    publisher: str | None = None,
    version: str | None = None,
    catalogs: str | Path | Iterable[str | Path] = (),
    engine: Engine | None = None,
) -> DataFrame:
    """Return each distinct (name, publisher, version) of a frame with the `lm_` columns, decided on the workers when it is first asked for.

    Publisher and version default to the columns of these names. The frame can be written and handed to `match` later. Raises
    UsageError for a column that is not there or is not text.
    """
    publisher, version = _default_columns(frame, publisher, version)
    keys = distinct_names(frame, name, publisher, version)
    return decided_names(keys, engine or Engine.load(catalogs=catalogs)).select(*NAME_KEY, *MATCH_COLUMNS)


def match(
    frame: DataFrame,
    *,
    name: str = "name",
    publisher: str | None = None,
    version: str | None = None,
    product_code: str | None = None,
    catalogs: str | Path | Iterable[str | Path] = (),
    engine: Engine | None = None,
    decided: DataFrame | None = None,
    broadcast_names: int = BROADCAST_NAMES,
    salt: int = 1,
) -> DataFrame:
    """Append the 14 `lm_` columns to a Spark frame: the values that `Engine.match` gives, row by row. Rows have no order in Spark.

    Publisher, version and product code default to the columns of these names. `decided` is what `decide` gave for these columns; without
    it the names are decided now and kept in the cluster's memory (or on its disks) for as long as the session lives. Up to
    `broadcast_names` answers are sent to every executor; more are joined by a shuffle, in which one very common name would be one task's
    work: `salt` spreads each name over that many tasks, at the price of shuffling the answers as many times.

    Raises UsageError for a column that is missing, is not text or would be written twice.
    """
    if salt < 1:
        raise UsageError(f"salt is {salt}", hint="1 spreads nothing; 8 spreads each name over eight tasks")
    refuse_columns(frame, _OWN)
    publisher, version, product_code = _default_columns(frame, publisher, version, product_code)
    chosen = engine or Engine.load(catalogs=catalogs)
    if decided is None:
        told = decided_names(distinct_names(frame, name, publisher, version), chosen).select(*NAME_KEY, *MATCH_COLUMNS)
        # Kept, or every action on the result would decide all names again.
        decided = told.persist(StorageLevel.MEMORY_AND_DISK)
    answers = decided.select(
        *(F.col(part).alias(key) for part, key in zip(NAME_KEY, _KEYS, strict=True)), F.struct(*MATCH_COLUMNS).alias(_ANSWER)
    )
    texts = {key: text_of(frame, column) for key, column in zip(_KEYS, (name, publisher, version), strict=True)}
    rows = frame.withColumns(texts)
    if decided.count() <= broadcast_names:
        joined = _joined(rows, F.broadcast(answers), _KEYS)
    elif salt == 1:
        joined = _joined(rows, answers.hint("shuffle_merge"), _KEYS)
    else:
        # Where a row was read decides its salt: any number would do, since every salt has every name.
        salted = rows.withColumn(_SALT, F.pmod(F.monotonically_increasing_id(), F.lit(salt)))
        everywhere = answers.withColumn(_SALT, F.explode(F.sequence(F.lit(0).cast("bigint"), F.lit(salt - 1).cast("bigint"))))
        joined = _joined(salted, everywhere.hint("shuffle_merge"), (*_KEYS, _SALT))
    answer = F.col(_ANSWER)
    if product_code is not None:
        joined = joined.withColumn(_CODE, text_of(joined, product_code))
        joined, answer = _with_codes(joined, frame, product_code, chosen)
    own = (joined[_quoted(column)] for column in frame.columns)
    return joined.select(*own, *(answer[column].alias(column) for column in MATCH_COLUMNS))


def distinct_names(frame: DataFrame, name: str, publisher: str | None = None, version: str | None = None) -> DataFrame:
    """Return the distinct texts as name, publisher, version."""
    return frame.select(
        *(text_of(frame, column).alias(part) for part, column in zip(NAME_KEY, (name, publisher, version), strict=True))
    ).distinct()


def decided_names(keys: DataFrame, engine: Engine, *, max_rows: int = MAX_ROWS) -> DataFrame:
    """Return names (name, publisher, version) with every column of a decision, decided on the workers."""
    shipped = ship(keys.sparkSession, engine)
    task = partial(decide_partition, mark=shipped.mark, file=shipped.file, max_rows=max_rows)
    return keys.select(*NAME_KEY).mapInArrow(task, ddl(OUT_SCHEMA))


def _joined(rows: DataFrame, answers: DataFrame, keys: tuple[str, ...]) -> DataFrame:
    """Join by null-safe equality: a row without a publisher is not a row without an answer."""
    renamed = answers.withColumnsRenamed({key: f"{key}_told" for key in keys})
    met = [F.col(key).eqNullSafe(F.col(f"{key}_told")) for key in keys]
    return rows.join(renamed, met, "left").drop(*(f"{key}_told" for key in keys))


def _with_codes(joined: DataFrame, frame: DataFrame, product_code: str, engine: Engine) -> tuple[DataFrame, Column]:
    """Give rows without a recognised name the answer of their product code; a name that bears a signature keeps its own."""
    nothing = F.lit(None).cast("string")
    codes = frame.select(text_of(frame, product_code).alias("name"), nothing.alias("publisher"), nothing.alias("version"))
    decided = decided_names(codes.where(F.col("name").isNotNull()).distinct(), engine).where(F.col("lm_method") == "identifier")
    # Only codes that a catalog lists are left: no more than the catalog has.
    listed = decided.select(F.col("name").alias(f"{_CODE}_told"), F.struct(*MATCH_COLUMNS).alias("lm_code_answer"))
    told = joined.join(F.broadcast(listed), F.col(_CODE) == F.col(f"{_CODE}_told"), "left")
    own = F.col(_ANSWER)
    unsettled = (own["lm_status"] != "recognised") & own["lm_signature_id"].isNull()
    return told, F.when(unsettled, F.coalesce(F.col("lm_code_answer"), own)).otherwise(own)


def _default_columns(frame: DataFrame, *columns: str | None) -> tuple[str | None, ...]:
    defaults = ("publisher", "version", "product_code")
    return tuple(given or (name if name in frame.columns else None) for given, name in zip(columns, defaults, strict=False))


def _quoted(column: str) -> str:
    return "`" + column.replace("`", "``") + "`"
