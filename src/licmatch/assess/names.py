"""Every distinct name of a case, decided once: what it is, whether judging needs it, and how many rows have it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.errors import PluginError
from licmatch.schema import DECISION_COLUMNS, LICENSABLE_ROLES, MATCHES, NAME_KEY


@dataclass(frozen=True, slots=True)
class Names:
    """`frame`: one row a distinct name, in the order of the names.

    Columns: match (UInt32), name, publisher, version, the decision columns, rows (Int64), then `licensable` (a licensable
    thing of a category), `signed` (carries a signature), `opens` (the category an unsettled name holds open, or null) and
    `needed` (judging must know which devices have it); `devices` (Int64) once occurrences are counted.
    """

    frame: pl.DataFrame

    def matches(self) -> pl.DataFrame:
        """Return the table that the result shows, with the columns of `schema.MATCHES`."""
        return self.frame.select(*MATCHES)


def decide_names(software: pl.LazyFrame, os_names: pl.DataFrame, engine: EngineView) -> Names:
    """Return the distinct names of the software and of the devices' operating systems, each decided once.

    One streamed pass over the software; only distinct names are held. A name that only the devices table gives has rows 0.
    """
    counted = software.select(NAME_KEY).group_by(NAME_KEY).agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    os_only = os_names.select(NAME_KEY).unique()
    named = (
        pl.concat([counted, os_only.with_columns(rows=pl.lit(0, pl.Int64))])
        .group_by(NAME_KEY)
        .agg(pl.col("rows").sum())
        .sort(NAME_KEY, nulls_last=False)
    )
    listed = _decided(named.select(NAME_KEY), engine).with_columns(named["rows"]).with_row_index("match")
    from_table = os_only.with_columns(from_table=pl.lit(True))
    marked = listed.join(from_table, on=NAME_KEY, how="left", nulls_equal=True, maintain_order="left")
    return Names(marked.with_columns(_relevance(category_ids(engine))).with_columns(_needed()).drop("from_table"))


def _decided(keys: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    answer = engine.decide(keys)
    if answer.height != keys.height or not answer.select(NAME_KEY).equals(keys):
        raise PluginError("the engine lost, added or reordered names", hint="check the refiners of third-party plugins")
    return answer.select(*NAME_KEY, *(pl.col(name).cast(dtype) for name, dtype in DECISION_COLUMNS.items()))


def _relevance(categories: list[str]) -> list[pl.Expr]:
    settled = pl.col("lm_status") == "recognised"
    in_category = pl.col("lm_category").is_in(categories)
    # An ambiguous name is open in the category its candidates share; an unknown one only where a witness says so.
    opened = (
        pl.when(settled)
        .then(None)
        .when(pl.col("lm_status") == "ambiguous")
        .then(pl.coalesce("lm_category", "witness"))
        .otherwise("witness")
    )
    return [
        (settled & in_category & pl.col("lm_role").is_in(LICENSABLE_ROLES)).fill_null(False).alias("licensable"),
        (pl.col("lm_signature_id").is_not_null() | (pl.col("lm_risk").fill_null("none") != "none")).alias("signed"),
        pl.when(opened.is_in(categories)).then(opened).alias("opens"),
    ]


def _needed() -> pl.Expr:
    needed = pl.col("licensable") | pl.col("signed") | pl.col("opens").is_not_null() | pl.col("from_table").fill_null(False)
    return needed.alias("needed")
