"""The tables of the licence position: what goes in, and what comes out."""

from __future__ import annotations

import polars as pl

# One row a copy. What stands under OPTIONAL may be absent and is null then.
DEMAND: dict[str, pl.DataType] = {
    "at": pl.UInt32(),
    "device": pl.UInt32(),
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "category": pl.String(),
    "family_id": pl.String(),
    "edition_id": pl.String(),
    "release": pl.String(),
    "role": pl.String(),
    "channel": pl.String(),
    "licence": pl.String(),
    "vendor": pl.String(),
    "approved_free": pl.Boolean(),
    "qualified": pl.Boolean(),  # whether the computer has a full licence that an upgrade can stand on; null: nobody knows
}
DEMAND_OPTIONAL = ("role", "channel", "licence", "vendor", "approved_free", "qualified")
# One row an entitlement, its product recognised.
LOTS: dict[str, pl.DataType] = {
    "lot": pl.UInt32(),
    "entitlement_id": pl.String(),
    "unit_id": pl.String(),  # null: everybody's
    "category": pl.String(),
    "family_id": pl.String(),
    "edition_id": pl.String(),
    "release": pl.String(),
    "metric": pl.String(),
    "quantity": pl.Int64(),
    "device_id": pl.String(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "maintenance_to": pl.Date(),
    "agreement": pl.String(),
    "unit_price": pl.Decimal(18, 2),
    "proofs": pl.String(),
    "channel": pl.String(),
    "scope": pl.String(),
}
LOTS_OPTIONAL = (
    "category", "edition_id", "release", "quantity", "device_id", "valid_from", "valid_to", "maintenance_to", "agreement",
    "unit_price", "proofs", "channel", "scope",
)  # fmt: skip
ANCESTORS: dict[str, pl.DataType] = {"unit_id": pl.String(), "ancestor": pl.String()}

# One row a copy that needs a licence, in the order of `at`. `lot` is null where none covers it.
COVERS: dict[str, pl.DataType] = {
    "at": pl.UInt32(),
    "lot": pl.UInt32(),
    "right": pl.String(),
    "proved": pl.Boolean(),
    "missing": pl.List(pl.String()),  # documents and cells without which the proof is not complete
    "kept": pl.Boolean(),  # the lot names this very computer
    "seat": pl.Int64(),  # which seat of the lot, from 0; parts of a suite on one computer share one
    "base_lot": pl.UInt32(),  # the full licence that an upgrade stands on, where a lot had to be spent on it
}
# One row a group of like copies (`class`) or of like lots (`stock`): what proves the optimum. See `verify`.
CERTIFICATE: dict[str, pl.DataType] = {
    "side": pl.String(),
    "node": pl.UInt32(),
    "in_cut": pl.Boolean(),
    "potentials": pl.List(pl.Int64()),
}
OUTCOMES: dict[str, pl.DataType] = {
    "at": pl.UInt32(),
    "covered_by": pl.UInt32(),
    "right": pl.String(),
    "outcome": pl.String(),
    "missing": pl.List(pl.String()),
}


def shaped(frame: pl.DataFrame, schema: dict[str, pl.DataType], optional: tuple[str, ...]) -> pl.DataFrame:
    """Return the frame with exactly the columns of a schema, optional ones null where absent; days may come as text."""
    made = []
    for name, dtype in schema.items():
        if name not in frame.columns and name in optional:
            made.append(pl.lit(None, dtype).alias(name))
        elif isinstance(dtype, pl.Date) and frame.schema[name] == pl.String:
            made.append(pl.col(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias(name))
        else:
            made.append(pl.col(name).cast(dtype, strict=name not in ("unit_price",)).alias(name))
    return frame.select(made)
