"""What readers find besides software: devices, licences, traces and units, kept as rows until the whole input was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from licmatch.ingest.moments import iso_moment
from licmatch.ingest.product_keys import frame_without_keys
from licmatch.ingest.records import Notice
from licmatch.ingest.values import NOTHING_THERE, PLACEHOLDERS, by_distinct, folded, iso_date, truth
from licmatch.schema import ACTIVATIONS, ASKED_AND_NONE, DEVICES, TRACES, UNITS

_MOMENTS = ("collected_at", "received_at", "clock_at", "seen_at", "os_installed_at")
_DAYS = ("os_installed_on",)
_YES_NO = frozenset(column for column, dtype in DEVICES.items() if dtype == pl.Boolean)
_ASKED = frozenset(ASKED_AND_NONE["devices"])


@dataclass(slots=True)
class SideRows:
    """Rows of the frames beside `software`, in the order they were found."""

    devices: dict[str, dict[str, object]] = field(default_factory=dict)
    identities: dict[str, dict[str, str]] = field(default_factory=dict)
    activations: list[dict[str, object]] = field(default_factory=list)
    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    table: tuple[str, pl.DataFrame] | None = None  # the devices of a big table, as long as nothing else is known of devices
    whole: set[str] = field(default_factory=set)  # devices of which some file lists all programs ...
    partial: set[str] = field(default_factory=set)  # ... and of which some file lists part of them
    whole_tables: list[pl.Series] = field(default_factory=list)
    traces: tuple[list[str], list[str], list[str], list[str | None]] = field(default_factory=lambda: ([], [], [], []))

    def device(self, label: str, device_id: str, identity: str | None, about: Mapping[str, object]) -> None:
        """Add what a file says about a device; what was said first stands, but the newest `collected_at`."""
        self._take_apart()
        known = self.devices.setdefault(device_id, {})
        for column, given in about.items():
            value = _cell(column, given)
            if value is None:
                continue
            if column == "collected_at":
                if str(known.get(column) or "") < str(value):
                    known[column] = value
            elif known.get(column) in (None, ""):
                known[column] = value
        if identity is not None and identity.strip().lower() not in PLACEHOLDERS:
            self.identities.setdefault(device_id, {}).setdefault(identity.strip().casefold(), label)

    def address(self, device_id: str, address: str) -> None:
        """Add a network address of a device to those that are known."""
        self._take_apart()
        known = self.devices.setdefault(device_id, {})
        held = str(known.get("addresses") or "")
        if address.casefold() not in held.split(";"):
            known["addresses"] = f"{held};{address.casefold()}".strip(";")

    def trace(self, device_id: str, kind: str, value: str, seen_at: str | None) -> None:
        devices, kinds, values, times = self.traces
        devices.append(device_id)
        kinds.append(kind)
        values.append(value)
        times.append(seen_at)

    def frame(self, kind: str, frame: pl.DataFrame) -> None:
        """Take a whole canonical frame, as a plain table gives it."""
        self.frames.setdefault(kind, []).append(frame)

    def listed(self, devices: Iterable[str], *, whole: bool) -> None:
        """Note that a file lists the programs of these devices: all of them, or part."""
        (self.whole if whole else self.partial).update(devices)

    def device_table(self, label: str, frame: pl.DataFrame, *, whole: bool = True) -> None:
        """Take the devices of a big table, one row each, their cells clean; `whole` as of `listed`."""
        if whole:
            self.whole_tables.append(frame["device_id"])
        else:
            self.listed(frame["device_id"].to_list(), whole=False)
        self._take_apart()
        self.table = (label, frame)
        if self.devices:
            self._take_apart()

    def _take_apart(self) -> None:
        """Have a held table's devices one by one, where others have to be set beside them: in the order in which files were read."""
        if self.table is None:
            return
        (label, frame), self.table = self.table, None
        for row in frame.to_dicts():
            self.device(label, str(row.pop("device_id")), None, row)

    def device_frame(self) -> pl.DataFrame:
        """Return the devices; where no list of a device is whole and nobody said that it is, `software_list` is partial."""
        if self.table is not None and not self.frames.get("devices"):
            found = pl.concat([pl.DataFrame(schema=DEVICES), self.table[1]], how="diagonal").select(*DEVICES)
        else:
            self._take_apart()
            for frame in self.frames.pop("devices", []):
                for row in frame.to_dicts():
                    self.device("", str(row.pop("device_id")), None, row)
            found = _of_rows([{**about, "device_id": device} for device, about in self.devices.items()], DEVICES)
        partial = self.partial.difference(self.whole, *(table.to_list() for table in self.whole_tables if self.partial))
        if partial:
            lacking = pl.col("device_id").is_in(sorted(partial)) & pl.col("software_list").is_null()
            found = found.with_columns(software_list=pl.when(lacking).then(pl.lit("partial")).otherwise("software_list"))
        return _dated(found)

    def activation_frame(self) -> pl.DataFrame:
        return _dated(pl.concat([*self.frames.get("activations", []), _of_rows(self.activations, ACTIVATIONS)]))

    def trace_frame(self) -> pl.DataFrame:
        found = pl.DataFrame(dict(zip(TRACES, self.traces, strict=True)), schema=TRACES)
        return _dated(pl.concat([*self.frames.get("traces", []), found])).unique(maintain_order=True)

    def unit_frame(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=UNITS), *self.frames.get("units", [])]).unique("unit_id", keep="first", maintain_order=True)

    def finish(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, list[Notice]]:
        """Return devices, units, activations, traces without product keys, and what a person should be told."""
        listed = self.device_frame()
        notices = self._collisions(listed["device_id"])
        made, cut = [], 0
        for frame in (listed, self.unit_frame(), self.activation_frame(), self.trace_frame()):
            clean, count = frame_without_keys(frame)
            made.append(clean)
            cut += count
        if cut:
            notices.append(Notice("KEY_REDACTED", "", cut, ""))
        devices, units, activations, traces = made
        return devices, units, activations, traces, notices

    def _collisions(self, listed: pl.Series) -> list[Notice]:
        found = []
        for device, identities in self.identities.items():
            if len(identities) > 1:
                found.append(
                    Notice("DEVICE_COLLISION", min(identities.values()), len(identities), f"{device}: {', '.join(sorted(identities))}")
                )
        spelt = pl.DataFrame({"device": listed, "folded": folded(listed)})
        same = spelt.filter(pl.col("folded").is_duplicated()).group_by("folded", maintain_order=True).agg(pl.col("device").sort())
        found.extend(Notice("DEVICE_COLLISION", "", len(each), ", ".join(each)) for each in same["device"])
        return found


def _cell(column: str, value: object) -> object:
    """Return what a cell says about a device, None where it says nothing; "" where "none there" is an answer."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if column in _ASKED and text.lower() in NOTHING_THERE:
        return ""
    if text.lower() in PLACEHOLDERS:
        return None
    return truth(text) if column in _YES_NO else text


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    read = [by_distinct(frame[column], iso_moment(pl.col(column))) for column in frame.columns if column in _MOMENTS]
    read += [by_distinct(frame[column], iso_date(pl.col(column))) for column in frame.columns if column in _DAYS]
    return frame.with_columns(read)


def _of_rows(rows: Sequence[Mapping[str, object]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame({column: [row.get(column) for row in rows] for column in schema}, schema=dict(schema), strict=False)
