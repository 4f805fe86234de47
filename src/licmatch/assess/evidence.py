"""Evidence: one fact with its source row. Kept as a long table of pieces until all are known, put into lists once, at the end.

Lists of records are dear to carry through joins and dearer to put together; a table of pieces is neither.
"""

from __future__ import annotations

import polars as pl

from licmatch.schema import EVIDENCE

# Pieces kept for one installation or finding; `rows_collapsed` says how many rows there were.
KEPT = 16
# And of these, for traces: a tool that left fifty files must not push out the name of what it was used on.
TRACES_KEPT = 8

NAME_SEEN = "installed_program"
OS_FACT = "os"
SIGNATURE = "signature"
STATE = "_state"  # behind a category: what a device reports of its products
UNSETTLED = "unsettled_name"
RULING = "ruling"
PARTIAL_LIST = "partial_list"  # the kind of evidence, and the flag that goes with it

_FIELDS = [field.name for field in EVIDENCE.fields]


def name_text() -> pl.Expr:
    """Return name, publisher and version as they stood, parted by ` | `; nothing is worded, so no language is chosen."""
    filled = [pl.when(pl.col(part) != "").then(pl.col(part)) for part in ("name", "publisher", "version")]
    return pl.concat_str(filled, separator=" | ", ignore_nulls=True)


def pieces(frame: pl.DataFrame, keys: list[str], **fields: pl.Expr | str | float) -> pl.DataFrame:
    """Return a table of pieces: the keys, then the fields of `schema.EVIDENCE`; fields that are not given are null.

    Text that is not an expression is meant as it stands, not as a column.
    """
    given = {name: value if isinstance(value, pl.Expr) else pl.lit(value) for name, value in fields.items()}
    return frame.select(
        *keys, *(given.get(field.name, pl.lit(None)).cast(field.dtype).alias(field.name) for field in EVIDENCE.fields)
    )  # fmt: skip


def gathered(parts: list[pl.DataFrame], keys: list[str]) -> pl.DataFrame:
    """Return one row a key with all its pieces as `evidence`: in the order of the parts, and within a part as they stand."""
    told = pl.concat(parts)
    if len(keys) > 1 or not told[keys[0]].is_sorted():
        told = told.sort(*keys, maintain_order=True)
    # Where it is known that a number is sorted, runs of it are groups and nothing is looked up.
    ranked = told.set_sorted(keys[0]) if len(keys) == 1 else told
    return ranked.group_by(keys, maintain_order=True).agg(evidence=pl.struct(_FIELDS).head(KEPT))
