"""Assessing on a cluster: Spark does what grows with rows, the driver judges the much smaller tables of devices and names that are left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licmatch import pipeline
from licmatch.match.engine import Engine
from licmatch.spark.frames import taken
from licmatch.spark.matching import BROADCAST_NAMES
from licmatch.spark.rows import ClusterDecisions, ClusterRows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from licmatch.assess import Organisation, Policy
    from licmatch.result import Result


def assess(
    inventory: DataFrame,
    *,
    devices: object = None,
    units: object = None,
    activations: object = None,
    traces: object = None,
    entitlements: object = None,
    rulings: object = None,
    ledger: object = None,
    organisation: Organisation | Mapping[str, Any] | str | Path | None = None,
    policy: Policy | Mapping[str, Any] | str | Path | None = None,
    as_of: date | str | None = None,
    catalogs: str | Path | Iterable[str | Path] = (),
    engine: Engine | None = None,
    out: str | Path | None = None,
    without: Sequence[str] = (),
    previous: str | Path | None = None,
    reports: Callable[[Result, Path], None] | None = None,
    row: str | None = None,
    broadcast_names: int = BROADCAST_NAMES,
) -> Result:
    """Judge an inventory that lies on a cluster; the result is that of `licmatch.assess` on the same rows.

    `inventory`: a Spark frame with the canonical columns, device_id and name among them; the other tables are Spark frames or whatever
    `licmatch.assess` takes. `row` names a column of whole numbers, from 0, by which evidence cites rows; source_file and source_row do
    as well. Without them evidence names the device and the program, and its row is null.

    The driver holds a row for each distinct name, each device, each pair of a device and a name that judging needs, and each device and
    day. What it cannot hold is assessed county by county.
    Raises LicmatchError as `licmatch.assess` does.
    """
    chosen = engine or Engine.load(catalogs=catalogs, without=without)
    rows = ClusterRows(inventory, row=row, broadcast_names=broadcast_names)
    try:
        return pipeline.assess(
            rows,
            devices=taken(devices),
            units=taken(units),
            activations=taken(activations),
            traces=taken(traces),
            entitlements=taken(entitlements),
            rulings=taken(rulings),
            ledger=taken(ledger),
            organisation=organisation,
            policy=policy,
            as_of=as_of,
            engine=chosen.remembering(ClusterDecisions(rows)),
            out=out,
            without=without,
            previous=previous,
            reports=reports,
        )
    finally:
        rows.names_kept.unpersist()
