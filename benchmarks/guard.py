"""Hold the ratios to the floor at a small size under the bounds of bounds.json: what CI runs, so that a change that costs shows at once.

    python benchmarks/guard.py            # measures, compares, ends with 1 where a ratio is above its bound
    python benchmarks/guard.py --renew    # writes new bounds: HEADROOM times what was measured

Processor seconds and memory are compared, both as ratios within one run: no bound says how fast the machine has to be.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import run  # noqa: E402

BOUNDS = HERE / "bounds.json"
SIZE = "small"
HEADROOM = 1.5
GUARDED = ("cpu_s", "peak_mib")


def measure(repeat: int) -> dict[str, dict[str, float]]:
    """Return the median ratio to the floor of each job and guarded figure."""
    with tempfile.TemporaryDirectory() as folder:
        if run.main(["--size", SIZE, "--repeat", str(repeat), "-o", folder]):
            raise SystemExit("a measured process failed")
        jobs = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))["sizes"][SIZE]["jobs"]
    return {job: {figure: entry["ratio"][figure]["median"] for figure in GUARDED} for job, entry in jobs.items()}


def beyond(found: dict[str, dict[str, float]], bounds: dict[str, dict[str, float]]) -> list[str]:
    """Return a line for every ratio above its bound; a figure without a bound is one, too.

    >>> beyond({"match": {"cpu_s": 2.5}}, {"match": {"cpu_s": 2.0}})
    ['match cpu_s: 2.5 times the floor, bound 2.0']
    """
    lines = []
    for job, figures in found.items():
        for figure, ratio in figures.items():
            bound = bounds.get(job, {}).get(figure, 0.0)
            if ratio > bound:
                lines.append(f"{job} {figure}: {ratio} times the floor, bound {bound}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Measure and compare; return 0 where every ratio is under its bound."""
    parser = argparse.ArgumentParser(description="Ratios to the floor at a small size, held under their bounds.")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--renew", action="store_true", help="write bounds.json anew from what is measured now")
    args = parser.parse_args(arguments)
    found = measure(args.repeat)
    if args.renew:
        bounds = {job: {figure: round(ratio * HEADROOM, 1) for figure, ratio in figures.items()} for job, figures in found.items()}
        BOUNDS.write_text(json.dumps(bounds, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    too_much = beyond(found, json.loads(BOUNDS.read_text(encoding="utf-8")))
    print("\n".join(too_much) or "every ratio is under its bound")
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
