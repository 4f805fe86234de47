"""What one process took, and what several runs of it say together: shared by every script of this folder."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Measure:
    """What one process took; `peak_mib` is the most memory it (or a child of it) ever had resident."""

    wall_s: float
    cpu_s: float
    peak_mib: float


class ProcessFailed(Exception):
    """A measured process ended with another exit code than 0."""


def measured(command: Sequence[str], log: Path) -> Measure:
    """Run the command to its end and return what it took; its output goes to the log. Raises ProcessFailed with the log's end."""
    with log.open("wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        # wait4 tells this one process's peak; getrusage(RUSAGE_CHILDREN) would tell the largest of all so far.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise ProcessFailed(f"exit code {process.returncode}: {' '.join(command)}\n{tail}")
    peak = usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024
    return Measure(round(wall, 3), round(usage.ru_utime + usage.ru_stime, 3), round(peak / MIB, 1))


def spread(figures: Sequence[float], digits: int = 3) -> dict[str, float]:
    """Return the least, the median and the most.

    >>> spread([2.0, 1.0, 4.0])
    {'least': 1.0, 'median': 2.0, 'most': 4.0}
    """
    return {"least": round(min(figures), digits), "median": round(statistics.median(figures), digits), "most": round(max(figures), digits)}


def summary(runs: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """Return the spread of each figure over the runs of one command."""
    rows = [asdict(run) for run in runs]
    return {figure: spread([row[figure] for row in rows]) for figure in rows[0]}


def ratios(ours: Sequence[Measure], theirs: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """Return the spread of ours / theirs, pair by pair: both of a pair ran one after the other, so that a slow spell strikes both."""
    pairs = [(asdict(one), asdict(other)) for one, other in zip(ours, theirs, strict=True)]
    return {figure: spread([one[figure] / max(other[figure], 1e-9) for one, other in pairs], 2) for figure in pairs[0][0]}


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
