"""One small dump a format, and the canonical frames it must read as, written down and read by a person.

A folder `formats/<format>/` holds `input.*` (one file, or several that belong together) and `expected.json`. A second shape of a
format is a folder `<format>.<shape>`. Where the input is a list of licences, `expected.json` begins with `"as": "entitlements"`.
After a change that is meant: `LICMATCH_UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference before keeping it. A new
folder needs an `expected.json` with `{}` first, or with `{"as": "entitlements"}`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from licmatch.ingest import Notice, formats, read_inventory
from licmatch.ingest.frames import read_side

HERE = Path(__file__).parent / "formats"
FOLDERS = sorted(path.name for path in HERE.iterdir() if path.is_dir())
FRAMES = ("devices", "units", "activations", "traces")


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows without their nulls: what a format does not say is left out of its expectation."""
    return [{column: cell for column, cell in row.items() if cell is not None} for row in frame.iter_rows(named=True)]


def _told(folder: str, kind: str | None) -> dict[str, Any]:
    paths = sorted(path.as_posix() for path in Path(folder).glob("input.*"))
    assert paths, f"{folder} holds no input.*"
    if kind is not None:
        (path,) = paths
        table = read_side(kind, path)
        return {"as": kind, kind: _rows(table.frame), "rejected": _rejected(table.rejected), "notices": _notices(table.notices)}
    inventory = read_inventory(paths)
    software = inventory.software.collect()
    assert sum(file.rows for file in inventory.files) == software.height + inventory.rejected.height
    told: dict[str, Any] = {"files": [[file.path, file.format, file.encoding, file.rows] for file in inventory.files]}
    told["software"] = _rows(software)
    told |= {name: rows for name in FRAMES if (rows := _rows(getattr(inventory, name)))}
    return told | {"rejected": _rejected(inventory.rejected), "notices": _notices(inventory.notices)}


def _rejected(frame: pl.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.select("file", "line", "reason").iter_rows()]


def _notices(notices: tuple[Notice, ...]) -> list[list[Any]]:
    return [[notice.code, notice.count, notice.detail] for notice in notices]


def _written(told: dict[str, Any]) -> str:
    """Return JSON with one row a line, so that a difference shows which row moved."""
    parts = []
    for key, value in told.items():
        rows = value if isinstance(value, list) else None
        lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows or ())
        parts.append(f"{json.dumps(key)}: " + (json.dumps(value) if rows is None else f"[\n  {lines}\n ]" if rows else "[]"))
    return "{\n " + ",\n ".join(parts) + "\n}\n"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_format_reads_as_written_down(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Files are named as seen from here, so that no expectation holds the path of a machine.
    monkeypatch.chdir(HERE)
    expected = Path(folder, "expected.json")
    written = json.loads(expected.read_text(encoding="utf-8"))
    told = _told(folder, written.get("as"))
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        expected.write_text(_written(told), encoding="utf-8")
    assert told == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", [name for name in FOLDERS if '"as"' not in (HERE / name / "expected.json").read_text(encoding="utf-8")])
def test_the_folder_is_called_as_the_format(folder: str) -> None:
    own = folder.split(".")[0]
    assert own in {info.id for info in formats()}
    files = json.loads((HERE / folder / "expected.json").read_text(encoding="utf-8"))["files"]
    assert {read_as for _, read_as, _, _ in files} == {own}
