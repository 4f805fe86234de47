"""All fact tables of a case, built in the order in which one needs the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.facts.copies import copy_facts
from licmatch.assess.facts.devices import device_facts
from licmatch.assess.facts.licences import with_owner
from licmatch.assess.facts.lots import Lots
from licmatch.assess.facts.names import name_facts
from licmatch.assess.facts.traces import Found, install_records, trace_facts
from licmatch.assess.organisation import Organisation
from licmatch.assess.side_by_side import side_by_side
from licmatch.rules.fields import COPY, DEVICE, LICENCE, NAME, TRACE, fields_of
from licmatch.rules.tables import DTYPES


@dataclass(frozen=True, slots=True)
class FactTables:
    """One table a grain, each with device (UInt32), device_id, category and the fields of `rules.fields`.

    Beside them, tables say where a row stands: `licence` has `place` (row of the activations), `copy` has `at`, `trace` has `hit`.
    """

    licence: pl.DataFrame
    device: pl.DataFrame
    copy: pl.DataFrame
    trace: pl.DataFrame
    name: pl.DataFrame

    def by_grain(self) -> dict[str, pl.DataFrame]:
        """Return the tables by the grain a rule names in `about`."""
        return {LICENCE: self.licence, DEVICE: self.device, COPY: self.copy, TRACE: self.trace, NAME: self.name}


def fact_tables(
    *,
    devices: pl.DataFrame,
    units: pl.DataFrame,
    licences: pl.DataFrame,
    traces: Found,
    hits: pl.DataFrame,
    installations: pl.DataFrame,
    dates: pl.DataFrame,
    days: pl.DataFrame,
    seen: pl.DataFrame,
    vendors: pl.DataFrame,
    signatures: pl.DataFrame,
    bought: list[str],
    lots: Lots,
    owner: Organisation,
    as_of: date,
) -> FactTables:
    """Return what is known, a table a grain. Same devices, same order, whatever was handed in.

    `devices`: `Devices.frame`; `units`: unit_id, org_type; `licences`: as of `licence_rows`; `traces`: as of `found_traces`;
    `hits`: as of `signature_hits`; `installations`: as of `judge_licences`; `days`: device, day, programs;
    `seen`: device, row and the decided name of software that a rule asks for by name; the rest as of the grains' own modules.
    """
    known = device_facts(devices, licences, traces, installations, days, units, lots, owner, as_of)
    rows, copies = side_by_side(
        lambda: with_owner(licences, known, lots, owner),
        lambda: copy_facts(installations, known, dates, install_records(traces), lots, owner),
    )
    found = trace_facts(hits, signatures, known, rows, copies, vendors, bought, lots, owner)
    return FactTables(
        licence=_shaped(rows, LICENCE, "place"),
        device=_shaped(known.with_columns(category=pl.lit(None, pl.String)), DEVICE),
        copy=_shaped(copies, COPY, "at"),
        trace=_shaped(found, TRACE, "hit", "copies_of", "named", "risk", "source", "row", "only_resting", "registered"),
        name=_shaped(name_facts(seen, known, bought, lots), NAME, "row"),
    )


def _shaped(table: pl.DataFrame, grain: str, *own: str) -> pl.DataFrame:
    """The row's own numbers and the fields of the grain; the device's facts stand in the devices' table only."""
    of_device = {} if grain == DEVICE else fields_of(DEVICE)
    wanted = {
        name: DTYPES[field.type] for name, field in fields_of(grain).items() if name not in of_device and name not in ("as_of", "category")
    }
    missing = sorted(name for name in wanted if name not in table.columns)
    if missing:
        raise AssertionError(f"facts of the grain {grain} lack {', '.join(missing)}")
    kept = [pl.col(name) for name in own if name not in wanted]
    return table.select(
        "device", "device_id", "category", *kept, *(pl.col(name).cast(dtype) for name, dtype in wanted.items() if name != "device_id")
    )
