"""The fact tables rules look at: their columns and dtypes, from the fields."""

from __future__ import annotations

import polars as pl

from licmatch.rules.fields import BOOL, DAY, FLOAT, INT, TEXT, TEXTS, TIME, fields_of

DTYPES: dict[str, pl.DataType] = {
    TEXT: pl.String(),
    INT: pl.Int64(),
    FLOAT: pl.Float64(),
    BOOL: pl.Boolean(),
    DAY: pl.Date(),
    TIME: pl.Datetime("us"),  # UTC without a zone
    TEXTS: pl.List(pl.String()),
}
KEYS: dict[str, pl.DataType] = {"device": pl.UInt32(), "device_id": pl.String(), "category": pl.String()}
AS_OF = "as_of"  # a field that no table holds: the day of the run, handed to `evaluate`

HITS: dict[str, pl.DataType] = {
    "rule_id": pl.String(),
    "about": pl.String(),
    "place": pl.UInt32(),  # row of the grain's fact table
    "device": pl.UInt32(),
    "category": pl.String(),
    "off_by": pl.String(),  # the `unless` that explains it; null: the hit stands
}


def fact_schema(grain: str) -> dict[str, pl.DataType]:
    """Return the columns a fact table of this grain may hold: the keys, the device's fields and its own.

    >>> list(fact_schema("trace"))[:3], fact_schema("licence")["lease_end"]
    (['device', 'device_id', 'category'], Datetime(time_unit='us', time_zone=None))
    """
    return KEYS | {name: DTYPES[field.type] for name, field in fields_of(grain).items() if name != AS_OF}
