"""How the cost grows: with the rows, with the distinct names, with the products of a site's pack; the floor beside it where there is one.

    python benchmarks/curves.py                                       # some minutes: rows to 1e7, names to 6e5, products to 1e4
    python benchmarks/curves.py --rows 1e5 1e6 1e7 1e8 --names 1e4 1e5 1e6 --products 1e3 1e4 1e5 --repeat 3

Writes bench-out/curves.json and, with matplotlib (`pip install licmatch[peers]`), bench-out/curves.svg. Each point is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inventories import Size, into_page_cache, inventory  # noqa: E402
from measure import Measure, ProcessFailed, forget, machine, measured, ratios, summary  # noqa: E402
from run import command_of  # noqa: E402

ROWS_PER_DEVICE = 200 / 3  # that of the county of 150,000 devices and ten million rows
NAMES = 60_000
ROWS = 10_000_000
# A pack's cost is told by the names it is asked: those of a million rows.
PACK_SIZE = Size(1_000_000, 15_000, 20_000)
PACK_CODE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from packs import invented, pack_of
pack_of(invented(int(sys.argv[1]), 1), Path(sys.argv[2]))
"""


def run_pairs(source: Path, job: str, args: argparse.Namespace, extra: Sequence[str] = (), *, floor: bool = True) -> dict[str, Any]:
    """Measure licmatch, and the floor taking turns with it, on one file."""
    into_page_cache(source)
    taken: dict[str, list[Measure]] = {}
    for _ in range(args.repeat):
        for program in ("floor", "licmatch") if floor else ("licmatch",):
            target = args.out / (f"curve-{program}" + (".parquet" if job == "match" else ""))
            forget(target)
            words = command_of(program, job, source, target) + (list(extra) if program == "licmatch" else [])
            taken.setdefault(program, []).append(measured(words, args.out / "curve.log"))
            forget(target)
    found: dict[str, Any] = {program: summary(runs) for program, runs in taken.items()}
    if floor:
        found["ratio"] = ratios(taken["licmatch"], taken["floor"])
    return found


def said(axis: str, at: int, job: str, point: dict[str, Any]) -> None:
    """Print one point."""
    ours = point["licmatch"]
    ratio = f"   x {point['ratio']['wall_s']['median']}" if "ratio" in point else ""
    print(f"{axis:<9} {at:>11,}  {job:<7} {ours['wall_s']['median']:8.2f} s {ours['peak_mib']['median']:7.0f} MiB{ratio}", flush=True)


def over_inventories(axis: str, sizes: dict[int, Size], args: argparse.Namespace) -> dict[str, Any]:
    """Return match and assess over inventories that differ in one thing."""
    found: dict[str, Any] = {}
    for at, size in sizes.items():
        source, _ = inventory(f"curve-{axis}-{at}", size, args.out)
        for job in args.jobs:
            found.setdefault(job, {})[str(at)] = point = run_pairs(source, job, args)
            said(axis, at, job, point)
        if not args.keep:
            source.unlink()
    return found


def over_products(products: Sequence[int], args: argparse.Namespace) -> dict[str, Any]:
    """Return the building of packs, and `match` with each over the same file."""
    source, _ = inventory("curve-pack", PACK_SIZE, args.out)
    found: dict[str, Any] = {"build": {}, "match": {"0": run_pairs(source, "match", args, floor=False)}}
    for count in products:
        words = [sys.executable, "-c", PACK_CODE, str(count), str(args.out), str(HERE)]
        found["build"][str(count)] = {"licmatch": summary([measured(words, args.out / "curve.log") for _ in range(args.repeat)])}
        found["match"][str(count)] = point = run_pairs(source, "match", args, ["--catalog", str(args.out / "products.json")], floor=False)
        said("products", count, "match", point)
    if not args.keep:
        source.unlink()
    return found


def taken_in(curves: dict[str, Any], results: dict[str, Any]) -> None:
    """Put the points that `run.py` measured where they belong: those of inventories with the names, or the rows, of a curve."""
    for size in results["sizes"].values():
        told = size["inventory"]
        for axis, at, fits in (("rows", "rows", told["distinct_names"] == NAMES), ("names", "distinct_names", told["rows"] == ROWS)):
            for job in {"match", "assess"} & set(size["jobs"]) if fits else ():
                curves.setdefault(axis, {}).setdefault(job, {})[str(told[at])] = size["jobs"][job]


def growth(points: dict[str, Any], figure: str = "cpu_s") -> float | None:
    """Return the exponent of the last stretch of a curve: 1.0 where the cost grows as its cause does."""
    known = sorted((int(at), point["licmatch"][figure]["median"]) for at, point in points.items() if int(at) > 0)
    if len(known) < 2:
        return None
    (before, less), (after, more) = known[-2:]
    return round(math.log(more / less) / math.log(after / before), 2)


def draw(curves: dict[str, Any], path: Path) -> bool:
    """Draw the curves as one SVG; False where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    from matplotlib import pyplot
    from matplotlib.ticker import EngFormatter, NullFormatter

    matplotlib.rcParams |= {"svg.hashsalt": "licmatch", "svg.fonttype": "none", "font.size": 9}
    figure, panels = pyplot.subplots(1, len(curves), figsize=(4.2 * len(curves), 3.6), squeeze=False)
    for panel, (axis, jobs) in zip(panels[0], curves.items(), strict=True):
        for number, (job, points) in enumerate(sorted(jobs.items())):
            for program, style in (("licmatch", "-o"), ("floor", ":o")):
                known = sorted((int(at), point[program]["cpu_s"]["median"]) for at, point in points.items() if program in point and int(at))
                if known:
                    panel.plot(*zip(*known, strict=True), style, color=f"C{number}", markersize=4, label=f"{job}, {program}")
        panel.set(xscale="log", yscale="log", xlabel=axis, ylabel="processor seconds")
        # The sizes that were measured, in words as short as 10M.
        panel.set_xticks(sorted({int(at) for points in jobs.values() for at in points if int(at)}))
        panel.xaxis.set_major_formatter(EngFormatter(sep=""))
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.yaxis.set_major_formatter("{x:g}")
        if panel.get_ylim()[1] < 10 * panel.get_ylim()[0]:
            panel.yaxis.set_minor_formatter("{x:g}")
        panel.grid(visible=True, which="major", linewidth=0.4)
        panel.legend(fontsize=8, frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return True


def main(arguments: list[str] | None = None) -> int:
    """Measure the curves and return the exit code: 0 done, 1 a measured process failed."""
    parser = argparse.ArgumentParser(description="Cost over rows, distinct names and products.")

    def count(text: str) -> int:
        return int(float(text))

    parser.add_argument("--rows", nargs="*", type=count, default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--names", nargs="*", type=count, default=[10_000, 60_000, 600_000])
    parser.add_argument("--products", nargs="*", type=count, default=[1_000, 10_000])
    parser.add_argument("--jobs", nargs="+", choices=("match", "assess"), default=["match", "assess"])
    parser.add_argument("--repeat", type=int, default=1, help="runs of each point; the median counts (default: 1)")
    parser.add_argument("--results", nargs="*", type=Path, default=[], help="points that run.py measured: its results.json")
    parser.add_argument("--keep", action="store_true", help="keep the inventories")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    curves: dict[str, Any] = {}
    try:
        if args.rows:
            sizes = {rows: Size(rows, round(rows / ROWS_PER_DEVICE), min(NAMES, rows // 20)) for rows in args.rows}
            curves["rows"] = over_inventories("rows", sizes, args)
        if args.names:
            curves["names"] = over_inventories("names", {names: Size(ROWS, 150_000, names) for names in args.names}, args)
        if args.products:
            curves["products"] = over_products(args.products, args)
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    for file in args.results:
        taken_in(curves, json.loads(file.read_text(encoding="utf-8")))
    exponents = {axis: {job: growth(points) for job, points in jobs.items()} for axis, jobs in curves.items()}
    result = {"machine": machine(), "repeat": args.repeat, "curves": curves, "exponents_of_cpu": exponents}
    (args.out / "curves.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    drawn = draw(curves, args.out / "curves.svg")
    print(
        f"figures: {args.out / 'curves.json'}" + (f", drawing: {args.out / 'curves.svg'}" if drawn else "; no drawing without matplotlib")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
