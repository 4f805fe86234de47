"""What tomorrow costs with `--store`: one name in a hundred new, one rule of the catalogs changed, one product of a site's pack changed.

    python benchmarks/again.py --size 10m --repeat 5

All are measured as whole `licmatch assess --no-report` commands against the floor of the same file, taking turns, and each result is
compared byte for byte with a run without a store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inventories import SEED, SIZES, into_page_cache, inventory  # noqa: E402
from measure import Measure, ProcessFailed, forget, machine, measured, ratios, summary  # noqa: E402
from run import AS_OF  # noqa: E402

PACK = "id,name,publisher\nsite.payroll,{name},湛江市某软件有限公司\nsite.archive,档案管理客户端,湛江市某软件有限公司\n"

# A site's family: the changed one knows a second name, one that many rows have.
FAMILY = """schema = 1
category = "office"

[[family]]
id = "site-player"
name = "Site Player"
vendor = "Microsoft"
role = "standalone_app"
licence = "free"
origin = "foreign"
names = [{names}]
"""
CASES = ("names", "rule", "pack")


def changed(source: Path, target: Path, share: int = 100) -> None:
    """Write the inventory with every hundredth distinct name replaced by one never seen."""
    names = pl.scan_parquet(source).select(pl.col("name").unique()).collect(engine="streaming").sort("name")
    new = names.gather_every(share).with_columns(tomorrow=pl.col("name") + pl.lit(" Next"))
    rows = pl.scan_parquet(source).join(new.lazy(), on="name", how="left", maintain_order="left")
    rows.with_columns(name=pl.coalesce("tomorrow", "name")).drop("tomorrow").sink_parquet(target, compression_level=1)


def bytes_of(result: Path) -> dict[str, str]:
    """Return the hash of every file of a result."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(result.iterdir())}


def assess(source: Path, target: Path, *extra: str) -> list[str]:
    """Return the command line."""
    words = [sys.executable, "-m", "licmatch", "assess", str(source), "-o", str(target), "--quiet", "--as-of", AS_OF, "--no-report"]
    return [*words, *extra]


def compare(case: str, source: Path, store: Path, extra: list[str], args: argparse.Namespace) -> dict[str, Any]:
    """Measure the floor and a run that asks the store as it was left, taking turns; then see that the full run says the same."""
    floor, ours, work = args.out / "again-floor", args.out / "again-licmatch", args.out / "again-store"
    log = args.out / "again.log"
    into_page_cache(source)
    taken: dict[str, list[Measure]] = {"floor": [], "licmatch": []}
    for _ in range(args.repeat):
        for place in (floor, ours, work):
            forget(place)
        shutil.copytree(store, work)
        taken["floor"].append(measured([sys.executable, str(HERE / "floor.py"), "assess", str(source), str(floor)], log))
        taken["licmatch"].append(measured(assess(source, ours, "--store", str(work), *extra), log))
    forget(floor)
    measured(assess(source, floor, *extra), log)
    found = {
        "floor": summary(taken["floor"]),
        "licmatch": summary(taken["licmatch"]),
        "ratio": ratios(taken["licmatch"], taken["floor"]),
        "same_bytes_as_without_a_store": bytes_of(ours) == bytes_of(floor),
    }
    for place in (floor, ours, work):
        forget(place)
    wall, cpu, same = found["ratio"]["wall_s"], found["ratio"]["cpu_s"], found["same_bytes_as_without_a_store"]
    seconds = " s, floor ".join(f"{found[program]['wall_s']['median']:.2f}" for program in ("licmatch", "floor"))
    ratio = f"x {wall['median']} ({wall['least']} to {wall['most']}), x {cpu['median']} processor"
    print(f"{case:<24} {seconds} s   {ratio}   same bytes: {same}", flush=True)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Measure and return the exit code: 0 done, 1 a process failed or a result differs."""
    parser = argparse.ArgumentParser(description="The second run over an estate, with a store of decided names.")
    parser.add_argument("--size", choices=SIZES, default="10m")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    source, _ = inventory(args.size, SIZES[args.size], args.out, SEED)
    tomorrow, store, log = args.out / "again-tomorrow.parquet", args.out / "again-filled", args.out / "again.log"
    packs = [args.out / f"again-pack-{number}.json" for number in (1, 2)]
    families = [args.out / f"again-family-{number}.toml" for number in (1, 2)]
    found: dict[str, Any] = {}
    try:
        for pack, name in zip(packs, ("工资管理系统客户端", "工资管理系统服务端"), strict=True):
            table = pack.with_suffix(".csv")
            table.write_text(PACK.format(name=name), encoding="utf-8")
            measured([sys.executable, "-m", "licmatch", "catalog", "build", str(table), "-o", str(pack), "--quiet"], log)
        for family, names in zip(families, ('"网易云音乐"', '"网易云音乐", "百度网盘"'), strict=True):
            family.write_text(FAMILY.format(names=names), encoding="utf-8")
        if "names" in args.cases:
            changed(source, tomorrow)
        # The scan that is compared, what the store was filled with, and what that has become.
        told: dict[str, tuple[str, Path, list[str], list[str]]] = {
            "names": ("one name in 100 new", tomorrow, [], []),
            "rule": ("one rule changed", source, *(["--catalog", str(family)] for family in families)),
            "pack": ("one product changed", source, *(["--catalog", str(pack)] for pack in packs)),
        }
        for case in args.cases:
            title, scan, before, after = told[case]
            forget(store)
            forget(args.out / "again-first")
            measured(assess(source, args.out / "again-first", "--store", str(store), *before), log)
            found[title] = compare(title, scan, store, after, args)
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        for left in (tomorrow, store, args.out / "again-first", *packs, *families, *(pack.with_suffix(".csv") for pack in packs)):
            forget(left)
    result = {"machine": machine(), "size": args.size, "repeat": args.repeat, "cases": found}
    (args.out / "again.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"figures: {args.out / 'again.json'}")
    return 0 if all(case["same_bytes_as_without_a_store"] for case in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
