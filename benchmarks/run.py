"""Measure `licmatch match` and `licmatch assess` beside the floor, on the same file, in the same run: wall time, CPU time, peak memory.

    python benchmarks/run.py                        # one and ten million rows
    python benchmarks/run.py --size small --repeat 5

Inventories are made once by the seeded generator and kept in bench-out/; the figures go to bench-out/results.json and to the screen.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inventories import SEED, SIZES, into_page_cache, inventory  # noqa: E402
from measure import Measure, ProcessFailed, forget, machine, measured, ratios, summary  # noqa: E402

JOBS = ("match", "assess", "assess-report")
LIMITED = "assess-limited"  # with --memory-limit 4GiB, against the floor of `assess`
PROGRAMS = ("floor", "licmatch")
AS_OF = "2026-11-30"


def command_of(program: str, job: str, source: Path, target: Path) -> list[str]:
    """Return the command line of one measured process; the floor of every kind of `assess` is that of `assess`."""
    word, _, kind = job.partition("-")
    if program == "floor":
        return [sys.executable, str(HERE / "floor.py"), word, str(source), str(target)]
    words = [sys.executable, "-m", "licmatch", word, str(source), "-o", str(target), "--quiet"]
    if job != "match":
        words += ["--as-of", AS_OF]
    if job == LIMITED:
        words += ["--memory-limit", "4GiB"]
    return words + (["--no-report"] if job != "match" and kind != "report" else [])


def bench(name: str, source: Path, args: argparse.Namespace) -> dict[str, object]:
    """Measure one file; programs take turns within a repeat, so that a slow spell of the machine strikes both."""
    into_page_cache(source)
    found: dict[str, object] = {}
    for job in args.jobs:
        taken: dict[str, list[Measure]] = {program: [] for program in args.programs}
        for _ in range(args.repeat):
            for program in args.programs:
                target = args.out / (f"{name}-{job}-{program}" + (".parquet" if job == "match" else ""))
                forget(target)
                taken[program].append(measured(command_of(program, job, source, target), args.out / f"{name}-{job}-{program}.log"))
                forget(target)
        entry: dict[str, object] = {program: summary(runs) for program, runs in taken.items()}
        if set(PROGRAMS) <= set(taken):
            entry["ratio"] = ratios(taken["licmatch"], taken["floor"])
        found[job] = entry
        print_job(name, job, entry)
    return found


def print_job(name: str, job: str, entry: dict[str, object]) -> None:
    """Print one job's medians on a line, and the ratio with its spread."""
    said: list[str] = []
    others: list[float] = []
    for program in PROGRAMS:
        if isinstance(figures := entry.get(program), dict):
            said.append(f"{program} {figures['wall_s']['median']:8.2f} s {figures['peak_mib']['median']:7.0f} MiB")
            others.extend(figures.get("others_cpus", {}).values())
    if isinstance(ratio := entry.get("ratio"), dict):
        wall, cpu, peak = ratio["wall_s"], ratio["cpu_s"], ratio["peak_mib"]
        said.append(f"x {wall['median']} time ({wall['least']} to {wall['most']}), x {cpu['median']} processor, x {peak['median']} memory")
    if others:
        said.append(f"others {min(others)} to {max(others)} cpus")
    print(f"{name:>8}  {job:<13}  {'   '.join(said)}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and return the exit code: 0 done, 1 a measured process failed."""
    parser = argparse.ArgumentParser(description="Wall time and peak memory of licmatch beside the least work possible.")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["1m", "10m"], help="inventories to measure (default: 1m 10m)")
    commands = {"choices": (*JOBS, LIMITED), "help": f"commands to measure (default: all but {LIMITED})"}
    parser.add_argument("--jobs", nargs="+", default=list(JOBS), **commands)
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS), help="whom to measure (default: both)")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the median counts (default: 1)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the inventories")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out", help="folder for inventories and results")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, object] = {}
    try:
        for name in args.size:
            source, making = inventory(name, SIZES[name], args.out, args.seed)
            sizes[name] = {
                "inventory": asdict(SIZES[name]),
                "bytes": source.stat().st_size,
                "generated": asdict(making) if making else None,
                "jobs": bench(name, source, args),
            }
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    result = {"machine": machine(), "seed": args.seed, "repeat": args.repeat, "sizes": sizes}
    (args.out / "results.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"figures: {args.out / 'results.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
