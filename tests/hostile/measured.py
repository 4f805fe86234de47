"""Run the command on one input in a process of its own and measure it: `python -m tests.hostile.measured` prints the table."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# The start of the program and its catalogs is in both.
MOST_MIB, MOST_SECONDS = 1536, 10.0


@dataclass(frozen=True)
class Measured:
    code: int
    told: str
    cpu_seconds: float
    peak_mib: int


def measured(file: Path, folder: Path) -> Measured:
    """Assess one file and return how it ended, what it said, the CPU seconds it took and the most memory it held (Linux)."""
    words = ["assess", str(file), "-o", str(folder / "result"), "--as-of", "2026-11-30", "--no-report", "--quiet"]
    with (folder / "told").open("w+b") as told:
        process = subprocess.Popen([sys.executable, "-m", "licmatch", *words], stdout=told, stderr=told)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        text = told.read().decode("utf-8", "replace")
    return Measured(process.returncode, text, used.ru_utime + used.ru_stime, used.ru_maxrss >> 10)


def main() -> int:
    from tests.hostile.inputs import LARGE, SMALL

    over = 0
    print("| input | exit | CPU s | peak MiB |\n| --- | --- | --- | --- |")
    for name, (make, _) in [*SMALL.items(), *LARGE.items()]:
        with tempfile.TemporaryDirectory() as place:
            found = measured(make(Path(place)), Path(place))
        print(f"| {name} | {found.code} | {found.cpu_seconds:.1f} | {found.peak_mib} |", flush=True)
        over += found.cpu_seconds > MOST_SECONDS or found.peak_mib > MOST_MIB or found.code not in (0, 3)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
