"""Where readers put what they find: rows of many files become a few frames, in input order and bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from licmatch.ingest.canonical import PROVENANCE, software_columns
from licmatch.ingest.document import Document
from licmatch.ingest.numbered import NumberedRows
from licmatch.ingest.product_keys import key_bytes
from licmatch.ingest.records import InputFile, Notice
from licmatch.ingest.side_rows import SideRows
from licmatch.ingest.sources import folder_of, stem_of
from licmatch.ingest.values import PLACEHOLDERS
from licmatch.place import scratch_folder
from licmatch.schema import REJECTED

ROWS_A_BATCH = 200_000
Cells = Sequence[str | None]
NO_NAME = "no name"
NO_DEVICE = "no device: neither the content nor the file name tells which computer this is"
NO_DEVICE_HERE = "no device: empty here, while other rows of the file name theirs"
REMOVED = "removed"
GUID_NAME_START = "{"
# What a table of software may say about its devices; a serial number beside a program is the program's.
ABOUT_DEVICE = (
    "unit_id", "hostname", "kind", "in_use", "os_name", "os_version", "os_build", "os_installed_on", "manufacturer", "model",
    "collected_at",
)  # fmt: skip
# Day and month cannot be told apart, or the name was cut by the program that printed it.
_EITHER_WAY = r"^\s*(?:0?[1-9]|1[0-2])[/.](?:0?[1-9]|1[0-2])[/.]\d{4}(?:\D|$)"
_CUT_OFF = r"(?:…|\.\.\.)\s*$"


class Gather:
    """Collects the output of readers. One object a call of `read_inventory`; files come one after the other."""

    def __init__(
        self, *, device_from: str = "auto", shared_stems: frozenset[str] = frozenset(), spool: bool = False, limited: bool = False
    ) -> None:
        self._device_from = device_from
        self._shared_stems = shared_stems
        self._spool = scratch_folder() if spool or limited else None
        # Where the numbers of a big table wait, if memory is limited.
        self.numbers_in = self._spool if limited else None
        self._cells: dict[str, list[str | None]] = {}
        self._lines: list[int] = []
        self._parts: list[pl.LazyFrame] = []
        self._numbered: list[NumberedRows] = []
        self._side = SideRows()
        self._rejected: list[tuple[str, int | None, str, bytes]] = []
        self._rejected_frames: list[pl.DataFrame] = []
        self._files: list[InputFile] = []
        self.notices: list[Notice] = []
        self._rows = 0

    @property
    def ignores_content(self) -> bool:
        """Return whether the user wants devices named by file or folder, whatever the content says."""
        return self._device_from in ("file", "folder")

    # --- one file ---

    def begin(self) -> None:
        self._rows = 0

    def end(self, label: str, format: str, encoding: str, sha256: str, size: int) -> None:
        self._files.append(InputFile(label, format, encoding, sha256, size, self._rows))

    def device_of_file(self, label: str, *, by_folder: bool = False) -> tuple[str | None, str]:
        """Return the device that a file's place names, and which part of the place named it."""
        if label == "-":
            return None, "file"
        place = Path(label)
        stem, folder = stem_of(label), folder_of(place.absolute().as_posix()) or None
        if self._device_from == "folder" or (by_folder and self._device_from == "auto"):
            return folder, "folder"
        if self._device_from == "auto" and stem.casefold() in self._shared_stems:
            return folder or stem, "folder"
        return (None, "file") if self._device_from == "content" else (stem.strip() or folder, "file")

    def device_id(self, doc: Document, *candidates: str | None) -> tuple[str | None, str]:
        """Return the device of a per-device file: the first candidate that says something, else the file's place."""
        if self._device_from in ("auto", "content"):
            for candidate in (*candidates, doc.host):
                if candidate is not None and candidate.strip().lower() not in PLACEHOLDERS:
                    return candidate.strip(), "content"
        return self.device_of_file(doc.label)

    def software(
        self,
        doc: Document,
        table: str,
        columns: Mapping[str, Cells],
        lines: Sequence[int],
        raw: Callable[[int], bytes],
        *,
        unusable: Mapping[int, str] | None = None,
        no_name: str = NO_NAME,
        by_folder: bool = False,
        whole: bool = True,
    ) -> None:
        """Take the software records of one file; `raw(i)` gives the bytes of the i-th, `unusable` says why some are none.

        `by_folder`: files of this kind are named after programs, so it is the folder that names the device. `whole` is False where
        the file by its nature does not list all programs of a computer.
        """
        count = len(lines)
        names = columns["name"]
        device_ids, sources = self._identify(doc, table, columns, count, by_folder=by_folder)
        refused = dict(unusable or {})
        for place, name in enumerate(names):
            if place not in refused and (name is None or name.strip().lower() in PLACEHOLDERS):
                refused[place] = no_name
        told = any(device is not None for device in device_ids)
        for place, device in enumerate(device_ids):
            if device is None and place not in refused:
                refused[place] = NO_DEVICE_HERE if told else NO_DEVICE
        for place in sorted(refused):
            self.reject(doc.label, lines[place], refused[place], raw(place))
        kept = [place for place in range(count) if place not in refused]
        self._rows += len(kept)
        if not kept:
            return
        taken: dict[str, Cells] = {**columns, "device_id": device_ids, "source": sources, "source_file": [doc.label] * count}
        if refused:
            taken = {column: [cells[place] for place in kept] for column, cells in taken.items()}
            lines = [lines[place] for place in kept]
        self._append(taken, lines)
        self._note_names(doc, taken)
        self._note_devices(doc, taken, whole)
        if len(self._lines) >= ROWS_A_BATCH:
            self.flush()

    def _identify(
        self, doc: Document, table: str, columns: Mapping[str, Cells], count: int, *, by_folder: bool
    ) -> tuple[list[str | None], list[str]]:
        fallback, how = self.device_id(doc) if doc.host is not None else self.device_of_file(doc.label, by_folder=by_folder)
        from_content, from_place = f"{table};device=content", f"{table};device={how}"
        if self._device_from in ("file", "folder"):
            return [fallback] * count, [from_place] * count
        named: list[str | None] = [None] * count
        for column in ("hostname", "device_id"):
            if column in columns:
                named = [
                    cell.strip() if cell is not None and cell.strip().lower() not in PLACEHOLDERS else before
                    for cell, before in zip(columns[column], named, strict=True)
                ]
        if doc.host is None and any(cell is not None for cell in named):
            # A file that names computers is not itself named after one: a computer nobody has would be judged, and as one without faults.
            fallback = None
        return ([fallback if cell is None else cell for cell in named], [from_place if cell is None else from_content for cell in named])

    def _append(self, columns: Mapping[str, Cells], lines: Sequence[int]) -> None:
        held = len(self._lines)
        for column, cells in columns.items():
            if column not in self._cells:
                self._cells[column] = [None] * held
            self._cells[column].extend(cells)
        self._lines.extend(lines)
        for cells_held in self._cells.values():
            if len(cells_held) < len(self._lines):
                cells_held.extend([None] * (len(self._lines) - len(cells_held)))

    def _note_names(self, doc: Document, columns: Mapping[str, Cells]) -> None:
        texts = zip(columns["name"], columns.get("publisher") or columns["name"], strict=True)
        lost = sum(1 for name, publisher in texts if "??" in f"{name}{publisher}" and f"{name}{publisher}".isascii())
        if lost and (lost >= 3 or doc.text.isascii()):
            self.notice("LOSSY_ENCODING", doc.label, lost)
        guids = sum(1 for name in columns["name"] if name is not None and name.startswith(GUID_NAME_START) and name.rstrip().endswith("}"))
        if guids:
            self.notice("GUID_NAME", doc.label, guids)

    def _note_devices(self, doc: Document, columns: Mapping[str, Cells], whole: bool) -> None:
        ids = columns["device_id"]
        first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        self._side.listed((device for device in first if device is not None), whole=whole)
        about = [column for column in ABOUT_DEVICE if column in columns]
        for device, place in sorted(first.items(), key=lambda item: item[1]):
            if device is not None:
                self.device(doc.label, device, None, **{column: columns[column][place] for column in about})

    # --- what is known besides software ---

    def device(self, label: str, device_id: str, identity: str | None, **about: object) -> None:
        """Add what a file says about a device; `identity` is a serial, UUID or agent id where it holds one."""
        self._side.device(label, device_id, identity, about)

    def address(self, label: str, device_id: str, address: str) -> None:
        """Add a network address of a device."""
        self._side.address(device_id, address)

    def no_list(self, device_id: str) -> None:
        """Take note that a report is about a device and does not list its programs: what nobody listed is not absent."""
        self._side.listed([device_id], whole=False)

    def device_table(self, frame: pl.DataFrame, label: str, *, whole: bool = True) -> None:
        """Add what a big table says about its devices, one row each; `whole` as of `software`."""
        self._side.device_table(label, frame, whole=whole)

    def activation(self, device_id: str, **about: object) -> None:
        self._side.activations.append({"device_id": device_id, **about})

    def trace(self, device_id: str, kind: str, value: str, seen_at: str | None = None) -> None:
        self._side.trace(device_id, kind, value, seen_at)

    def frame(self, kind: str, frame: pl.DataFrame) -> None:
        """Take a whole canonical frame other than software, as a plain table gives it."""
        self._side.frame(kind, frame)

    def reject(self, label: str, line: int | None, reason: str, raw: bytes) -> None:
        self._rejected.append((label, line, reason, key_bytes(raw)))
        self._rows += 1

    def reject_frame(self, frame: pl.DataFrame) -> None:
        self._flush_rejected()
        self._rejected_frames.append(frame)
        self._rows += frame.height

    def notice(self, code: str, label: str, count: int = 1, detail: str = "") -> None:
        self.notices.append(Notice(code, label, count, detail))

    # --- frames ---

    def table(self, part: pl.LazyFrame, rows: int, numbered: NumberedRows) -> None:
        """Take a whole table that stays lazy: already canonical, already without its unusable rows, which `numbered` has as numbers."""
        self.flush()
        self._parts.append(part)
        self._numbered.append(numbered)
        self._rows += rows

    def flush(self) -> None:
        """Turn the rows held so far into one part of the software frame."""
        if not self._lines:
            return
        schema = {column: pl.String() for column in self._cells}
        batch = pl.DataFrame({**self._cells, "source_row": self._lines}, schema={**schema, "source_row": pl.Int64()})
        part = batch.lazy().select(software_columns(batch.columns)).collect()
        self._note_cells(part)
        self._cells, self._lines = {}, []
        if self._spool is None:
            self._parts.append(part.lazy())
            return
        file = self._spool / f"{len(self._parts):06d}.parquet"
        part.write_parquet(file, compression="lz4")
        self._parts.append(pl.scan_parquet(file))

    def _note_cells(self, part: pl.DataFrame) -> None:
        checks = {"DATE_AMBIGUOUS": ("install_date", _EITHER_WAY), "TRUNCATED": ("name", _CUT_OFF)}
        for code, (column, pattern) in checks.items():
            hits = part.filter(pl.col(column).str.contains(pattern))
            if hits.height:
                for label, count in hits.group_by("source_file", maintain_order=True).len().iter_rows():
                    self.notice(code, label, count)

    def _flush_rejected(self) -> None:
        if self._rejected:
            self._rejected_frames.append(pl.DataFrame(self._rejected, schema=REJECTED, orient="row"))
            self._rejected = []

    def numbered_rows(self) -> NumberedRows | None:
        """Return the software as numbers, where it is one table that gave them; asked once all is read."""
        return self._numbered[0] if len(self._parts) == len(self._numbered) == 1 else None

    def finish(self) -> tuple[pl.LazyFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, tuple[InputFile, ...]]:
        """Return software, devices, units, activations, traces, rejected and files."""
        self.flush()
        self._flush_rejected()
        parts = self._parts or [pl.LazyFrame(schema={"device_id": pl.String()}).select(software_columns(["device_id"]))]
        software = parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal")
        if len(parts) > 1:
            names = software.collect_schema().names()
            last: list[str] = [name for name in PROVENANCE if name in names]
            software = software.select([name for name in names if name not in last] + last)
        devices, units, activations, traces, notices = self._side.finish()
        self.notices.extend(notices)
        rejected = pl.concat([pl.DataFrame(schema=REJECTED), *self._rejected_frames])
        return software, devices, units, activations, traces, rejected, tuple(self._files)
