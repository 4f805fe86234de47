"""The case to judge: all frames of one run side by side, from files or from frames, every bad row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess.counted_rows import CountedRows, SoftwareRows
from licmatch.errors import InputError, UsageError
from licmatch.foreign_frames import taken_over
from licmatch.ingest.numbered import number_rows
from licmatch.ingest.records import InputFile, Inventory, Notice, SideTable
from licmatch.match.stream import TEXTS, refuse_numbers
from licmatch.place import scratch_folder
from licmatch.schema import FRAMES, NAME_KEY, REJECTED, REQUIRED, SOFTWARE, empty

# Frames that were handed over as objects have no file to name.
FRAME_FILE = "<frame>"


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one run judges.

    `software` holds usable rows only, `rows` are the same as numbers; `rejected` are rows of the inventory, `side_rejected` rows of
    other frames.
    """

    software: pl.LazyFrame | CountedRows
    rows: SoftwareRows
    devices: pl.DataFrame
    units: pl.DataFrame
    activations: pl.DataFrame
    traces: pl.DataFrame
    entitlements: pl.DataFrame
    rulings: pl.DataFrame
    rejected: pl.DataFrame
    side_rejected: pl.DataFrame
    files: tuple[InputFile, ...]
    notices: tuple[Notice, ...]

    def rows_in(self) -> int | None:
        """Return how many inventory rows the readers counted; None where no reader did."""
        return sum(file.rows for file in self.files) if self.files else None


def gather(
    inventory: object,
    *,
    side: Mapping[str, object] | None = None,
    format: str | None = None,
    device_from: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    limited: bool = False,
) -> Case:
    """Return the case of an inventory and the side frames given with it.

    `inventory`: an `Inventory`, a polars frame (lazy or not), anything with `__arrow_c_stream__`, paths, or `CountedRows`.
    `side`: devices, units, activations, traces, entitlements, rulings; each a frame, a path, or None. What a side frame
    says goes before what the inventory says. Where memory is `limited`, rows wait in temporary files. Raises InputError or UsageError.
    """
    found = _inventory(inventory, format, device_from, progress, limited)
    frames: dict[str, pl.DataFrame] = {}
    side_rejected = []
    notices = list(found.notices)
    for kind in ("devices", "units", "activations", "traces", "entitlements", "rulings"):
        given = side_table(kind, (side or {}).get(kind))
        frames[kind] = pl.concat([given.frame, canonical(kind, getattr(found, kind, None))])
        side_rejected.append(given.rejected)
        notices += given.notices
    return Case(
        software=inventory if isinstance(inventory, CountedRows) else found.software,
        rows=_as_numbers(inventory, found, limited),
        rejected=_as_rejected(found.rejected),
        side_rejected=pl.concat(side_rejected),
        files=found.files,
        notices=tuple(notices),
        **frames,
    )


def _as_numbers(inventory: object, found: Inventory, limited: bool) -> SoftwareRows:
    if isinstance(inventory, CountedRows):
        return inventory
    return found.rows if found.rows is not None else number_rows(found.software, scratch_folder() if limited else None)


def judged_day(as_of: date | str | None, case: Case) -> date:
    """Return the day to judge: the one given, else the newest `collected_at` of the input.

    Raises UsageError where there is neither: the clock is no input, or the same data would judge differently tomorrow.
    """
    if isinstance(as_of, date):
        return date(as_of.year, as_of.month, as_of.day)
    if as_of is not None:
        try:
            return date.fromisoformat(as_of)
        except ValueError:
            raise UsageError(f"{as_of!r} is not a day", hint="write it as 2026-11-30") from None
    days = pl.concat([case.devices["collected_at"], case.activations["collected_at"]])
    newest = days.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).max()
    if not isinstance(newest, date):
        raise UsageError(
            "the input does not say when it was collected, so the day to judge is not known", hint="give it: --as-of 2026-11-30 (as_of=...)"
        )
    return newest


def canonical(kind: str, frame: pl.DataFrame | None) -> pl.DataFrame:
    """Return a frame with exactly the canonical columns of its kind, in order; columns that are missing are null."""
    wanted = FRAMES[kind]
    if frame is None:
        return empty(wanted)
    return frame.select(
        (pl.col(name).cast(dtype, strict=False) if name in frame.columns else pl.lit(None, dtype=dtype)).alias(name)
        for name, dtype in wanted.items()
    )


def _inventory(
    inventory: object, format_id: str | None, device_from: str, progress: Callable[[int, int], None] | None, limited: bool
) -> Inventory:
    if isinstance(inventory, Inventory):
        return inventory
    if isinstance(inventory, CountedRows):
        devices, units, activations, traces = (empty(FRAMES[kind]) for kind in ("devices", "units", "activations", "traces"))
        return Inventory(empty(SOFTWARE).lazy(), devices, units, activations, traces, inventory.rejected, files=(), notices=())
    if isinstance(inventory, pl.LazyFrame):
        return _from_frame(inventory)
    if isinstance(inventory, pl.DataFrame):
        return _from_frame(inventory.lazy())
    if hasattr(inventory, "__arrow_c_stream__"):
        return _from_frame(taken_over(inventory).lazy())
    if isinstance(inventory, str | Path) or (isinstance(inventory, Sequence) and all(isinstance(part, str | Path) for part in inventory)):
        # The readers are needed for paths only; frames are judged without loading them.
        from licmatch.ingest import read_inventory

        paths = [inventory] if isinstance(inventory, str | Path) else list(inventory)
        return read_inventory(paths, format=format_id, device_from=device_from, progress=progress, limited=limited)
    raise UsageError(f"an inventory cannot be a {type(inventory).__name__}", hint="give paths, a polars frame, or an Arrow table")


def _from_frame(frame: pl.LazyFrame) -> Inventory:
    columns = frame.collect_schema().names()
    missing = [name for name in REQUIRED["software"] if name not in columns]
    if missing:
        raise InputError(f"the inventory frame has no column {missing[0]!r}", hint=f"it has: {', '.join(columns[:20])}")
    names = frame.collect_schema()["name"]
    if not isinstance(names, TEXTS):
        told = frame.select(pl.col("name").cast(pl.String).drop_nulls().unique()).collect(engine="streaming").to_series()
        refuse_numbers(told, names, "name")
    texts = [pl.col(name).cast(pl.String) if name in columns else pl.lit(None, dtype=pl.String).alias(name) for name in SOFTWARE]
    rows = frame.select(texts)
    # A name or a device that is blank says nothing; both tests are null-safe so that no row falls between them.
    usable = ~(_blank("device_id") | _blank("name"))
    kept = rows.select("device_id", *NAME_KEY)
    bad = (
        kept.with_row_index("line", offset=1)
        .filter(~usable)
        .select(
            file=pl.lit(FRAME_FILE),
            line=pl.col("line").cast(pl.Int64),
            reason=pl.when(_blank("name")).then(pl.lit("no name")).otherwise(pl.lit("no device")),
            raw=pl.concat_str(pl.col("device_id", *NAME_KEY).fill_null(""), separator="\t").cast(pl.Binary),
        )
        .collect(engine="streaming")
    )
    devices, units, activations, traces = (empty(FRAMES[kind]) for kind in ("devices", "units", "activations", "traces"))
    return Inventory(rows.filter(usable), devices, units, activations, traces, rejected=bad.sort("line"), files=(), notices=())


def _blank(column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column).str.strip_chars().str.len_bytes() == 0)


def side_frame(kind: str, given: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected) of what was given for a kind; see `side_table`."""
    table = side_table(kind, given)
    return table.frame, table.rejected


def side_table(kind: str, given: object) -> SideTable:
    """Return the canonical frame of what was given for a kind: nothing, a path in any format that is read, or a frame.

    Raises InputError where a required column is missing, UsageError for what is no frame.
    """
    if given is None:
        return SideTable(empty(FRAMES[kind]), empty(REJECTED))
    if isinstance(given, str | Path):
        from licmatch.ingest.frames import read_side

        table = read_side(kind, given)
        return SideTable(canonical(kind, table.frame), _as_rejected(table.rejected), table.notices)
    frame = _as_frame(kind, given)
    missing = [name for name in REQUIRED[kind] if name not in frame.columns]
    if missing:
        raise InputError(f"the {kind} frame has no column {missing[0]!r}", hint=f"it has: {', '.join(frame.columns[:20])}")
    shaped = canonical(kind, frame)
    first = REQUIRED[kind][0]
    bad = shaped.with_row_index("line", offset=1).filter(_blank(first))
    rejected = bad.select(
        file=pl.lit(FRAME_FILE), line=pl.col("line").cast(pl.Int64), reason=pl.lit(f"{kind}: no {first}"), raw=pl.lit(b"", dtype=pl.Binary)
    )
    return SideTable(shaped.filter(~_blank(first)), rejected)


def _as_frame(kind: str, given: Any) -> pl.DataFrame:
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if isinstance(given, pl.DataFrame):
        return given
    if hasattr(given, "__arrow_c_stream__"):
        return taken_over(given)
    raise UsageError(f"{kind} cannot be a {type(given).__name__}", hint="give a path, a polars frame, or an Arrow table")


def _as_rejected(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in REJECTED.items())
