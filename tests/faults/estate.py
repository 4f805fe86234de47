"""A small estate to assess in a process of its own, and what must hold of its result whatever happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licmatch.result import verify

OLD, NEW = "2026-11-29", "2026-11-30"
ROWS = (
    ("PC-1", "Microsoft Office 专业增强版 2016"),
    ("PC-1", "Windows 10 专业版"),
    ("PC-2", "KMSpico"),
    ("PC-2", "WPS Office 2019 专业版"),
    ("PC-3", "天擎"),
    ("PC-3", "某单位自编台账"),
)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Estate:
    """A folder with an inventory; results go to `result` in `place`, and nothing else is there."""

    folder: Path

    @property
    def dump(self) -> Path:
        return self.folder / "dumps" / "county.csv"

    @property
    def place(self) -> Path:
        return self.folder / "place"

    @property
    def result(self) -> Path:
        return self.place / "result"

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    def words(self, day: str, *more: str) -> list[str]:
        return ["assess", str(self.dump), "-o", str(self.result), "--as-of", day, "--no-report", "--quiet", *more]

    def start(self, words: list[str], **settings: Any) -> subprocess.Popen[str]:
        told = json.dumps({"watched": str(self.folder), **settings})
        environment = self.environment()
        if "file_size" in settings:
            # What measures coverage would find no room for its own file.
            environment.pop("COVERAGE_PROCESS_CONFIG", None)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child", told, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2], env=environment,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {**os.environ, "TMPDIR": str(self.temporary), "LANG": "C.UTF-8", "POLARS_MAX_THREADS": "2"}

    def run(self, words: list[str], **settings: Any) -> Ran:
        process = self.start(words, **settings)
        out, err = process.communicate(timeout=300)
        return Ran(process.returncode, out, err)

    def day_of_result(self) -> str:
        """Return the day of the result that stands there; it must be whole."""
        found = verify(self.result)
        assert found.holds, found.faults
        day = json.loads((self.result / "manifest.json").read_text(encoding="utf-8"))["as_of"]
        assert day in (OLD, NEW)
        return str(day)

    def left_over(self) -> list[str]:
        """Return what is beside the result and in the temporary folder."""
        return sorted({entry.name for entry in self.place.iterdir()} - {"result"}) + sorted(
            entry.name for entry in self.temporary.iterdir() if entry.name.startswith("licmatch")
        )


def estate(folder: Path) -> Estate:
    made = Estate(folder)
    for part in (made.dump.parent, made.place, made.temporary):
        part.mkdir()
    made.dump.write_text("device_id,name\n" + "".join(f"{device},{name}\n" for device, name in ROWS), encoding="utf-8")
    return made
