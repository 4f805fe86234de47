"""What the ledgers of fixed assets say is in use: nearly every computer that is there, and some that nobody has seen since."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.demo.draw import Draw
from licmatch.demo.places import Unit
from licmatch.demo.stories import Story

_LISTED = 0.96
_GONE = 0.02  # of every computer there is, how many are booked and cannot be found
COLUMNS = ("device_id", "unit_id", "kind", "in_use")


def ledger_rows(stories: Sequence[Story], units: Sequence[Unit], seed: int) -> pl.DataFrame:
    """Return the ledger: device_id, unit_id, kind, in_use; what was scrapped is booked out."""
    draw = Draw(seed, "asset ledger")
    rows = []
    for story in stories:
        device = story.device
        unit_id = units[device.unit].unit_id
        if draw.chance(_LISTED):
            rows.append((device.device_id, unit_id, device.kind, device.in_use))
        if draw.chance(_GONE):
            rows.append((f"{unit_id}-ZC{len(rows):05d}", unit_id, "desktop", "yes"))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").sort("device_id")
