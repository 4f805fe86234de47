"""The columns a set of rules asks for: facts of the row and its device, counts over the table, and what other rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from licmatch.rules.chance import chance_limits
from licmatch.rules.compile import CompiledRule, all_of
from licmatch.rules.conditions import DEVICE_ID, KEY_FIELD, Count
from licmatch.rules.fields import DEVICE, fields_of
from licmatch.rules.tables import AS_OF, fact_schema


def facts_asked(asking: Sequence[CompiledRule], tables: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Return the fact table of these rules, all of one grain, with the columns they ask for and nothing else; rows stay in order.

    A field of the device that this table does not repeat is fetched from the table of devices.
    Raises ValueError for a column that is nowhere, or of another kind than its field.
    """
    about = asking[0].rule.about
    table = tables[about]
    needs = {name for compiled in asking for name in compiled.needs}
    facts = table.select(sorted((needs & set(table.columns)) | {"device", "category"}))
    missing = needs - set(table.columns)
    if missing and about != DEVICE and DEVICE in tables:
        fetched = sorted(missing & set(tables[DEVICE].columns) & fields_of(DEVICE).keys())
        rows = rows_of(tables[DEVICE]["device"], table["device"])
        facts = facts.with_columns(tables[DEVICE][name].gather(rows) for name in fetched)
        missing -= set(fetched)
    if missing:
        raise ValueError(f"the {about} facts have no column {', '.join(sorted(missing))}")
    facts = facts.with_columns(*_typed(facts.schema, about, needs), pl.lit(as_of, dtype=pl.Date).alias(AS_OF))
    return facts.with_columns(_counted(facts, [each for compiled in asking for each in compiled.counts]))


def unknown_facts(tables: Mapping[str, pl.DataFrame], about: str) -> set[str]:
    """Return the columns that are null on all rows of the table, or of the table of devices that are asked in its place."""
    own = tables[about]
    of_devices = tables.get(DEVICE, own)
    placed = {name: own if name in own.columns else of_devices for name in {*own.columns, *of_devices.columns}}
    return {name for name, table in placed.items() if table[name].null_count() == table.height}


def rows_of(numbers: pl.Series, asked: pl.Series) -> pl.Series:
    """Return where each asked number of a device stands, or null. A tenth of a join's time: these numbers are small and dense."""
    size = max((int(each) for each in (numbers.max(), asked.max()) if isinstance(each, int)), default=-1) + 1
    places = pl.repeat(None, size, dtype=pl.UInt32, eager=True).scatter(numbers, pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True))
    return places.gather(asked)


def _typed(schema: pl.Schema, about: str, needs: set[str]) -> list[pl.Expr]:
    """Bring narrower numbers and other time units to the declared types; another kind of column must not be compared in silence."""
    casts = []
    for name in sorted(needs):
        has, wanted = schema[name], fact_schema(about)[name]
        if has == wanted:
            continue
        alike = (
            (has.is_integer() and wanted.is_numeric()) or (has.is_float() and wanted.is_float()) or has.base_type() is wanted.base_type()
        )
        if not alike and has != pl.Null():
            raise ValueError(f"the {about} facts have {name} as {has}, not {wanted}")
        casts.append(pl.col(name).cast(wanted))
    return casts


def _counted(facts: pl.DataFrame, counts: Sequence[tuple[str, Count]]) -> list[pl.Series]:
    """Return for each count whether enough rows agree with each row. Rules that count the same share the work."""
    distinct = list(dict.fromkeys(count for _, count in counts))
    enough = pl.collect_all([_rows_that_agree(facts.lazy(), count) for count in distinct])
    answers = {}
    for count, rows in zip(distinct, enough, strict=True):
        answers[count] = pl.repeat(False, facts.height, dtype=pl.Boolean, eager=True).scatter(rows["place"], True)
    return [answers[count].alias(column) for column, count in counts]


def _rows_that_agree(facts: pl.LazyFrame, count: Count) -> pl.LazyFrame:
    """Return the places of rows with enough others like them. Grouped and joined: a third of the time of a window."""
    per = [_key(field.name) for field in count.per]
    agree = facts.with_row_index("place").filter(*(pl.col(name).is_not_null() for name in per))
    counted = agree.filter(all_of(count.among))
    if count.distinct is None:
        groups = counted.group_by(per).agg(pl.len().alias("counted"))
    else:
        distinct = _key(count.distinct.name)
        groups = counted.filter(pl.col(distinct).is_not_null()).group_by(per).agg(pl.col(distinct).n_unique().alias("counted"))
    least = pl.lit(count.at_least)
    if count.at_least is None:
        # A key can only collide by chance with the keys of its product: the larger the product's estate, the more must agree.
        product = [name for name in per if name != KEY_FIELD]
        devices = pl.col("device").n_unique().alias("devices")
        if product:
            groups = groups.join(agree.group_by(product).agg(devices), on=product)
        else:
            groups = groups.join(agree.select(devices), how="cross")
        least = 2 + pl.sum_horizontal([(pl.col("devices") > limit).cast(pl.Int64) for limit in chance_limits()])
    return agree.join(groups.filter(pl.col("counted") >= least), on=per).select("place")


def _key(name: str) -> str:
    return "device" if name == DEVICE_ID else name  # the same thing as a number
