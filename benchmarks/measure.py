"""What one process took, and what several runs of it say together: shared by every script of this folder."""

from __future__ import annotations

import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

MIB = 1024 * 1024
COMPARED = ("wall_s", "cpu_s", "peak_mib")


@dataclass(frozen=True, slots=True)
class Measure:
    """What one process took; `peak_mib` is the most memory it (or a child of it) ever had resident.

    `others_cpus` is how many processors the rest of the machine kept busy meanwhile, on average; nan where the system does not tell.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    others_cpus: float = math.nan

    def __add__(self, then: Measure) -> Measure:
        """Return what this process and the one after it took together."""
        wall = self.wall_s + then.wall_s
        others = (self.others_cpus * self.wall_s + then.others_cpus * then.wall_s) / wall if wall else math.nan
        return Measure(round(wall, 3), round(self.cpu_s + then.cpu_s, 3), max(self.peak_mib, then.peak_mib), round(others, 2))


def busy_s() -> float:
    """Return the processor seconds that all processes of the machine have taken since it started; nan where the system does not tell."""
    try:
        _, *ticks = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
        user, nice, system, _, _, irq, softirq, steal = map(int, ticks[:8])
    except (OSError, ValueError):
        return math.nan
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class ProcessFailed(Exception):
    """A measured process ended with another exit code than 0."""


def measured(command: Sequence[str], log: Path) -> Measure:
    """Run the command to its end and return what it took; its output goes to the log. Raises ProcessFailed with the log's end."""
    with log.open("wb") as out:
        start, busy = time.perf_counter(), busy_s()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        # wait4 tells this one process's peak; getrusage(RUSAGE_CHILDREN) would tell the largest of all so far.
        _, status, usage = os.wait4(process.pid, 0)
        wall, busy = time.perf_counter() - start, busy_s() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise ProcessFailed(f"exit code {process.returncode}: {' '.join(command)}\n{tail}")
    peak = usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024
    cpu = usage.ru_utime + usage.ru_stime
    return Measure(round(wall, 3), round(cpu, 3), round(peak / MIB, 1), round(max(busy - cpu, 0.0) / wall, 2))


def spread(figures: Sequence[float], digits: int = 3) -> dict[str, float]:
    """Return the least, the median and the most.

    >>> spread([2.0, 1.0, 4.0])
    {'least': 1.0, 'median': 2.0, 'most': 4.0}
    """
    return {"least": round(min(figures), digits), "median": round(statistics.median(figures), digits), "most": round(max(figures), digits)}


def summary(runs: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """Return the spread of each figure over the runs of one command."""
    rows = [asdict(run) for run in runs]
    return {figure: spread([row[figure] for row in rows]) for figure in rows[0] if not any(math.isnan(row[figure]) for row in rows)}


def ratios(ours: Sequence[Measure], theirs: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """Return the spread of ours / theirs, pair by pair: both of a pair ran one after the other, so that a slow spell strikes both."""
    pairs = [(asdict(one), asdict(other)) for one, other in zip(ours, theirs, strict=True)]
    return {figure: spread([one[figure] / max(other[figure], 1e-9) for one, other in pairs], 2) for figure in COMPARED}


def forget(target: Path) -> None:
    """Remove what a run wrote, file or folder."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def machine() -> dict[str, object]:
    """Return what a figure means nothing without."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MIB / 1024, 1) if hasattr(os, "sysconf") else None,
        "python": platform.python_version(),
        "polars": version("polars"),
    }
