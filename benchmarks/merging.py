"""What it costs to add counties up instead of judging a whole country at once: `licmatch merge`, with all tables and with figures only.

    python benchmarks/merging.py --counties 10 --rows 1e6

Every county has the same programs on computers of its own and ten units. Each is assessed by itself; then their results are merged as they
are, and once more as what `merge --summary-only` makes of each. Each step is a process that is measured; both ways must give the same sums.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inventories import Size, inventory  # noqa: E402
from measure import MIB, Measure, ProcessFailed, forget, machine, measured, summary  # noqa: E402
from run import AS_OF  # noqa: E402

PLAIN = ("--no-report", "--quiet")
UNITS = 10
NAMES = 20_000


def county(number: int, source: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Write a county's inventory, its computers' units and its units."""
    mine = pl.lit(f"{number:03d}-") + pl.col("device_id")
    paths = (folder / "inventory.parquet", folder / "devices.parquet", folder / "units.csv")
    pl.scan_parquet(source).with_columns(device_id=mine).sink_parquet(paths[0], compression_level=1)
    devices = pl.scan_parquet(source).select(pl.col("device_id").unique()).sort("device_id").with_row_index("at")
    unit = pl.format("{}-{}", pl.lit(f"{number:03d}"), pl.col("at") % UNITS)
    devices.select(device_id=mine, unit_id=unit).sink_parquet(paths[1])
    ids = [f"{number:03d}", *(f"{number:03d}-{at}" for at in range(UNITS))]
    units = {"unit_id": ids, "name": ids, "parent_id": [None, *[ids[0]] * UNITS]}
    pl.DataFrame(units).write_csv(paths[2])
    return paths


def size_of(folder: Path) -> int:
    """Return the bytes of a result."""
    return sum(file.stat().st_size for file in folder.iterdir())


def main(arguments: list[str] | None = None) -> int:
    """Measure and return the exit code: 0 done, 1 a process failed or sums differ."""
    parser = argparse.ArgumentParser(description="Counties assessed one by one and merged.")
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000, help="rows of a county; a computer has 67")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    work, log = args.out / "merging", args.out / "merging.log"
    forget(work)
    work.mkdir()
    size = Size(args.rows, round(args.rows * 3 / 200), min(NAMES, args.rows // 20))
    source, _ = inventory(f"county-{args.rows}", size, args.out)
    licmatch = [sys.executable, "-m", "licmatch"]
    taken: dict[str, list[Measure]] = {"assess": [], "summary": []}
    whole, short = [], []
    try:
        for number in range(args.counties):
            folder = work / f"{number:03d}"
            folder.mkdir()
            rows, devices, units = county(number, source, folder)
            whole.append(str(work / f"result-{number:03d}"))
            short.append(str(work / f"short-{number:03d}"))
            words = ["assess", str(rows), "--devices", str(devices), "--units", str(units), "-o", whole[-1], "--as-of", AS_OF]
            taken["assess"].append(measured([*licmatch, *words, *PLAIN], log))
            forget(folder)
            taken["summary"].append(measured([*licmatch, "merge", whole[-1], "-o", short[-1], "--summary-only", *PLAIN], log))
        for name, parts in (("merge", whole), ("merge of figures", short)):
            taken[name] = [measured([*licmatch, "merge", *parts, "-o", str(work / name), *PLAIN], log)]
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    scores = [pl.read_parquet(work / name / "scores.parquet") for name in ("merge", "merge of figures")]
    rows_in = scores[0].filter(pl.col("parent_id").is_null())["rows"].sum()
    same = scores[0].equals(scores[1], null_equal=True) and rows_in == args.rows * args.counties
    places = {"county": whole[0], "county's figures": short[0], "merged": work / "merge", "merged figures": work / "merge of figures"}
    sizes = {name: round(size_of(Path(place)) / MIB, 2) for name, place in places.items()}
    figures: dict[str, Any] = {name: summary(runs) for name, runs in taken.items()}
    for name, figure in figures.items():
        told = {key: value["median"] for key, value in figure.items()}
        print(f"{name:<18} {told['wall_s']:8.2f} s   {told['cpu_s']:8.2f} s processor   {told['peak_mib']:6.0f} MiB", flush=True)
    print(f"MiB on disk: {sizes}; the same sums: {same}")
    forget(work)
    source.unlink()
    told = {"machine": machine(), "counties": args.counties, "rows": args.rows, "devices": size.devices, "figures": figures, "mib": sizes}
    (args.out / "merging.json").write_text(json.dumps(told | {"same": same}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
