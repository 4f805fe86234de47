"""Every distinct name of a case, decided once: what it is, whether judging needs it, and how many rows have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import polars as pl

from licmatch.assess.counted_rows import SoftwareRows
from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.errors import PluginError
from licmatch.ingest.numbered import NumberedRows
from licmatch.rules import Rule, evaluate
from licmatch.rules.fields import NAME
from licmatch.schema import DECISION_COLUMNS, LICENSABLE_ROLES, MATCHES, NAME_KEY

# What can be asked of a name before anybody knows on which device it is.
_OF_NAMES = ("name", "publisher", "vendor", "family_id")


@dataclass(frozen=True, slots=True)
class Names:
    """`frame`: one row a distinct name, in the order of the names.

    Columns: match (UInt32), name, publisher, version, the decision columns, rows (Int64), then `licensable` (a licensable
    thing of a category), `signed` (carries a signature), `opens` (the category an unsettled name holds open, or null), `asked` (a
    rule may ask for it by name), `needed` (judging must know which devices have it) and `beside_traces` (it need know that only
    of devices with traces: a signature is a crack of its vendor's software); `devices` (Int64) once occurrences are counted.
    """

    frame: pl.DataFrame

    def matches(self) -> pl.DataFrame:
        """Return the table that the result shows, with the columns of `schema.MATCHES`."""
        return self.frame.select(*MATCHES)


def decide_names(rows: SoftwareRows, os_names: pl.DataFrame, engine: EngineView, rules: Sequence[Rule] = ()) -> Names:
    """Return the distinct names of the software and of the devices' operating systems, each decided once.

    A name that only the devices table gives has rows 0.
    """
    os_only = os_names.select(NAME_KEY).unique()
    named = _named(rows, os_only)
    listed = _decided(named.select(NAME_KEY), engine).with_columns(named["rows"]).with_row_index("match")
    from_table = os_only.with_columns(from_table=pl.lit(True))
    marked = listed.join(from_table, on=NAME_KEY, how="left", nulls_equal=True, maintain_order="left")
    relevant = marked.with_columns(*_relevance(category_ids(engine)), asked=_asked_by_rules(marked, rules)).with_columns(_needed())
    return Names(relevant.with_columns(beside_traces=victim(engine) & ~pl.col("needed")).drop("from_table"))


def _named(rows: SoftwareRows, os_only: pl.DataFrame) -> pl.DataFrame:
    """The distinct names of rows and of the devices table, in their order, each with its rows."""
    counted = rows.names.select(*NAME_KEY, "rows")
    if isinstance(rows, NumberedRows) and os_only.is_empty():
        return counted
    named = pl.concat([counted, os_only.with_columns(rows=pl.lit(0, pl.Int64))]).group_by(NAME_KEY).agg(pl.col("rows").sum())
    return named.sort(NAME_KEY, nulls_last=False)


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
    needed = (
        pl.col("asked")
        | pl.col("licensable")
        | pl.col("signed")
        | pl.col("opens").is_not_null()
        | pl.col("from_table").fill_null(False)
    )
    return needed.alias("needed")


def victim(engine: EngineView) -> pl.Expr:
    """Software of a vendor whose programs some signature is a crack of: whether it is there bears on what the trace says."""
    vendors = engine.signatures["vendor"].drop_nulls().unique() if "vendor" in engine.signatures.columns else pl.Series([], dtype=pl.String)
    return pl.col("lm_vendor").is_in(vendors.implode()).fill_null(False)


def _asked_by_rules(names: pl.DataFrame, rules: Sequence[Rule]) -> pl.Series:
    """Which names can meet a rule about names, by what the name alone says; the device is asked later."""
    about = [_name_part(rule) for rule in rules if rule.about == NAME]
    table = names.select(
        "name", "publisher", "family_id", device=pl.col("match"), device_id=pl.lit(""), category=pl.col("lm_category"), vendor="lm_vendor"
    )
    met = evaluate(about, {NAME: table}, as_of=date.min)["place"].unique() if about else pl.Series([], dtype=pl.UInt32)
    return (
        pl.Series("asked", [False]).new_from_index(0, names.height).scatter(met, True)
        if names.height
        else pl.Series("asked", [], pl.Boolean)
    )


def _name_part(rule: Rule) -> Rule:
    def kept(conditions: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in conditions.items() if key in _OF_NAMES}

    # A branch that says nothing of the name holds for every name: then the branches do not narrow.
    branches = tuple(kept(branch) for branch in rule.any)
    return msgspec.structs.replace(rule, when=kept(rule.when), any=branches if all(branches) else (), unless=())
