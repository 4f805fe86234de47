"""How large the report of a city is, how long it takes to make, and how it feels in a browser: 150,000 computers in 600 units.

    python benchmarks/report_size.py [--devices 150000] [--units 600] [-o FILE]

The city is the demo's, with offices put below its largest departments until there are as many units as are wanted; it is kept in
`bench-out/`. Each report is made by a process of its own, from the result folder alone. The page is then opened in headless Chromium
without a network: first paint, time until every part is drawn, the longest pause of the page's thread while searching all findings and
sorting, and whether 50 computers drawn by lot show the evidence their findings have. Chromium must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

MIB = 1024 * 1024
SEED = 20050613
DRAWN = 50
BARS = {"html_mib": 15.0, "first_paint_s": 2.0, "longest_pause_s": 0.5}
RENDER = """import sys
from licmatch.report import write_html, write_xlsx
from licmatch.result import read_result
result = read_result(sys.argv[1])
{"html": write_html, "xlsx": write_xlsx}[sys.argv[2]](result, sys.argv[3])
"""
WATCH = """globalThis.pauses = [];
new PerformanceObserver((list) => { for (const one of list.getEntries()) pauses.push(one.duration); }).observe({ type: "longtask" });"""
# The page forbids making code out of text, so what is timed is written into the expression.
TIMED = """(async () => {
  globalThis.pauses.length = 0;
  const start = performance.now(), seen = (%s);
  (%s)();
  while (!seen()) await new Promise((go) => setTimeout(go, 4));
  const took = performance.now() - start;
  await new Promise((go) => setTimeout(go, 100));
  return [took / 1000, Math.max(0, ...globalThis.pauses) / 1000];
})()"""
TYPE = """() => {
  const input = document.querySelector('%s input');
  input.value = '%s';
  input.dispatchEvent(new Event('input'));
}"""
EVERY = """() => {
  const box = document.querySelectorAll('#suspects select')[2];
  box.value = '0123';
  box.dispatchEvent(new Event('change'));
}"""
# Another number of findings is said below the list.
LISTED = """(() => {
  const said = () => document.querySelector('#suspects .pager')?.textContent, old = said();
  return () => said() && said() !== old;
})()"""


def city(folder: Path, devices: int, units: int) -> Path:
    """Return the result folder of a city with so many devices and units, made unless it is there."""
    from licmatch.cli.demo import AS_OF
    from licmatch.demo import generate_county
    from licmatch.pipeline import assess

    result = folder / "result"
    if not (result / "manifest.json").is_file():
        paths = generate_county(folder / "county", devices=devices, seed=SEED, as_of=AS_OF)
        divide(paths.units, paths.devices, units)
        assess(
            [paths.inventory], devices=paths.devices, units=paths.units, activations=paths.activations, traces=paths.traces,
            entitlements=paths.entitlements, organisation=paths.organisation, as_of=AS_OF, out=result,
        )  # fmt: skip
    return result


def divide(units: Path, devices: Path, wanted: int) -> None:
    """Put an office below each of the largest units, with half of its devices, until there are `wanted` units."""
    tree, estate = (pl.read_csv(path, infer_schema=False) for path in (units, devices))
    largest = (
        estate.group_by("unit_id").len().sort("len", "unit_id", descending=[True, False])["unit_id"].head(max(0, wanted - tree.height))
    )
    office = pl.col("unit_id") + "-B"
    offices = tree.filter(pl.col("unit_id").is_in(largest.implode())).with_columns(
        parent_id="unit_id", unit_id=office, name=pl.col("name") + "二级机构", tier=pl.lit("department")
    )
    moved = pl.col("unit_id").is_in(largest.implode()) & (pl.int_range(pl.len()) % 2 == 1)
    pl.concat([tree, offices.select(tree.columns)]).write_csv(units)
    estate.with_columns(unit_id=pl.when(moved).then(office).otherwise("unit_id")).write_csv(devices)


def rendered(result: Path, kind: str, target: Path) -> dict[str, float]:
    """Make one report in a process of its own; size, seconds, processor seconds and peak memory."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", RENDER, str(result), kind, str(target)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"the {kind} report was not made: exit code {process.returncode}")
    seconds = time.perf_counter() - start
    return {"mib": round(target.stat().st_size / MIB, 2), "seconds": round(seconds, 1), "cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
            "peak_mib": round(usage.ru_maxrss / 1024)}  # fmt: skip


def felt(page: Path, result: Path, program: str) -> dict[str, Any]:
    """Open the page and use it as a reader would."""
    from tests.unit.report.chromium import Chromium

    with tempfile.TemporaryDirectory(prefix="licmatch-report-") as profile, Chromium(program, Path(profile)) as browser:
        browser.send("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        start = time.perf_counter()
        browser.open(page.as_uri(), ready="document.documentElement.dataset.ready !== undefined")
        told: dict[str, Any] = {"ready_s": round(time.perf_counter() - start, 2)}
        paint = browser.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        told["first_paint_s"] = round(paint / 1000, 2)
        browser.wait("document.querySelectorAll('#suspects details').length > 0")
        acts = {
            "search_suspected": (LISTED, TYPE % ("#suspects", "kms")),
            "list_every_finding": (LISTED, EVERY),
            "search_every_finding": (LISTED, TYPE % ("#suspects", "windows 10")),
            "search_units": (
                "() => [...document.querySelectorAll('#ranking tbody tr')].every((row) => row.textContent.includes('公安'))",
                TYPE % ("#ranking", "公安"),
            ),
            "sort_units": (
                "() => document.querySelectorAll('#ranking th')[1].hasAttribute('aria-sort')",
                "() => document.querySelectorAll('#ranking th button')[1].click()",
            ),
            "search_unknown": (
                "() => [...document.querySelectorAll('#queue tbody tr')].every((row) => /visual/i.test(row.textContent))",
                TYPE % ("#queue", "visual"),
            ),
        }
        for name, act in acts.items():
            took, pause = browser.run(TIMED % act)
            told[name] = {"seconds": round(took, 2), "longest_pause_s": round(pause, 2)}
        start = time.perf_counter()
        told["computers_compared"] = compared(browser, result)
        told["drill_s"] = round((time.perf_counter() - start) / DRAWN, 2)
        return told


def compared(browser: Any, folder: Path) -> int:
    """Drill down to computers drawn by lot; stop at the first whose evidence is not what its findings have."""
    from licmatch.report.figures import unit_rows
    from licmatch.report.findings_told import with_evidence
    from licmatch.report.wording import shown
    from licmatch.result import read_result

    result = read_result(folder)
    rows = unit_rows(result)
    place = {unit: at for at, unit in enumerate(rows["unit_id"])}
    parent = dict(rows.select("unit_id", "parent_id").iter_rows())
    drill = (HERE / "tests/unit/report/drill.js").read_text(encoding="utf-8")
    devices = result.findings.select("device_id", "unit_id").unique().sort("device_id").rows()
    for device, unit in random.Random(SEED).sample(devices, DRAWN):
        way = [unit]
        while parent.get(way[0]) is not None:
            way.insert(0, parent[way[0]])
        seen = browser.run(f"{drill}({json.dumps([[place[one] for one in way], device])})")
        held = with_evidence(result, result.findings.filter(pl.col("device_id") == device)).iter_rows(named=True)
        wanted = sorted([shown(fact["text"], 200) for fact in row["evidence"] or []] for row in held)
        if sorted([row[1] for row in finding["evidence"]] for finding in seen) != wanted:
            raise SystemExit(f"{device}: the page shows other evidence than the findings have")
    return DRAWN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=150_000)
    parser.add_argument("--units", type=int, default=600)
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("-o", "--out", type=Path, default=HERE / "bench-out/report_size.json")
    asked = parser.parse_args()
    folder = HERE / f"bench-out/report-{asked.devices}-{asked.units}"
    folder.mkdir(parents=True, exist_ok=True)
    result = city(folder, asked.devices, asked.units)
    totals = json.loads((result / "manifest.json").read_text(encoding="utf-8"))["totals"]
    told: dict[str, Any] = {
        "machine": {"system": platform.platform(), "cpus": os.cpu_count(), "python": platform.python_version()},
        "devices": totals["devices"], "units": totals["units"], "bars": BARS,
        "html": rendered(result, "html", folder / "report.html"), "xlsx": rendered(result, "xlsx", folder / "report.xlsx"),
    }  # fmt: skip
    told["browser"] = felt(folder / "report.html", result, asked.chromium)
    told["longest_pause_s"] = max(one["longest_pause_s"] for one in told["browser"].values() if isinstance(one, dict))
    told["held"] = (
        told["html"]["mib"] <= BARS["html_mib"]
        and told["browser"]["first_paint_s"] < BARS["first_paint_s"]
        and told["longest_pause_s"] < BARS["longest_pause_s"]
    )
    asked.out.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1, ensure_ascii=False))
    raise SystemExit(0 if told["held"] else 1)


if __name__ == "__main__":
    main()
