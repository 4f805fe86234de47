"""The asset ledger beside what was found: the same computers, or some that only one side knows (账物相符)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.case import canonical, side_frame
from licmatch.ingest.records import Notice
from licmatch.schema import REJECTED, empty

NAMED = 1000  # ids spelled out in the manifest; the figures count all


@dataclass(frozen=True, slots=True)
class LedgerMatch:
    """What ledger and scan agree on. `match` is both over either; None where neither names a device.

    `devices`: device_id, unit_id of the computers that the ledger lists as in use, each once, sorted.
    """

    devices: pl.DataFrame
    listed: int
    found: int
    both: int
    only_ledger: tuple[str, ...]
    only_found: tuple[str, ...]
    rejected: pl.DataFrame

    @property
    def match(self) -> float | None:
        either = self.listed + self.found - self.both
        return round(self.both / either, 6) if either else None

    def described(self) -> dict[str, object]:
        """Return the figures and the first ids of either side, for the manifest."""
        return {
            "listed": self.listed,
            "found": self.found,
            "both": self.both,
            "match": self.match,
            "only_ledger": list(self.only_ledger[:NAMED]),
            "only_found": list(self.only_found[:NAMED]),
        }

    def notices(self) -> tuple[Notice, ...]:
        """Say what one side lacks; a device in the ledger that was not surveyed is a gap in the survey."""
        told = (("LEDGER_NOT_FOUND", self.only_ledger), ("FOUND_NOT_IN_LEDGER", self.only_found))
        return tuple(Notice(code, "ledger", len(ids), ", ".join(ids[:5])) for code, ids in told if ids)


def compare_ledger(ledger: object, devices: pl.DataFrame) -> LedgerMatch | None:
    """Compare the devices a ledger lists as in use with the devices in scope that were found; None without a ledger.

    `ledger`: a frame or a path with device_id (and unit_id, kind, in_use); `devices`: device_id and in_scope (Boolean).
    Raises InputError for a ledger that cannot be read.
    """
    if ledger is None:
        return None
    given, rejected = side_frame("devices", ledger)
    in_use = canonical("devices", given).filter((pl.col("in_use").fill_null("unknown") != "no") & pl.col("device_id").is_not_null())
    entries = in_use.group_by("device_id").agg(pl.col("unit_id").drop_nulls().first()).sort("device_id")
    listed = entries["device_id"]
    found = devices.filter("in_scope")["device_id"].unique()
    return LedgerMatch(
        entries,
        listed.len(),
        found.len(),
        int(listed.is_in(found.implode()).sum()),
        tuple(listed.filter(~listed.is_in(found.implode())).sort().to_list()),
        tuple(found.filter(~found.is_in(listed.implode())).sort().to_list()),
        rejected if rejected is not None else empty(REJECTED),
    )
