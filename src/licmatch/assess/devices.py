"""The devices of a case: one row each, whatever named it, with its unit, whether it is in scope, and how its OS is named."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.case import Case
from licmatch.assess.policy import Policy
from licmatch.schema import DEVICES, NAME_KEY


@dataclass(frozen=True, slots=True)
class Devices:
    """`frame`: the columns of `schema.DEVICES` plus `device` (UInt32, position in the order of device_id) and `in_scope` (Boolean).

    `os_names`: device, name, publisher, version of the operating system as the devices table gives it.
    """

    frame: pl.DataFrame
    os_names: pl.DataFrame

    def in_units(self, device_units: pl.DataFrame) -> Devices:
        """Return the same devices, each in the unit that `device_units` (device_id, unit_id) gives it."""
        placed = self.frame.drop("unit_id").join(device_units, on="device_id", how="left", maintain_order="left")
        return Devices(placed.select(self.frame.columns), self.os_names)


def list_devices(case: Case, policy: Policy) -> Devices:
    """Return every device of the devices table and of the software, none twice.

    Several rows of one device are merged: of each column the first that says something, in the order given.
    """
    named = pl.concat([case.devices, case.rows.devices.select("device_id").sort("device_id")], how="diagonal").select(*DEVICES)
    first = [_first_said(name) for name in DEVICES if name != "device_id"]
    several = named["device_id"].n_unique() < named.height
    once = named.group_by("device_id", maintain_order=True).agg(first) if several else named
    words = [word.casefold() for word in policy.not_in_use]
    frame = (
        once.sort("device_id")
        .with_row_index("device")
        .with_columns(in_scope=~pl.col("in_use").str.strip_chars().str.to_lowercase().is_in(words).fill_null(False))
    )
    return Devices(frame, _os_names(frame))


def is_partial(devices: pl.DataFrame) -> pl.Expr:
    """Return whether the list of a device's programs is known to lack some; results of earlier versions do not say."""
    if "software_list" not in devices.columns:
        return pl.lit(False)
    return (pl.col("software_list").str.strip_chars().str.to_lowercase() == "partial").fill_null(False)


def _first_said(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().first()


def _os_names(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.filter(pl.col("os_name").str.strip_chars().str.len_bytes() > 0)
        .select(
            "device",
            name=pl.col("os_name"),
            publisher=pl.lit(None, dtype=pl.String),
            version=pl.coalesce("os_version", "os_build"),
        )
        .select("device", *NAME_KEY)
    )
