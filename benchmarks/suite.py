"""Every measurement of speed and memory, one after the other: what `make bench` runs.

    python benchmarks/suite.py
    python benchmarks/suite.py --quick         # small inventories, few runs of each
    python benchmarks/suite.py --only run again

Each part is a script of its own with a JSON of its own in the folder; a part that fails is named and the others still run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# name: (script and arguments in full, arguments of the quick form)
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "run": (["run.py", "--size", "1m", "10m", "10m-600k", "--repeat", "5"], ["run.py", "--size", "small"]),
    "again": (["again.py", "--size", "10m", "--repeat", "5"], ["again.py", "--size", "small"]),
    "spill": (["spill.py", "--size", "10m", "--memory", "512", "--repeat", "3"], ["spill.py", "--size", "small"]),
    "speed_peers": (["speed_peers.py"], ["speed_peers.py", "--products", "500", "--strings", "100", "--repeat", "1"]),
    "loading": (["loading.py"], ["loading.py", "--small"]),
    "deciding": (["deciding.py"], ["deciding.py", "--small"]),
    "packs_speed": (["packs_speed.py"], ["packs_speed.py", "--repeat", "1"]),
    "curves": (
        ["curves.py", "--rows", "1e5", "1e6", "1e7", "1e8", "--names", "1e4", "1e5", "1e6", "--products", "1e3", "1e4", "1e5"],
        ["curves.py", "--rows", "1e4", "1e5", "--names", "--products", "100"],
    ),
    "evidence_speed": (["evidence_speed.py", "--devices", "150000", "--repeat", "3"], ["evidence_speed.py", "--devices", "500"]),
}
# Their -o is the folder, that of the others the file.
INTO_A_FOLDER = ("run", "again", "spill", "curves")


def main(arguments: list[str] | None = None) -> int:
    """Run the parts and return the exit code: 0 all done, 1 one failed."""
    parser = argparse.ArgumentParser(description="All measurements of speed and memory.")
    parser.add_argument("--quick", action="store_true", help="small sizes, few runs of each")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to run (default: all)")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out", help="folder of the figures")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    failed = []
    for number, name in enumerate(args.only, 1):
        script, *words = PARTS[name][args.quick]
        target = args.out if name in INTO_A_FOLDER else args.out / f"{name}.json"
        print(f"[{number}/{len(args.only)}] {name}", flush=True)
        start = time.monotonic()
        if subprocess.run([sys.executable, str(HERE / script), *words, "-o", str(target)], check=False).returncode:
            failed.append(name)
        print(f"      {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
