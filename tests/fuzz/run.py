"""Long fuzzing: `python -m tests.fuzz.run [TARGET...]`, what `make fuzz` calls. Prints one line a target and each finding.

Targets run side by side, one in a process of its own, as many as there are cores (`--workers`).

A target runs until it has had its inputs or its CPU seconds, whichever comes first; the six most used readers have only seconds, fifteen
times as many. An input that reaches a line of licmatch that none before it reached becomes a seed itself, where Python can tell
(3.12 and newer, by `sys.monitoring`); `tests.fuzz.guided` does so by atheris, where that is installed. Findings go to a folder, each
cut to the least that still fails.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.fuzz.mutations import MUTATIONS, mutated
from tests.fuzz.targets import MOST_USED, Slow, Target, check, targets

INPUTS, SECONDS, FACTOR = 50_000, 120.0, 15
MAX_KEPT = 400


def main() -> int:
    told = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description="Fuzz readers, rule compiler and catalog loader.")
    told.add_argument("target", nargs="*", help="which; all where none is named")
    told.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"CPU seconds a target ({SECONDS:.0f}); the most used have {FACTOR} times that"
    )
    told.add_argument("--inputs", type=int, default=INPUTS, help=f"inputs a target ({INPUTS}), the most used excepted")
    told.add_argument("--seed", type=int, default=0, help="of the random numbers")
    told.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for inputs that broke something")
    told.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="targets at a time (default: one a core)")
    chosen = told.parse_args()
    unknown = sorted(set(chosen.target) - targets().keys())
    if unknown:
        told.error(f"no target {unknown[0]}; there are {', '.join(targets())}")
    # The longest first, so that no core waits for them at the end. CPU seconds are counted by process: each target has one of its own.
    names = sorted(chosen.target or targets(), key=lambda name: name not in MOST_USED)
    words = (chosen.seconds, chosen.inputs, chosen.seed, chosen.findings)
    if len(names) == 1:
        return 1 if _named(names[0], *words) else 0
    with ProcessPoolExecutor(chosen.workers, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = [pool.submit(_named, name, *words) for name in names]
    return 1 if sum(run.result() for run in runs) else 0


def _named(name: str, seconds: float, inputs: int, seed: int, findings: Path) -> int:
    """Fuzz one target, within a process of its own."""
    if name in MOST_USED:
        return fuzz(targets()[name], None, seconds * FACTOR, seed, findings)
    return fuzz(targets()[name], inputs, seconds, seed, findings)


def fuzz(target: Target, inputs: int | None, seconds: float, seed: int, findings: Path) -> int:
    """Run one target and return how many different failures it had."""
    draw = random.Random(f"{target.name} {seed}")
    others = tuple(one for other in targets().values() for one in other.seeds)
    kept = list(target.seeds)
    if not kept:
        print(f"{target.name}: no seed; put a small valid file into tests/fuzz/corpus/{target.name}/", flush=True)
        return 1
    reached = _Reached()
    failures: dict[str, bytes] = {}
    first = time.process_time()
    count = 0
    while (inputs is None or count < inputs) and time.process_time() - first < seconds:
        steps = [(draw.randrange(len(MUTATIONS)), draw.randrange(1 << 30)) for _ in range(draw.choice((0, 1, 1, 2, 2, 3, 5)))]
        data = mutated(draw.choice(kept), steps, others)
        count += 1
        fault = _fault(target, data)
        if fault is not None and fault not in failures:
            failures[fault] = _least(target, data, fault)
            _report(target, fault, failures[fault], findings)
        if reached.more() and len(data) <= 1 << 14 and len(kept) < MAX_KEPT:
            kept.append(data)
    spent = time.process_time() - first
    print(f"{target.name}: {count} inputs, {spent:.0f} CPU s, {len(kept)} seeds, {len(failures)} failures", flush=True)
    return len(failures)


def _fault(target: Target, data: bytes) -> str | None:
    """Return where and how an input fails, or None; two inputs that fail alike have the same text."""
    try:
        check(target, data)
    except KeyboardInterrupt:
        raise
    # A panic of polars or calamine is no Exception.
    except BaseException as error:
        if isinstance(error, (SystemExit, GeneratorExit)):
            raise
        if isinstance(error, Slow):
            return "Slow"
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "licmatch" in frame.filename]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        return f"{type(error).__name__} at {where}"
    return None


def _least(target: Target, data: bytes, fault: str) -> bytes:
    """Cut away what the failure does not need, piece by piece, in bounded time."""
    until = time.process_time() + 20
    size = len(data) // 2
    while size and time.process_time() < until:
        at = 0
        while at < len(data) and time.process_time() < until:
            fewer = data[:at] + data[at + size :]
            if _fault(target, fewer) == fault:
                data = fewer
            else:
                at += size
        size //= 2
    return data


def _report(target: Target, fault: str, data: bytes, findings: Path) -> None:
    place = findings / target.name
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{hashlib.sha256(data).hexdigest()[:12]}.dump"
    file.write_bytes(data)
    print(f"{target.name}: {fault}: {file} ({len(data)} bytes)", flush=True)
    try:
        check(target, data)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        print("  " + "\n  ".join(traceback.format_exception(error)[-3:])[-1500:], flush=True)


class _Reached:
    """Tells whether the last input ran a line that none before it ran."""

    def __init__(self) -> None:
        self._new = False
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is None:
            return
        tool = monitoring.COVERAGE_ID
        if monitoring.get_tool(tool) is None:
            monitoring.use_tool_id(tool, "fuzz")
        monitoring.restart_events()

        def line(code: object, _number: int) -> object:
            if "licmatch" in getattr(code, "co_filename", ""):
                self._new = True
            return monitoring.DISABLE

        heard: Callable[[object, int], object] = line
        monitoring.register_callback(tool, monitoring.events.LINE, heard)
        monitoring.set_events(tool, monitoring.events.LINE)

    def more(self) -> bool:
        found, self._new = self._new, False
        return found


if __name__ == "__main__":
    sys.exit(main())
