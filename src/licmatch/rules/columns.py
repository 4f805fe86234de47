"""The columns a set of rules asks for: facts of the row and its device, counts over the table, and what other rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from licmatch.rules.chance import chance_limits
from licmatch.rules.compile import CompiledRule, all_of
from licmatch.rules.conditions import DEVICE_ID, KEY_FIELD, Count
from licmatch.rules.fields import DEVICE, fields_of
from licmatch.rules.numbers import numbered
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
    grouped: dict[tuple[str, ...], pl.DataFrame] = {}
    answers: dict[Count, pl.Series] = {}
    for count in dict.fromkeys(count for _, count in counts):
        per = tuple(_key(field.name) for field in count.per)
        if per not in grouped:
            grouped[per] = _grouped(facts, per)
        answers[count] = _enough_agree(facts, count, grouped[per])
    return [answers[count].alias(column) for column, count in counts]


def _grouped(facts: pl.DataFrame, per: tuple[str, ...]) -> pl.DataFrame:
    """Return place, device and `per`, a number that is equal where these fields are, of the rows on which all of them are known.

    `product`: the same number without the key, where a key is among them.
    """
    known = facts.select(pl.all_horizontal(pl.col(name).is_not_null() for name in per)).to_series().arg_true()
    fields = facts.select(*per)[known]
    product = [name for name in per if name != KEY_FIELD]
    return pl.DataFrame({"place": known, "device": facts["device"].gather(known), "per": numbered(fields, per)}).with_columns(
        product=numbered(fields, product) if product and KEY_FIELD in per else pl.lit(0, pl.UInt64)
    )


def _enough_agree(facts: pl.DataFrame, count: Count, rows: pl.DataFrame) -> pl.Series:
    """Return whether each row has enough others like it. `rows`: as of `_grouped`."""
    counted = rows
    if count.among:
        held = facts.select(all_of(count.among).fill_null(False)).to_series()
        counted = rows.filter(held.gather(rows["place"]))
    if count.at_least is None or count.at_least > 1:
        # Most rows agree with no other: what stands alone is not counted.
        counted = counted.filter(pl.col("per").is_duplicated())
    if count.distinct is None:
        groups = counted.group_by("per").agg(pl.len().alias("counted"))
    else:
        value = _key(count.distinct.name)
        known = counted.with_columns(value=facts[value].gather(counted["place"])).filter(pl.col("value").is_not_null())
        groups = known.group_by("per").agg(pl.col("value").n_unique().alias("counted"))
    least = pl.lit(count.at_least)
    if count.at_least is None:
        # A key can only collide by chance with the keys of its product: the larger the product's estate, the more must agree.
        devices = rows.group_by("product").agg(pl.col("device").n_unique().alias("devices"))
        of_product = counted.select("per", "product").unique("per")
        groups = groups.join(of_product, on="per").join(devices, on="product")
        least = 2 + pl.sum_horizontal([(pl.col("devices") > limit).cast(pl.Int64) for limit in chance_limits()])
    met = rows.join(groups.filter(pl.col("counted") >= least), on="per", how="semi")
    return pl.repeat(False, facts.height, dtype=pl.Boolean, eager=True).scatter(met["place"], True)


def _key(name: str) -> str:
    return "device" if name == DEVICE_ID else name  # the same thing as a number
