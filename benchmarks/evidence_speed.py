"""How long rules and fusion take on a large estate, and how much memory: 150,000 devices with 600,000 licence records, and the curve.

    python benchmarks/evidence_speed.py [--devices 50000,150000,500000,1500000] [--repeat 1] [--no-traces] [-o FILE]

The estate is the demo's: its stories for 15,000 devices, told again for as many devices as are wanted with keys of their own, and the
records of unlicensed products that a full list of the licensing service holds. Each size is made by one process and judged by another.
`hear` is facts, traces and rules, `fuse` the fusion; `all` is the whole of `licmatch.assess` on frames in memory. Loading the catalogs and
compiling what they say about traces is done before, as in any run that judges twice, and told as `load`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

AS_OF = date(2026, 11, 30)
BASE = 15_000
SEED = 20050613
RECORDS = 4  # licence records a device, as a full list of the licensing service has them
MIB = 1024 * 1024
HERE = Path(__file__).resolve().parents[1]
BARS = {"devices": 150_000, "seconds": 3.0, "peak_mib": 1536.0}
# A last five on more devices than this belongs to everybody: it stays as it is when a story is told again.
SHARED_BY = 25


def make(folder: Path, devices: int) -> None:
    """Write software, devices, units, activations, traces, entitlements (Parquet) and organisation.toml of an estate."""
    from licmatch.demo.activation import activation_rows
    from licmatch.demo.collecting import collected_by
    from licmatch.demo.estate import draw_devices
    from licmatch.demo.hardware import devices_frame
    from licmatch.demo.installed import plan_estate
    from licmatch.demo.owner import organisation_toml, owner_of
    from licmatch.demo.papers import entitlement_rows
    from licmatch.demo.pirated import PIRATED
    from licmatch.demo.places import hand_out, units_frame, units_of_the_city
    from licmatch.demo.stories import draw_stories
    from licmatch.demo.traces import trace_rows

    base = min(BASE, devices)
    units = units_of_the_city(SEED)
    counts = hand_out(units, base)
    plan = plan_estate(base, SEED)
    stories = draw_stories(draw_devices(units, counts, plan.shelves, SEED, AS_OF), units, plan, SEED)
    collected, owner = collected_by(len(units), SEED), owner_of(units, SEED)
    programs = []
    for story in stories:
        prefix = "" if story.device.system.platform == "windows" else "linux "
        entries = [plan.bundles[f"{prefix}office"][i].rows[0][0] for i in story.device.office]
        entries += [plan.bundles[f"{prefix}antivirus"][i].rows[0][0] for i in story.device.antivirus]
        entries += [PIRATED.values[i][0] for i in story.device.pirated]
        programs += [(story.device.device_id, entry.name, entry.publisher, entry.versions[0]) for entry in entries]
    times = -(-devices // base)
    wanted = pl.Series("device_id", [story.device.device_id for story in stories])
    kept = _again(wanted.to_frame(), times).head(devices)
    frames = {
        "software": pl.DataFrame(programs, schema=["device_id", "name", "publisher", "version"], orient="row"),
        "devices": devices_frame(stories, units, collected, SEED)[0],
        "activations": _with_unlicensed(activation_rows(stories, collected, owner, SEED)[0], wanted),
        "traces": trace_rows(stories, collected, SEED)[0],
        "entitlements": entitlement_rows(stories, units, SEED, AS_OF),
    }
    units_frame(units, counts, SEED).write_parquet(folder / "units.parquet")
    for name, frame in frames.items():
        told = _again(frame, times)
        told = told if name == "entitlements" else told.join(kept, on="device_id", how="semi", maintain_order="left")
        told.drop("turn").write_parquet(folder / f"{name}.parquet")
    (folder / "organisation.toml").write_text(organisation_toml(owner, stories, units), encoding="utf-8")


def _again(frame: pl.DataFrame, times: int) -> pl.DataFrame:
    """Return the rows once for each turn, with device ids, lots and keys of that turn."""
    turns = pl.DataFrame({"turn": range(times)}, schema={"turn": pl.UInt32})
    told = frame.join(turns, how="cross") if times > 1 else frame.with_columns(turn=pl.lit(0, pl.UInt32))
    later, mark = pl.col("turn") > 0, pl.format("-{}", "turn")
    changed = [
        pl.when(later).then(pl.col(name) + mark).otherwise(name).alias(name)
        for name in ("device_id", "hostname", "entitlement_id", "hardware_uuid", "serial_number") if name in frame.columns
    ]  # fmt: skip
    if "partial_product_key" in frame.columns:
        shared = frame["partial_product_key"].value_counts().filter(pl.col("count") > SHARED_BY)["partial_product_key"].implode()
        changed += [_other_key(later & ~pl.col("partial_product_key").is_in(shared)), _other_id(later)]
    return told.with_columns(changed).sort("turn", maintain_order=True)


def _other_key(own: pl.Expr) -> pl.Expr:
    """The last five of another key, from the old one and the turn."""
    letters = pl.Series(list("BCDFGHJKMPQRTVWXY2346789"))
    number = pl.col("partial_product_key").hash(SEED) + pl.col("turn").cast(pl.UInt64) * pl.lit(0x9E3779B97F4A7C15, pl.UInt64)
    places = [((number // pl.lit(24**place, pl.UInt64)) % 24).replace_strict(list(range(24)), letters) for place in range(5)]
    return (
        pl.when(own & pl.col("partial_product_key").is_not_null())
        .then(pl.concat_str(places))
        .otherwise("partial_product_key")
        .alias("partial_product_key")
    )


def _other_id(later: pl.Expr) -> pl.Expr:
    number = (pl.col("product_key_id").hash(SEED) + pl.col("turn").cast(pl.UInt64) * 7919) % 900_000 + 100_000
    other = pl.col("product_key_id").str.replace(r"-\d{6}-", pl.format("-{}-", number))
    return pl.when(later & pl.col("product_key_id").is_not_null()).then(other).otherwise("product_key_id").alias("product_key_id")


def _with_unlicensed(rows: pl.DataFrame, devices: pl.Series) -> pl.DataFrame:
    """Fill up to RECORDS a device with products the licensing service knows and nobody installed: status 0 and no key."""
    names = (
        "Windows(R), ProfessionalEducation edition",
        "Windows(R), Enterprise edition",
        "Office 16, Office16ProPlusR_Grace edition",
        "Office 16, Office16VisioProVL_MAK edition",
    )
    idle = pl.DataFrame({"product_name": names, "place": range(len(names))}).with_columns(
        application=pl.when(pl.col("product_name").str.starts_with("Office")).then(pl.lit("office")).otherwise(pl.lit("windows")),
        license_status=pl.lit(0, pl.Int64),
    )
    has = rows.group_by("device_id").agg(has=pl.len().cast(pl.Int64))
    more = devices.to_frame().join(has, on="device_id", how="left").with_columns(pl.col("has").fill_null(0)).join(idle, how="cross")
    more = more.filter(pl.col("place") < RECORDS - pl.col("has")).select("device_id", "product_name", "application", "license_status")
    return pl.concat([rows, more], how="diagonal")


def judge(folder: Path) -> dict[str, Any]:
    """Judge an estate from frames in memory; return seconds of each part and memory in MiB."""
    import licmatch
    from licmatch.assess import judgement

    started = time.perf_counter()
    engine = licmatch.Engine.load()
    compiled = engine.trace_signatures  # made when first asked for
    loaded = time.perf_counter() - started
    assert compiled is not None  # the engine that comes with licmatch knows traces
    frames = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    spent: dict[str, float] = {"load": loaded}
    held: dict[str, float] = {}
    for name in ("hear", "fuse"):
        setattr(judgement, name, _timed(name, getattr(judgement, name), spent, held))
    inventory = frames.pop("software")
    counted = {"devices": frames["devices"].height, "activations": frames["activations"].height}
    counted["traces"] = frames["traces"].height if "traces" in frames else 0
    started = time.perf_counter()
    result = licmatch.assess(inventory, **frames, organisation=folder / "organisation.toml", as_of=AS_OF, engine=engine)  # type: ignore[arg-type]
    spent["all"] = time.perf_counter() - started
    cracked = result.findings.filter(pl.col("verdict") == "cracked").height
    return counted | {
        "cracked": cracked,
        "seconds": spent,
        "mib": held | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024},
    }


def _timed(name: str, work: Callable[..., Any], spent: dict[str, float], held: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        held[f"before {name}"] = _resident()
        started, worked = time.perf_counter(), time.process_time()
        done = work(*args, **kwargs)
        spent[name], spent[f"{name} cpu"] = time.perf_counter() - started, time.process_time() - worked
        held[f"peak after {name}"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return done

    return timed


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def _run(*arguments: str) -> str:
    ran = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def _line(run: dict[str, Any]) -> str:
    seconds, mib = run["seconds"], run["mib"]
    together, cpu = seconds["hear"] + seconds["fuse"], seconds["hear cpu"] + seconds["fuse cpu"]
    above = mib["peak after fuse"] - mib["before hear"]
    return (
        f"{run['devices']:>9} devices {run['activations']:>9} records {run['traces']:>9} traces  hear {seconds['hear']:.2f} s  "
        f"fuse {seconds['fuse']:.2f} s  together {together:.2f} s ({cpu:.2f} s of CPU)  all {seconds['all']:.1f} s  "
        f"peak {mib['peak after fuse']:.0f} MiB, {above:.0f} above what was there"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size in processes of its own; 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", default="50000,150000,500000,1500000", help="sizes, commas between")
    parser.add_argument("--repeat", type=int, default=1, help="times each size is judged; the least time counts")
    parser.add_argument("--traces", action=argparse.BooleanOptionalAction, default=True, help="whether traces are judged too")
    parser.add_argument("-o", "--out", type=Path, default=HERE / "bench-out" / "evidence_speed.json")
    parser.add_argument("--make", nargs=2, metavar=("DIR", "N"), help=argparse.SUPPRESS)
    parser.add_argument("--judge", metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.make:
        make(Path(options.make[0]), int(options.make[1]))
        return 0
    if options.judge:
        print(json.dumps(judge(Path(options.judge))))
        return 0
    measured: list[dict[str, Any]] = []
    for devices in (int(text) for text in options.devices.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            _run("--make", folder, str(devices))
            if not options.traces:
                Path(folder, "traces.parquet").unlink()
            runs = [json.loads(_run("--judge", folder)) for _ in range(options.repeat)]
        best = min(runs, key=lambda run: run["seconds"]["hear"] + run["seconds"]["fuse"])
        measured.append(best)
        print(_line(best), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    options.out.write_text(json.dumps({"cores": os.cpu_count(), "load": load, "sizes": measured}, indent=1) + "\n", encoding="utf-8")
    barred = [run for run in measured if run["devices"] == BARS["devices"]]
    slow = any(run["seconds"]["hear"] + run["seconds"]["fuse"] > BARS["seconds"] for run in barred)
    slow |= any(run["mib"]["peak after fuse"] > BARS["peak_mib"] for run in barred)
    print("bar missed" if slow else "bar met" if barred else "bar not measured", f"(load {load:.1f})")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
