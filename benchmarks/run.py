"""Measure `licmatch match` and `licmatch assess` beside the floor, on the same file, in the same run: wall time and peak memory.

    python benchmarks/run.py                        # one and ten million rows
    python benchmarks/run.py --size small --repeat 3

Inventories are made once by the seeded generator and kept in bench-out/; the figures go to bench-out/results.json and to the screen.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
JOBS = ("match", "assess")
PROGRAMS = ("floor", "licmatch")
AS_OF = "2026-11-30"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of one inventory."""

    rows: int
    devices: int
    distinct_names: int


SIZES = {
    "tiny": Size(6_000, 100, 400),
    "small": Size(100_000, 1_600, 5_000),
    "1m": Size(1_000_000, 15_000, 20_000),
    "10m": Size(10_000_000, 150_000, 60_000),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What one process took; `peak_mib` is the most memory it (or a child of it) ever had resident."""

    wall_s: float
    cpu_s: float
    peak_mib: float


class ProcessFailed(Exception):
    """A measured process ended with another exit code than 0."""


def measured(command: list[str], log: Path) -> Measure:
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


def command_of(program: str, job: str, source: Path, target: Path, *, report: bool) -> list[str]:
    """Return the command line of one measured process."""
    if program == "floor":
        return [sys.executable, str(HERE / "floor.py"), job, str(source), str(target)]
    words = [sys.executable, "-m", "licmatch", job, str(source), "-o", str(target), "--quiet"]
    if job == "assess":
        words += ["--as-of", AS_OF] + ([] if report else ["--no-report"])
    return words


def inventory(name: str, folder: Path, seed: int) -> tuple[Path, Measure | None]:
    """Return the inventory of this size, made in a process of its own if absent, and what making it took."""
    size = SIZES[name]
    path = folder / f"inventory-{name}-{seed}.parquet"
    if path.exists():
        return path, None
    code = (
        "import sys; from pathlib import Path; from licmatch.demo import generate_parquet; n = [int(a) for a in sys.argv[2:]]; "
        "generate_parquet(Path(sys.argv[1]), rows=n[0], devices=n[1], distinct_names=n[2], seed=n[3])"
    )
    words = [sys.executable, "-c", code, str(path), str(size.rows), str(size.devices), str(size.distinct_names), str(seed)]
    return path, measured(words, folder / "generate.log")


def best(measures: list[Measure]) -> Measure:
    """Return the least of each figure over the repeats: what the machine can do when nothing else disturbs it."""
    return Measure(min(m.wall_s for m in measures), min(m.cpu_s for m in measures), min(m.peak_mib for m in measures))


def _forget(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def bench(name: str, args: argparse.Namespace) -> dict[str, object]:
    """Measure one size; programs take turns within a repeat, so that a slow spell of the machine strikes both."""
    source, making = inventory(name, args.out, args.seed)
    source.read_bytes()  # into the page cache, so that the first process is not the one that waits for the disk
    found: dict[str, dict[str, object]] = {}
    for job in args.jobs:
        taken: dict[str, list[Measure]] = {program: [] for program in args.programs}
        for _ in range(args.repeat):
            for program in args.programs:
                target = args.out / (f"{name}-{job}-{program}" + (".parquet" if job == "match" else ""))
                _forget(target)
                words = command_of(program, job, source, target, report=not args.no_report)
                taken[program].append(measured(words, args.out / f"{name}-{job}-{program}.log"))
                _forget(target)
        figures = {program: best(measures) for program, measures in taken.items()}
        entry: dict[str, object] = {program: asdict(figure) for program, figure in figures.items()}
        if set(PROGRAMS) <= set(figures):
            floor, ours = figures["floor"], figures["licmatch"]
            entry["wall_ratio"] = round(ours.wall_s / floor.wall_s, 2)
            entry["peak_ratio"] = round(ours.peak_mib / floor.peak_mib, 2)
        found[job] = entry
        print_job(name, job, figures, entry)
    return {
        "inventory": asdict(SIZES[name]),
        "bytes": source.stat().st_size,
        "generated": asdict(making) if making else None,
        "jobs": found,
    }


def print_job(name: str, job: str, figures: dict[str, Measure], entry: dict[str, object]) -> None:
    """Print one job's figures on a line."""
    words = "   ".join(f"{program} {m.wall_s:8.2f} s {m.peak_mib:8.0f} MiB" for program, m in figures.items())
    ratios = f"   x {entry['wall_ratio']} time, x {entry['peak_ratio']} memory" if "wall_ratio" in entry else ""
    print(f"{name:>5}  {job:<6}  {words}{ratios}", flush=True)


def machine() -> dict[str, object]:
    """Return what a figure means nothing without."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and return the exit code: 0 done, 1 a measured process failed."""
    parser = argparse.ArgumentParser(description="Wall time and peak memory of licmatch beside the least work possible.")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["1m", "10m"], help="inventories to measure (default: 1m 10m)")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS), help="commands to measure (default: both)")
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS), help="whom to measure (default: both)")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the least of each figure counts (default: 1)")
    parser.add_argument("--seed", type=int, default=20050613, help="seed of the inventories")
    parser.add_argument("--no-report", action="store_true", help="assess without report.html and report.xlsx")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out", help="folder for inventories and results")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    try:
        sizes = {name: bench(name, args) for name in args.size}
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    result = {"machine": machine(), "seed": args.seed, "repeat": args.repeat, "report": not args.no_report, "sizes": sizes}
    (args.out / "results.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"figures: {args.out / 'results.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
